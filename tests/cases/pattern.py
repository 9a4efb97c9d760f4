"""Compares an answer's element with a pattern: exact, but for `*`, which stands for any text.

Knows: elements. Must not know: which operation they are of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree


def differences(expected: etree._Element, found: etree._Element) -> list[str]:
    """What differs, in words; nothing if the answer is as expected."""
    return list(_differences(expected, found, etree.QName(expected).localname))


def leaves(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Every text of an element with the name it stands under: what its elements hold in order, then its attributes."""
    if not len(element) and element.text:
        yield etree.QName(element).localname, element.text
    for child in element:
        yield from leaves(child)
    for name, text in element.items():
        yield str(name), str(text)


def unlike(expected: Iterable[tuple[str, str]], found: Iterable[tuple[str, str]]) -> list[str]:
    """What differs between two such rows of texts; a decoded date has lost its zone."""
    wanted, had = list(expected), list(found)
    if [name for name, _ in wanted] != [name for name, _ in had]:
        return [f"{had} instead of {wanted}"]
    return [
        f"{name}: {text!r} instead of {pattern!r}"
        for (name, pattern), (_, text) in zip(wanted, had, strict=True)
        if not _like(_without_zone(pattern), text)
    ]


def _differences(expected: etree._Element, found: etree._Element, place: str) -> Iterator[str]:
    if expected.tag != found.tag:
        yield f"{place}: {found.tag} instead of {expected.tag}"
        return
    attributes = [{str(name): str(text) for name, text in each.items()} for each in (expected, found)]
    if attributes[0].keys() != attributes[1].keys():
        yield f"{place}: attributes {attributes[1]} instead of {attributes[0]}"
        return
    for name, wanted in attributes[0].items():
        if not _like(wanted, attributes[1][name]):
            yield f"{place}@{name}: {attributes[1][name]!r} instead of {wanted!r}"
    if not _like(expected.text or "", found.text or ""):
        yield f"{place}: {found.text!r} instead of {expected.text!r}"
    names = [[str(child.tag) for child in each] for each in (expected, found)]
    if names[0] != names[1]:
        yield f"{place}: {names[1]} instead of {names[0]}"
        return
    for number, (pattern, child) in enumerate(zip(expected, found, strict=True), start=1):
        yield from _differences(pattern, child, f"{place}/{etree.QName(child).localname}[{number}]")


def _like(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def _without_zone(text: str) -> str:
    day = re.fullmatch(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)", text)
    return day[1] if day else text

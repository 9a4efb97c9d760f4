"""Texts taken apart into markup and values (markup.py): what is taken for the same markup is the same tree but for its
values, and what is foretold of its canonical form is what lxml makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ehbox_soap.security.markup import LONGEST, TEXT, Learned, Written, exact, learned
from ehbox_soap.security.signature import canonical

_VARIABLE: Mapping[str, frozenset[str]] = {
    "{urn:a}root": frozenset(("id",)),
    "{urn:a}both": frozenset(("b", "a", TEXT)),
    "{urn:a}text": frozenset((TEXT,)),
    "{urn:b}text": frozenset((TEXT,)),
}
_ODD = [
    "",
    "x",
    "y",
    "&",
    "<",
    ">",
    '"',
    "'",
    "\t",
    "\n",
    "\r",
    "\r\n",
    " ",
    "é",
    "\U0001f600",
    "]]>",
    "&#13;",
    "\ue000",
]
_values = st.one_of(st.sampled_from(_ODD), st.text(alphabet='xy&<>"\r\n\té', max_size=5))


@st.composite
def _trees(draw: st.DrawFn) -> etree._Element:
    """A root with children of few names, so that two of them are often alike."""
    declared = draw(st.sampled_from(['xmlns:a="urn:a"', 'xmlns="urn:a"', 'xmlns:a="urn:a" xmlns:b="urn:b"']))
    root = etree.fromstring(f"<{'a:' * ('xmlns:a' in declared)}root {declared}/>")
    root.set("id", draw(_values))
    for name in draw(st.lists(st.sampled_from(["both", "text", "other", "nested"]), max_size=3)):
        child = etree.SubElement(root, f"{{urn:a}}{name}")
        if name == "nested" or draw(st.integers(0, 5)) == 0:
            child.text = draw(st.sampled_from([None, "\n", "x"]))
            child = etree.SubElement(child, draw(st.sampled_from(["{urn:a}text", "{urn:b}text"])))
        for attribute in draw(st.sampled_from([(), ("a",), ("b", "a"), ("a", "c")])):
            child.set(attribute, draw(_values))
        child.text = draw(_values)
        child.tail = draw(st.sampled_from([None, "\n", " "]))
    # As it comes from a parser.
    return etree.fromstring(etree.tostring(root))


def _known(root: etree._Element) -> Learned | None:
    return learned(exact(root), _VARIABLE)


def _with(root: etree._Element, values: list[str]) -> etree._Element:
    """The same tree, with other values in the places that have some: what the room says of it, done by hand."""
    changed, left = deepcopy(root), iter(values)
    for element in changed.iter():
        names = _VARIABLE.get(str(element.tag), frozenset())
        for name in element.keys():  # noqa: SIM118
            if name in names:
                element.set(str(name), next(left))
        if TEXT in names and element.text:
            element.text = next(left)
    assert next(left, None) is None
    return changed


@settings(max_examples=400)
@given(_trees(), _trees())
def test_one_markup_is_one_tree_but_for_its_values(first: etree._Element, second: etree._Element) -> None:
    known = _known(first)
    if known is None:
        return
    values = known.markup.values(exact(second))
    if values is not None:
        assert exact(_with(first, values)) == exact(second)
    own = known.markup.values(exact(first))
    if own is not None:
        assert exact(_with(first, own)) == exact(first)


@settings(max_examples=400)
@given(_trees(), st.lists(_values, min_size=8, max_size=8), st.sampled_from([(), ("a",), ("a", "b")]))
def test_what_is_foretold_is_the_canonical_form(
    first: etree._Element, values: list[str], prefixes: tuple[str, ...]
) -> None:
    known = _known(first)
    if known is None:
        return
    second = _with(first, [value.replace("&#13;", "") or "x" for value in values[: len(known.places)]])
    found = known.markup.values(exact(second))
    if found is not None:
        assert Written(canonical(known.root, prefixes)).form(found) == canonical(second, prefixes)


def _root(text: str, attribute: str = "one") -> etree._Element:
    root = etree.fromstring('<root xmlns="urn:a"/>')
    root.set("id", attribute)
    etree.SubElement(root, "{urn:a}text").text = text
    return etree.fromstring(etree.tostring(root))


@pytest.mark.parametrize("value", ["y", "é", "\U0001f600", '"', "'", "\n", "\t", "a\r\nb", "]", "\ue000"])
def test_plain_values_are_taken_as_they_are(value: str) -> None:
    known = _known(_root("x"))
    assert known is not None
    assert known.markup.values(exact(_root(value, "two"))) == ["two", value]


@pytest.mark.parametrize("value", ["&", "<", ">", "a&#10;b", "&#13;", "\r&", ""])
def test_what_is_written_otherwise_is_for_who_reads_whole(value: str) -> None:
    known = _known(_root("x"))
    assert known is not None
    assert known.markup.values(exact(_root(value))) is None


@pytest.mark.parametrize("value", ["&", "<", ">", '"', "\n", "\t"])
def test_so_it_is_in_an_attribute(value: str) -> None:
    known = _known(_root("x"))
    assert known is not None
    assert known.markup.values(exact(_root("x", value))) is None


def test_every_character_of_the_markup_counts() -> None:
    text = exact(_root("x"))
    known = learned(text, _VARIABLE)
    assert known is not None
    for at in range(len(text)):
        for other in ("", "z"):
            changed = text[:at] + other + text[at + 1 :]
            values = known.markup.values(changed)
            if values is not None:
                # Within a value, or all of it.
                assert changed in {
                    exact(_root(values[1], values[0])),
                    f"{exact(_root('?', values[0]))}".replace("?", ""),
                }
    assert known.markup.values(text + "z") is None
    assert known.markup.values("") is None


def test_values_may_become_markup() -> None:
    root = _root("x")
    etree.SubElement(root, "{urn:a}text").text = "la\rst"
    known = _known(root)
    assert known is not None
    values = known.markup.values(exact(root))
    assert values == ["one", "x", "la\rst"]
    for first, last in ((0, 1), (1, 2), (2, 3), (0, 3), (1, 3)):
        held = known.markup.holding(first, last, values)
        assert held.values(exact(root)) == values[:first] + values[last:]
        for at in range(3):
            changed = [*values[:at], "else", *values[at + 1 :]]
            expected = None if first <= at < last else changed[:first] + changed[last:]
            assert held.values(exact(_with(root, changed))) == expected


def test_places_and_what_stays_are_told() -> None:
    root = etree.fromstring(b'<root xmlns="urn:a" id="1"><both c="2" b="3" a="4">5</both><other a="6">7</other></root>')
    known = _known(root)
    assert known is not None
    assert known.places == [
        (-1, "{urn:a}root", "id"),
        (0, "{urn:a}both", "b"),
        (0, "{urn:a}both", "a"),
        (0, "{urn:a}both", TEXT),
    ]
    assert known.same == [("c", "2"), ("a", "6")]


def test_what_would_not_be_met_again_is_not_learned() -> None:
    longest = LONGEST - len(exact(_root("x"))) + 1
    assert _known(_root("x" * longest)) is not None
    assert _known(_root("x" * (longest + 1))) is None
    for hole in ("\ue000", "\uf8ff"):
        assert _known(_root(hole)) is None
        assert _known(_root("x", hole)) is None
    assert learned('<root  xmlns="urn:a"/>', _VARIABLE) is None

"""Finds what must be told nowhere, in every form in which a log line, a fault, a figure or a page could tell it.

Knows: how texts and octets come to be written as text. Must not know: which words are looked for, who told them.
"""

from __future__ import annotations

import base64
import json
import quopri
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import quote, quote_plus

Word = str | bytes


def aligned(octets: bytes) -> Iterator[str]:
    """The characters that base64 has for them whatever stands around: they begin at any octet of a group of three, and
    the characters at an edge hold bits of their neighbours too."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + octets).decode()
        yield text[-(-8 * before // 6) : 8 * (before + len(octets)) // 6]


def _of_octets(octets: bytes) -> Iterator[str]:
    for text in aligned(octets):
        yield text
        yield text.translate(str.maketrans("+/", "-_"))
    yield octets.hex()
    yield repr(octets)[2:-1]


def _of_text(word: str) -> Iterator[str]:
    yield word
    yield json.dumps(word)[1:-1]
    yield ascii(word)[1:-1]
    yield quote(word)
    yield quote_plus(word)
    yield word.encode("ascii", "xmlcharrefreplace").decode()
    yield quopri.encodestring(word.encode()).decode()
    # Headers come as Latin-1, whatever they were written in.
    yield word.encode().decode("latin-1")


@cache
def forms(word: Word) -> frozenset[str]:
    """Each of them in lower case, as searches by `told` are."""
    found = {*_of_octets(word if isinstance(word, bytes) else word.encode())}
    if isinstance(word, str):
        found.update(_of_text(word))
    return frozenset(each.lower() for each in found)


def told(words: Iterable[Word], texts: Iterable[str]) -> dict[str, str]:
    """What some text tells, in the form it does, with what stands around it there; in any case of letters."""
    lowered = [text.lower() for text in texts]
    found = {}
    for form in {form for word in words for form in forms(word)}:
        for text in lowered:
            at = text.find(form)
            if at >= 0:
                found[form] = text[max(at - 60, 0) : at + len(form) + 20]
    return found

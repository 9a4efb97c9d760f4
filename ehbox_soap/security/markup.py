"""The text of an element, taken apart into markup that was read before and the values that stand in it.

Knows: how lxml writes an element. Must not know: what an element means, which values matter, keys.
In what lxml writes there is no `<` in any value and no `"` in that of an attribute: there they are written with an `&`.
So two texts that are the same but for what stands before such a mark, and have no `&` in that, are two trees that are
the same but for the values in these places: the names, the namespaces, the number and the order of all elements and
attributes too. One thing with an `&` is let pass, `&#13;`, which is a CR wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, pairwise
from typing import NamedTuple

from lxml import etree

LONGEST = 32768
"""Characters of a text that is worth remembering: a header has ten thousand."""
TEXT = ""
"""Names the text of an element, where an attribute is named otherwise."""
_HOLES = 0xE000, 0xF8FF
"""One for each value of a text that is learned; that has none of them itself. It is too short to need more."""
_HOLE = re.compile(f"([{chr(_HOLES[0])}-{chr(_HOLES[1])}])")
_RETURN, _CANONICAL_RETURN = "&#13;", "&#xD;"


class Place(NamedTuple):
    """Where a value stands: in which child of the root, in an element of which name, in which attribute or TEXT."""

    part: int
    element: str
    name: str


class Markup:
    """What stands around the values, character by character."""

    __slots__ = ("_end", "_steps", "literals")

    def __init__(self, literals: Sequence[str]) -> None:
        self.literals = tuple(literals)
        self._steps = [(literal, len(literal), after[0]) for literal, after in pairwise(literals)]
        self._end = literals[-1]

    def holding(self, first: int, last: int, values: Sequence[str]) -> Markup:
        """A markup that has the values from the first until before the last in it, which differ no more."""
        within = [self.literals[first]]
        for value, literal in zip(values[first:last], self.literals[first + 1 : last + 1], strict=True):
            within += (value.replace("\r", _RETURN), literal)
        return Markup((*self.literals[:first], "".join(within), *self.literals[last + 1 :]))

    def values(self, text: str) -> list[str] | None:
        """The values in a text of this markup, in its order; None for a text of any other."""
        found = []
        at = 0
        for literal, length, mark in self._steps:
            if not text.startswith(literal, at):
                return None
            at += length
            # Where there is none, nothing after it is met either.
            stop = text.find(mark, at)
            found.append(text[at:stop])
            at = stop
        if text[at:] != self._end:
            return None
        return _as_meant(found) if "&" in "".join(found) else found


def _as_meant(values: list[str]) -> list[str] | None:
    """The values, where nothing is written otherwise but the CR that base64 of Java has at the end of its lines."""
    meant = [value.replace(_RETURN, "\r") for value in values]
    return None if "&" in "".join(meant) else meant


def exact(element: etree._Element) -> str:
    """An element as it was parsed: two of one text have the same names, attributes and texts."""
    return etree.tostring(element, encoding="unicode", with_tail=False)


class Written:
    """The canonical form of an element in a text of some markup, with the values left open.

    It has each value as `exact` writes it, but for a CR: whatever else the two write differently has an `&` in one.
    """

    __slots__ = ("_pieces", "_values")

    def __init__(self, form: bytes) -> None:
        """`form` has holes."""
        pieces = _HOLE.split(form.decode())
        self._values = [ord(hole) - _HOLES[0] for hole in pieces[1::2]]
        self._pieces = pieces

    def form(self, values: Sequence[str]) -> bytes:
        """With these values."""
        pieces = self._pieces.copy()
        pieces[1::2] = [values[at] for at in self._values]
        whole = "".join(pieces)
        return (whole.replace("\r", _CANONICAL_RETURN) if "\r" in whole else whole).encode()

    def moved(self, to: Callable[[int], int]) -> Written:
        """The same, for values that stand elsewhere now."""
        written = Written(b"")
        written._pieces, written._values = self._pieces, [to(at) for at in self._values]
        return written


class Learned(NamedTuple):
    """A markup, where its values stand, in their order, and the attributes of children of the root that are none; and
    the root with a hole for each value."""

    markup: Markup
    places: list[Place]
    same: list[tuple[str, str]]
    root: etree._Element


def learned(text: str, variable: Mapping[str, frozenset[str]]) -> Learned | None:
    """The markup of a text that `exact` gave; None where it would not be met again. `variable` has the attributes (or
    TEXT) of an element that are values, by its name."""
    if len(text) > LONGEST or _HOLE.search(text):
        return None
    # What lxml wrote of an element has no DOCTYPE: any parser of lxml's will do.
    root = etree.fromstring(text)
    if exact(root) != text:
        return None
    holes = map(chr, count(_HOLES[0]))
    places = [Place(-1, str(root.tag), name) for name in _emptied(root, variable, holes)]
    same: list[tuple[str, str]] = []
    for part, child in enumerate(root):
        for element in child.iter():
            names = _emptied(element, variable, holes)
            places += [Place(part, str(element.tag), name) for name in names]
            same += [(str(name), str(value)) for name, value in element.items() if name not in names]
    literals = _HOLE.split(exact(root))[::2]
    return Learned(Markup(literals), places, same, root)


def _emptied(element: etree._Element, variable: Mapping[str, frozenset[str]], holes: Iterator[str]) -> list[str]:
    """Puts a hole in the place of every value of an element; their names, in the order in which they are written."""
    names = variable.get(str(element.tag), frozenset())
    found = [str(name) for name in element.keys() if name in names]  # noqa: SIM118  (no mapping)
    for name in found:
        element.set(name, next(holes))
    if TEXT in names and element.text:
        element.text = next(holes)
        found.append(TEXT)
    return found

"""Whole elements of one closed form, compared with a table: a line for each element, in document order.

Knows: how to hold a table against a subtree in few steps, and which line an element breaks. Must not know: what the
elements mean, keys, algorithms.
Names and numbers of children are compared at once for the whole form: in document order they say everything about the
structure. Only where something differs is it gone through line by line, to refuse with the place and the rule.
Everything raises SoapFault SOA-01001, never with a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import compress, islice
from operator import attrgetter, methodcaller

from lxml import etree

from ehbox_soap.security.reading import refused

MOST_ELEMENTS = 4096
"""How many elements are looked at: real assertions and signatures have a few dozen."""
EXACTLY = "does not hold exactly the elements of the profile, in order"

_CONTENT = attrgetter("tag", "text", "tail")
_ATTRIBUTES = methodcaller("items")


class Rows:
    """Elements with everything below them, in document order.

    `untidy` where text stands between elements, which no form allows.
    """

    __slots__ = ("attributes", "children", "elements", "tags", "tails", "texts", "untidy")

    def __init__(self, place: str, *roots: etree._Element) -> None:
        elements: list[etree._Element] = []
        for root in roots:
            elements += islice(root.iter(), MOST_ELEMENTS + 1)
        if len(elements) > MOST_ELEMENTS:
            raise refused(place, f"holds more than {MOST_ELEMENTS} elements")
        self.elements = elements
        self.tags: tuple[str, ...]
        self.texts: tuple[str | None, ...]
        self.tails: tuple[str | None, ...]
        self.tags, self.texts, self.tails = zip(*map(_CONTENT, elements), strict=True)
        self.attributes: list[list[tuple[str, str]]] = list(map(_ATTRIBUTES, elements))
        self.children = tuple(map(len, elements))
        # What stands behind the first is for who looks at what holds it.
        self.untidy = has_text(self.tails[1:]) or has_text(compress(self.texts, self.children))

    def following(self, at: int) -> list[int]:
        """The rows of the children of a row."""
        found, row = [], at + 1
        for _ in range(self.children[at]):
            found.append(row)
            waiting = 1
            while waiting:
                waiting += self.children[row] - 1
                row += 1
        return found


def has_text(texts: Iterable[str | None]) -> bool:
    """Whether one of them is more than white space."""
    return any(not text.isspace() for text in texts if text)


@dataclass(frozen=True, slots=True)
class Line:
    """One element of a form: the place it is refused by, its name, and its attributes.

    `children` is how many it has, -1 where that differs (one at least), which only the first lines of a form may.
    `text` tells whether one without children holds text. `rule` is what it breaks if its children are others. `within`
    is for a line whose parent is none of the form: place and rule told if another element stands in its place.
    """

    place: str
    name: str
    children: int = 0
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    text: bool = False
    rule: str = EXACTLY
    within: tuple[str, str] = ("", EXACTLY)


class Form:
    """A table of lines."""

    def __init__(self, *lines: Line) -> None:
        self.lines = lines
        self.rows = len(lines)
        self._names = tuple([line.name for line in lines])
        self._open = len([line for line in lines if line.children < 0])
        self._children = tuple([line.children for line in lines[self._open :]])
        self._bare = tuple([not line.required and not line.optional for line in lines])
        self._empty = tuple([line.children == 0 and not line.text for line in lines])
        self._named = tuple(
            [
                (at, frozenset(line.required), frozenset((*line.required, *line.optional)))
                for at, line in enumerate(lines)
                if line.required or line.optional
            ]
        )

    def read(self, rows: Rows, at: int) -> list[Mapping[str, str]]:
        """Demands that the rows from `at` on are these lines; the attributes of each line that may have some."""
        end = at + self.rows
        attributes = rows.attributes[at:end]
        if (
            rows.tags[at:end] != self._names
            or rows.children[at + self._open : end] != self._children
            or not all(rows.children[at : at + self._open])
            or rows.untidy
            or any(compress(attributes, self._bare))
            or any(compress(rows.texts[at:end], self._empty))
        ):
            self._demand(rows, at)
        found: list[Mapping[str, str]] = []
        for offset, required, allowed in self._named:
            own = dict(attributes[offset])
            if own.keys() != required and not required <= own.keys() <= allowed:
                self._demand(rows, at)
            found.append(own)
        return found

    def _demand(self, rows: Rows, at: int) -> None:
        """The same, line by line: refuses by the first that is broken."""
        parents: list[tuple[str, str]] = []
        for offset, line in enumerate(self.lines):
            row = at + offset
            within = parents.pop() if parents else line.within
            if row >= len(rows.tags) or rows.tags[row] != line.name:
                raise refused(*within)
            children = rows.children[row]
            if line.text and children:
                raise refused(line.place, "must hold text only")
            if children != line.children and (line.children >= 0 or not children):
                raise refused(line.place, line.rule)
            parents += [(line.place, line.rule)] * children
            between = [rows.texts[row], *(rows.tails[child] for child in rows.following(row))]
            if not line.text and has_text(between):
                raise refused(line.place, "holds text")
            own = dict(rows.attributes[row])
            if not own.keys() >= set(line.required):
                raise refused(line.place, "lacks a required attribute")
            if not own.keys() <= {*line.required, *line.optional}:
                raise refused(line.place, "has an attribute that the profile does not know")

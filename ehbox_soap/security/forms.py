"""Whole elements of one closed form, read from their canonical form and held against a table: a line for each element.

Knows: how to take the values out of a canonical form, how to hold its markup against a table, and which line an element
breaks. Must not know: what the elements mean, keys, algorithms.
What is read is what is signed: the very octets of which a digest is made, not a tree beside them. Whether they are of
the form does not depend on values, so it is found out once for all that have one markup: element by element, against
the table. A markup that fits is remembered with the places of its values, and what has the same is taken apart there.
Everything raises SoapFault SOA-01001, never with a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from lxml import etree

from ehbox_soap.security.canonical import commented
from ehbox_soap.security.markup import Rows, Value, has_text, plain
from ehbox_soap.security.memory import Memory
from ehbox_soap.security.reading import is_id_name, refused

EXACTLY = "does not hold exactly the elements of the profile, in order"
# What is remembered: markups of forms up to that length, the newest of each sort, of so many sorts.
_LARGEST, _OF_SORT, _SORTS = 65536, 8, 64


@dataclass(frozen=True, slots=True)
class Line:
    """One element of a form: the place it is refused by, its name, and its attributes.

    `children` is how many it has, -1 where that differs (one at least). `text` tells whether one without children holds
    text. `rule` is what it breaks if its children are others. `within` are the place and the rule told if another
    element stands in its place, its parent's if None.
    """

    place: str
    name: str
    children: int = 0
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    text: bool = False
    rule: str = EXACTLY
    within: tuple[str, str] | None = None
    settled: tuple[str, ...] = ()
    """Which of its attributes hardly ever have other values: they are taken for parts of the markup."""
    absent: bool = False
    """Is not there: its values are None, as if it were without any."""
    unread: bool = False
    """Holds whatever it does; none of it is a value."""

    @property
    def values(self) -> int:
        """How many values it has: required and optional attributes in their order, then its text."""
        return len(self.required) + len(self.optional) + self.text


Lines = Callable[[Rows], Iterator[Line]]
"""The lines that fit to these rows, one after the other, each once those before it were found; they may add `counts`
to the rows, and refuse."""


class Read(NamedTuple):
    """What an element says: the values of all lines in their order, None for an attribute or text that is not there;
    the ids in it, whatever they are called; the numbers that tell how many of what there are; its canonical form."""

    values: tuple[str | None, ...]
    ids: tuple[str, ...]
    counts: tuple[int, ...]
    form: bytes


class _Layout(NamedTuple):
    """Forms of one markup. `pieces` are its parts, each with its length and the character that ends the value behind
    it, but the last, `end`. `settled` are the values that are parts of it, and None. `order` picks the values of lines
    and then the ids among the values found and those; `values` and `ids` are how many."""

    pieces: tuple[tuple[str, int, str], ...]
    end: str
    settled: tuple[str | None, ...]
    order: Callable[[Sequence[str | None]], tuple[str | None, ...]]
    values: int
    ids: int
    counts: tuple[int, ...]

    def found(self, form: str) -> tuple[str | None, ...] | None:
        """Its values and ids, None if it has another markup.

        It has this one where the pieces follow each other with nothing but a value between two: a value ends where its
        character is met, since there is no quotation mark in an attribute and no `<` in a text.
        """
        found: list[str | None] = []
        add, begins, find, at = found.append, form.startswith, form.find, 0
        for piece, length, ends in self.pieces:
            if not begins(piece, at):
                return None
            at += length
            end = find(ends, at)
            add(form[at:end])
            at = end
        if form[at:] != self.end:
            return None
        return self.order((*found, *self.settled))


def fixed(*lines: Line) -> Form:
    """A form that is the same whatever stands in it."""
    return Form(lambda _: iter(lines))


class Form:
    """A table of lines, and the markups known to fit it. Thread-safe."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._known: Memory[float, tuple[_Layout, ...]] = Memory(_SORTS)

    def read(self, element: etree._Element, place: str, sort: float) -> Read:
        """Demands that an element, whose size was looked at (canonical.size), is that of the table.

        Raises SoapFault SOA-01001; `place` is told of one that cannot be taken apart at all. Those of one `sort` are
        likely to have one markup, those of two are not: among them it is sought.
        """
        form = commented(element)
        text = form.decode()
        known = self._known.get(sort) or ()
        for layout in known:
            found = layout.found(text)
            if found is not None:
                break
        else:
            rows = Rows(text, place)
            layout = _layout(rows, *self._held(rows))
            found = layout.found(text)
            assert found is not None
            if len(text) <= _LARGEST:
                self._known.put(sort, (layout, *known[: _OF_SORT - 1]))
        if "&" in text:
            found = tuple([plain(value) if value and "&" in value else value for value in found])
        ids = found[layout.values : layout.values + layout.ids]
        return Read(found[: layout.values], ids, layout.counts, form)  # type: ignore[arg-type]

    def _held(self, rows: Rows) -> tuple[list[Value | None], set[Value]]:
        """Holds rows against the lines, one by one: refuses by the first that is broken. Returns the values of the
        lines, and which of them are settled."""
        values: list[Value | None] = []
        settled: set[Value] = set()
        parents: list[tuple[str, str]] = []
        row, place = 0, ""
        for line in self._lines(rows):
            place = place or line.place
            if line.absent:
                values += [None] * line.values
                continue
            parent = parents.pop() if parents else (place, EXACTLY)
            if row >= len(rows.tags) or rows.tags[row] != line.name:
                raise refused(*(line.within or parent))
            if line.unread:
                row = rows.after(row)
                continue
            parents += [(line.place, line.rule)] * _demand(line, rows, row)
            own = rows.attributes[row]
            values += [own.get(name) for name in (*line.required, *line.optional)]
            settled.update(value for name, value in own.items() if name in line.settled)
            if line.text:
                values += rows.texts[row]
            row += 1
        if parents:
            raise refused(*parents[-1])
        if "" in rows.tags:
            raise refused(place, "holds a comment or processing instruction")
        return values, settled


def _layout(rows: Rows, values: list[Value | None], settled: set[Value]) -> _Layout:
    """The layout of all forms that differ from this one in values and ids, but for those that are settled."""
    ids = [value for own in rows.attributes for name, value in own.items() if is_id_name(name)]
    places: dict[Value | None, int] = {}
    pieces, at = [], 0
    for value in sorted({*ids, *[value for value in values if value is not None]} - settled):
        piece = rows.form[at : value.begin]
        pieces.append((piece, len(piece), rows.form[value.end]))
        places[value] = len(places)
        at = value.end
    constants: list[str | None] = []
    for each in (*settled, None):
        places[each] = len(places)
        constants.append(rows.text(each) if each is not None else None)
    # Two more, so that it gives a tuple of them in any case.
    order = itemgetter(*[places[value] for value in (*values, *ids, None, None)])
    return _Layout(tuple(pieces), rows.form[at:], tuple(constants), order, len(values), len(ids), tuple(rows.counts))


def _demand(line: Line, rows: Rows, row: int) -> int:
    """Demands that a row is this line, whose name it has; how many elements it holds."""
    children, own = rows.children[row], rows.attributes[row].keys()
    if line.text and children:
        raise refused(line.place, "must hold text only")
    if children != line.children and (line.children >= 0 or not children):
        raise refused(line.place, line.rule)
    if not line.text and has_text(map(rows.text, rows.texts[row])):
        raise refused(line.place, "holds text")
    if not own >= set(line.required):
        raise refused(line.place, "lacks a required attribute")
    if not own <= {*line.required, *line.optional}:
        raise refused(line.place, "has an attribute that the profile does not know")
    return children

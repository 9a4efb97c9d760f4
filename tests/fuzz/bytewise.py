"""Inputs that are chosen by octets: the same targets for hypothesis, which makes octets smaller, and for atheris, which
makes those that reach further.

Knows: edits of octets, of trees and of MIME. Must not know: who makes the octets, what is tried. Where they end, every
further choice is the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from lxml import etree

from tests.fuzz.octets import LINES, PIECES, MimeEdit, Splice
from tests.fuzz.trees import KINDS, VALUES, Edit

T = TypeVar("T")
_KINDS = list(KINDS)
# Nine in ten stay within what a schema may allow: what is always refused at once reaches no decoder.
_MILD = ("text", "text", "text", "set", "drop", "double", "borrow", "unset", "copy")
_FRAMES = ("add line", "drop line", "replace line", "drop", "double", "move", "data", "frame", "repeat")


@dataclass
class Chosen:
    """Octets, read from the front."""

    octets: bytes
    at: int = 0

    def number(self, below: int) -> int:
        """A number from 0; two octets where one does not reach."""
        size = 1 if below <= 256 else 2
        taken = self.octets[self.at : self.at + size]
        self.at += size
        return int.from_bytes(taken) % below

    def pick(self, among: Sequence[T]) -> T:
        """One of them; the first most easily."""
        return among[self.number(len(among))]

    def piece(self) -> bytes:
        """A piece that readers stumble over, or the next octets as they are."""
        known = self.number(len(PIECES) * 2)
        if known < len(PIECES):
            return PIECES[known]
        size = self.number(5)
        self.at += size
        return self.octets[self.at - size : self.at]

    def spliced(self, octets: bytes) -> bytes:
        """The octets with up to three places changed."""
        for _ in range(self.number(4)):
            octets = Splice(self.number(1001), self.number(64), self.piece()).apply(octets)
        return octets

    def edited(self, root: etree._Element, wild: bool = False) -> None:
        """Changes up to three pieces of a tree."""
        for _ in range(self.number(4)):
            kind = self.pick(_KINDS if wild or self.number(10) == 9 else _MILD)
            Edit(kind, self.number(1000), self.number(1000), self.pick(VALUES)).apply(root)

    def mime_edit(self) -> MimeEdit:
        """An edit of parts, header lines or the frame around them."""
        return MimeEdit(self.pick(_FRAMES), self.number(10), self.number(10), self.pick(LINES))

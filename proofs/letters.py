"""Letters that are sent in a proof, and what became of each: the ledger against which a store is held afterwards.

Knows: what was sent to whom, what was answered. Must not know: servers, how anything is sent.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ehbox_soap.ids import Chance, identifier
from tests.clients.connector40 import Destination, File, Letter

_SIZES = (90, 900, 9_000, 90_000)
"""Bytes of a part, up to so many; most are small, so that a kill meets many of them."""


@dataclass
class Entry:
    """One letter. `told` is the MessageId of every answer with 100; `broken` counts calls that nobody answered."""

    number: int
    sender: int
    recipients: tuple[int, ...]
    letter: Letter
    told: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    broken: int = 0

    @property
    def digests(self) -> list[str]:
        """Of every part, in the order of the letter."""
        return [digest(each.data) for each in (self.letter.document, *self.letter.annexes)]


def digest(octets: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(octets).hexdigest()


class Ledger:
    """What all clients together have done; every change wakes who waits for one."""

    def __init__(self, pace: int = 0) -> None:
        """`pace` is how many calls may begin from one step of a proof to the next; 0: any number."""
        self.pace, self._allowed = pace, pace
        self.entries: list[Entry] = []
        self.counts: Counter[str] = Counter()
        self.errors: list[BaseException] = []
        self._changed = threading.Condition()

    def enter(self, sender: int, recipients: Sequence[int], boxes: Sequence[str], chance: Chance) -> Entry:
        """A new letter of one person to others, with one document and up to two annexes."""
        with self._changed:
            number = len(self.entries)
            files = [_file(number, part, chance) for part in range(1 + chance.octets(1)[0] % 3)]
            names = [boxes[each].partition(" ") for each in recipients]
            destinations = [Destination(inss, "INSS", quality) for inss, _, quality in names]
            letter = Letter(identifier(chance), destinations, files[0], files[1:])
            entry = Entry(number, sender, tuple(recipients), letter)
            self.entries.append(entry)
            return entry

    def begin(self, over: Callable[[], bool]) -> None:
        """One more call begins, as soon as it may, unless the proof is over meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: not self.pace or self.counts["begun"] < self._allowed or over())
        self.count("begun")

    def wake(self) -> None:
        """Has everybody who waits look again."""
        with self._changed:
            self._changed.notify_all()

    def count(self, event: str) -> None:
        """One more of an event: begun, answered, broken, a code."""
        with self._changed:
            self.counts[event] += 1
            self._changed.notify_all()

    def failed(self, error: BaseException) -> None:
        """A client ended by an error of its own."""
        with self._changed:
            self.errors.append(error)
            self._changed.notify_all()

    def await_more(self, event: str, more: int, patience: float) -> None:
        """Waits until so many more of the event were counted. Raises what a client ended by, or TimeoutError."""
        with self._changed:
            self._allowed = self.counts["begun"] + self.pace
            self._changed.notify_all()
            self._await(event, self.counts[event] + more, patience)

    def _await(self, event: str, goal: int, patience: float) -> None:
        reached: Callable[[], bool] = lambda: self.counts[event] >= goal or bool(self.errors)  # noqa: E731
        if not self._changed.wait_for(reached, patience):
            raise TimeoutError(f"{event}: {self.counts[event]} of {goal} after {patience} seconds")
        if self.errors:
            raise self.errors[0]


def _file(number: int, part: int, chance: Chance) -> File:
    """Contents that name their letter and place, and fill up to a size of chance."""
    size = int.from_bytes(chance.octets(4)) % _SIZES[min(chance.octets(1)[0] % 6, 3)]
    data = f"letter {number} part {part}\r\n".encode() + chance.octets(size)
    return File(f"letter {number}" if part == 0 else f"annex {part}", f"{part}.bin", "application/octet-stream", data)

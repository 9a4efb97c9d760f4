"""Everything that is told beside an answer: the log at DEBUG, what libraries log where somebody turns them on, standard
error, the figures, and pages for errors of HTTP.

Knows: where a door of either kind tells it. Must not know: what was asked.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.door import Door
from tests.doors import Doors
from tests.http.clocked import LOUD
from tests.http.door import HttpDoor
from tests.listening import LogAsItIs, loggers_on

PAGES = ("/", "/metrics", "/livez", "/readyz", "/ehBoxPublication/v3", "/xsd/{}", "/{}", "/ehBoxConsultation/v3/{}")


@dataclass(frozen=True)
class Heard:
    """What was told so far: a line for each record of each logger; and what stands on standard error."""

    _lines: Callable[[], list[str]]
    _written: Callable[[], str]

    @property
    def lines(self) -> list[str]:
        return self._lines()

    @property
    def written(self) -> str:
        return self._written()

    @property
    def all(self) -> str:
        return "\n".join([*self.lines, self.written])


@contextmanager
def hearing(doors: Doors, open_one: Callable[[tuple[str, ...]], Door]) -> Iterator[tuple[Door, Heard]]:
    """A door that `open_one` opens, with every logger on, and what is heard of it."""
    stream, lines = io.StringIO(), list[str]()
    before = LogAsItIs()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", stream)
        door = open_one((LOUD,))
        try:
            if isinstance(door, HttpDoor):
                yield door, Heard(lambda: door.witness.since()["logged"], lambda: door.running.errors)
            else:
                with loggers_on(lines.append):
                    yield door, Heard(lambda: lines, stream.getvalue)
        finally:
            before.put_back()
            doors.close(door)


def pages(door: Door, word: str) -> str:
    """What is answered to a GET, a PUT and a HEAD of each page, some of whose paths and queries hold that word."""
    asked = ((method, path.format(word)) for path in PAGES for method in ("GET", "PUT", "HEAD"))
    return "\n".join(door.page(method, f"{path}?x={word}", f"{word}.example", word.encode()) for method, path in asked)

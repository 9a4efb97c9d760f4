"""A guard that no socket is opened: neither by Python, nor by a library below it to an address that a message names.

Knows: the interpreter's audit events, a listening socket, doors of either kind. Must not know: what is sent.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.door import Door
from tests.http.door import HttpDoor
from tests.listening import SOCKET_EVENTS

_watched: list[list[str]] = []


def _hook(name: str, _: object) -> None:
    if _watched and name in SOCKET_EVENTS:
        _watched[-1].append(name)


# An audit hook stays for as long as the process does: it is added once, and idle where nobody watches.
sys.addaudithook(_hook)


@dataclass
class Trap:
    """An address that messages may name, and what was seen."""

    port: int
    listening: socket.socket
    events: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/attack.xml"

    def visited(self) -> bool:
        """Whether anybody, of whatever library, connected to the address."""
        with suppress(BlockingIOError):
            self.listening.accept()[0].close()
            return True
        return False


@contextmanager
def _audited(door: Door | None, events: list[str]) -> Iterator[None]:
    """Of the process that answers: this one, or the workers."""
    if isinstance(door, HttpDoor):
        with door.witness.watching() as seen:
            yield
        events += seen["socket"]
        return
    _watched.append(events)
    try:
        yield
    finally:
        _watched.pop()


@contextmanager
def no_socket(door: Door | None = None) -> Iterator[Trap]:
    """Within it the server may open no socket; a failure tells what was opened."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        trap = Trap(listening.getsockname()[1], listening)
        with _audited(door, trap.events):
            yield trap
        assert not trap.visited(), "somebody connected to an address that a message named"
        assert trap.events == [], "a socket was opened"

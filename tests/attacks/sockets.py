"""A guard that no socket is opened: neither by Python, nor by a library below it to an address that a message names.

Knows: the interpreter's audit events, a listening socket. Must not know: what is sent to the server.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_watched: list[list[str]] = []


def _hook(name: str, _: object) -> None:
    if _watched and name in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
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
def no_socket() -> Iterator[Trap]:
    """Within it no socket may be opened; a failure tells what was."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        trap = Trap(listening.getsockname()[1], listening)
        _watched.append(trap.events)
        try:
            yield trap
        finally:
            _watched.pop()
        assert not trap.visited(), "somebody connected to an address that a message named"
        assert trap.events == [], "a socket was opened"

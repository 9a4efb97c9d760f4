"""A client's connection with deadlines: however slowly a client sends or reads, it holds a thread only so long.

Knows: sockets, the deadline of the request that is being read. Must not know: gunicorn, what a request says.
"""

from __future__ import annotations

import errno
import math
import socket
from collections.abc import Callable

from ehbox_soap import clock


class TimedSocket(socket.socket):
    """A connection on which a request has to arrive whole, and its answer to be taken, within `seconds` each.

    A timeout of the operating system starts anew with every byte, so a client that dribbles never meets it.
    """

    def __init__(self, accepted: socket.socket, seconds: float) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self._seconds = seconds
        self._limit = seconds
        self._reading = False
        self._deadline: float | None = None
        self.end_with_answer: Callable[[], None] = _nothing
        """Called when what follows in this connection cannot be told apart from what was refused."""

    def expect_request(self, seconds: float = math.inf) -> None:
        """A request is about to be read; the time, or less where `seconds` are less, runs from its first bytes."""
        self._reading = True
        self._limit = min(self._seconds, seconds)
        self._deadline = None

    def forget_request(self) -> None:
        """The answer is out: from here on the socket is an ordinary one, with the timeout that it is given."""
        self._reading = False

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """What arrived; nothing, as if the client had stopped sending, once the request's time is over."""
        if not self._reading:
            return super().recv(bufsize, flags)
        left = self._limit if self._deadline is None else self._deadline - clock.monotonic()
        if left <= 0:
            return b""
        self.settimeout(left)
        try:
            octets = super().recv(bufsize, flags)
        except TimeoutError:
            return b""
        if self._deadline is None:
            self._deadline = clock.monotonic() + self._limit
        return octets

    def sendall(self, data: bytes, flags: int = 0, /) -> None:  # type: ignore[override]  # bytes are all we send
        """Sends everything. Raises BrokenPipeError when the client does not take it in time."""
        self.send_until(self.answer_deadline(), data)

    def answer_deadline(self) -> float:
        """Until when what is sent from now on has to be taken; of the monotonic clock."""
        return clock.monotonic() + self._seconds

    def send_until(self, deadline: float, data: bytes) -> None:
        """Sends everything as it is. Raises BrokenPipeError when the client does not take it until the deadline."""
        left = deadline - clock.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self.settimeout(left)
            super().sendall(data)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client did not take its answer in time") from None

    def stop_reading(self) -> None:
        """Ends a request that is still arriving; one that is being worked on or answered is left alone."""
        if self._reading:
            self._shut(socket.SHUT_RD)

    def hang_up(self) -> None:
        """Ends the connection at once, whatever it is at; a thread that waits for it wakes up."""
        self._shut(socket.SHUT_RDWR)

    def _shut(self, how: int) -> None:
        try:
            # Nothing but this: another thread may be using whatever a subclass keeps.
            super().shutdown(how)
        except OSError:
            # Not connected any more, or closed meanwhile by its thread: what was wanted.
            return


def _nothing() -> None:
    """Where no request is being answered, there is nothing to end with."""

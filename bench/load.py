"""Requests over kept-alive connections, as fast as they are answered; one thread, no library in between.

Knows: sockets, and of HTTP what is needed to see an answer end. Must not know: what a request asks.
The requests are made before: nothing is signed or built while time is taken.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from bench import processes
from bench.servers import Running
from ehbox_soap import clock

_TIMEOUT_SECONDS = 120
_RECEIVE = 262144


class AnswerError(Exception):
    """An answer that is no success; the text is its beginning."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run: wall seconds and processor seconds of the workers for `count` answers.

    `spread` is the share of the workers' processor time that the least busy of them had, times their number:
    1 is even, 0 is a worker that did nothing. `client` are the processor seconds of the one who asks.
    """

    count: int
    seconds: float
    cpu: float
    client: float
    spread: float
    peak: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.count / self.seconds

    @property
    def cpu_each(self) -> float:
        """Processor seconds of the server for each request."""
        return self.cpu / self.count


class _Connection:
    """One connection: what is still to be sent, what has come of the answer."""

    def __init__(self, server: Running) -> None:
        self.socket = socket.create_connection((server.host, server.port), _TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self._unsent = memoryview(b"")
        self._received = bytearray()
        self._expected = 0

    def begin(self, request: bytes) -> None:
        self._unsent = memoryview(request)
        self._received.clear()
        self._expected = 0

    def send(self) -> bool:
        """Sends what fits; whether all has gone."""
        while self._unsent:
            try:
                self._unsent = self._unsent[self.socket.send(self._unsent) :]
            except BlockingIOError:
                return False
        return True

    def receive(self) -> bytes | None:
        """The whole answer once it is there."""
        octets = self.socket.recv(_RECEIVE)
        if not octets:
            raise AnswerError(f"the server ended the connection after {bytes(self._received[:200])!r}")
        self._received += octets
        if not self._expected:
            head, found, _ = self._received.partition(b"\r\n\r\n")
            if not found:
                return None
            self._expected = len(head) + 4 + _length(bytes(head))
        return bytes(self._received) if len(self._received) >= self._expected else None


def ask(server: Running, request: bytes) -> bytes:
    """One answer, head and body; AnswerError if it is no success."""
    return _drive(server, iter([request]), [_Connection(server)])


def run(server: Running, requests: Sequence[bytes], connections: int) -> Outcome:
    """All of the requests over so many connections; AnswerError for the first answer that is no success."""
    with ExitStack() as stack:
        # Opened before time is taken, and spread over the workers by whatever the server has for that.
        opened = [_Connection(server) for _ in range(min(connections, len(requests)))]
        for connection in opened:
            stack.callback(connection.socket.close)
        processes.forget_peak(server.workers)
        busy = [processes.cpu_seconds(pid) for pid in server.workers]
        client, began = processes.own_cpu_seconds(), clock.monotonic()
        _drive(server, iter(requests), opened)
        seconds, client = clock.monotonic() - began, processes.own_cpu_seconds() - client
        used = [processes.cpu_seconds(pid) - before for pid, before in zip(server.workers, busy, strict=True)]
        spread = min(used) / sum(used) * len(used)
        return Outcome(len(requests), seconds, sum(used), client, spread, processes.peak(server.workers))


def _drive(server: Running, requests: Iterator[bytes], connections: Sequence[_Connection]) -> bytes:
    """Every connection sends the next request when its answer is there; the last answer."""
    answer = b""
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            connection.begin(next(requests))
            selector.register(connection.socket, selectors.EVENT_WRITE, connection)
        while selector.get_map():
            ready = selector.select(_TIMEOUT_SECONDS)
            if not ready:
                raise AnswerError(f"{server.authority} did not answer within {_TIMEOUT_SECONDS} seconds")
            for key, events in ready:
                connection = key.data
                if events & selectors.EVENT_WRITE:
                    if connection.send():
                        selector.modify(connection.socket, selectors.EVENT_READ, connection)
                elif (whole := connection.receive()) is not None:
                    answer = _checked(whole)
                    following = next(requests, None)
                    if following is None:
                        selector.unregister(connection.socket)
                        continue
                    connection.begin(following)
                    if not connection.send():
                        selector.modify(connection.socket, selectors.EVENT_WRITE, connection)
    return answer


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise AnswerError(f"an answer without Content-Length: {head[:200]!r}")


def _checked(answer: bytes) -> bytes:
    """The mailbox answers 200 with code 100, the STS with a StatusCode of success."""
    if answer.startswith(b"HTTP/1.1 200 ") and (b"<Code>100</Code>" in answer or b"samlp:Success" in answer):
        return answer
    raise AnswerError(answer[:2000].decode("utf-8", "replace"))

"""Clients that take and do not give: they dribble, say nothing, or never read what they asked for.

Knows: HTTP/1.1, how little a client can let a server's system keep for it. Must not know: what the server does.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tests.http.people import PUBLICATION
from tests.http.running import Connection, Running

BODY = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 60000\r\n\r\n" % PUBLICATION.encode()
HEAD = b"POST %s HTTP/1.1\r\nHost: x\r\nX-Slow: " % PUBLICATION.encode()
_WINDOW, _SEGMENT = 4096, 536


@contextmanager
def opened(server: Running, count: int, octets: bytes = b"") -> Iterator[list[Connection]]:
    """That many connections, each of which has sent this much."""
    with ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(count)]
        for each in connections:
            each.send(octets)
        yield connections


@contextmanager
def deaf(server: Running, requests: Sequence[bytes]) -> Iterator[None]:
    """A connection for each of these, which sends it whole and never reads.

    By small segments and a small window the server's system keeps some kilobytes of an answer: with usual ones it
    takes 2.7 MB out of the server's hands, and nobody would wait for the client.
    """
    with ExitStack() as stack:
        for octets in requests:
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)
            connection.connect(server.address)
            connection.sendall(octets)
        yield

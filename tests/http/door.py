"""The front door over HTTP: what a Door is within the process, with the server in processes of its own, whose clocks
are in the test's hand.

Knows: how such a server is started and asked, HTTP. Must not know: what any answer should be.
`house` is one more in this process, on the same folder and database: to look into the store and to put things there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from ehbox_soap.ports.call import HttpAnswer
from tests.clients.connector40 import HttpRequest
from tests.clocks import FileClock
from tests.door import START, Door
from tests.http.clocked import CLOCK, MAILBOX_CLOCK, WITNESS
from tests.http.running import Connection, Reply, Running
from tests.http.witness import Witness

# No upkeep and no mails beside the calls: a test compares all there is before and after.
_ALONE = {"server.workers": "2", "worker.enabled": "false"}
FAULT, REFUSED, ANSWERED = "fault", "refused", "answered"
TALLY: Counter[str] = Counter()
"""How often what was said at every such door of this process: one of these, or another status of HTTP."""
_COUNTING = Lock()
# The codes of the mailbox, the depot and the KGSS; of the STS and the address book.
_REFUSAL = re.compile(rb"<Code>(?!(?:100|200)<)|Value=\"(?:samlp:|urn:be:fgov:ehealth:2.0:status:)(?!Success)")


@dataclass
class HttpDoor(Door):
    """Two workers, unless the settings say otherwise, on a free port; each call comes on a connection of its own, so
    that any of them may take it."""

    marks: tuple[str, ...] = ()
    """What the workers do more than to answer, of tests/http/clocked.py."""

    def __post_init__(self) -> None:
        self.beside = self.folder.with_name(f"{self.folder.name}-beside")
        self.beside.mkdir(parents=True)
        self.clock = FileClock(self.beside / CLOCK, START)
        self.mailbox_clock = FileClock(self.beside / MAILBOX_CLOCK, START)
        self.witness = Witness(self.beside / WITNESS)
        for mark in self.marks:
            (self.beside / mark).touch()
        super().__post_init__()

    def _build(self) -> None:
        super()._build()
        self.running = Running(self.folder, {**_ALONE, **self.overrides}, clocks=self.beside)

    def close(self) -> None:
        super().close()
        code = self.running.stop()
        assert code == 0, self.running.errors

    def send(self, request: HttpRequest) -> HttpAnswer:
        """One POST, octet for octet as its client sends it."""
        return self._answered(request.octets(self.running.host))

    def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> HttpAnswer:
        """One POST of any bytes."""
        stated = tuple((headers or {"Content-Type": "text/xml"}).items())
        return self._answered(HttpRequest(path, stated, body, ()).octets(self.running.host))

    def _answered(self, octets: bytes) -> HttpAnswer:
        with self.running.connect() as connection:
            connection.send(octets)
            answer = _as_told(connection.reply())
        said = _said(answer)
        with _COUNTING:
            TALLY[said] += 1
        return answer

    def figures(self) -> str:
        return self.running.get("/metrics").body.decode()

    def page(self, method: str, target: str, host: str, body: bytes) -> str:
        head = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
        with Connection(self.running.address) as connection:
            connection.send(head.encode() + body)
            reply = connection.reply(method)
        return f"{reply.status} {reply.headers} {reply.body.decode()}"


def _said(answer: HttpAnswer) -> str:
    if answer.status == 500 and b":Fault>" in answer.body:
        return FAULT
    if answer.status != 200:
        return str(answer.status)
    return REFUSED if _REFUSAL.search(answer.body) else ANSWERED


def _as_told(reply: Reply) -> HttpAnswer:
    """With the names of headers as the server writes them."""
    return HttpAnswer(reply.status, tuple((name.title(), value) for name, value in reply.headers.items()), reply.body)

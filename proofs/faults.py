"""A storage that fails, at each statement of each operation: the answer is a fault and nothing has changed, or a
success and everything has.

Knows: a call of each of the twelve operations, in the process. Must not know: how many statements any of them makes.
Two ways to fail: one statement alone, and that one with all that follow, commit and rollback included, as when the
connection or the disk is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree
from sqlalchemy import Engine, create_engine

from ehbox_soap import assembly, config
from ehbox_soap.clock import SetClock
from ehbox_soap.ids import Chance, SeededChance
from ehbox_soap.ports.call import HttpAnswer
from ehbox_soap.server import Server
from proofs import contents, driver
from proofs.contents import Contents, Rows
from proofs.driver import Statements
from tests.cases.people import cast
from tests.cases.reading import element
from tests.cases.writing import consultation, send_message
from tests.clients import connector40_reader
from tests.clients.connector40 import PUBLICATION, HttpRequest
from tests.clients.connector40_reader import Fault
from tests.door import CONSULTATION as CONSULTATION_PATH
from tests.door import PUBLICATION as PUBLICATION_PATH
from tests.door import START, Client, Door, prepared, settings_of

_RECEIPTS = ("PublicationReceipt", "ReceivedReceipt", "ReadReceipt")
_NEWS = {"do": "sendMessage", "who": "doctor", "kind": "NEWS", "id": "NEWS000000001", "to": ["nurse", "hospital"]}
# What is there before: letters with receipts, a NEWS in its second version, a period of absence to come.
BEFORE: tuple[Mapping[str, object], ...] = (
    {"do": "sendMessage", "who": "doctor", "to": ["nurse", "two as nurse"], "receipts": _RECEIPTS, "name": "read"},
    {"do": "sendMessage", "who": "doctor", "to": ["nurse"], "receipts": _RECEIPTS, "name": "letter"},
    {**_NEWS, "name": "old"},
    {**_NEWS, "name": "news", "text": "the news of today"},
    {"do": "insertOoO", "who": "nurse", "start": "2026-03-01", "end": "2026-03-10", "name": "away",
     "substitutes": ["two as nurse"]},
)  # fmt: skip
# The twelve operations, those that do several things in several ways.
CALLS: tuple[Mapping[str, object], ...] = (
    {"do": "sendMessage", "who": "doctor", "to": ["second doctor", "nurse"], "receipts": _RECEIPTS,
     "mail": ["somebody@example.org"], "as": "sendMessage, DOCUMENT"},
    {**_NEWS, "text": "the news of tomorrow", "receipts": _RECEIPTS, "as": "sendMessage, a version of a NEWS"},
    {"do": "sendMessage", "who": "doctor", "to": ["every nurse"], "receipts": _RECEIPTS, "as": "sendMessage, ALL"},
    {"do": "getMessagesList", "who": "nurse", "source": "INBOX"},
    {"do": "getFullMessage", "who": "nurse", "source": "INBOX", "messages": ["letter"]},
    {"do": "getBoxInfo", "who": "nurse"},
    {"do": "getAllEhboxesMessagesList", "who": "two", "source": "INBOX"},
    {"do": "getMessageHistory", "who": "nurse", "source": "INBOX", "messages": ["news"]},
    {"do": "moveMessage", "who": "nurse", "source": "INBOX", "destination": "BININBOX", "messages": ["letter"]},
    {"do": "deleteMessage", "who": "nurse", "source": "INBOX", "messages": ["letter", "news"]},
    {"do": "getMessageAcknowledgmentsStatus", "who": "doctor", "messages": ["letter"]},
    {"do": "insertOoO", "who": "doctor", "start": "2026-02-01", "end": "2026-02-10", "substitutes": ["second doctor"]},
    {"do": "getOoOList", "who": "nurse"},
    {"do": "deleteOoO", "who": "nurse", "periods": ["away"]},
)  # fmt: skip


@dataclass
class Outcome:
    """What came of one operation: its statements, how it was answered how often, and what must not be."""

    name: str
    statements: int
    tried: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


class _Repeating:
    """The same chance for every call, so that the same call leaves the same rows."""

    def __init__(self) -> None:
        self.inner: Chance = SeededChance(1)

    def octets(self, count: int) -> bytes:
        return self.inner.octets(count)


class Laboratory:
    """A door whose storage fails at will, and the store that every call begins with."""

    def __init__(self, folder: Path, url: str = "") -> None:
        """`url` is that of an empty PostgreSQL database, or nothing for SQLite."""
        template = prepared(folder / "template")
        settings = {"mailbox.all_publishers": "DOCTOR", **({"data.database": url} if url else {})}
        if url:
            assembly.prepare(settings_of(template, settings), SetClock(START), SeededChance(0))
        self.door = Door(folder / "data", template, {**settings, "log.level": "ERROR"})
        self.chance = _Repeating()
        self.door.house = replace(self.door.house, chance=self.chance)
        self.door.server = Server(self.door.house)
        self.control: Engine = create_engine(self.door.house.store._engine.url)
        self.url = config.database_url(self.door.settings)
        self.people = cast(self.door)
        self.names: dict[str, str] = {}
        for step in BEFORE:
            answer = self._read(self.door.send(self.request(step)))
            self.names[str(step["name"])] = answer.get("Id", "")
            self.door.advance(seconds=1)
        self.before: Contents = contents.taken(self.control)
        self.rows: Rows = contents.rows(self.control)
        self.statements = Statements()
        driver.put_under(self.door.house.store, self.statements)

    def request(self, call: Mapping[str, object]) -> HttpRequest:
        """A call, newly signed."""
        verb, client = str(call["do"]), self._client(call)
        text = send_message(call) if verb == "sendMessage" else consultation(verb, call)
        content = etree.tostring(element(text, self.names), encoding="unicode")
        body = client.connector.secured(content, self.door.now, client.assertion)
        path = PUBLICATION_PATH if PUBLICATION in content else CONSULTATION_PATH
        return HttpRequest(path, (("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '""')), body)

    def _client(self, call: Mapping[str, object]) -> Client:
        return self.people[str(call["who"])]

    def _read(self, answer: HttpAnswer) -> etree._Element:
        return connector40_reader.read(answer.status, dict(answer.headers), answer.body).element

    def _send(self, request: HttpRequest) -> HttpAnswer:
        """The same call on new connections: making one takes statements too."""
        self.chance.inner = SeededChance(7)
        self.door.house.store.close()
        return self.door.send(request)

    def examine(self, call: Mapping[str, object], every: int = 1) -> Outcome:
        """Lets every so-manieth statement of the call fail, in both ways."""
        request = self.request(call)
        # What a process does once, such as asking for the database's version, is done now.
        self._send(request)
        contents.put_back(self.control, self.before)
        self.statements.arm()
        expected = self._read(self._send(request))
        after = contents.without_calls(contents.rows(self.control))
        assert expected.findtext("Status/Code") == "100", etree.tostring(expected)
        outcome = Outcome(str(call.get("as", call["do"])), self.statements.count)
        contents.put_back(self.control, self.before)
        for at in range(1, outcome.statements + 1, every):
            for rest in (False, True):
                self.statements.arm(at, rest)
                answer = self._send(request)
                self.statements.arm()
                outcome.tried += 1
                said, found = self.said(answer, expected), contents.rows(self.control)
                outcome.answers[said] += 1
                # A call that happened is counted and remembered; one that did not leaves not even that.
                right = self.rows if said.startswith("fault") else after
                if {name: found[name] for name in right} != right:
                    where = ", ".join(name for name, held in right.items() if held != found[name])
                    outcome.findings.append(f"statement {at}{' and the rest' * rest}: {said}, and {where} is not right")
                self._begin_again(found)
        # Whatever failed, the next call is served in full.
        served = self.said(self._send(request), expected) == "success"
        if not served or contents.without_calls(contents.rows(self.control)) != after:
            outcome.findings.append("afterwards the call is not served as before")
        contents.put_back(self.control, self.before)
        return outcome

    def _begin_again(self, found: Rows) -> None:
        if contents.without_calls(found) == contents.without_calls(self.rows):
            contents.forget_calls(self.control, self.before)
        else:
            contents.put_back(self.control, self.before)

    def said(self, answer: HttpAnswer, expected: etree._Element | None = None) -> str:
        """success for 100, and for nothing but the very answer that the call has otherwise."""
        try:
            told = self._read(answer)
        except Fault as fault:
            return f"fault {fault.code}"
        if expected is None:
            return "success" if told.findtext("Status/Code") == "100" else "another answer"
        same = etree.tostring(told, method="c14n") == etree.tostring(expected, method="c14n")
        return "success" if same else "another answer"

    def close(self) -> None:
        """Gives up every connection."""
        self.statements.arm()
        self.door.close()
        self.control.dispose()


def examine(folder: Path, url: str = "", every: int = 1, tell: Callable[[str], None] = lambda _: None) -> list[Outcome]:
    """All calls on one database."""
    laboratory = Laboratory(folder, url)
    try:
        return list(_each(laboratory, every, tell))
    finally:
        laboratory.close()


def _each(laboratory: Laboratory, every: int, tell: Callable[[str], None]) -> Iterator[Outcome]:
    for call in CALLS:
        outcome = laboratory.examine(call, every)
        tell(f"{outcome.name}: {outcome.statements} statements, {dict(outcome.answers)}")
        yield outcome

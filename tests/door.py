"""The front door for tests: a whole server in the process, its clocks in the test's hand.

Knows: how a server is put together, the layout of connector 4.0. Must not know: what any answer should be.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from lxml import etree
from sqlalchemy import Select, Table, select

from ehbox_soap import assembly, config
from ehbox_soap.clock import SetClock
from ehbox_soap.config import Settings
from ehbox_soap.ids import SeededChance, hexadecimal
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry, KeyKind
from ehbox_soap.ports import consultation, publication, sts
from ehbox_soap.ports.call import HttpAnswer
from ehbox_soap.server import Server
from ehbox_soap.store.tables import box, metadata, replay_key
from ehbox_soap.store.work_tables import usage_count, usage_download
from tests.clients.connector40 import Connector40, HttpRequest

START = SetClock().moment
PUBLICATION, CONSULTATION, STS = publication.PATH, consultation.PATH, sts.PATHS[0]
IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"


@dataclass
class Client:
    """A person or organisation with its keys, its assertion and the connector's way of calling."""

    connector: Connector40
    entry: KeyEntry
    assertion: str = ""


@dataclass
class Door:
    """A server of its own for a test. `template` is a prepared data folder that is copied."""

    folder: Path
    template: Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    clock: SetClock = field(default_factory=lambda: SetClock(START))
    mailbox_clock: SetClock = field(default_factory=lambda: SetClock(START))

    def __post_init__(self) -> None:
        shutil.copytree(self.template, self.folder, dirs_exist_ok=True)
        self.chance = SeededChance(1)
        self.settings = settings_of(self.folder, self.overrides)
        self._build()

    def _build(self) -> None:
        self.house = assembly.build(self.settings, self.clock, self.mailbox_clock, self.chance)
        self.server = Server(self.house)

    def restart(self) -> None:
        """Another process on the same data: whatever was held in memory is gone."""
        self.close()
        self._build()

    def reset(self) -> None:
        """Both clocks back to the start and no call remembered, so that a door can serve many tests."""
        self.clock.moment = self.mailbox_clock.moment = START
        with self.house.store._engine.begin() as connection:
            connection.execute(replay_key.delete())

    def advance(self, **amount: float) -> None:
        """Moves both clocks."""
        self.clock.advance(**amount)
        self.mailbox_clock.advance(**amount)

    @property
    def now(self) -> datetime:
        return self.clock.moment

    def send(self, request: HttpRequest) -> HttpAnswer:
        """One POST the whole way, in the process."""
        return self.post(request.path, request.body, dict(request.headers))

    def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> HttpAnswer:
        """One POST of any bytes; header names in any case."""
        stated = {name.lower(): value for name, value in (headers or {"Content-Type": "text/xml"}).items()}
        return self.server.answer(path, stated, body)

    def environ(self, request: HttpRequest) -> dict[str, object]:
        """What a WSGI server makes of a request, for tests that call the server as gunicorn does."""
        headers = {name.upper().replace("-", "_"): value for name, value in request.headers}
        return {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": request.path,
            "CONTENT_LENGTH": str(len(request.body)),
            "CONTENT_TYPE": headers.get("CONTENT_TYPE", ""),
            "HTTP_SOAPACTION": headers.get("SOAPACTION", ""),
            "wsgi.input": io.BytesIO(request.body),
        }

    def figures(self) -> str:
        """What is told at /metrics."""
        return self.server.observer.figures.exposition().decode()

    def page(self, method: str, target: str, host: str, body: bytes) -> str:
        """All that is answered to any request: status, headers, body."""
        path, _, query = target.partition("?")
        environ: dict[str, object] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": host,
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
        }
        said: list[object] = []
        answered = b"".join(self.server(environ, lambda *args: said.extend(args)))
        return f"{said} {answered.decode()}"

    def person(self, inss: str, designators: tuple[str, ...], kind: KeyKind = "rsa") -> Client:
        """A person of the seed with an assertion for what it asks to be certified."""
        entry = _person(self.template, inss, kind)
        names = ("urn:be:fgov:ehealth:1.0:certificateholder:person:ssin", "urn:be:fgov:person:ssin")
        return self._client(entry, tuple((name, inss) for name in names), designators)

    def organisation(
        self, type: str, number: str, identification: tuple[str, ...], designators: tuple[str, ...]
    ) -> Client:
        """An organisation of the seed; `type` as the certificate's OU has it, e.g. NIHII-HOSPITAL."""
        entry = _organisation(self.template, type, number)
        return self._client(entry, tuple((name, number) for name in identification), designators)

    def _client(self, entry: KeyEntry, claims: tuple[tuple[str, str], ...], designators: tuple[str, ...]) -> Client:
        connector = Connector40(entry.key, entry.certificate, lambda: hexadecimal(self.chance))
        client = Client(connector, entry)
        asked = [(name, IDENTIFICATION) for name, _ in claims] + [(name, CERTIFIED) for name in designators]
        answer = self.send(connector.request_secure_token(STS, self.now, claims, asked))
        client.assertion = assertion_of(answer)
        return client

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row but replay keys, counted calls and when a box was called: equal before and after means that nothing
        was changed."""
        with self.house.store._engine.connect() as connection:
            return {
                table.name: sorted((tuple(row) for row in connection.execute(_rows(table))), key=repr)
                for table in metadata.sorted_tables
                if table not in (replay_key, usage_count, usage_download)
            }

    def replay_keys(self) -> int:
        """How many calls are remembered."""
        with self.house.store._engine.connect() as connection:
            return len(connection.execute(replay_key.select()).all())

    def close(self) -> None:
        self.house.store.close()


def _rows(table: Table) -> Select[*tuple[object, ...]]:
    return select(*(column for column in table.columns if column is not box.c.last_call_at))


def settings_of(folder: Path, overrides: Mapping[str, str]) -> Settings:
    """The settings of a server whose data stands in `folder`."""
    return config.load(None, {"data.folder": str(folder), **overrides})


def prepared(folder: Path) -> Path:
    """A data folder with authority, tables and seed, made with the tests' clock."""
    assembly.prepare(settings_of(folder, {}), SetClock(START), SeededChance(0))
    return folder


def assertion_of(answer: HttpAnswer) -> str:
    """The assertion's very characters in an answer of the STS."""
    assert answer.status == 200, answer.body
    octets = answer.body
    start = octets.find(b"<Assertion ")
    assert start >= 0, octets
    return octets[start : octets.index(b"</Assertion>") + len(b"</Assertion>")].decode()


def content_of(answer: HttpAnswer) -> etree._Element:
    """The Body's element of an answer."""
    octets = answer.body
    if dict(answer.headers)["Content-Type"].startswith("multipart/related"):
        octets = octets[octets.index(b"<?xml") : octets.index(b"</soap:Envelope>") + len(b"</soap:Envelope>")]
    (body,) = etree.fromstring(octets)
    return body[0]


def fault_code(answer: HttpAnswer) -> str:
    """The faultstring of a fault."""
    assert answer.status == 500, answer.body
    return str(content_of(answer).findtext("faultstring"))


def status_code(answer: HttpAnswer) -> str:
    """The Status code of an answer."""
    assert answer.status == 200, answer.body
    return str(content_of(answer).findtext("Status/Code"))


@cache
def _authority(template: Path) -> Authority:
    return Authority.open(template / "pki", SetClock(START), SeededChance(7))


@cache
def _person(template: Path, inss: str, kind: KeyKind) -> KeyEntry:
    return _authority(template).person(inss, "TEST PERSON", kind=kind)


@cache
def _organisation(template: Path, type: str, number: str) -> KeyEntry:
    return _authority(template).organisation(type, number, "TEST ORGANISATION")

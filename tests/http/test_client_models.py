"""The client models over HTTP: every operation, in the octets of each client, headers included (wire.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SystemChance, identifier
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from tests.clients import wstrust
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.connector_etk import read_etk
from tests.clients.econtract import EContract
from tests.clients.http import HttpRequest
from tests.clients.medikit import Medikit
from tests.clients.operations import Model
from tests.clients.story import everything
from tests.clients.talking import DOCTOR, HOLDER_SSIN, SSIN, Octets, Talk
from tests.http import people
from tests.http.running import Running

pytestmark = pytest.mark.http

SENDER, READER = "68072599721", "01010599873"


@dataclass
class OverHttp:
    """A client's way to a running server, on a connection of its own for each call."""

    server: Running

    @property
    def now(self) -> datetime:
        return people.now()

    def post(self, request: HttpRequest) -> Octets:
        reply = people.post(self.server, request)
        return reply.status, reply.headers, reply.body


@pytest.fixture(scope="module")
def keys(template: Path) -> Mapping[str, KeyEntry]:
    """A key for each of the two, for all models."""
    authority = Authority.open(template / "pki", SystemClock(), SystemChance())
    return {inss: authority.person(inss, "TEST PERSON") for inss in (SENDER, READER)}


def _talk(kind: type[Model], running: Running, keys: Mapping[str, KeyEntry], inss: str) -> Talk:
    chance = SystemChance()
    model = kind(keys[inss].key, keys[inss].certificate, lambda: identifier(chance))
    return Talk(OverHttp(running), model, inss)


@pytest.mark.parametrize("kind", [Connector3, Connector40, EContract, Medikit], ids=lambda kind: kind.__name__)
def test_every_operation(kind: type[Model], running: Running, keys: Mapping[str, KeyEntry]) -> None:
    sender, reader = (_talk(kind, running, keys, inss).identify(DOCTOR) for inss in (SENDER, READER))
    everything(sender, reader, people.publication_id()[:11])


def test_the_services_around_the_mailbox(running: Running, keys: Mapping[str, KeyEntry]) -> None:
    """E's WS-Trust, with its header From, and C's getEtk, which has no SOAPAction."""
    client = _talk(EContract, running, keys, SENDER)
    assert isinstance(client.model, EContract)
    claims = [(SSIN, SENDER), (HOLDER_SSIN, SENDER), (DOCTOR, None)]
    asked = client.model.request_security_token(wstrust.PATH, client.line.now, claims)
    client.assertion = client.model.read_trust(*client.line.post(asked)).assertion or ""
    assert client.ask("get_box_info").element.findtext("BoxId/Quality") == "DOCTOR"
    connector = _talk(Connector40, running, keys, SENDER).model
    assert isinstance(connector, Connector40)
    assert read_etk(*client.line.post(connector.get_etk("/EtkDepot/v1", "CBE", "0809394427", "KGSS"))) is not None

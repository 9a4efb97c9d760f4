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
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.econtract import EContract
from tests.clients.http import HttpRequest
from tests.clients.medikit import Medikit
from tests.clients.operations import Model
from tests.clients.story import everything
from tests.clients.talking import DOCTOR, Octets, Talk
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


@pytest.mark.parametrize("kind", [Connector3, Connector40, EContract, Medikit], ids=lambda kind: kind.__name__)
def test_every_operation(kind: type[Model], running: Running, keys: Mapping[str, KeyEntry]) -> None:
    chance = SystemChance()
    sender, reader = (
        Talk(
            OverHttp(running),
            kind(keys[inss].key, keys[inss].certificate, lambda: identifier(chance)),
            inss,
        ).identify(DOCTOR)
        for inss in (SENDER, READER)
    )
    everything(sender, reader, people.publication_id()[:11])

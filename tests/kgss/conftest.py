"""A door at which a doctor and a nurse ask for keys; their keys and tokens are made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from tests.door import START, Client, Door, prepared
from tests.front.cast import DOCTOR, NURSE, SSIN


@dataclass(frozen=True)
class Asker:
    """Somebody with an assertion, an encryption key, and a token of it that the depot gives out."""

    client: Client
    encryption: KeyEntry
    token: bytes


@dataclass(frozen=True)
class Stage:
    """A door, its authority, and who calls."""

    door: Door
    authority: Authority
    doctor: Asker
    nurse: Asker


@pytest.fixture(scope="package")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    template = prepared(tmp_path_factory.mktemp("kgss") / "template")
    folder = tmp_path_factory.mktemp("kgss") / "data"
    door = Door(folder, template, {"log.level": "DEBUG", "log.format": "json"})
    authority = Authority.open(template / "pki", SetClock(START), SeededChance(51))

    def asker(client: Client) -> Asker:
        encryption = authority.encryption(client.entry)
        token = authority.token(encryption)
        with door.house.store.begin() as transaction:
            transaction.tokens.add(stored(token, START))
        return Asker(client, encryption, token)

    doctor = asker(door.person(DOCTOR, (f"{SSIN}:doctor:boolean",)))
    nurse = asker(door.person(NURSE, (f"{SSIN}:nurse:boolean",), "ec"))
    yield Stage(door, authority, doctor, nurse)
    door.close()


@pytest.fixture
def stage(standing: Stage) -> Stage:
    """Its clocks at the start, no call remembered."""
    standing.door.reset()
    return standing

"""A door at which a doctor and a nurse ask for keys; their keys and tokens are made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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


def staged(template: Path, folder: Path, overrides: Mapping[str, str]) -> Stage:
    """A stage on a copy of the template."""
    door = Door(folder, template, {"log.level": "DEBUG", "log.format": "json", **overrides})
    authority = Authority.open(template / "pki", SetClock(START), SeededChance(51))

    def asker(client: Client) -> Asker:
        encryption = authority.encryption(client.entry)
        token = authority.token(encryption)
        with door.house.store.begin() as transaction:
            transaction.tokens.add(stored(token, START))
        return Asker(client, encryption, token)

    doctor = asker(door.person(DOCTOR, (f"{SSIN}:doctor:boolean",)))
    nurse = asker(door.person(NURSE, (f"{SSIN}:nurse:boolean",), "ec"))
    return Stage(door, authority, doctor, nurse)


@pytest.fixture(scope="package")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("kgss") / "template")


@pytest.fixture(scope="package")
def standing(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = staged(template, tmp_path_factory.mktemp("kgss") / "data", {})
    yield stage
    stage.door.close()


@pytest.fixture
def fresh(template: Path, tmp_path: Path) -> Iterator[Callable[[Mapping[str, str]], Stage]]:
    """Makes a stage of a test's own, with further settings."""
    made: list[Stage] = []

    def make(overrides: Mapping[str, str]) -> Stage:
        made.append(staged(template, tmp_path / f"data{len(made)}", overrides))
        return made[-1]

    yield make
    for each in made:
        each.door.close()


@pytest.fixture
def stage(standing: Stage) -> Stage:
    """Its clocks at the start, no call remembered."""
    standing.door.reset()
    return standing

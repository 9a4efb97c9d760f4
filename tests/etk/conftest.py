"""A door whose depot knows a few tokens; the keys are made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from tests.door import START, Door, prepared

DOCTOR = "71031499894"


@pytest.fixture(scope="package")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data folder."""
    return prepared(tmp_path_factory.mktemp("etk") / "data")


@pytest.fixture(scope="package")
def authority(template: Path) -> Authority:
    """The template's authority."""
    return Authority.open(template / "pki", SetClock(START), SeededChance(31))


@pytest.fixture(scope="package")
def encryption(authority: Authority) -> KeyEntry:
    """The doctor's encryption key."""
    return authority.encryption(authority.person(DOCTOR, "Dora Voorbeeld", kind="ec"))


@pytest.fixture
def door(template: Path, tmp_path: Path) -> Iterator[Door]:
    """A door of its own for each test."""
    opened = Door(tmp_path / "data", template, {"log.level": "DEBUG", "log.format": "json"})
    yield opened
    opened.close()


def deposit(door: Door, token: bytes) -> str:
    """Puts a token into the depot; its serial."""
    kept = stored(token, door.now)
    with door.house.store.begin() as transaction:
        assert transaction.tokens.add(kept)
    return kept.serial

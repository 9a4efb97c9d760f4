"""Doors: one that stands for the whole run and serves whatever leaves no trace, and fresh ones for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.door import Door, prepared
from tests.front.book import Book
from tests.front.cast import Cast, cast
from tests.security.keys import pki


class Fresh(Protocol):
    """Opens a door of its own for a test; `settings` as "section.name"."""

    def __call__(self, settings: Mapping[str, str] | None = None) -> Door: ...


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data folder: authority, tables, seed."""
    return prepared(tmp_path_factory.mktemp("template") / "data")


@pytest.fixture(scope="session")
def standing(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    door = Door(tmp_path_factory.mktemp("standing") / "data", template)
    yield door
    door.close()


@pytest.fixture(scope="session")
def people(standing: Door) -> Cast:
    """Assertions for 24 hours from the tests' moment."""
    return cast(standing)


@pytest.fixture
def door(standing: Door, people: Cast) -> Door:
    """The standing door, its clocks at the start. For tests that store nothing."""
    standing.reset()
    return standing


@pytest.fixture
def book(door: Door, people: Cast) -> Book:
    """The standing door's address book, asked by the doctor."""
    return Book(door, people.doctor)


@pytest.fixture
def fresh(template: Path, tmp_path: Path) -> Iterator[Fresh]:
    opened: list[Door] = []

    def open_one(settings: Mapping[str, str] | None = None) -> Door:
        opened.append(Door(tmp_path / f"data{len(opened)}", template, settings or {}))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture(scope="session")
def foreign_settings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Settings that trust the PKI of tests/security: an STS and an authority that are not the server's own."""
    folder = tmp_path_factory.mktemp("foreign")
    files = {"authority": [pki().root], "sts": [pki().sts, pki().sts_ec]}
    for name, owners in files.items():
        octets = b"".join(owner.certificate.public_bytes(Encoding.PEM) for owner in owners)
        (folder / f"{name}.pem").write_bytes(octets)
    return {
        "security.authorities": str(folder / "authority.pem"),
        "security.sts_certificates": str(folder / "sts.pem"),
    }


@pytest.fixture(scope="session")
def standing_foreign(
    template: Path, foreign_settings: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    door = Door(tmp_path_factory.mktemp("foreign-door") / "data", template, foreign_settings)
    yield door
    door.close()


@pytest.fixture
def foreign(standing_foreign: Door) -> Door:
    """The standing door for calls by the PKI of tests/security, its clocks at the start."""
    standing_foreign.reset()
    return standing_foreign


@pytest.fixture
def fresh_foreign(fresh: Fresh, foreign_settings: Mapping[str, str]) -> Fresh:
    """A fresh door that trusts the PKI of tests/security too."""
    return lambda settings=None: fresh({**foreign_settings, **(settings or {})})

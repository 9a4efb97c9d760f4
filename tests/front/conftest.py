"""Doors: one that stands for the whole run and serves whatever leaves no trace, and fresh ones for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.door import Door, prepared
from tests.doors import Doors, opened
from tests.front.book import Book
from tests.front.cast import Cast, cast
from tests.over_http import answers_are_counted
from tests.security.keys import pki

__all__ = ["answers_are_counted"]


class Fresh(Protocol):
    """Opens a door of its own for a test; `settings` as "section.name"."""

    def __call__(self, settings: Mapping[str, str] | None = None) -> Door: ...


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data folder: authority, tables, seed."""
    return prepared(tmp_path_factory.mktemp("template") / "data")


@pytest.fixture(scope="session")
def standing(doors: Doors, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(doors, tmp_path_factory.mktemp("standing") / "data", template, {}) as door:
        yield door


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
def fresh(doors: Doors, template: Path, tmp_path: Path) -> Iterator[Fresh]:
    there: list[Door] = []

    def open_one(settings: Mapping[str, str] | None = None) -> Door:
        there.append(doors.open(tmp_path / f"data{len(there)}", template, settings))
        return there[-1]

    yield open_one
    # Of two on one database the first brought it.
    for each in reversed(there):
        doors.close(each)


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
    doors: Doors, template: Path, foreign_settings: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    with opened(doors, tmp_path_factory.mktemp("foreign-door") / "data", template, foreign_settings) as door:
        yield door


@pytest.fixture(scope="session")
def standing_strict(
    doors: Doors, template: Path, foreign_settings: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """The same by the strict profile."""
    settings = {**foreign_settings, "security.profile": "strict"}
    with opened(doors, tmp_path_factory.mktemp("strict-door") / "data", template, settings) as door:
        yield door


@pytest.fixture
def foreign(standing_foreign: Door) -> Door:
    """The standing door for calls by the PKI of tests/security, its clocks at the start."""
    standing_foreign.reset()
    return standing_foreign


@pytest.fixture
def fresh_foreign(fresh: Fresh, foreign_settings: Mapping[str, str]) -> Fresh:
    """A fresh door that trusts the PKI of tests/security too."""
    return lambda settings=None: fresh({**foreign_settings, **(settings or {})})

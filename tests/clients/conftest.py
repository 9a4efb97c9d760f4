"""Keys and certificates of a caller, in the platform's subject form; made once, valid around the tests' moment. And the
doors of a whole server in the process, for the models to call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.clients.connector40 import Connector40, Key
from tests.clients.model import Identification
from tests.door import Door, prepared

NOW = datetime(2026, 1, 15, 9, 0, 0, 123456, tzinfo=UTC)


class Open(Protocol):
    """Opens a door of its own for a test; `settings` as "section.name"."""

    def __call__(self, settings: Mapping[str, str] | None = None) -> Door: ...


def _certificate(key: Key) -> x509.Certificate:
    units = ["eHealth-platform Belgium", "JAN, PEETERS", "SSIN=79021802145"]
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Federal Government"),
            *(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units),
            x509.NameAttribute(NameOID.COMMON_NAME, "SSIN=79021802145"),
        ]
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test CA")])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = (
        builder.serial_number(7).not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=1))
    )
    return builder.sign(key, hashes.SHA256())


def identifiers() -> Iterator[str]:
    """UUIDs, each another."""
    for number in range(10_000):
        yield f"00000000-0000-4000-8000-{number:012d}"


@pytest.fixture(scope="session")
def pairs() -> Mapping[str, Identification]:
    """A key pair of each kind."""
    keys: dict[str, Key] = {
        "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ec": ec.generate_private_key(ec.SECP256R1()),
    }
    return {kind: Identification(key, _certificate(key)) for kind, key in keys.items()}


@pytest.fixture(scope="session", params=["rsa", "ec"])
def connector(request: pytest.FixtureRequest, pairs: Mapping[str, Identification]) -> Connector40:
    """The model with a key of each kind."""
    pair = pairs[request.param]
    return Connector40(pair.key, pair.certificate, identifiers().__next__)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data folder: authority, tables, seed."""
    return prepared(tmp_path_factory.mktemp("clients-template") / "data")


@pytest.fixture(scope="session")
def standing(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A door for all tests that only ask who they are."""
    door = Door(tmp_path_factory.mktemp("clients-standing") / "data", template)
    yield door
    door.close()


@pytest.fixture
def open_door(template: Path, tmp_path: Path) -> Iterator[Open]:
    opened: list[Door] = []

    def one(settings: Mapping[str, str] | None = None) -> Door:
        opened.append(Door(tmp_path / f"data{len(opened)}", template, settings or {}))
        return opened[-1]

    yield one
    for each in opened:
        each.close()

"""Keys and certificates of a caller, in the platform's subject form; made once, valid around the tests' moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.clients.connector40 import Connector40, Key

NOW = datetime(2026, 1, 15, 9, 0, 0, 123456, tzinfo=UTC)


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


def _identifiers() -> Iterator[str]:
    for number in range(10_000):
        yield f"00000000-0000-4000-8000-{number:012d}"


@pytest.fixture(scope="session", params=["rsa", "ec"])
def connector(request: pytest.FixtureRequest) -> Connector40:
    """The model with a key of each kind."""
    key: Key = ec.generate_private_key(ec.SECP256R1())
    if request.param == "rsa":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return Connector40(key, _certificate(key), _identifiers().__next__)

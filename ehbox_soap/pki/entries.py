"""Keys with their certificates, as values.

Knows: what a keystore holds. Must not know: files, passwords, how a certificate is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
KeyKind = Literal["rsa", "ec"]


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A private key, its certificate, and the certificates above it, the issuer first and the root last."""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Keystore:
    """What a caller has: the key it signs with and, perhaps, the key that others encrypt for.

    `earlier` are further encryption keys: what was encrypted for them is still there to be read.
    """

    authentication: KeyEntry
    encryption: KeyEntry | None = None
    earlier: tuple[KeyEntry, ...] = ()

    @property
    def encryptions(self) -> tuple[KeyEntry, ...]:
        """Every encryption key."""
        return (*((self.encryption,) if self.encryption is not None else ()), *self.earlier)


def new_key(kind: KeyKind) -> PrivateKey:
    """A new key: RSA of 2048 bits, or EC on P-256. Its chance is the cryptographic library's own, never seeded."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def supported(key: object) -> PrivateKey:
    """The key, if it is RSA or EC; raises ValueError for any other."""
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("the private key is neither RSA nor EC")
    return key

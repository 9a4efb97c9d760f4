"""What a certificate or a keystore is, in a few values for a reader.

Knows: certificates and keystores. Must not know: terminals; how a subject is written or an identity is told, which
the caller brings along, so that there is one way of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ehbox_soap.pki.entries import Keystore
from ehbox_soap.pki.pkcs12 import AUTHENTICATION_ALIAS, encryption_alias


@dataclass(frozen=True, slots=True)
class Description:
    """One certificate. `identity` is TYPE=number, None if it has none; `serial` in decimal; moments are UTC."""

    subject: str
    issuer: str
    identity: str | None
    serial: str
    key: str
    not_before: datetime
    not_after: datetime
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Describer:
    """Describes certificates; `name` writes an X.509 name as RFC 1779, `identity` gives TYPE=number or None."""

    name: Callable[[x509.Name], str]
    identity: Callable[[x509.Certificate], str | None]

    def certificate(self, certificate: x509.Certificate, alias: str | None = None) -> Description:
        """What that certificate says."""
        return Description(
            subject=self.name(certificate.subject),
            issuer=self.name(certificate.issuer),
            identity=self.identity(certificate),
            serial=str(certificate.serial_number),
            key=key_kind(certificate),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            alias=alias,
        )

    def keystore(self, keystore: Keystore) -> tuple[Description, ...]:
        """The certificates of a keystore's keys, each under its alias."""
        shown = [self.certificate(keystore.authentication.certificate, AUTHENTICATION_ALIAS)]
        for certificate in (entry.certificate for entry in keystore.encryptions):
            shown.append(self.certificate(certificate, encryption_alias(certificate)))
        return tuple(shown)


def key_kind(certificate: x509.Certificate) -> str:
    """The kind of the certified key: RSA and its bits, or EC and its curve."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    return f"EC {key.curve.name}" if isinstance(key, ec.EllipticCurvePublicKey) else "another kind"

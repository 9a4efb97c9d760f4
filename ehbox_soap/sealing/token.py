"""An encryption token (ETK): an encryption certificate, signed by a depot, with its owner's certificates.

Knows: its shape (wire.md, "ETK depot"). Must not know: who the owner is, whether depot or owner are to be believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from ehbox_soap.issuing import issued
from ehbox_soap.sealing import signed
from ehbox_soap.sealing.algorithms import TOKEN
from ehbox_soap.sealing.errors import SealingError, reading
from ehbox_soap.sealing.signed import Holder

LARGEST = 65536
"""Octets of a token: several chains fit."""


@dataclass(frozen=True, slots=True)
class EncryptionToken:
    """A token that is whole: the depot's signature holds, and the owner's key issued the encryption certificate.

    `others` are the further certificates in it, those of authorities.
    """

    octets: bytes
    encryption: x509.Certificate
    authentication: x509.Certificate
    depot: x509.Certificate
    others: tuple[x509.Certificate, ...]


def make_token(encryption: x509.Certificate, owner: Sequence[x509.Certificate], depot: Holder, now: datetime) -> bytes:
    """A token as DER; `owner` is the owner's authentication certificate and what stands above it.

    The depot's certificates are its own and, where they are not the owner's too, those above it. Raises SealingError if
    the owner's key did not issue the encryption certificate.
    """
    _check_issued(encryption, owner[0])
    certificates = dict.fromkeys((depot.certificate, *owner, *depot.chain))
    return signed.sign(encryption.public_bytes(Encoding.DER), depot, now, tuple(certificates), pss=False)


def read_token(octets: bytes) -> EncryptionToken:
    """Reads a token and checks what can be checked of it alone. Raises SealingError."""
    if len(octets) > LARGEST:
        raise SealingError(f"token: longer than {LARGEST} octets")
    with reading("token"):
        found = signed.read(octets, TOKEN)
        depot = found.signer_certificate()
        found.verify(depot)
        encryption = x509.load_der_x509_certificate(found.data)
        others = [each for each in found.certificates if each != depot]
        owners = [each for each in others if issued(encryption, each)]
        if len(owners) != 1:
            raise SealingError("token: does not hold the certificate that issued the encryption certificate")
        owner = owners[0]
        _check_issued(encryption, owner)
    return EncryptionToken(octets, encryption, owner, depot, tuple(each for each in others if each != owner))


def _check_issued(encryption: x509.Certificate, owner: x509.Certificate) -> None:
    """The owner's key issued it, it has the owner's name, and is for encryption. Raises SealingError."""
    if not issued(encryption, owner) or encryption.subject != owner.subject:
        raise SealingError("token: the encryption certificate was not issued by its owner's authentication key")
    try:
        usage = encryption.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        raise SealingError("token: the encryption certificate does not say what its key is for") from None
    if not usage.key_encipherment:
        raise SealingError("token: the certificate is not one for encryption")
    if not isinstance(encryption.public_key(), rsa.RSAPublicKey):
        raise SealingError("token: the encryption key is not RSA, which is what content is sealed for")

"""One revocation list of one authority (RFC 5280, section 5): read whole, checked whole, or refused.

Knows: lists in PEM and DER, which of them can be used. Must not know: files, which certificate is asked about.
What is refused: lists of others than the authority itself (indirect ones), parts of a list (deltas, some reasons only),
critical extensions that are not understood, signatures by SHA-1 or older.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_PEM = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)
_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_UNDERSTOOD = (x509.AuthorityKeyIdentifier, x509.CRLNumber, x509.IssuingDistributionPoint)
_UNDERSTOOD_OF_ENTRY = (x509.CRLReason, x509.InvalidityDate)
# What the library raises for a list that it does not read: much of it only once a field is asked for.
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)

Issuer = tuple[bytes, bytes]
Extension = TypeVar("Extension", bound=x509.ExtensionType)


class ListError(ValueError):
    """A revocation list that cannot be used; the text says why and holds nothing of the list."""


@dataclass(frozen=True, slots=True)
class RevocationList:
    """What one list says: from `begin` to `end` the authority `issuer` has revoked the serials `revoked`.

    `scope` tells lists apart that stand beside each other (users' and authorities' certificates); `number` and `begin`
    tell which of one scope is newer.
    """

    issuer: Issuer
    scope: bytes
    begin: datetime
    number: int
    end: datetime
    revoked: frozenset[int]


def issuer_key(certificate: x509.Certificate) -> Issuer | None:
    """By what an authority's list is found: its name and its key. A renewed certificate of one key is the same. None
    where one of them cannot be read: no list that is used was signed by such a key."""
    try:
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return (certificate.subject.public_bytes(), key)
    except _UNREADABLE:
        return None


def read_lists(octets: bytes, authorities: Iterable[x509.Certificate]) -> tuple[RevocationList, ...]:
    """Every list in the octets, one or more in PEM, or one in DER. Raises ListError if any of them cannot be used."""
    known = tuple(authorities)
    try:
        if b"-----BEGIN" in octets:
            found = [x509.load_pem_x509_crl(text) for text in _PEM.findall(octets)]
        else:
            found = [x509.load_der_x509_crl(octets)]
    except _UNREADABLE as error:
        raise ListError("is not a revocation list") from error
    if not found:
        raise ListError("is not a revocation list")
    try:
        return tuple(_checked(each, known) for each in found)
    except ListError:
        raise
    except _UNREADABLE as error:
        raise ListError("has a field that cannot be read") from error


def _checked(found: x509.CertificateRevocationList, authorities: tuple[x509.Certificate, ...]) -> RevocationList:
    authority = _authority(found, authorities)
    issuer = issuer_key(authority)
    assert issuer is not None
    if found.next_update_utc is None:
        raise ListError("does not say when the next one is due")
    try:
        extensions = found.extensions
        revoked = frozenset(serial for each in found if (serial := _serial(each)) is not None)
    except ListError:
        raise
    except _UNREADABLE as error:
        raise ListError("has an extension that cannot be read") from error
    _demand_whole(extensions)
    number = _extension(extensions, x509.CRLNumber)
    scope = _extension(extensions, x509.IssuingDistributionPoint)
    return RevocationList(
        issuer=issuer,
        scope=scope.public_bytes() if scope is not None else b"",
        begin=found.last_update_utc,
        number=number.crl_number if number is not None else 0,
        end=found.next_update_utc,
        revoked=revoked,
    )


def _authority(found: x509.CertificateRevocationList, authorities: tuple[x509.Certificate, ...]) -> x509.Certificate:
    """The authority that signed the list itself. Raises ListError if it is unknown or may not."""
    try:
        hash_ = found.signature_hash_algorithm
    except UnsupportedAlgorithm as error:
        raise ListError("is signed by an algorithm that is not known") from error
    if not isinstance(hash_, _HASHES):
        raise ListError("is not signed by SHA-256 or better")
    signers = [each for each in authorities if _is_by(found, each)]
    if not signers:
        raise ListError("is not signed by a trusted authority")
    able = [each for each in signers if _may_revoke(each)]
    if not able:
        raise ListError("is signed by an authority that may not sign revocation lists")
    return able[0]


def _is_by(found: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    if issuer_key(authority) is None or authority.subject != found.issuer:
        return False
    key = authority.public_key()
    return isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and found.is_signature_valid(key)


def _may_revoke(authority: x509.Certificate) -> bool:
    usage = _extension(authority.extensions, x509.KeyUsage)
    return usage is None or usage.crl_sign


def _demand_whole(extensions: x509.Extensions) -> None:
    """Demands a complete list of the authority's own certificates."""
    if _extension(extensions, x509.DeltaCRLIndicator) is not None:
        raise ListError("is a delta: only complete lists are used")
    scope = _extension(extensions, x509.IssuingDistributionPoint)
    if scope is not None and scope.indirect_crl:
        raise ListError("is indirect: only lists of an authority about its own certificates are used")
    if scope is not None and (scope.only_some_reasons or scope.only_contains_attribute_certs):
        raise ListError("covers some reasons or attribute certificates only")
    if any(each.critical and not isinstance(each.value, _UNDERSTOOD) for each in extensions):
        raise ListError("has a critical extension that is not understood")


def _serial(entry: x509.RevokedCertificate) -> int | None:
    """The serial number that an entry revokes; None where it says that a certificate is on hold no longer."""
    for each in entry.extensions:
        if isinstance(each.value, x509.CertificateIssuer):
            raise ListError("is indirect: only lists of an authority about its own certificates are used")
        if each.critical and not isinstance(each.value, _UNDERSTOOD_OF_ENTRY):
            raise ListError("has an entry with a critical extension that is not understood")
        if isinstance(each.value, x509.CRLReason) and each.value.reason is x509.ReasonFlags.remove_from_crl:
            return None
    return entry.serial_number


def _extension(extensions: x509.Extensions, kind: type[Extension]) -> Extension | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None

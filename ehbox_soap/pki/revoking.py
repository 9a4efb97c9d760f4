"""Revoking what the test authority issued: a list for each of its authorities, beside the authority's own files.

Knows: which authority issued a certificate, revocation lists. Must not know: who goes by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from ehbox_soap.clock import Clock
from ehbox_soap.issuing import issued
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.branches import branches
from ehbox_soap.pki.certificates import HEAD_START
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.pki.files import write_private
from ehbox_soap.pki.folder import PUBLIC, AuthorityError, alone

REASONS = {
    "unspecified": x509.ReasonFlags.unspecified,
    "key-compromise": x509.ReasonFlags.key_compromise,
    "affiliation-changed": x509.ReasonFlags.affiliation_changed,
    "superseded": x509.ReasonFlags.superseded,
    "cessation": x509.ReasonFlags.cessation_of_operation,
    "hold": x509.ReasonFlags.certificate_hold,
    "privilege-withdrawn": x509.ReasonFlags.privilege_withdrawn,
}


def revoke(folder: Path, authority: Authority, certificate: x509.Certificate, reason: str, clock: Clock) -> Path:
    """Puts the certificate on the list of whoever of the folder issued it, and returns the list's file, NAME.crl.

    One that is on it stays as it is. A list is valid as long as its authority: a test PKI does not go out of date.
    Raises ValueError for a certificate that nobody here issued, AuthorityError for a list that cannot be read.
    """
    if certificate == authority.root.certificate:
        raise ValueError("the root is believed for itself: it is on nobody's list")
    found = [each for each in _issuers(folder, authority) if issued(certificate, each[1].certificate)]
    if not found:
        raise ValueError("it was not issued by an authority of this test PKI")
    name, issuer = found[0]
    path = folder / f"{name}.crl"
    with alone(folder):
        known = _read(path)
        if known is None or known.get_revoked_certificate_by_serial_number(certificate.serial_number) is None:
            made = _next(known, issuer, certificate, REASONS[reason], clock)
            write_private(path, made.public_bytes(Encoding.PEM), mode=PUBLIC)
    return path


def _issuers(folder: Path, authority: Authority) -> Iterator[tuple[str, KeyEntry]]:
    yield "root", authority.root
    yield "issuing", authority.issuing
    yield from branches(folder, authority)


def _read(path: Path) -> x509.CertificateRevocationList | None:
    try:
        return x509.load_pem_x509_crl(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        raise AuthorityError(f"{path}: not a revocation list") from None


def _next(
    known: x509.CertificateRevocationList | None,
    issuer: KeyEntry,
    certificate: x509.Certificate,
    reason: x509.ReasonFlags,
    clock: Clock,
) -> x509.CertificateRevocationList:
    """The list after `known`, with one certificate more."""
    now = clock.now().replace(microsecond=0)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        # As of certificates: servers whose clocks run a little behind ours can use it at once.
        .last_update(now - HEAD_START)
        .next_update(issuer.certificate.not_valid_after_utc)
        .add_extension(x509.CRLNumber(_number(known) + 1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for each in known or ():
        builder = builder.add_revoked_certificate(each)
    entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(now)
    # RFC 5280, 5.3.1: this reason is said by saying none.
    if reason is not x509.ReasonFlags.unspecified:
        entry = entry.add_extension(x509.CRLReason(reason), critical=False)
    return builder.add_revoked_certificate(entry.build()).sign(issuer.key, hashes.SHA256())


def _number(known: x509.CertificateRevocationList | None) -> int:
    return known.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number if known is not None else 0

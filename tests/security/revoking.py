"""Revocation lists for the tests: any content, any signature. Knows lists; nothing of trust."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import crl as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.security.keys import NOW, Owner

HOUR = timedelta(hours=1)
Entry = tuple[int, Sequence[tuple[x509.ExtensionType, bool]]]


def listed(
    issuer: Owner,
    revoked: Iterable[Owner | int | Entry] = (),
    begin: datetime = NOW - HOUR,
    end: datetime = NOW + HOUR,
    number: int | None = 1,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    hash: hashes.SHA256 | hashes.SHA512 | None = None,
) -> x509.CertificateRevocationList:
    """A list by `issuer`; revoked are owners, serials, or serials with (extension, critical) of their entry."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(begin)
        .next_update(end)
    )
    for each in revoked:
        serial, of_entry = each if isinstance(each, tuple) else (_serial(each), ())
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(begin)
        for extension, critical in of_entry:
            entry = entry.add_extension(extension, critical)
        builder = builder.add_revoked_certificate(entry.build())
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer.key, hash or hashes.SHA256())


def forged(
    one: x509.CertificateRevocationList, key: rsa.RSAPrivateKey, *, sha1: bool = False, endless: bool = False
) -> bytes:
    """The list in DER as no library writes it any more: signed by SHA-1, or without nextUpdate; by `key` anew."""
    found = asn1.CertificateList.load(der(one))
    algorithm = {"algorithm": "sha1_rsa" if sha1 else "sha256_rsa"}
    found["signature_algorithm"] = found["tbs_cert_list"]["signature"] = algorithm
    if endless:
        found["tbs_cert_list"]["next_update"] = None
    octets = found["tbs_cert_list"].dump(force=True)
    found["signature"] = key.sign(octets, padding.PKCS1v15(), hashes.SHA1() if sha1 else hashes.SHA256())
    return bytes(found.dump(force=True))


def scope(**flags: bool) -> x509.IssuingDistributionPoint:
    """What a list covers, by the flags of its IssuingDistributionPoint."""
    every = dict.fromkeys(
        ("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl", "only_contains_attribute_certs"), False
    )
    point = [x509.UniformResourceIdentifier("http://crl.example/one.crl")]
    return x509.IssuingDistributionPoint(
        full_name=point, relative_name=None, only_some_reasons=None, **{**every, **flags}
    )


def pem(*lists: x509.CertificateRevocationList) -> bytes:
    """The lists, one after the other."""
    return b"".join(each.public_bytes(Encoding.PEM) for each in lists)


def der(one: x509.CertificateRevocationList) -> bytes:
    return one.public_bytes(Encoding.DER)


def written(path: Path, *lists: x509.CertificateRevocationList) -> Path:
    """A file of them, in PEM; replaced in one step as tools do."""
    draft = path.with_suffix(".new")
    draft.write_bytes(pem(*lists))
    draft.replace(path)
    return path


def _serial(of: Owner | int) -> int:
    return of if isinstance(of, int) else of.certificate.serial_number

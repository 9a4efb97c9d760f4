"""A throw-away PKI: authorities, STSs, holders. Knows certificates; nothing of XML. Keys are made once a run."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from ehbox_soap.clock import SetClock

NOW = SetClock().moment
BEGIN = NOW - timedelta(days=30)
END = NOW + timedelta(days=700)
INSS = "79021802145"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_serials = itertools.count(1000)


@dataclass(frozen=True)
class Owner:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The private key, unencrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(name: str, curve: str = "P-256") -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key({"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}[curve])


def name(*pairs: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def platform_subject(identity: str, owner: str, application: str | None = None) -> x509.Name:
    """The platform's subject form (wire.md, Certificates of the callers), in the order of the certificate."""
    applied = [(NameOID.ORGANIZATIONAL_UNIT_NAME, application)] if application else []
    return name(
        (NameOID.COUNTRY_NAME, "BE"),
        (NameOID.ORGANIZATION_NAME, "Federal Government"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "eHealth-platform Belgium"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, owner),
        *applied,
        (NameOID.ORGANIZATIONAL_UNIT_NAME, identity),
        (NameOID.COMMON_NAME, f"{identity}, {application}" if application else identity),
    )


def usage(**granted: bool) -> x509.KeyUsage:
    every = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**{**every, **granted})


def issue(
    subject: x509.Name,
    key: PrivateKey,
    issuer: Owner | None = None,
    begin: datetime = BEGIN,
    end: datetime = END,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Owner:
    """A certificate for `subject`, self-signed without `issuer`; `extensions` are (extension, critical)."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(next(_serials))
        .not_valid_before(begin)
        .not_valid_after(end)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Owner(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def authority(
    common_name: str,
    issuer: Owner | None = None,
    begin: datetime = BEGIN - timedelta(days=30),
    end: datetime = END + timedelta(days=3000),
    ca: bool = True,
    may_issue: bool = True,
) -> Owner:
    """A CA; `ca` and `may_issue` false make one that only claims to be."""
    return issue(
        name((NameOID.COUNTRY_NAME, "BE"), (NameOID.COMMON_NAME, common_name)),
        ec_key("authority " + common_name),
        issuer,
        begin,
        end,
        [
            (x509.BasicConstraints(ca, None), True),
            (usage(key_cert_sign=may_issue, crl_sign=may_issue, digital_signature=True), True),
        ],
    )


def holder(
    key: PrivateKey,
    issuer: Owner,
    subject: x509.Name | None = None,
    key_usage: x509.KeyUsage | None = None,
    begin: datetime = BEGIN,
    end: datetime = END,
) -> Owner:
    """A person's authentication certificate, as the platform issues it: no subject alternative name."""
    return issue(
        subject or platform_subject("SSIN=" + INSS, "JAN TESTARTS"),
        key,
        issuer,
        begin,
        end,
        [
            (x509.BasicConstraints(False, None), True),
            (key_usage or usage(digital_signature=True, content_commitment=True), True),
        ],
    )


@dataclass(frozen=True)
class Pki:
    """The standing cast of the tests."""

    root: Owner
    sts: Owner
    sts_ec: Owner
    rsa: Owner
    ec: Owner
    stranger: Owner
    """Holds a certificate of an authority that nobody trusts."""
    other: Owner
    """Another good holder."""


@cache
def pki() -> Pki:
    root = authority("TEST authority")
    sts_name = name((NameOID.COUNTRY_NAME, "BE"), (NameOID.COMMON_NAME, "TEST STS"))
    return Pki(
        root=root,
        sts=issue(sts_name, rsa_key("sts"), root),
        sts_ec=issue(sts_name, ec_key("sts"), root),
        rsa=holder(rsa_key("holder"), root),
        ec=holder(ec_key("holder"), root),
        stranger=holder(rsa_key("stranger"), authority("STRANGE authority")),
        other=holder(ec_key("other"), root, platform_subject("SSIN=85041310259", "MIA TESTVERPLEEG")),
    )

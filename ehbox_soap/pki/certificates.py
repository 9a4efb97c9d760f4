"""Making one certificate from a subject, a key and an issuer.

Knows: which extensions each kind of certificate carries. Must not know: files, who the subject is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from ehbox_soap.clock import Clock
from ehbox_soap.ids import Chance
from ehbox_soap.pki.entries import KeyEntry, PrivateKey

CA_YEARS, END_ENTITY_YEARS = 10, 5
_YEAR = timedelta(days=365)
# Some clients take no certificate of a server that is valid for more than 825 days.
SERVER_DAYS = timedelta(days=820)
# Clients and servers whose clocks run a little behind ours can use a certificate at once.
HEAD_START = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a key is for: the KeyUsage of its certificate; of an authority also how many may stand below it; of a
    server of TLS its names."""

    usages: frozenset[str]
    path_length: int | None = None
    hosts: tuple[x509.GeneralName, ...] = ()


_AUTHORITY = frozenset({"key_cert_sign", "crl_sign"})
ROOT = Purpose(_AUTHORITY, 1)
ISSUING = Purpose(_AUTHORITY, 0)
# Of an STS, and of the authentication key of a Belgian eID, whose other key is the one that signs documents.
SIGNATURE = Purpose(frozenset({"digital_signature"}))
AUTHENTICATION = Purpose(frozenset({"digital_signature", "content_commitment"}))
SERVER = Purpose(frozenset({"digital_signature", "key_encipherment"}))
ENCRYPTION = Purpose(frozenset({"key_encipherment", "data_encipherment"}))


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes certificates; serials come from `chance`, validity from `clock`."""

    clock: Clock
    chance: Chance

    def self_signed(self, subject: x509.Name, key: PrivateKey) -> KeyEntry:
        """A root authority."""
        return KeyEntry(key, self._build(subject, key, ROOT, key, None))

    def issue(self, issuer: KeyEntry, subject: x509.Name, key: PrivateKey, purpose: Purpose) -> KeyEntry:
        """A certificate for `subject` and `key`, signed by the issuer's key; the chain starts with the issuer's."""
        certificate = self._build(subject, key, purpose, issuer.key, issuer.certificate)
        return KeyEntry(key, certificate, (issuer.certificate, *issuer.chain))

    def _build(
        self, subject: x509.Name, key: PrivateKey, purpose: Purpose, signer: PrivateKey, issuer: x509.Certificate | None
    ) -> x509.Certificate:
        start, end = self._validity(purpose)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer is not None else subject)
            .public_key(key.public_key())
            .serial_number(self._serial())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(purpose.path_length is not None, purpose.path_length), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .add_extension(_key_usage(purpose.usages), critical=True)
        )
        if purpose.hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName(purpose.hosts), critical=False).add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
            )
        return builder.sign(signer, hashes.SHA256())

    def _validity(self, purpose: Purpose) -> tuple[datetime, datetime]:
        now = self.clock.now().replace(microsecond=0)
        if purpose.hosts:
            return now - HEAD_START, now + SERVER_DAYS
        return now - HEAD_START, now + _YEAR * (END_ENTITY_YEARS if purpose.path_length is None else CA_YEARS)

    def _serial(self) -> int:
        # 12 octets, positive and never short, so that every serial has the same number of octets in DER.
        return 1 << 94 | int.from_bytes(self.chance.octets(12)) >> 2


def _key_usage(usages: frozenset[str]) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature="digital_signature" in usages,
        content_commitment="content_commitment" in usages,
        key_encipherment="key_encipherment" in usages,
        data_encipherment="data_encipherment" in usages,
        key_agreement=False,
        key_cert_sign="key_cert_sign" in usages,
        crl_sign="crl_sign" in usages,
        encipher_only=False,
        decipher_only=False,
    )

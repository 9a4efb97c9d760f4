"""What the depot takes, and why it refuses the rest."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID
from hypothesis import given
from hypothesis import strategies as st

from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.certificates import AUTHENTICATION, ENCRYPTION, Maker
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.pki.names import service
from ehbox_soap.sealing import signed
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.sealing.token import read_token
from ehbox_soap.tokens import TokenName
from tests.sealing.ber import ber_signed
from tests.sealing.people import people
from tests.spoiled import RSA_KEY, with_issuer, with_octets, with_subject

NOW = SetClock().moment
P = people()
TOKEN = P.authority.token(P.doctor_encryption)
MAKER = Maker(SetClock(), SeededChance(41))


def signed_token(content: bytes, *certificates: KeyEntry) -> bytes:
    """A token of any content and certificates, by the depot."""
    depot = P.authority.etk_depot
    held = (depot.certificate, *(each.certificate for each in certificates))
    return signed.sign(content, depot, NOW, held, pss=False)


def der(entry: KeyEntry) -> bytes:
    return entry.certificate.public_bytes(Encoding.DER)


def refused(octets: bytes) -> str:
    with pytest.raises(SealingError) as caught:
        stored(octets, NOW)
    return caught.value.reason


def test_a_token_tells_by_its_certificates_whose_it_is() -> None:
    kept = stored(TOKEN, NOW)
    certificate = P.doctor_encryption.certificate
    assert kept.name == TokenName("SSIN", "71031499894")
    assert kept.serial == str(certificate.serial_number)
    assert (kept.not_before, kept.not_after) == (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    assert (kept.octets, kept.added_at, kept.revoked_at) == (TOKEN, NOW, None)


def test_other_encodings_of_the_same_token() -> None:
    text = base64.encodebytes(TOKEN)
    armoured = b"-----BEGIN PKCS7-----\n" + text + b"-----END PKCS7-----\n"
    for octets in (text, armoured, base64.b64encode(TOKEN) + b"\r\n"):
        assert stored(octets, NOW).octets == TOKEN
    assert stored(ber_signed(TOKEN), NOW).fingerprint == stored(TOKEN, NOW).fingerprint


def test_a_token_of_another_depot_is_taken(tmp_path: Path) -> None:
    """A client's own keys come with a token of a depot that this server does not know."""
    foreign = Authority.create(tmp_path / "pki", SetClock(), SeededChance(42))
    encryption = foreign.kgss.encryption
    assert encryption is not None
    assert stored(foreign.token(encryption), NOW).name == TokenName("CBE", "0809394427", "KGSS")


@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 255))
def test_a_changed_byte_is_found_or_changes_nothing_that_counts(index: int, bits: int) -> None:
    """Authorities' certificates in a token are not signed by the depot, and nobody relies on them here."""
    try:
        kept = stored(TOKEN[:index] + bytes([TOKEN[index] ^ bits]) + TOKEN[index + 1 :], NOW)
    except SealingError:
        return
    whole = stored(TOKEN, NOW)
    assert (kept.name, kept.fingerprint, kept.not_after) == (whole.name, whole.fingerprint, whole.not_after)


def test_the_depot_s_signature_must_hold() -> None:
    """The signature is the last thing in it; everything else could be put together by anybody."""
    assert refused(TOKEN[:-1] + bytes([TOKEN[-1] ^ 1])) == "signature: does not hold"


def test_neither_der_nor_base64() -> None:
    assert refused(b"no token") == "token: neither DER nor base64"
    assert refused(b"") == "SignedData: not the ASN.1 that is due"


def test_too_long_for_a_token() -> None:
    assert refused(b"\x30" + bytes(65536)) == "token: longer than 65536 octets"


def test_no_certificate_in_it() -> None:
    assert refused(signed_token(b"text", P.doctor)) == "token: not the ASN.1 that is due"


def test_the_owner_must_have_issued_the_encryption_certificate() -> None:
    for others in ((), (P.nurse,)):
        assert "does not hold the certificate that issued" in refused(signed_token(der(P.doctor_encryption), *others))


def test_the_owner_s_name_must_be_that_of_the_encryption_certificate() -> None:
    other = MAKER.issue(P.doctor, P.nurse.certificate.subject, P.doctor_encryption.key, ENCRYPTION)
    assert "was not issued by its owner's authentication key" in refused(signed_token(der(other), P.doctor))


def test_the_certificate_must_be_for_encryption() -> None:
    other = MAKER.issue(P.doctor, P.doctor.certificate.subject, P.doctor_encryption.key, AUTHENTICATION)
    assert "not one for encryption" in refused(signed_token(der(other), P.doctor))


def test_an_encryption_key_that_is_ec_is_refused() -> None:
    other = MAKER.issue(P.doctor, P.doctor.certificate.subject, P.nurse.key, ENCRYPTION)
    assert "the encryption key is not RSA" in refused(signed_token(der(other), P.doctor))


def test_who_has_no_identity_has_no_token() -> None:
    owner = MAKER.issue(P.authority.issuing, service("nobody"), P.doctor.key, AUTHENTICATION)
    other = MAKER.issue(owner, owner.certificate.subject, P.doctor_encryption.key, ENCRYPTION)
    assert "does not name exactly one identity" in refused(signed_token(der(other), owner))


def test_the_depot_s_certificate_must_be_in_it() -> None:
    depot = P.authority.etk_depot
    token = signed.sign(der(P.doctor_encryption), depot, NOW, (P.doctor.certificate,), pss=False)
    assert "the signer's certificate is not in it" in refused(token)


def test_a_key_that_nobody_knows_issued_nothing() -> None:
    """It has the owner's name, so that its key is looked at: beside the owner's it is one certificate more."""
    unknown = replace(P.doctor, certificate=with_octets(P.doctor.certificate, *RSA_KEY))
    assert "does not hold the certificate that issued" in refused(signed_token(der(P.doctor_encryption), unknown))
    token = signed_token(der(P.doctor_encryption), P.doctor, unknown)
    assert stored(token, NOW).name == TokenName("SSIN", "71031499894")
    assert read_token(token).others == (unknown.certificate,)


def extension(kind: x509.ObjectIdentifier, value: str) -> x509.Extension[x509.ExtensionType]:
    return x509.Extension(kind, False, x509.UnrecognizedExtension(kind, bytes.fromhex(value)))


@pytest.mark.parametrize(
    "extensions",
    [
        # The same one twice (RFC 5280, 4.2).
        [extension(ExtensionOID.KEY_USAGE, "03020520")] * 2,
        # A name of a kind that `cryptography` has no type for: x400Address.
        [extension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, "3004a3020500")],
    ],
    ids=["doubled", "x400Address"],
)
def test_extensions_that_cannot_be_read(extensions: list[x509.Extension[x509.ExtensionType]]) -> None:
    own = P.doctor_encryption.certificate
    times = (own.not_valid_before_utc.replace(tzinfo=None), own.not_valid_after_utc.replace(tzinfo=None))
    builder = x509.CertificateBuilder(
        own.issuer, own.subject, own.public_key(), own.serial_number, *times, extensions=extensions
    )
    other = KeyEntry(P.doctor_encryption.key, builder.sign(P.doctor.key, hashes.SHA256()))
    assert refused(signed_token(der(other), P.doctor)) == "token: not the ASN.1 that is due"


def test_a_subject_that_cannot_be_read() -> None:
    """The owner's, by which the depot knows whose token it is."""
    spoiled = replace(P.doctor, certificate=with_subject(P.doctor.certificate))
    assert refused(signed_token(der(P.doctor_encryption), spoiled)) == "SignedData: not the ASN.1 that is due"


def test_an_encryption_certificate_whose_issuer_cannot_be_read() -> None:
    spoiled = replace(P.doctor_encryption, certificate=with_issuer(P.doctor_encryption.certificate))
    assert "does not hold the certificate that issued" in refused(signed_token(der(spoiled), P.doctor))

"""What the certificates of the test authority say (wire.md, "Certificates of the callers").

Expectations are those of the platform's certificates: the order of the subject, the extensions, the KeyUsage bits.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki import names
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.certificates import SIGNATURE, Maker
from ehbox_soap.pki.entries import Keystore, new_key
from tests.pki.conftest import INSS

C, OU, CN = NameOID.COUNTRY_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.COMMON_NAME
PLATFORM = [(C, "BE"), (NameOID.ORGANIZATION_NAME, "Federal Government"), (OU, "eHealth-platform Belgium")]
DAY = timedelta(days=1)


def pairs(name: x509.Name) -> list[tuple[x509.ObjectIdentifier, str | bytes]]:
    return [(attribute.oid, attribute.value) for attribute in name]


def usage(certificate: x509.Certificate) -> set[str]:
    extension = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert extension.critical
    everything = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                  "key_cert_sign", "crl_sign")  # fmt: skip
    return {name for name in everything if getattr(extension.value, name)}


def path_length(certificate: x509.Certificate) -> tuple[bool, int | None]:
    extension = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert extension.critical
    return extension.value.ca, extension.value.path_length


def key_identifiers(certificate: x509.Certificate) -> tuple[bytes, bytes | None]:
    own = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    return own, certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier


def test_person_subject_in_the_platforms_order() -> None:
    assert pairs(names.person(INSS, "Dora Voorbeeld")) == [
        *PLATFORM, (OU, "DORA VOORBEELD"), (OU, f"SSIN={INSS}"), (CN, f"SSIN={INSS}"),
    ]  # fmt: skip


def test_application_stands_in_an_ou_and_in_the_cn() -> None:
    assert pairs(names.person(INSS, "Dora Voorbeeld", "MYAPP"))[4:] == [
        (OU, f"SSIN={INSS}"), (OU, "MYAPP"), (CN, f"SSIN={INSS}, MYAPP"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("type", "number"),
    [
        ("NIHII-HOSPITAL", "71990133"),
        ("NIHII-GROUP_DOCTORS", "71990133"),
        ("CBE", "0999999031"),
        ("CBE-TREAT_CENTER", "0999999031"),
        ("EHP", "1999999006"),
    ],
)
def test_organisation_subject(type: str, number: str) -> None:
    assert pairs(names.organisation(type, number, "Hôpital Exemple"))[3:] == [
        (OU, "HÔPITAL EXEMPLE"), (OU, f"{type}={number}"), (CN, f"{type}={number}"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("type", "number"),
    [("NIHII-HOSPITAL", "71990133000"), ("CBE", "71990133"), ("EHP", "199999900x"), ("EHP", "١٩٩٩٩٩٩٠٠٦")],
)
def test_number_of_another_shape_is_refused(type: str, number: str) -> None:
    with pytest.raises(ValueError, match="the number must have"):
        names.organisation(type, number, "X")


@pytest.mark.parametrize("type", ["SSIN", "NIHII", "NIHII-", "CB", ""])
def test_organisation_of_an_unknown_type_is_refused(type: str) -> None:
    with pytest.raises(ValueError, match="the type of an organisation"):
        names.organisation(type, INSS, "X")


def test_eid_has_the_inss_as_serial_number() -> None:
    assert pairs(names.eid(INSS, "Voorbeeld", "Dora")) == [
        (C, "BE"),
        (CN, "Dora Voorbeeld (Authentication)"),
        (NameOID.SURNAME, "Voorbeeld"),
        (NameOID.GIVEN_NAME, "Dora"),
        (NameOID.SERIAL_NUMBER, INSS),
    ]
    with pytest.raises(ValueError, match="11 digits"):
        names.eid("7103149989", "Voorbeeld", "Dora")


def test_long_names_fit() -> None:
    """X.520 bounds an OU and a CN by 64 characters."""
    name = "x" * 80
    assert max(len(attribute.value) for attribute in names.person(INSS, name)) == 64
    assert names.eid(INSS, "y" * 30, "z" * 60)


def test_authentication_certificate_is_as_the_platforms(authority: Authority, keystore: Keystore) -> None:
    certificate = keystore.authentication.certificate
    assert certificate.version == x509.Version.v3
    assert usage(certificate) == {"digital_signature", "content_commitment"}
    assert path_length(certificate) == (False, None)
    assert key_identifiers(certificate)[1] == key_identifiers(authority.issuing.certificate)[0]
    assert {extension.oid.dotted_string for extension in certificate.extensions} == {
        "2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.35",
    }  # fmt: skip


def test_chain_is_signed_link_by_link(authority: Authority, keystore: Keystore) -> None:
    entry = keystore.authentication
    assert entry.chain == (authority.issuing.certificate, authority.root.certificate) == authority.certificates
    links = (entry.certificate, *entry.chain, authority.root.certificate)
    for below, above in itertools.pairwise(links):
        below.verify_directly_issued_by(above)


def test_authorities_have_the_path_lengths_they_need(authority: Authority) -> None:
    assert path_length(authority.root.certificate) == (True, 1)
    assert path_length(authority.issuing.certificate) == (True, 0)
    for entry in (authority.root, authority.issuing):
        assert usage(entry.certificate) == {"key_cert_sign", "crl_sign"}
        assert entry.key.key_size == 2048


def test_sts_and_eid_sign_and_do_nothing_else(authority: Authority) -> None:
    assert usage(authority.sts.certificate) == {"digital_signature"}
    assert usage(authority.eid(INSS, "Voorbeeld", "Dora", kind="ec").certificate) == {"digital_signature"}
    assert authority.service("another STS", kind="ec").certificate.subject == names.service("another STS")


def test_encryption_certificate_is_issued_by_the_owners_own_key(authority: Authority, keystore: Keystore) -> None:
    """wire.md: same DN, keyEncipherment and dataEncipherment, issued by the authentication certificate."""
    assert keystore.encryption is not None
    certificate, owner = keystore.encryption.certificate, keystore.authentication.certificate
    assert usage(certificate) == {"key_encipherment", "data_encipherment"}
    assert certificate.subject == certificate.issuer == owner.subject
    certificate.verify_directly_issued_by(owner)
    with pytest.raises((ValueError, InvalidSignature)):
        certificate.verify_directly_issued_by(authority.issuing.certificate)
    assert keystore.encryption.chain == (owner, *keystore.authentication.chain)


def test_ec_owner_has_an_rsa_encryption_key(authority: Authority) -> None:
    """wire.md: content keys are wrapped by RSA, so an encryption key is RSA whatever signs."""
    owner = authority.organisation("NIHII-HOSPITAL", "71990133", "Hôpital Exemple", kind="ec")
    assert isinstance(owner.key, ec.EllipticCurvePrivateKey)
    assert owner.key.curve.name == "secp256r1"
    encryption = authority.encryption(owner)
    assert isinstance(encryption.key, rsa.RSAPrivateKey)
    encryption.certificate.verify_directly_issued_by(owner.certificate)


def test_validity_counts_from_the_clock(tmp_path: Path) -> None:
    """notBefore is a day ago; 10 years for authorities, 5 for others; ten years on it is made just as well."""
    clock = SetClock()
    clock.advance(days=3653, microseconds=7)
    authority = Authority.create(tmp_path / "pki", clock, SeededChance(2))
    now = clock.now().replace(microsecond=0)
    for entry, years in ((authority.root, 10), (authority.issuing, 10), (authority.sts, 5)):
        assert entry.certificate.not_valid_before_utc == now - DAY
        assert entry.certificate.not_valid_after_utc == now + years * timedelta(days=365)


def test_serials_are_chances_and_never_short() -> None:
    key = new_key("ec")
    serials = {
        Maker(SetClock(), SeededChance(seed))
        .issue(
            Maker(SetClock(), SeededChance()).self_signed(names.service("R"), key), names.service("x"), key, SIGNATURE
        )
        .certificate.serial_number
        for seed in range(20)
    }
    assert len(serials) == 20
    assert {serial.bit_length() for serial in serials} == {95}
    again = Maker(SetClock(), SeededChance(3)).self_signed(names.service("x"), key)
    assert again.certificate.serial_number == (1 << 94) | int.from_bytes(SeededChance(3).octets(12)) >> 2

"""What a certificate's subject says (wire.md, Certificates of the callers)."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from ehbox_soap.errors import SoapFault
from ehbox_soap.qualities import ALL
from ehbox_soap.security.subject import Identity, Names, identity, issuer_rfc1779, names, rfc1779, subject_rfc1779
from tests.security.keys import authority, ec_key, issue, name, pki, platform_subject

C, O, OU, CN = (  # noqa: E741
    NameOID.COUNTRY_NAME,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.COMMON_NAME,
)


def certificate(subject: x509.Name) -> x509.Certificate:
    return issue(subject, ec_key("holder"), pki().root).certificate


EID = name(
    (C, "BE"),
    (CN, "Jan Testarts (Authentication)"),
    (NameOID.SURNAME, "Testarts"),
    (NameOID.GIVEN_NAME, "Jan Piet"),
    (NameOID.SERIAL_NUMBER, "79021802145"),
)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (platform_subject("SSIN=79021802145", "JAN TESTARTS"), Identity("SSIN", "79021802145")),
        (platform_subject("NIHII-HOSPITAL=71000436", "HOSPITAL"), Identity("NIHII-HOSPITAL", "71000436")),
        (platform_subject("NIHII-GROUP_DOCTORS=71000436", "GROUP"), Identity("NIHII-GROUP_DOCTORS", "71000436")),
        (platform_subject("CBE=0809394427", "EHEALTH"), Identity("CBE", "0809394427")),
        (platform_subject("EHP=1990000035", "EHP"), Identity("EHP", "1990000035")),
        (platform_subject("SSIN=79021802145", "JAN TESTARTS", "MYAPP"), Identity("SSIN", "79021802145", "MYAPP")),
        (platform_subject("CBE=0809394427", "EHEALTH", "KGSS"), Identity("CBE", "0809394427", "KGSS")),
        (EID, Identity("SSIN", "79021802145")),
    ],
)
def test_identity(subject: x509.Name, expected: Identity) -> None:
    assert identity(certificate(subject)) == expected


@pytest.mark.parametrize("application", [None, "MYAPP"])
@pytest.mark.parametrize("type", sorted({row.etk_type for row in ALL}))
def test_every_type_of_an_identity(type: str, application: str | None) -> None:
    """contract/qualities.tsv, etk_type: also those with an underscore; with and without an application."""
    (length,) = {row.id_length for row in ALL if row.etk_type == type}
    number = "0123456789012"[:length]
    made = certificate(platform_subject(f"{type}={number}", "A NAME", application))
    assert identity(made) == Identity(type, number, application)
    assert names(made) == Names(name="A NAME")


@pytest.mark.parametrize("identity_", ["SSIN=79021802145", "NIHII-GROUP_DOCTORS=71000436"])
def test_an_application_may_look_like_anything_but_an_identity(identity_: str) -> None:
    for application in ("APP 1", "app=x", "=1", "a=1", "X =1", "X=1,2", "APP, TWO"):
        assert identity(certificate(platform_subject(identity_, "A NAME", application))).application == application
    with pytest.raises(SoapFault, match="does not name exactly one identity"):
        identity(certificate(platform_subject(identity_, "A NAME", "X=1")))


def test_an_eid_counts_only_where_no_ou_names_an_identity() -> None:
    """The platform's form comes first: a serialNumber beside it says nothing (an organisation's may be anything)."""
    both = name((OU, "CBE=0809394427"), (CN, "CBE=0809394427"), (NameOID.SERIAL_NUMBER, "79021802145"))
    assert identity(certificate(both)) == Identity("CBE", "0809394427")


def test_the_same_identity_twice_is_two() -> None:
    with pytest.raises(SoapFault, match="does not name exactly one identity"):
        identity(certificate(name((OU, "SSIN=79021802145"), (OU, "SSIN=79021802145"))))


@pytest.mark.parametrize(
    "subject",
    [
        name((CN, "nobody")),
        name((NameOID.SERIAL_NUMBER, "790218021455")),
        name((NameOID.SERIAL_NUMBER, "BE79021802145")),
        name((OU, "SSIN=79021802145"), (OU, "NIHII-GROUP_DOCTORS=71000436")),
        name((OU, "_=1")),
        name((OU, "SSIN=")),
        name((OU, "SSIN=79021802145"), (OU, "NIHII=10082555")),
        name((OU, "SSIN=79021802145x"), (CN, "SSIN=79021802145")),
        name((OU, "ssin=79021802145")),
        name((OU, "SSIN= 79021802145")),
        name((OU, "SSIN=٧٩٠٢١٨٠٢١٤٥")),
        name((CN, "SSIN=79021802145")),
        name((NameOID.SERIAL_NUMBER, "7902180214")),
        name((NameOID.SERIAL_NUMBER, "79021802145"), (NameOID.SERIAL_NUMBER, "85041310259")),
        name((OU, "SSIN=1"), (OU, "SSIN=2"), (NameOID.SERIAL_NUMBER, "79021802145")),
    ],
)
def test_no_single_identity(subject: x509.Name) -> None:
    with pytest.raises(SoapFault, match="SOA-01001 certificate: its subject does not name exactly one identity"):
        identity(certificate(subject))


def test_an_application_is_an_ou_and_stands_in_the_cn() -> None:
    only_in_cn = name((OU, "SSIN=79021802145"), (CN, "SSIN=79021802145, MYAPP"))
    only_an_ou = name((OU, "MYAPP"), (OU, "SSIN=79021802145"), (CN, "SSIN=79021802145"))
    of_another = name((OU, "MYAPP"), (OU, "SSIN=79021802145"), (CN, "SSIN=85041310259, MYAPP"))
    for subject in (only_in_cn, only_an_ou, of_another):
        assert identity(certificate(subject)).application is None


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (platform_subject("SSIN=79021802145", "JAN TESTARTS"), Names(name="JAN TESTARTS")),
        (platform_subject("SSIN=79021802145", "JAN TESTARTS", "MYAPP"), Names(name="JAN TESTARTS")),
        (
            name((OU, "MYAPP"), (OU, "JAN TESTARTS"), (OU, "SSIN=79021802145"), (CN, "SSIN=79021802145, MYAPP")),
            Names(name="JAN TESTARTS"),
        ),
        (EID, Names(surname="Testarts", given_name="Jan Piet")),
        (name((CN, "x")), Names()),
    ],
)
def test_names(subject: x509.Name, expected: Names) -> None:
    assert names(certificate(subject)) == expected


def test_the_subject_as_the_clients_write_it() -> None:
    """The recorded requests of both clients have exactly this form."""
    owner = certificate(platform_subject("SSIN=79021802145", "JAN TESTARTS"))
    assert subject_rfc1779(owner) == (
        'CN="SSIN=79021802145", OU="SSIN=79021802145", OU=JAN TESTARTS, OU=eHealth-platform Belgium, '
        "O=Federal Government, C=BE"
    )
    assert issuer_rfc1779(owner) == "CN=TEST authority, C=BE"
    issuer = authority("ZetesConfidens TEST issuing CA 001")
    assert subject_rfc1779(issuer.certificate) == "CN=ZetesConfidens TEST issuing CA 001, C=BE"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain text", "plain text"),
        ("O'Brien-Smith (x) /y:z? é", "O'Brien-Smith (x) /y:z? é"),
        ("a, b", '"a, b"'),
        ("a+b", '"a+b"'),
        ("a=b", '"a=b"'),
        ("a;b", '"a;b"'),
        ("a<b>", '"a<b>"'),
        ("#a", '"#a"'),
        ('say "x"', '"say \\"x\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("line\nend", '"line\nend"'),
        (" lead", '" lead"'),
        ("trail ", '"trail "'),
        ("two  spaces", '"two  spaces"'),
    ],
)
def test_values_by_rfc_1779(value: str, written: str) -> None:
    """RFC 1779, 2.3: a value with a special character, or with spaces that would get lost, is quoted."""
    assert rfc1779(name((CN, value))) == "CN=" + written


def test_keywords_by_rfc_1779() -> None:
    """RFC 1779, table 1 knows seven keywords; any other attribute is written by its object identifier."""
    subject = name(
        (C, "BE"),
        (NameOID.STATE_OR_PROVINCE_NAME, "s"),
        (NameOID.LOCALITY_NAME, "l"),
        (NameOID.STREET_ADDRESS, "t"),
        (O, "o"),
        (OU, "u"),
        (CN, "c"),
        (NameOID.SERIAL_NUMBER, "1"),
    )
    assert rfc1779(subject) == "OID.2.5.4.5=1, CN=c, OU=u, O=o, STREET=t, L=l, ST=s, C=BE"


def test_several_attributes_of_one_rdn() -> None:
    rdn = x509.RelativeDistinguishedName([x509.NameAttribute(CN, "a"), x509.NameAttribute(OU, "b")])
    assert rfc1779(x509.Name([rdn])) in ("CN=a + OU=b", "OU=b + CN=a")


def test_a_value_that_is_no_text() -> None:
    bits = x509.NameAttribute(
        ObjectIdentifier("2.5.4.45"), b"\x01\x02", _type=x509.name._ASN1Type.BitString, _validate=False
    )
    assert rfc1779(x509.Name([x509.RelativeDistinguishedName([bits])])) == "OID.2.5.4.45=#0102"

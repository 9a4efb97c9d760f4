"""Which revocation lists can be used (RFC 5280, section 5), and what they say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

from ehbox_soap.security.revocation import ListError, issuer_key, read_lists
from tests.security.keys import NOW, Owner, authority, ec_key, issue, name, pki, rsa_key, usage
from tests.security.revoking import HOUR, Entry, der, forged, listed, pem, scope

ROOT = pki().root
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
REASON = x509.CRLReason(x509.ReasonFlags.key_compromise)


def reason(octets: bytes, *authorities: Owner) -> str:
    with pytest.raises(ListError) as caught:
        read_lists(octets, [each.certificate for each in authorities or (ROOT,)])
    return str(caught.value)


def test_what_a_list_says() -> None:
    (found,) = read_lists(pem(listed(ROOT, [pki().rsa, 77], number=5)), [ROOT.certificate])
    assert found.issuer == issuer_key(ROOT.certificate)
    assert found.revoked == {pki().rsa.certificate.serial_number, 77}
    assert (found.begin, found.end, found.number, found.scope) == (NOW - HOUR, NOW + HOUR, 5, b"")


def test_pem_der_and_several_in_one_file() -> None:
    other = authority("ANOTHER authority")
    authorities = [ROOT.certificate, other.certificate]
    assert [each.revoked for each in read_lists(der(listed(ROOT, [3])), authorities)] == [{3}]
    both = b"A comment\n" + pem(listed(ROOT, [3]), listed(other, [4]))
    assert [each.revoked for each in read_lists(both, authorities)] == [{3}, {4}]


@pytest.mark.parametrize("number", [None, 9])
def test_a_list_needs_no_number(number: int | None) -> None:
    (found,) = read_lists(pem(listed(ROOT, number=number)), [ROOT.certificate])
    assert (found.number, found.revoked) == (number or 0, frozenset())


@pytest.mark.parametrize(
    "octets", [b"", b"no list", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", b"-----BEGIN nothing"]
)
def test_what_is_no_list(octets: bytes) -> None:
    assert reason(octets) == "is not a revocation list"


def test_a_certificate_is_no_list() -> None:
    assert reason(pki().rsa.der) == "is not a revocation list"


@pytest.mark.parametrize(
    "issuer",
    [
        authority("STRANGE authority"),
        # An impostor with the authority's name and another key.
        Owner(ROOT.certificate, ec_key("impostor")),
        # The authority's key under another name.
        Owner(authority("ANOTHER name").certificate, ROOT.key),
        pki().rsa,
    ],
)
def test_lists_of_nobody_who_is_trusted(issuer: Owner) -> None:
    assert reason(pem(listed(issuer))) == "is not signed by a trusted authority"


def test_one_bad_list_spoils_the_file() -> None:
    """What it would have revoked is not known."""
    assert reason(pem(listed(ROOT), listed(pki().rsa))) == "is not signed by a trusted authority"


def _able(**granted: bool) -> Owner:
    key_usage = usage(key_cert_sign=True, **granted)
    extensions: list[tuple[x509.ExtensionType, bool]] = [(x509.BasicConstraints(True, None), True), (key_usage, True)]
    return issue(name((NameOID.COMMON_NAME, "able")), ec_key("able"), extensions=extensions)


def test_key_usage_of_the_authority() -> None:
    """RFC 5280, 4.2.1.3: cRLSign, where the certificate has a KeyUsage at all."""
    bare = issue(name((NameOID.COMMON_NAME, "bare")), rsa_key("bare"))
    for able in (_able(crl_sign=True), bare):
        assert read_lists(pem(listed(able)), [able.certificate])
    unable = _able()
    assert reason(pem(listed(unable)), unable) == "is signed by an authority that may not sign revocation lists"


def test_two_authorities_of_one_name() -> None:
    """An authority whose key was renewed: each list belongs to the key that signed it."""
    old, new = (issue(name((NameOID.COMMON_NAME, "renewed")), ec_key(key)) for key in ("old", "new"))
    (found,) = read_lists(pem(listed(new)), [old.certificate, new.certificate])
    assert found.issuer == issuer_key(new.certificate) != issuer_key(old.certificate)


def test_hashes() -> None:
    signer = issue(name((NameOID.COMMON_NAME, "rsa")), rsa_key("rsa"))
    assert read_lists(pem(listed(signer, hash=hashes.SHA512())), [signer.certificate])
    assert reason(forged(listed(signer), rsa_key("rsa"), sha1=True), signer) == "is not signed by SHA-256 or better"
    assert read_lists(forged(listed(signer), rsa_key("rsa")), [signer.certificate])
    edwards = ed25519.Ed25519PrivateKey.generate()
    builder = x509.CertificateRevocationListBuilder().issuer_name(ROOT.certificate.subject)
    found = builder.last_update(NOW).next_update(NOW + HOUR).sign(edwards, None)
    assert reason(pem(found)) == "is not signed by SHA-256 or better"


# As they stand in a list: the OID of ecdsa-with-SHA256, and the number of a version.
ECDSA_SHA256 = bytes.fromhex("06082a8648ce3d040302")
INTEGER_1, INTEGER_9 = b"\x02\x01\x01", b"\x02\x01\x09"


def test_an_algorithm_that_nobody_knows() -> None:
    """Not another exception: that would end a server by a file that somebody else wrote."""
    octets = der(listed(ROOT))
    assert octets.count(ECDSA_SHA256) == 2
    unknown = octets.replace(ECDSA_SHA256, ECDSA_SHA256[:-1] + b"\x7f")
    assert reason(unknown) == "is signed by an algorithm that is not known"


def test_a_version_that_nobody_knows() -> None:
    """RFC 5280, 5.1.2.1: a list has version 2 or none."""
    octets = der(listed(ROOT)).replace(INTEGER_1, INTEGER_9, 1)
    with pytest.raises(x509.InvalidVersion):
        x509.load_der_x509_crl(octets)
    assert reason(octets) == "is not a revocation list"


def _raw(kind: type[x509.ExtensionType], octets: str) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(kind.oid, bytes.fromhex(octets))


@pytest.mark.parametrize(
    "extension",
    [
        # A name of a form that the library does not read (x400Address), one that is none, and a number that is none.
        _raw(x509.IssuerAlternativeName, "3002a300"),
        _raw(x509.IssuerAlternativeName, "30038701ff"),
        _raw(x509.CRLNumber, "0500"),
    ],
)
def test_extensions_that_cannot_be_read(extension: x509.ExtensionType) -> None:
    """Also where they are not critical, and in an entry."""
    assert reason(pem(listed(ROOT, number=None, extensions=[(extension, False)]))) == (
        "has an extension that cannot be read"
    )


@pytest.mark.parametrize("octets", ["3002a300", "0500"])
def test_entries_that_cannot_be_read(octets: str) -> None:
    entry = (7, [(_raw(x509.CertificateIssuer, octets), False)])
    assert reason(pem(listed(ROOT, [entry]))) == "has an extension that cannot be read"


@pytest.mark.parametrize(("tag", "error"), [(0x00, ValueError), (0x03, TypeError)])
def test_fields_that_cannot_be_read(tag: int, error: type[Exception]) -> None:
    """What the library reads only once it is asked: here the issuer, whose name is no text by its tag."""
    octets = der(listed(ROOT))
    assert octets.count(b"\x0c\x0eTEST authority") == 1
    broken = octets.replace(b"\x0c\x0eTEST", bytes((tag, 0x0E)) + b"TEST")
    with pytest.raises(error):
        _ = x509.load_der_x509_crl(broken).issuer
    assert reason(broken) == "has a field that cannot be read"


def test_a_list_without_an_end() -> None:
    """RFC 5280, 5.1.2.5: nextUpdate must be there."""
    signer = issue(name((NameOID.COMMON_NAME, "rsa")), rsa_key("rsa"))
    octets = forged(listed(signer), rsa_key("rsa"), endless=True)
    assert reason(octets, signer) == "does not say when the next one is due"


def test_an_authority_whose_key_signs_no_lists_here() -> None:
    edwards = ed25519.Ed25519PrivateKey.generate()
    subject = name((NameOID.COMMON_NAME, "edwards"))
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(edwards.public_key())
    builder = builder.serial_number(5).not_valid_before(NOW).not_valid_after(NOW + HOUR)
    made = Owner(builder.sign(edwards, None), ec_key("other"))
    assert reason(pem(listed(made)), made) == "is not signed by a trusted authority"


@pytest.mark.parametrize("extension", [x509.IssuerAlternativeName([x509.DNSName("ca.example")]), UNKNOWN])
def test_extensions_that_are_not_understood(extension: x509.ExtensionType) -> None:
    """RFC 5280, 5.2: a list with a critical extension that is not understood must not be used."""
    assert reason(pem(listed(ROOT, extensions=[(extension, True)]))) == (
        "has a critical extension that is not understood"
    )
    assert read_lists(pem(listed(ROOT, extensions=[(extension, False)])), [ROOT.certificate])


def test_a_delta() -> None:
    """RFC 5280, 5.2.4."""
    for critical in (True, False):
        found = reason(pem(listed(ROOT, extensions=[(x509.DeltaCRLIndicator(1), critical)])))
        assert found == "is a delta: only complete lists are used"


@pytest.mark.parametrize(
    ("extension", "told"),
    [
        (scope(indirect_crl=True), "is indirect: only lists of an authority about its own certificates are used"),
        (scope(only_contains_attribute_certs=True), "covers some reasons or attribute certificates only"),
        (
            x509.IssuingDistributionPoint(
                None, None, False, False, frozenset([x509.ReasonFlags.key_compromise]), False, False
            ),
            "covers some reasons or attribute certificates only",
        ),
    ],
)
def test_parts_of_a_list(extension: x509.IssuingDistributionPoint, told: str) -> None:
    """RFC 5280, 5.2.5."""
    assert reason(pem(listed(ROOT, extensions=[(extension, True)]))) == told


def test_lists_that_stand_beside_each_other() -> None:
    """RFC 5280, 5.2.5: one for users' certificates and one for authorities'."""
    scopes = [scope(), scope(only_contains_user_certs=True), scope(only_contains_ca_certs=True)]
    lists = [listed(ROOT, extensions=[(each, True)]) for each in scopes]
    assert len({each.scope for each in read_lists(pem(*lists), [ROOT.certificate])}) == 3


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ((7, [(UNKNOWN, True)]), "has an entry with a critical extension that is not understood"),
        (
            (7, [(x509.CertificateIssuer([x509.DNSName("another.example")]), True)]),
            "is indirect: only lists of an authority about its own certificates are used",
        ),
        (
            (7, [(x509.CertificateIssuer([x509.DNSName("another.example")]), False)]),
            "is indirect: only lists of an authority about its own certificates are used",
        ),
    ],
)
def test_entries_that_cannot_be_used(entry: Entry, told: str) -> None:
    """RFC 5280, 5.3."""
    assert reason(pem(listed(ROOT, [entry]))) == told


def test_entries_that_can() -> None:
    """RFC 5280, 5.3: reasons and dates are understood, also where they are critical; others may be passed over."""
    entries: list[Entry] = [
        (7, [(REASON, True), (x509.InvalidityDate(NOW - timedelta(days=3)), True)]),
        (8, [(UNKNOWN, False)]),
        (9, [(x509.CRLReason(x509.ReasonFlags.certificate_hold), False)]),
    ]
    (found,) = read_lists(pem(listed(ROOT, entries)), [ROOT.certificate])
    assert found.revoked == {7, 8, 9}


def test_removed_from_the_list() -> None:
    """RFC 5280, 5.3.1: removeFromCRL says that a certificate is on hold no longer."""
    removed = x509.CRLReason(x509.ReasonFlags.remove_from_crl)
    (found,) = read_lists(pem(listed(ROOT, [(7, [(removed, False)]), 8])), [ROOT.certificate])
    assert found.revoked == {8}

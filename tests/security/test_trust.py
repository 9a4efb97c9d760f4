"""Certificate chains: who is believed, and why not."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ehbox_soap.errors import SoapFault
from ehbox_soap.security.trust import Trust, read_certificate
from tests.security.keys import (
    NOW,
    Owner,
    authority,
    ec_key,
    holder,
    issue,
    name,
    pki,
    platform_subject,
    rsa_key,
    usage,
)
from tests.spoiled import EC_KEY, with_issuer, with_octets, with_subject

SUBJECT = platform_subject("SSIN=79021802145", "JAN TESTARTS")
NOT_ISSUED = "place: was not issued by a trusted authority for signing"


def trusting(*authorities: Owner) -> Trust:
    return Trust([owner.certificate for owner in authorities], [])


def reason(believed: Trust, owner: Owner, now: timedelta = timedelta(0)) -> str:
    with pytest.raises(SoapFault) as caught:
        believed.believe(owner.certificate, "place", NOW + now)
    assert caught.value.code == "SOA-01001"
    return caught.value.reason


def test_what_a_trusted_authority_issued() -> None:
    """The platform's form, RSA and EC, without subject alternative name."""
    for owner in (pki().rsa, pki().ec):
        trusting(pki().root).believe(owner.certificate, "place", NOW)


def test_certificates_without_extensions_and_with_any_extended_usage() -> None:
    plain = issue(SUBJECT, ec_key("holder"), pki().root)
    mail = [(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), True)]
    for owner in (plain, issue(SUBJECT, ec_key("holder"), pki().root, extensions=mail)):
        trusting(pki().root).believe(owner.certificate, "place", NOW)


def test_an_authority_without_key_usage_or_key_identifiers() -> None:
    """Test authorities come as they are."""
    root = issue(
        name((NameOID.COMMON_NAME, "plain")), rsa_key("plain"), extensions=[(x509.BasicConstraints(True, 0), False)]
    )
    trusting(root).believe(holder(ec_key("holder"), root).certificate, "place", NOW)


def test_an_intermediate_must_be_named_itself() -> None:
    intermediate = authority("INTERMEDIATE", pki().root)
    owner = holder(ec_key("holder"), intermediate)
    trusting(intermediate).believe(owner.certificate, "place", NOW)
    trusting(pki().root, intermediate).believe(owner.certificate, "place", NOW)
    assert reason(trusting(pki().root), owner) == NOT_ISSUED


def test_without_authorities_nobody_is_believed() -> None:
    assert reason(trusting(), pki().rsa) == "place: was not issued by a trusted authority"


def _issued_by(issuer: Owner) -> tuple[Owner, Owner]:
    return issuer, holder(ec_key("holder"), issuer)


def _unknown_extension() -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")


@pytest.mark.parametrize(
    ("issuer", "owner"),
    [
        (pki().root, pki().stranger),
        (pki().root, issue(SUBJECT, ec_key("holder"))),
        # An impostor with the authority's name and another key.
        (pki().root, holder(ec_key("holder"), Owner(pki().root.certificate, ec_key("impostor")))),
        (pki().root, holder(ec_key("holder"), pki().root, key_usage=usage(key_encipherment=True))),
        (pki().root, holder(ec_key("holder"), pki().root, key_usage=usage(content_commitment=True))),
        (pki().root, authority("INTERMEDIATE", pki().root)),
        (pki().root, issue(SUBJECT, ec_key("holder"), pki().root, extensions=[(_unknown_extension(), True)])),
        # Issued by another end entity: good for an ETK's inner certificate, not for a caller.
        (pki().root, holder(ec_key("other"), pki().ec)),
        _issued_by(pki().ec),
        _issued_by(authority("NO CA", ca=False)),
        _issued_by(authority("NO SIGN", may_issue=False)),
        _issued_by(issue(name((NameOID.COMMON_NAME, "bare")), ec_key("bare"))),
    ],
)
def test_what_was_not_issued_by_a_trusted_authority(issuer: Owner, owner: Owner) -> None:
    assert reason(trusting(issuer), owner) == NOT_ISSUED


@pytest.mark.parametrize("warm", [False, True])
def test_a_chain_holds_while_all_of_it_is_valid(warm: bool) -> None:
    """Remembered or not: the authority ends before the holder does."""
    moment = NOW.replace(microsecond=0)
    root = authority("SHORT", end=moment + timedelta(seconds=5))
    owner = holder(ec_key("holder"), root)
    believed = trusting(root)
    if warm:
        believed.believe(owner.certificate, "place", moment)
    believed.believe(owner.certificate, "place", moment + timedelta(seconds=5))
    late = timedelta(seconds=5.5) + (moment - NOW)
    assert reason(believed, owner, late) == "place: its authority is not valid now"
    assert reason(believed, owner, late + timedelta(seconds=1)) == "place: its authority is not valid now"
    believed.believe(owner.certificate, "place", moment)


def test_chains_are_sought_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sought = []
    original = Trust._span

    def spy(self: Trust, *arguments: object) -> object:
        sought.append(1)
        return original(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Trust, "_span", spy)
    believed = trusting(pki().root)
    for _ in range(3):
        believed.believe(pki().rsa.certificate, "place", NOW)
    assert len(sought) == 1


def test_threads_may_share_a_trust() -> None:
    believed = trusting(pki().root)

    def work(owner: Owner) -> None:
        for _ in range(20):
            believed.believe(owner.certificate, "place", NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [pki().rsa, pki().ec, pki().other] * 4))


def test_the_same_text_is_the_same_certificate() -> None:
    text = base64.b64encode(pki().rsa.der).decode()
    assert read_certificate(text, "place") is read_certificate("".join(list(text)), "place")
    assert read_certificate(text, "place") == pki().rsa.certificate


def _of_unknown_key(certificate: x509.Certificate) -> x509.Certificate:
    return with_octets(certificate, *EC_KEY)


def _not_a_point(certificate: x509.Certificate) -> x509.Certificate:
    point = certificate.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return with_octets(certificate, point, point[:1] + b"\xff" * (len(point) - 1))


NO_CERTIFICATE = "place: is not an X.509 certificate in base64"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (with_issuer, NO_CERTIFICATE),
        (with_subject, NO_CERTIFICATE),
        (_not_a_point, NO_CERTIFICATE),
        (_of_unknown_key, "place: has a key of an unknown kind"),
    ],
)
def test_a_certificate_is_read_whole(spoil: Callable[[x509.Certificate], x509.Certificate], reason: str) -> None:
    """Names and key are parsed where they are looked at: what nobody can read gets no further than the reading."""
    octets = spoil(pki().ec.certificate).public_bytes(Encoding.DER)
    with pytest.raises(SoapFault) as caught:
        read_certificate(base64.b64encode(octets).decode(), "place")
    assert (caught.value.code, caught.value.reason) == ("SOA-01001", reason)


def test_an_issuer_that_cannot_be_read_is_nobody() -> None:
    """Wherever the certificate came from: it stands in no chain, and no list tells of it."""
    spoiled = Owner(with_issuer(pki().ec.certificate), pki().ec.key)
    assert reason(trusting(pki().root), spoiled) == NOT_ISSUED
    assert not trusting(pki().root).is_revoked(spoiled.certificate, NOW)

"""Chains with intermediates: every link is valid, may issue, and stands no deeper than those above it allow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ehbox_soap.errors import SoapFault
from ehbox_soap.security.chains import Chains
from ehbox_soap.security.trust import Trust
from tests.security.keys import (
    BEGIN,
    END,
    NOW,
    Owner,
    ec_key,
    holder,
    issue,
    name,
    pki,
    platform_subject,
    rsa_key,
    usage,
)

NOT_ISSUED = "place: was not issued by a trusted authority for signing"
ENDED = "place: its authority is not valid now"
SECOND = timedelta(seconds=1)
MOMENT = NOW.replace(microsecond=0)


def ca(
    common_name: str,
    issuer: Owner | None = None,
    length: int | None = None,
    key_usage: x509.KeyUsage | None = None,
    begin: datetime = BEGIN,
    end: datetime = END,
) -> Owner:
    """An authority with a path length."""
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(True, length), True),
        (key_usage or usage(key_cert_sign=True, crl_sign=True), True),
    ]
    return issue(name((NameOID.COMMON_NAME, common_name)), ec_key("ca " + common_name), issuer, begin, end, extensions)


def believed(owner: Owner, *authorities: Owner, now: datetime = NOW) -> tuple[datetime, datetime]:
    return Trust([each.certificate for each in authorities], []).believe(owner.certificate, "place", now)


def reason(owner: Owner, *authorities: Owner, now: datetime = NOW) -> str:
    with pytest.raises(SoapFault) as caught:
        believed(owner, *authorities, now=now)
    assert caught.value.code == "SOA-01001"
    return caught.value.reason


def by_sha1(certificate: x509.Certificate, key: rsa.RSAPrivateKey, sha1: bool = True) -> x509.Certificate:
    """The certificate as no library signs it any more."""
    found = asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
    algorithm = {"algorithm": "sha1_rsa" if sha1 else "sha256_rsa"}
    found["signature_algorithm"] = found["tbs_certificate"]["signature"] = algorithm
    octets = found["tbs_certificate"].dump(force=True)
    found["signature_value"] = key.sign(octets, padding.PKCS1v15(), hashes.SHA1() if sha1 else hashes.SHA256())
    return x509.load_der_x509_certificate(found.dump(force=True))


def test_signatures_by_sha1() -> None:
    """The path validation refuses them, at every link; an intermediate with one is not believed for itself."""
    root = issue(
        name((NameOID.COMMON_NAME, "rsa root")), rsa_key("root"), extensions=[(x509.BasicConstraints(True, None), True)]
    )
    one = issue(
        name((NameOID.COMMON_NAME, "rsa one")),
        rsa_key("one"),
        root,
        extensions=[(x509.BasicConstraints(True, None), True)],
    )
    owner = holder(ec_key("holder"), one)
    assert believed(owner, root, one)
    old = Owner(by_sha1(one.certificate, rsa_key("root")), one.key)
    assert reason(owner, root, old) == NOT_ISSUED
    assert reason(Owner(by_sha1(owner.certificate, rsa_key("one")), owner.key), root, one) == NOT_ISSUED


def test_a_chain_of_four() -> None:
    """In whatever order the settings name them; the span is the narrowest of the links."""
    root = ca("root", end=END + 3 * SECOND)
    one = ca("one", root, begin=BEGIN + SECOND, end=END - SECOND)
    two = ca("two", one)
    owner = holder(ec_key("holder"), two)
    expected = (BEGIN + SECOND, END - SECOND)
    assert [tuple(moment.replace(microsecond=0) for moment in expected)] * 3 == [
        believed(owner, root, one, two), believed(owner, two, one, root), believed(owner, one, root, two),
    ]  # fmt: skip


def test_a_link_that_is_missing() -> None:
    root = ca("root")
    one = ca("one", root)
    two = ca("two", one)
    owner = holder(ec_key("holder"), two)
    assert reason(owner, root, one) == NOT_ISSUED
    assert reason(owner, root) == NOT_ISSUED
    # The one below the gap is believed for itself, as is whatever stands alone.
    assert believed(owner, root, two)


def test_an_intermediate_alone_is_believed_for_itself() -> None:
    """Nobody needs to have its root."""
    one = ca("one", ca("root", end=NOW - SECOND))
    assert believed(holder(ec_key("holder"), one), one)


@pytest.mark.parametrize("lengths", [(0, None, None), (1, None, None), (None, 0, None), (1, 0, None)])
def test_path_lengths(lengths: tuple[int | None, int | None, int | None]) -> None:
    """RFC 5280, 4.2.1.9: how many authorities may stand below one."""
    root = ca("root", None, lengths[0])
    one = ca("one", root, lengths[1])
    two = ca("two", one, lengths[2])
    assert reason(holder(ec_key("holder"), two), root, one, two) == NOT_ISSUED
    enough = ca("root", None, 2)
    fine = ca("one", enough, 1)
    last = ca("two", fine, 0)
    assert believed(holder(ec_key("holder"), last), enough, fine, last)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("begin", "end", "now"),
    [
        (BEGIN, MOMENT, MOMENT + SECOND),
        (BEGIN, MOMENT, MOMENT + SECOND / 2),
        (MOMENT + SECOND, END, MOMENT),
        (MOMENT + SECOND, END, MOMENT + SECOND / 2),
    ],
)
def test_every_link_is_valid_at_the_second(place: int, begin: datetime, end: datetime, now: datetime) -> None:
    """notBefore and notAfter are moments at which a certificate is valid; half a second beyond them it is not."""
    spans = [(BEGIN, END)] * 3
    spans[place] = (begin, end)
    root = ca("root", begin=spans[0][0], end=spans[0][1])
    one = ca("one", root, begin=spans[1][0], end=spans[1][1])
    two = ca("two", one, begin=spans[2][0], end=spans[2][1])
    owner = holder(ec_key("holder"), two)
    assert reason(owner, root, one, two, now=now) == ENDED
    edge = begin if begin > BEGIN else end
    assert believed(owner, root, one, two, now=edge)


@pytest.mark.parametrize(
    "bad",
    [
        lambda root: ca("one", root, key_usage=usage(crl_sign=True, digital_signature=True)),
        lambda root: holder(ec_key("one"), root, platform_subject("CBE=0809394427", "NO CA")),
        lambda root: issue(name((NameOID.COMMON_NAME, "one")), ec_key("one"), root),
        # In the name of the root, by another key.
        lambda root: ca("one", Owner(root.certificate, ec_key("impostor"))),
    ],
    ids=["may not issue", "no authority", "says nothing", "forged"],
)
def test_an_intermediate_that_may_not_be_one(bad: Callable[[Owner], Owner]) -> None:
    root = ca("root")
    one = bad(root)
    two = ca("two", one)
    assert reason(holder(ec_key("holder"), two), root, one, two) == NOT_ISSUED


def test_an_intermediate_that_may_not_issue_issues_nothing_itself() -> None:
    root = ca("root")
    one = ca("one", root, key_usage=usage(crl_sign=True))
    assert reason(holder(ec_key("holder"), one), root, one) == NOT_ISSUED


def test_a_message_cannot_bring_authorities() -> None:
    """What is trusted are the settings: a good chain to a root of one's own counts for nothing."""
    mine = ca("root")
    assert reason(holder(ec_key("holder"), mine), pki().root) == NOT_ISSUED


def test_a_renewed_root() -> None:
    """The old root signed the new one's key and the other way round: each leads to one that is believed for itself."""
    old, new = ca("old root"), ca("new root")
    crossed = Owner(ca("new root", old).certificate, new.key)
    back = Owner(ca("old root", new).certificate, old.key)
    # `ca` gives an authority of one name the same key each time.
    for authorities in ((old, new, crossed, back), (back, crossed, new, old), (old, crossed), (new, back)):
        for signer in (old, new):
            if signer in authorities or len(authorities) == 4:
                assert believed(holder(ec_key("holder"), signer), *authorities)
    assert believed(holder(ec_key("holder"), new), old, crossed)


def test_of_several_authorities_of_one_name_the_one_above_is_the_signer() -> None:
    """Its lists are asked and its end counts: one of the same name that signed nothing says nothing about it."""
    mine = ca("twice")
    namesake = issue(name((NameOID.COMMON_NAME, "twice")), ec_key("namesake"))
    owner = holder(ec_key("holder"), mine)
    for authorities in ((mine, namesake), (namesake, mine)):
        known = Chains([each.certificate for each in authorities])
        assert known.above(owner.certificate)[0] == mine.certificate


# A certificate inside an ETK


def inner(
    owner: Owner,
    by: Owner | None = None,
    subject: x509.Name | None = None,
    key_usage: x509.KeyUsage | None = None,
    begin: datetime = BEGIN,
    end: datetime = END,
) -> x509.Certificate:
    """An encryption certificate as owners issue them to themselves (wire.md, ETK depot)."""
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (key_usage or usage(key_encipherment=True, data_encipherment=True), True)
    ]
    name_ = subject or owner.certificate.subject
    return issue(name_, ec_key("encryption"), by or owner, begin, end, extensions).certificate


def encryption(certificate: x509.Certificate, owner: Owner, now: datetime = NOW) -> tuple[datetime, datetime]:
    trust = Trust([pki().root.certificate], [])
    return trust.believe_encryption(certificate, owner.certificate, "place", now)


def test_an_encryption_certificate_is_issued_by_its_owner() -> None:
    """It leads to no authority by a chain, since its issuer is none: it is checked directly."""
    for owner in (pki().rsa, pki().ec):
        assert encryption(inner(owner), owner) == tuple(each.replace(microsecond=0) for each in (BEGIN, END))
        assert reason(Owner(inner(owner), ec_key("encryption")), pki().root) == NOT_ISSUED


@pytest.mark.parametrize(
    ("certificate", "told"),
    [
        (inner(pki().rsa, by=pki().ec), "place: was not issued by its owner"),
        (inner(pki().rsa, by=Owner(pki().rsa.certificate, ec_key("thief"))), "place: was not issued by its owner"),
        (inner(pki().rsa, subject=pki().other.certificate.subject), "place: was not issued by its owner"),
        (inner(pki().rsa, key_usage=usage(digital_signature=True)), "place: is not for encryption"),
        (inner(pki().rsa, key_usage=usage(data_encipherment=True)), "place: is not for encryption"),
        (issue(pki().rsa.certificate.subject, ec_key("e"), pki().rsa).certificate, "place: is not for encryption"),
        (inner(pki().rsa, end=NOW - SECOND), "place: is no longer valid"),
        (inner(pki().rsa, begin=NOW + SECOND), "place: is not valid yet"),
    ],
)
def test_an_encryption_certificate_of_another_kind(certificate: x509.Certificate, told: str) -> None:
    with pytest.raises(SoapFault) as caught:
        encryption(certificate, pki().rsa)
    assert caught.value.reason == told


def test_an_encryption_certificate_signed_by_sha1() -> None:
    made = inner(pki().rsa)
    assert encryption(by_sha1(made, rsa_key("holder"), sha1=False), pki().rsa)
    with pytest.raises(SoapFault) as caught:
        encryption(by_sha1(made, rsa_key("holder")), pki().rsa)
    assert caught.value.reason == "place: was not issued by its owner"


def test_an_encryption_certificate_is_as_good_as_its_owner() -> None:
    with pytest.raises(SoapFault) as caught:
        encryption(inner(pki().stranger), pki().stranger)
    assert caught.value.reason == "issuer of " + NOT_ISSUED
    short = holder(ec_key("short"), pki().root, begin=BEGIN + SECOND, end=END - SECOND)
    expected = (BEGIN + SECOND, END - SECOND)
    assert encryption(inner(short), short) == tuple(each.replace(microsecond=0) for each in expected)


# Intermediates that somebody brings along


def test_an_intermediate_that_is_brought_along_is_a_link_at_most() -> None:
    """Sealed content and tokens bring their chain. It leads to a root of the settings or nowhere, and it is not
    remembered: whoever comes later without it is in no better place."""
    root, strange = ca("root"), ca("strange root")
    one = ca("one", root)
    owner = holder(ec_key("holder"), one)
    trust = Trust([root.certificate], [])
    for _ in range(2):
        assert trust.believe(owner.certificate, "place", NOW, [strange.certificate, one.certificate])
        trust.believe_signed(owner.certificate, "place", NOW, NOW, [strange.certificate, one.certificate])
        for believe in (
            lambda: trust.believe(owner.certificate, "place", NOW),
            lambda: trust.believe_signed(owner.certificate, "place", NOW, NOW),
        ):
            with pytest.raises(SoapFault) as caught:
                believe()
            assert caught.value.reason == NOT_ISSUED
    # The owner of an encryption certificate may need the link as well.
    assert trust.believe_encryption(inner(owner), owner.certificate, "place", NOW, [one.certificate])
    with pytest.raises(SoapFault) as caught:
        trust.believe_encryption(inner(owner), owner.certificate, "place", NOW)
    assert caught.value.reason == "issuer of " + NOT_ISSUED
    below = holder(ec_key("holder"), strange)
    with pytest.raises(SoapFault) as caught:
        trust.believe(below.certificate, "place", NOW, [strange.certificate])
    assert caught.value.reason == NOT_ISSUED


BRINGS = "place: brings along a certificate that was not issued by a trusted authority"


def test_all_that_is_brought_along_is_accounted_for() -> None:
    """Nobody signs what comes along: of a certificate that no signature stands for, any octet could be another. Also
    for who is remembered, and for what was signed before."""
    root, strange = ca("root"), ca("strange root")
    one, beside = ca("one", root), ca("beside", strange)
    owner = holder(ec_key("holder"), root)
    # What the owner issued, as the certificate inside an ETK is.
    own = Owner(inner(owner), ec_key("encryption"))
    trust = Trust([root.certificate], [])
    for _ in range(2):
        for brought in ([one], [one, root, strange], [beside, strange], [own], [owner, own]):
            among = [each.certificate for each in brought]
            trust.believe(owner.certificate, "place", NOW, among)
            trust.believe_signed(owner.certificate, "place", NOW, NOW, among)
        for believe in (
            lambda among: trust.believe(owner.certificate, "place", NOW, among),
            lambda among: trust.believe_signed(owner.certificate, "place", NOW, NOW, among),
        ):
            with pytest.raises(SoapFault) as caught:
                believe([one.certificate, beside.certificate])
            assert caught.value.reason == BRINGS

"""A call to the STS, WS-Trust dialect, from the request in a client's layout to what that client reads (wire.md)."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.security.trust import Trust
from ehbox_soap.sts.signer import Signer
from tests.clients import wstrust
from tests.clients.names import TRUST
from tests.clients.writing import der
from tests.clients.wstrust import C, E, N, TrustStyle, Wanted, answer_challenge, issue, read
from tests.sts.conftest import DENIS, DORA, HOSPITAL, Cast, Sts
from tests.sts.layouts import NOW, SAML, SSIN, stamp
from tests.sts.trusting import (
    CLAIMS,
    CONTEXT,
    DAY,
    DOCTOR,
    GRANTED,
    attributes_of,
    challenge_of,
    end_of,
    every_style,
    granted,
    refused,
    told,
)


@pytest.fixture
def wanted(cast: Cast) -> Wanted:
    return Wanted(CLAIMS, cast.dora.certificate, NOW, NOW + DAY)


@every_style
def test_issue_in_every_layout(sts: Sts, cast: Cast, wanted: Wanted, style: TrustStyle) -> None:
    """wire.md: RequestSecurityTokenResponse / RequestedSecurityToken / Assertion, the attributes in the order asked."""
    content = issue(wanted, CONTEXT, style)
    assert told(sts, content, cast.dora).context == CONTEXT
    assertion = granted(sts, content, cast.dora)
    assert attributes_of(assertion) == GRANTED
    assert end_of(assertion) == stamp(NOW + DAY)


def test_the_answer_says_its_type_and_lifetime_and_holds_no_white_space(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    response = sts.trust(issue(wanted, CONTEXT, E), cast.dora)
    assert [etree.QName(child).localname for child in response] == ["TokenType", "RequestedSecurityToken", "Lifetime"]
    assert response[0].text == wstrust.TOKEN_TYPE
    assert [moment.text for moment in response[2]] == [stamp(NOW), stamp(NOW + DAY)]
    assert not re.search(rb">\s|\s<", etree.tostring(response))


def test_without_context_the_answer_has_none(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    content = issue(wanted, CONTEXT, E).replace(f' Context="{CONTEXT}"', "")
    assert not sts.trust(content, cast.dora).items()


def test_without_a_key_it_is_bound_to_the_callers(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    assertion = granted(sts, issue(replace(wanted, holder=None), CONTEXT, N), cast.dora)
    assert attributes_of(assertion) == GRANTED
    assert base64.b64encode(_der(cast.dora)).decode() in etree.tostring(assertion).decode()


def test_without_lifetime_it_is_valid_as_long_as_the_sts_allows(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    content = re.sub("<wst:Lifetime>.*</wst:Lifetime>", "", issue(wanted, CONTEXT, C))
    sts.rules = replace(sts.rules, max_validity=timedelta(hours=3))
    assert end_of(granted(sts, content, cast.dora)) == stamp(NOW + timedelta(hours=3))


def test_ec_key(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    content = issue(replace(wanted, holder=cast.dora_ec.certificate), CONTEXT, C)
    assert attributes_of(granted(sts, content, cast.dora_ec)) == GRANTED


EMPTY = "wst:InvalidTimeRange: The requested validity is empty or has passed"
TOO_LONG = "wst:InvalidTimeRange: The requested validity is longer than 86400 seconds"


@pytest.mark.parametrize(
    ("begin", "end", "reason"),
    [
        (timedelta(0), DAY, None),
        (timedelta(0), DAY + timedelta(milliseconds=1), TOO_LONG),
        (timedelta(seconds=-30), DAY - timedelta(seconds=30), None),
        (timedelta(seconds=30), DAY + timedelta(seconds=30), None),
        (timedelta(0), timedelta(0), EMPTY),
        (timedelta(hours=-2), timedelta(0), EMPTY),
        (timedelta(hours=-2), timedelta(milliseconds=1), None),
    ],
)
def test_lifetime(sts: Sts, cast: Cast, wanted: Wanted, begin: timedelta, end: timedelta, reason: str | None) -> None:
    """As long as asked, counted from now: a client's clock may run ahead or behind."""
    content = issue(replace(wanted, begin=NOW + begin, end=NOW + end), CONTEXT, C)
    if reason is not None:
        assert refused(sts, content, cast.dora) == reason
    else:
        assert end_of(granted(sts, content, cast.dora)) == stamp(NOW + (end - begin))


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (((SSIN, DENIS), (DOCTOR, None)),
         "wst:FailedAuthentication: A claimed identity attribute differs from the identity of the certificate"),
        (((SSIN, f"{DORA};{DENIS}"),),
         "wst:FailedAuthentication: A claimed identity attribute differs from the identity of the certificate"),
        (((f"{SSIN}:nurse:boolean", None),), "wst:RequestFailed: None of the requested attributes can be certified"),
        (((f"{SSIN}:nurse:boolean", "true"),), "wst:RequestFailed: None of the requested attributes can be certified"),
        ((), "wst:RequestFailed: None of the requested attributes can be certified"),
    ],
)  # fmt: skip
def test_what_is_refused_is_a_fault(
    sts: Sts, cast: Cast, wanted: Wanted, claims: tuple[tuple[str, str | None], ...], reason: str
) -> None:
    """What the register certifies, and nothing else; the reason begins with WS-Trust's own code."""
    assert refused(sts, issue(replace(wanted, claims=claims), CONTEXT, E), cast.dora) == reason


def test_sender_vouches_is_refused_clearly(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    content = issue(replace(wanted, holder=None), CONTEXT, C).replace("<wst:KeyType>", "<wst:OnBehalfOf/><wst:KeyType>")
    assert refused(sts, content, cast.dora).endswith("sender-vouches (OnBehalfOf) is not")


def test_certificate_without_an_identity(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    nobody = cast.authority.service("nobody in particular", kind="ec")
    reason = refused(sts, issue(replace(wanted, holder=None), CONTEXT, E), nobody, "SOA-01001")
    assert reason == "certificate: its subject does not name exactly one identity"


# Another key is to hold: it proves itself by signing the challenge.


@pytest.mark.parametrize("style", [E, C, N], ids=["E", "C", "N"])
def test_challenge_and_its_answer(sts: Sts, cast: Cast, wanted: Wanted, style: TrustStyle) -> None:
    """The eID identifies, the eHealth certificate's key holds: first a challenge, then the assertion about the eID."""
    challenge = challenge_of(sts, issue(wanted, CONTEXT, style), cast.dora_eid)
    answer = answer_challenge(challenge, CONTEXT, style)
    assert told(sts, answer, cast.dora).context == ("" if style is E else CONTEXT)
    assertion = granted(sts, answer, cast.dora)
    assert attributes_of(assertion) == GRANTED
    assert "OID.2.5.4.5" in (assertion.findtext(f".//{{{SAML}}}NameIdentifier") or "")
    assert base64.b64encode(_der(cast.dora)).decode() in etree.tostring(assertion).decode()


def test_person_with_the_organisations_key(sts: Sts, cast: Cast) -> None:
    """BOX-6, BOX-11: what is certified of both, once both keys are proved."""
    number = "urn:be:fgov:ehealth:1.0:hospital:nihii-number"
    claims = ((SSIN, DORA), (number, HOSPITAL), (f"{number}:recognisedhospital:boolean", None))
    wanted = Wanted(claims, cast.hospital.certificate, NOW, NOW + DAY)
    challenge = challenge_of(sts, issue(wanted, CONTEXT, C), cast.dora)
    values = [
        value for _, _, value in attributes_of(granted(sts, answer_challenge(challenge, CONTEXT, C), cast.hospital))
    ]
    assert values == [DORA, HOSPITAL, "true"]


def test_challenge_says_nothing_of_what_would_be_granted(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    """Whoever names a key without having it learns nothing of its owner."""
    for claims in (CLAIMS, ((SSIN, DENIS),), ()):
        content = issue(replace(wanted, claims=claims), CONTEXT, C)
        assert challenge_of(sts, content, cast.dora_eid)


def test_challenge_is_answered_by_the_holder_only(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    challenge = challenge_of(sts, issue(wanted, CONTEXT, C), cast.dora_eid)
    told = "wst:SignChallengeResponse: must come in a call that the holder-of-key key signs"
    for other in (cast.dora_eid, cast.denis, cast.dora_ec):
        assert refused(sts, answer_challenge(challenge, CONTEXT, C), other, "SOA-01001") == told


def test_challenge_of_another_sts(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    challenge = challenge_of(sts, issue(wanted, CONTEXT, C), cast.dora_eid)
    entry = cast.authority.service("another STS", kind="ec")
    sts.signer = Signer(entry.key, entry.certificate)
    reason = refused(sts, answer_challenge(challenge, CONTEXT, C), cast.dora)
    assert reason == "wst:FailedAuthentication: The challenge is none of this STS"


def test_challenge_with_any_octet_changed(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    octets = base64.b64decode(challenge_of(sts, issue(wanted, CONTEXT, C), cast.dora_eid))
    for place in (0, 31, 32, len(octets) // 2, len(octets) - 1):
        changed = bytearray(octets)
        changed[place] ^= 1
        content = answer_challenge(base64.b64encode(bytes(changed)).decode(), CONTEXT, C)
        assert refused(sts, content, cast.dora) == "wst:FailedAuthentication: The challenge is none of this STS"


@pytest.mark.parametrize("challenge", ["", "secret", "%%%", "AAAA", "é"])
def test_challenge_that_is_none(sts: Sts, cast: Cast, challenge: str) -> None:
    reason = refused(sts, answer_challenge(challenge, CONTEXT, C), cast.dora)
    assert reason == "wst:FailedAuthentication: The challenge is none of this STS"


def test_challenge_holds_for_five_minutes(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    challenge = challenge_of(sts, issue(wanted, CONTEXT, C), cast.dora_eid)
    sts.clock.advance(minutes=4, seconds=59)
    assertion = granted(sts, answer_challenge(challenge, CONTEXT, C), cast.dora)
    assert end_of(assertion) == stamp(sts.clock.moment + DAY)
    sts.clock.advance(seconds=1)
    assert (
        refused(sts, answer_challenge(challenge, CONTEXT, C), cast.dora) == "wst:ExpiredData: The challenge has passed"
    )


def test_identification_is_looked_at_again_with_the_answer(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    """Whoever identified itself must still be believed."""
    challenge = challenge_of(sts, issue(wanted, CONTEXT, C), cast.dora_eid)
    sts.rules = replace(sts.rules, trust=Trust([], []))
    reason = refused(sts, answer_challenge(challenge, CONTEXT, C), cast.dora, "SOA-01001")
    assert reason.startswith("identification certificate: was not issued by a trusted authority")


def test_no_fault_tells_a_value(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    contents = [
        issue(replace(wanted, claims=((SSIN, "secret-value"),)), CONTEXT, C),
        issue(replace(wanted, claims=(("secret-value", DORA),)), CONTEXT, C),
        issue(replace(wanted, key_type="secret-value"), CONTEXT, C),
        issue(wanted, CONTEXT, C).replace("/Issue<", "/secret-value<"),
        answer_challenge("secret-value", CONTEXT, C),
    ]
    for content in contents:
        assert "secret-value" not in refused(sts, content, cast.dora)


def test_a_collection_or_another_child_would_break_a_client(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    """That the model of the clients sees it."""
    answer = etree.tostring(sts.trust(issue(wanted, CONTEXT, E), cast.dora))
    frame = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>'
    collection = b'<c:RequestSecurityTokenResponseCollection xmlns:c="%s">%s</c:RequestSecurityTokenResponseCollection>'
    with pytest.raises(wstrust.UnreadableAnswer, match="E reads"):
        read(frame % (collection % (TRUST.encode(), answer)))
    with pytest.raises(wstrust.UnreadableAnswer, match="C takes the first child"):
        read(frame % answer.replace(b"<wst:RequestedSecurityToken>", b"<wst:RequestedSecurityToken><x/>"))
    with pytest.raises(wstrust.UnreadableAnswer, match=r"\.NET"):
        read(frame % answer.replace(b"<wst:Lifetime", b'<Assertion xmlns="%s"/><wst:Lifetime' % SAML.encode()))
    sign = b"<wst:X><wst:Challenge>x</wst:Challenge></wst:X>"
    with pytest.raises(wstrust.UnreadableAnswer, match="SignChallenge"):
        read(frame % answer.replace(b"<wst:TokenType>", sign + b"<wst:TokenType>"))


def _der(entry: KeyEntry) -> bytes:
    return der(entry.certificate)

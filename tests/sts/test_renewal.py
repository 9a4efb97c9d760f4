"""Renewing an assertion, WS-Trust dialect: only one's own, only a valid one, and from the register of now (wire.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from ehbox_soap.store.records import Person, Profession
from ehbox_soap.sts.signer import Signer
from tests.clients.wstrust import C, TrustStyle, Wanted, answer_challenge, issue, renew
from tests.sts.conftest import DENIS, DORA, Cast, Sts
from tests.sts.layouts import CERTIFIED, NOW, stamp
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

NIHII11 = "urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11"


@pytest.fixture
def wanted(cast: Cast) -> Wanted:
    return Wanted(CLAIMS, cast.dora.certificate, NOW, NOW + DAY)


def issued(sts: Sts, cast: Cast, wanted: Wanted) -> str:
    kept = told(sts, issue(wanted, CONTEXT, C), cast.dora).assertion
    assert kept is not None
    return kept


UNABLE = "wst:UnableToRenew: The assertion to renew"


@every_style
def test_renew_in_every_layout(sts: Sts, cast: Cast, wanted: Wanted, style: TrustStyle) -> None:
    """The same attributes of the same subject, bound to the same key, for as long as before, counted from now."""
    wanted = replace(wanted, end=NOW + timedelta(hours=8))
    old = issued(sts, cast, wanted)
    sts.clock.advance(hours=7)
    renewed = granted(sts, renew(old, CONTEXT, style), cast.dora)
    assert attributes_of(renewed) == GRANTED
    assert end_of(renewed) == stamp(NOW + timedelta(hours=15))
    assert renewed.get("AssertionID") != etree.fromstring(old).get("AssertionID")


def test_renewed_again(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    """The length does not grow or shrink from one to the next."""
    old = issued(sts, cast, replace(wanted, end=NOW + timedelta(hours=1)))
    for _ in range(3):
        sts.clock.advance(minutes=59, seconds=59)
        kept = told(sts, renew(old, CONTEXT, C), cast.dora).assertion
        assert kept is not None
        assert end_of(etree.fromstring(kept)) == stamp(sts.clock.moment + timedelta(hours=1))
        old = kept


def test_renew_with_a_lifetime(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    old = issued(sts, cast, wanted)
    lifetime = (
        "<wst:Lifetime><wsu:Created>2026-01-15T09:00:00+0000</wsu:Created>"
        "<wsu:Expires>2026-01-15T11:00:00+0000</wsu:Expires></wst:Lifetime>"
    )
    content = renew(old, CONTEXT, C).replace("<wst:RenewTarget>", f"{lifetime}<wst:RenewTarget>")
    assert end_of(granted(sts, content, cast.dora)) == "2026-01-15T11:00:00.000Z"


@pytest.mark.parametrize(
    ("change", "value"),
    [
        (timedelta(hours=-24), "passed"),
        (timedelta(hours=-24, milliseconds=1), None),
        (timedelta(minutes=6), None),
        (timedelta(minutes=6, milliseconds=1), "early"),
    ],
)
def test_renew_at_the_boundaries(sts: Sts, cast: Cast, wanted: Wanted, change: timedelta, value: str | None) -> None:
    """No skew after the end; before the beginning, which is 5 minutes before the issue, one of 60 seconds."""
    old = issued(sts, cast, wanted)
    sts.clock.moment = NOW - change
    if value is None:
        assert attributes_of(granted(sts, renew(old, CONTEXT, C), cast.dora)) == GRANTED
        return
    rule = "is no longer valid" if value == "passed" else "is not valid yet"
    assert refused(sts, renew(old, CONTEXT, C), cast.dora) == f"{UNABLE} {rule}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (DORA, DENIS),
        ("doctor:boolean", "nurse:boolean"),
        ('NotOnOrAfter="2026-01-16', 'NotOnOrAfter="2026-02-16'),
        ("<AttributeStatement>", "<Advice/><AttributeStatement>"),
        (">true<", "><!-- -->true<"),
        ('Issuer="urn:be:fgov:ehealth:sts:1_0"', 'Issuer="urn:other"'),
    ],
)
def test_renew_of_a_tampered_assertion(sts: Sts, cast: Cast, wanted: Wanted, old: str, new: str) -> None:
    kept = issued(sts, cast, wanted)
    assert old in kept
    reason = refused(sts, renew(kept.replace(old, new, 1), CONTEXT, C), cast.dora)
    assert reason.startswith(f"{UNABLE} is none of this STS: ")
    assert DENIS not in reason


def test_renew_of_an_assertion_whose_signature_was_taken_away(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    kept = issued(sts, cast, wanted)
    stripped = kept[: kept.index("<ds:Signature")] + "</Assertion>"
    assert refused(sts, renew(stripped, CONTEXT, C), cast.dora).startswith(f"{UNABLE} is none of this STS: ")


def test_renew_of_another_sts(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    """Also of one that the mailbox trusts: what another STS certified is not ours to renew."""
    old = issued(sts, cast, wanted)
    entry = cast.authority.service("another STS", kind="ec")
    sts.signer = Signer(entry.key, entry.certificate)
    reason = refused(sts, renew(old, CONTEXT, C), cast.dora)
    assert reason.startswith(f"{UNABLE} is none of this STS: ")


def test_renew_of_somebody_elses(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    """A found assertion is worth nothing: its subject must call, and its holder's key must be proved."""
    old = issued(sts, cast, wanted)
    assert refused(sts, renew(old, CONTEXT, C), cast.denis) == f"{UNABLE} is about another subject"
    challenge = challenge_of(sts, renew(old, CONTEXT, C), cast.dora_ec)
    assert refused(sts, answer_challenge(challenge, CONTEXT, C), cast.dora_ec, "SOA-01001")


def test_renew_where_another_certificate_identifies(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    """The connector's renewal with two key pairs: challenged as at the issue."""
    challenge = challenge_of(sts, issue(wanted, CONTEXT, C), cast.dora_eid)
    old = told(sts, answer_challenge(challenge, CONTEXT, C), cast.dora).assertion
    assert old is not None
    sts.clock.advance(hours=1)
    challenge = challenge_of(sts, renew(old, CONTEXT, C), cast.dora_eid)
    assert attributes_of(granted(sts, answer_challenge(challenge, CONTEXT, C), cast.dora)) == GRANTED
    assert refused(sts, renew(old, CONTEXT, C), cast.dora) == f"{UNABLE} is about another subject"


def test_renew_certifies_from_the_register_of_now(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    """Whoever is no doctor any more is none in the new assertion, and a new number stands in it."""
    claims = (*CLAIMS, (NIHII11, None))
    old = issued(sts, cast, replace(wanted, claims=claims))
    content = renew(old, CONTEXT, C)
    with sts.store.begin() as transaction:
        before = transaction.register.person(DORA)
    assert before is not None
    try:
        _register(sts, replace(before, professions=(Profession("DOCTOR", "19990116999"),)))
        assert attributes_of(granted(sts, content, cast.dora)) == [*GRANTED, (CERTIFIED, NIHII11, "19990116999")]
        _register(sts, replace(before, professions=()))
        assert attributes_of(granted(sts, content, cast.dora)) == GRANTED[:2]
    finally:
        _register(sts, before)


def test_renew_is_refused_once_nothing_is_left_to_certify(sts: Sts, cast: Cast, wanted: Wanted) -> None:
    old = issued(sts, cast, replace(wanted, claims=((DOCTOR, None),)))
    with sts.store.begin() as transaction:
        before = transaction.register.person(DORA)
    assert before is not None
    try:
        _register(sts, replace(before, professions=()))
        reason = refused(sts, renew(old, CONTEXT, C), cast.dora)
    finally:
        _register(sts, before)
    assert reason == "wst:RequestFailed: None of the requested attributes can be certified"


def _register(sts: Sts, person: Person) -> None:
    with sts.store.begin() as transaction:
        transaction.register.put_person(person)

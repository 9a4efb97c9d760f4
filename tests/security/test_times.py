"""Every time boundary, to the second and a millisecond beside it: skew for Created and NotBefore, none after an end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ehbox_soap.clock import SetClock
from ehbox_soap.errors import SoapFault
from ehbox_soap.security.policy import profile
from ehbox_soap.security.wss import Verifier
from tests.security.builders import Call, Token, envelope, find, opened, stamp
from tests.security.checks import accepted, refusal, refusal_of, seconds, trust, verifier
from tests.security.edits import KINDS, SECURITY, Edit, Kind, add, call, double, drop
from tests.security.keys import NOW, holder, issue, pki, platform_subject, rsa_key

MILLISECOND = timedelta(milliseconds=1)
LONG = Token(not_before=stamp(NOW - timedelta(days=20)), not_on_or_after=stamp(NOW + timedelta(days=20)))


def holds(signed: Call, now: datetime, by: Verifier | None = None) -> bool:
    """Whether the call holds at that moment; a refusal must be for the time."""
    by = by or verifier(now=now)
    header, body = opened(envelope(signed))
    try:
        by.call(header, body) if signed.kind == "mailbox" else by.sts_call(header, body)
    except SoapFault:
        assert "wsu:" in refusal_of(header, body, by, signed.kind)
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("after_created", "good"),
    [
        (-seconds(61), False),
        (-seconds(60) - MILLISECOND, False),
        (-seconds(60), True),
        (seconds(0), True),
        (seconds(59), True),
        (seconds(60) - MILLISECOND, True),
        (seconds(60), False),
        (seconds(61), False),
    ],
)
def test_a_timestamp_holds_from_60_seconds_before_created_until_expires(
    after_created: timedelta, good: bool, kind: Kind
) -> None:
    assert holds(call(kind=kind, token=LONG), NOW + after_created) is good


def test_the_reasons_name_the_bound() -> None:
    assert refusal(call(token=LONG), verifier(now=NOW - seconds(61))) == "wsu:Created: is in the future"
    assert refusal(call(token=LONG), verifier(now=NOW + seconds(60))) == "wsu:Expires: has passed"


@pytest.mark.parametrize("life", [0, -1, -7200])
@pytest.mark.parametrize("kind", KINDS)
def test_a_timestamp_expires_after_it_was_created(kind: Kind, life: int) -> None:
    signed = call(kind=kind, token=LONG, created=stamp(NOW), expires=stamp(NOW + seconds(life)))
    assert refusal(signed) == "wsu:Timestamp: does not expire after it was created"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("life", "good"),
    [
        (-seconds(1), False),
        (seconds(0), False),
        (MILLISECOND, True),
        (seconds(3600), True),
        (seconds(3600) + MILLISECOND, False),
        (seconds(3601), False),
    ],
)
def test_a_timestamp_lives_an_hour_at_most(life: timedelta, good: bool, kind: Kind) -> None:
    """M sends an hour. The clock stands a second before, so that only the life counts."""
    signed = call(kind=kind, token=LONG, expires=stamp(NOW + life))
    assert holds(signed, NOW - seconds(2)) is good


def test_the_settings_move_the_bounds() -> None:
    by = Verifier(profile("wire", skew_seconds=0, timestamp_seconds=60), trust(), SetClock(NOW))
    assert accepted(Call(), by)
    assert refusal(call(expires=stamp(NOW + seconds(61))), by) == "wsu:Timestamp: lives longer than the policy allows"
    late = call(created=stamp(NOW + seconds(1)), expires=stamp(NOW + seconds(2)))
    assert refusal(late, by) == "wsu:Created: is in the future"


TIMESTAMP = SECURITY + "/wsu:Timestamp"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (drop("//wsu:Created"), "wsu:Timestamp: does not hold exactly"),
        (drop("//wsu:Expires"), "wsu:Timestamp: does not hold exactly"),
        (double("//wsu:Created"), "wsu:Timestamp: does not hold exactly"),
        (double("//wsu:Expires"), "wsu:Timestamp: does not hold exactly"),
        (
            lambda root: find(root, TIMESTAMP).append(find(root, "//wsu:Created")),
            "wsu:Timestamp: does not hold exactly",
        ),
        (add(TIMESTAMP, "{urn:x}Other"), "wsu:Timestamp: does not hold exactly"),
        (lambda root: setattr(find(root, TIMESTAMP), "text", "x"), "wsu:Timestamp: holds text"),
        (lambda root: find(root, TIMESTAMP).set("x", "y"), "wsu:Timestamp: has an attribute"),
        (lambda root: find(root, "//wsu:Created").set("ValueType", "y"), "wsu:Created: has an attribute"),
        (lambda root: find(root, "//wsu:Expires").set("ValueType", "y"), "wsu:Expires: has an attribute"),
        (add("//wsu:Created", "x"), "wsu:Created: must hold text only"),
        (add("//wsu:Expires", "x"), "wsu:Expires: must hold text only"),
        (lambda root: setattr(find(root, "//wsu:Created"), "text", "x"), "wsu:Created: is not an xs:dateTime"),
        (lambda root: setattr(find(root, "//wsu:Expires"), "text", None), "wsu:Expires: is not an xs:dateTime"),
    ],
)
def test_a_timestamp_has_one_form(change: Edit, reason: str) -> None:
    assert refusal(call(edit=change)).startswith(reason)


def test_zones_and_fractions_of_a_timestamp() -> None:
    """The same moment in Brussels' winter time, and fractions of any length."""
    assert accepted(call(created="2026-01-15T10:00:00+01:00", expires="2026-01-15T04:01:00.123456789012-05:00"))


# The assertion


@pytest.mark.parametrize(
    ("begin", "good"),
    [(seconds(0), True), (seconds(60), True), (seconds(60) + MILLISECOND, False), (seconds(61), False)],
)
def test_not_before_may_lie_60_seconds_ahead(begin: timedelta, good: bool) -> None:
    signed = call(token=Token(not_before=stamp(NOW + begin)))
    if good:
        assert accepted(signed)
    else:
        assert refusal(signed) == "Conditions/NotBefore: the assertion is not valid yet"


@pytest.mark.parametrize(
    ("end", "good"), [(seconds(1), True), (MILLISECOND, True), (seconds(0), False), (-seconds(1), False)]
)
def test_not_on_or_after_is_just_past_the_end(end: timedelta, good: bool) -> None:
    signed = call(token=Token(not_on_or_after=stamp(NOW + end)))
    if good:
        assert accepted(signed)
    else:
        assert refusal(signed) == "Conditions/NotOnOrAfter: the assertion is no longer valid"


def test_a_remembered_assertion_ends_when_it_ends() -> None:
    """Also while it is remembered: the same assertion, newly signed calls, the clock moving over each bound."""
    clock = SetClock(NOW)
    by = Verifier(profile("wire"), trust(), clock)
    token = Token(not_before=stamp(NOW), not_on_or_after=stamp(NOW + seconds(600)))
    for offset, good in ((0, True), (599, True), (600, False), (-60, True), (-61, False), (0, True)):
        clock.moment = NOW + seconds(offset)
        signed = call(token=token, created=stamp(clock.moment), expires=stamp(clock.moment + seconds(60)))
        if good:
            assert accepted(signed, by)
        else:
            assert refusal(signed, by).startswith("Conditions/")


# Certificates


@pytest.mark.parametrize(("offset", "good"), [(-1, False), (0, True), (5, True), (6, False)])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("warm", [False, True])
def test_a_holders_certificate_is_valid_from_its_first_to_its_last_second(
    offset: int, good: bool, kind: Kind, warm: bool
) -> None:
    """Also when its chain is remembered."""
    begin = NOW.replace(microsecond=0)
    owner = holder(rsa_key("holder"), pki().root, begin=begin, end=begin + seconds(5))
    clock = SetClock(begin)
    by = Verifier(profile("wire"), trust(), clock)
    signed = call(kind=kind, holder=owner)
    header, body = opened(envelope(signed))
    if warm:
        assert by.call(header, body) if kind == "mailbox" else by.sts_call(header, body)
    clock.moment = begin + seconds(offset)
    if good:
        assert by.call(header, body) if kind == "mailbox" else by.sts_call(header, body)
    else:
        expected = "is not valid yet" if offset < 0 else "is no longer valid"
        assert refusal_of(header, body, by, kind).endswith(expected)


@pytest.mark.parametrize(("offset", "good"), [(-1, False), (0, True), (5, True), (6, False)])
@pytest.mark.parametrize("warm", [False, True])
def test_the_sts_certificate_must_be_valid_now(offset: int, good: bool, warm: bool) -> None:
    """Also when the assertion is remembered."""
    begin = NOW.replace(microsecond=0)
    sts = issue(platform_subject("CBE=0809394427", "STS"), rsa_key("sts"), pki().root, begin, begin + seconds(5))
    clock = SetClock(begin)
    by = Verifier(profile("wire"), trust(sts=[sts]), clock)
    header, body = opened(envelope(call(token=Token(sts=sts))))
    if warm:
        assert by.call(header, body)
    clock.moment = begin + seconds(offset)
    if good:
        assert by.call(header, body)
    else:
        assert refusal_of(header, body, by) == "Assertion: the certificate of the STS is not valid now"


def test_half_a_second_past_a_certificates_end_is_past() -> None:
    begin = NOW.replace(microsecond=0)
    owner = holder(rsa_key("holder"), pki().root, end=begin)
    by = verifier(now=begin + timedelta(milliseconds=500))
    assert refusal(call(holder=owner), by).endswith("is no longer valid")

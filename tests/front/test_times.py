"""Every time boundary at the front door, to the second: skew for Created and NotBefore, none after an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.door import START, Door
from tests.doors import Doors, opened
from tests.front.calls import ask, box_info
from tests.front.cast import Cast
from tests.front.conftest import Fresh
from tests.front.signed import STS_REQUEST, accepted, request, turned_away
from tests.security.builders import Call, Token, stamp
from tests.security.edits import call
from tests.security.keys import Owner, holder, issue, pki

LONG = Token(not_before=stamp(START - timedelta(days=20)), not_on_or_after=stamp(START + timedelta(days=20)))


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def judge(door: Door, signed: Call, reason: str) -> None:
    """The call is accepted if `reason` is empty, else turned away for it; an STS call is accepted by being read."""
    if reason:
        assert turned_away(door, signed) == reason
    elif signed.kind == "sts":
        assert b"SOA-03006" in door.send(request(signed)).body
    else:
        accepted(door, signed)


FUTURE, PASSED = "wsu:Created: is in the future", "wsu:Expires: has passed"


@pytest.mark.parametrize("signed", [call(token=LONG), Call(kind="sts", content=STS_REQUEST)], ids=["mailbox", "sts"])
@pytest.mark.parametrize(
    ("offset", "reason"), [(-61, FUTURE), (-60, ""), (0, ""), (59, ""), (60, PASSED), (61, PASSED), (3600, PASSED)]
)
def test_a_timestamp_holds_from_60_seconds_before_created_until_expires(
    offset: int, reason: str, signed: Call, foreign: Door
) -> None:
    """The clock of the server stands `offset` seconds after Created; Expires is 60 seconds after it."""
    foreign.clock.advance(seconds=offset)
    judge(foreign, signed, reason)


@pytest.mark.parametrize(
    ("life", "reason"),
    [
        (-1, "wsu:Timestamp: does not expire after it was created"),
        (0, "wsu:Timestamp: does not expire after it was created"),
        (1, ""),
        (3600, ""),
        (3601, "wsu:Timestamp: lives longer than the policy allows"),
    ],
)
@pytest.mark.parametrize("kind", ["mailbox", "sts"])
def test_a_timestamp_lives_an_hour_at_most(life: int, reason: str, kind: str, foreign: Door) -> None:
    """M sends an hour (wire.md)."""
    content = {"content": STS_REQUEST} if kind == "sts" else {}
    judge(foreign, call(kind=kind, expires=stamp(START + seconds(life)), **content), reason)


@pytest.mark.parametrize(
    ("begin", "reason"), [(0, ""), (60, ""), (61, "Conditions/NotBefore: the assertion is not valid yet")]
)
def test_an_assertions_not_before_may_lie_60_seconds_ahead(begin: int, reason: str, foreign: Door) -> None:
    judge(foreign, call(token=Token(not_before=stamp(START + seconds(begin)))), reason)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (1, ""),
        (0, "Conditions/NotOnOrAfter: the assertion is no longer valid"),
        (-1, "Conditions/NotOnOrAfter: the assertion is no longer valid"),
    ],
)
def test_an_assertion_ends_just_before_not_on_or_after(end: int, reason: str, foreign: Door) -> None:
    judge(foreign, call(token=Token(not_on_or_after=stamp(START + seconds(end)))), reason)


def test_an_assertion_of_the_own_sts_from_its_first_to_its_last_second(fresh: Fresh, people: Cast) -> None:
    """NotBefore is 5 minutes before the issue, NotOnOrAfter 24 hours after it; 60 seconds of skew before the first."""
    door = fresh()
    doctor = people.doctor
    for offset, reason in (
        (-361, "Conditions/NotBefore: the assertion is not valid yet"),
        (-360, ""),
        (86399, ""),
        (86400, "Conditions/NotOnOrAfter: the assertion is no longer valid"),
    ):
        door.clock.moment = START + seconds(offset)
        if reason:
            assert turned_away(door, box_info(door, doctor)) == reason
        else:
            ask(door, box_info(door, doctor))


def test_the_settings_move_the_bounds(fresh_foreign: Fresh) -> None:
    door = fresh_foreign({"security.skew_seconds": "0", "security.timestamp_seconds": "60"})
    accepted(door, Call())
    late = call(created=stamp(START + seconds(1)), expires=stamp(START + seconds(2)))
    assert turned_away(door, late) == FUTURE
    long = call(expires=stamp(START + seconds(61)))
    assert turned_away(door, long) == "wsu:Timestamp: lives longer than the policy allows"


def test_security_runs_on_true_time(fresh_foreign: Fresh) -> None:
    """The mailbox clock moves no bound (docs/architecture.md, two clocks)."""
    door = fresh_foreign()
    door.mailbox_clock.advance(days=3000)
    accepted(door, Call())
    door.clock.advance(seconds=60)
    assert turned_away(door, call(token=LONG, created=stamp(START - seconds(1)))) == PASSED


LEAP = datetime(2028, 2, 29, 23, 59, 30, tzinfo=UTC)
OUTDATED = "Conditions/NotOnOrAfter: the assertion is no longer valid"


@dataclass(frozen=True)
class Lasting:
    """A door at LEAP, and by whom calls are made to it: certificates of the tests' keys end before."""

    door: Door
    holder: Owner
    sts: Owner

    def call(self, created: datetime, expires: datetime, end: datetime) -> Call:
        """A call with an assertion of its own that ends then."""
        token = Token(
            sts=self.sts,
            holder=self.holder,
            id=f"_{end:%d%H%M%S}{created:%d%H%M%S}",
            not_before=stamp(LEAP - timedelta(days=1)),
            not_on_or_after=stamp(end),
        )
        return Call(holder=self.holder, token=token, created=stamp(created), expires=stamp(expires))


@pytest.fixture(scope="module")
def lasting(
    doors: Doors, template: Path, foreign_settings: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lasting]:
    folder = tmp_path_factory.mktemp("leap")
    end = LEAP + timedelta(days=365)
    sts = issue(pki().sts.certificate.subject, pki().sts.key, pki().root, end=end)
    (folder / "sts.pem").write_bytes(sts.certificate.public_bytes(Encoding.PEM))
    settings = {**foreign_settings, "security.sts_certificates": str(folder / "sts.pem")}
    with opened(doors, folder / "data", template, settings) as door:
        yield Lasting(door, holder(pki().rsa.key, pki().root, end=end), sts)


@pytest.mark.parametrize("created", [LEAP - seconds(30), LEAP], ids=["before", "now"])
@pytest.mark.parametrize(
    ("offset", "reason"), [(0, ""), (29, ""), (30, ""), (44, ""), (45, PASSED), (46, PASSED), (86400, PASSED)]
)
def test_a_timestamp_from_a_leap_day_to_the_first_of_march(
    offset: int, reason: str, created: datetime, lasting: Lasting
) -> None:
    """Expires is 2028-03-01T00:00:15Z; to a calendar without the 29th it would be another day."""
    lasting.door.reset()
    lasting.door.clock.moment = LEAP + seconds(offset)
    expires = datetime(2028, 3, 1, 0, 0, 15, tzinfo=UTC)
    judge(lasting.door, lasting.call(created, expires, LEAP + timedelta(days=2)), reason)


@pytest.mark.parametrize(
    ("end", "offset", "reason"),
    [
        (LEAP + seconds(29), 28, ""),
        (LEAP + seconds(29), 29, OUTDATED),
        (LEAP + seconds(30), 29, ""),
        (LEAP + seconds(30), 30, OUTDATED),
        (LEAP + seconds(31), 30, ""),
        (LEAP + seconds(31), 31, OUTDATED),
    ],
    ids=lambda value: f"{value:%d%H%M%S}" if isinstance(value, datetime) else None,
)
def test_an_assertion_that_ends_on_a_leap_day_or_behind_it(
    end: datetime, offset: int, reason: str, lasting: Lasting
) -> None:
    """Its last second, that of the day, and the first of the next month."""
    lasting.door.reset()
    now = LEAP + seconds(offset)
    lasting.door.clock.moment = now
    judge(lasting.door, lasting.call(now, now + seconds(60), end), reason)

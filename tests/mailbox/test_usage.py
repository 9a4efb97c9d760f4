"""USE-1 to USE-5: what is counted, from which call on a limit is passed, when a period ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from ehbox_soap.errors import SoapFault
from ehbox_soap.mailbox.usage import LIMITS, Meter, Mode, Use, report
from ehbox_soap.store.engine import Store

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
DOCTOR = Use("aaaaaaaaaaaa", "getMessagesList", individual=True)
HOSPITAL = Use("bbbbbbbbbbbb", "getMessagesList", individual=False)
READ = Use("aaaaaaaaaaaa", "getMessageHistory", individual=True, message="cccccccccccc")

Count = Callable[[Use, datetime], None]


@pytest.fixture
def told() -> Iterator[list[dict[str, object]]]:
    """The lines of the log."""
    with capture_logs() as lines:
        yield lines  # type: ignore[misc]


def counter(store: Store, mode: Mode) -> Count:
    """Counts calls, each in a transaction of its own."""
    meter = Meter(mode)

    def count(use: Use, now: datetime) -> None:
        with store.begin() as transaction:
            meter.count(use, transaction, now)

    return count


def refused(count: Count, use: Use, now: datetime) -> bool:
    try:
        count(use, now)
    except SoapFault as fault:
        return fault.code == "SOA-02002"
    return False


def test_the_limits_are_those_of_the_platform() -> None:
    """The table of rules.md."""
    assert {call: (row.rule, row.individual, row.organisation, row.period) for call, row in LIMITS.items()} == {
        "getMessagesList": ("USE-1", 6, 60, "hour"),
        "getFullMessage": ("USE-2", 6, 60, "hour"),
        "getMessageAcknowledgmentsStatus": ("USE-3", 2, 2, "day"),
    }


@pytest.mark.parametrize(("use", "limit"), [(DOCTOR, 6), (HOSPITAL, 60)])
def test_use_1_the_call_after_the_last_allowed_is_refused_and_the_next_hour_is_free(
    store: Store, use: Use, limit: int
) -> None:
    count = counter(store, "enforce")
    assert [refused(count, use, NOW) for _ in range(limit)] == [False] * limit
    assert refused(count, use, NOW + HOUR - SECOND)
    assert not refused(count, use, NOW + HOUR)


def test_use_3_is_a_belgian_day(store: Store) -> None:
    """On 15 January 23:00 UTC the 16th begins in Belgium."""
    count = counter(store, "enforce")
    status = Use("aaaaaaaaaaaa", "getMessageAcknowledgmentsStatus", individual=True)
    midnight = datetime(2026, 1, 15, 23, 0, tzinfo=UTC)
    assert [refused(count, status, NOW) for _ in range(3)] == [False, False, True]
    assert refused(count, status, midnight - SECOND)
    assert not refused(count, status, midnight)


def test_callers_and_calls_are_counted_apart(store: Store) -> None:
    count = counter(store, "enforce")
    for _ in range(6):
        count(DOCTOR, NOW)
    assert not refused(count, Use("dddddddddddd", "getMessagesList", individual=True), NOW)
    assert not refused(count, Use("aaaaaaaaaaaa", "getFullMessage", individual=True), NOW)
    assert refused(count, DOCTOR, NOW)


def test_a_call_without_a_limit_is_counted_and_never_refused(store: Store) -> None:
    count = counter(store, "enforce")
    sending = Use("aaaaaaaaaaaa", "sendMessage", individual=True)
    assert not any(refused(count, sending, NOW) for _ in range(100))
    with store.begin(write=False) as transaction:
        (row,) = report(transaction)
    assert (row.call, row.calls, row.limit, row.passed) == ("sendMessage", 100, None, 0)


def test_advise_refuses_nothing_and_tells_once_a_period(store: Store, told: list[dict[str, object]]) -> None:
    count = counter(store, "advise")
    for _ in range(6):
        count(DOCTOR, NOW)
    assert told == []
    for _ in range(5):
        count(DOCTOR, NOW)
    (line,) = told
    assert (line["rule"], line["caller"], line["operation"]) == ("USE-1", "aaaaaaaaaaaa", "getMessagesList")
    assert line["log_level"] == "warning"
    for _ in range(7):
        count(DOCTOR, NOW + HOUR)
    assert len(told) == 2


def test_enforce_tells_once_a_period_too(store: Store, told: list[dict[str, object]]) -> None:
    count = counter(store, "enforce")
    assert sum(refused(count, DOCTOR, NOW) for _ in range(10)) == 4
    assert len(told) == 1


def test_off_counts_nothing(store: Store) -> None:
    count = counter(store, "off")
    for _ in range(10):
        count(DOCTOR, NOW)
    with store.begin(write=False) as transaction:
        assert report(transaction) == ()


def test_use_4_six_times_again_then_one_an_hour_for_a_day_then_one_a_day(store: Store) -> None:
    count = counter(store, "enforce")
    assert [refused(count, READ, NOW) for _ in range(8)] == [False] * 7 + [True]
    now = NOW
    for _ in range(23):
        assert refused(count, READ, now + HOUR - SECOND)
        now += HOUR
        assert not refused(count, READ, now)
    # The last of the hourly ones was 23 hours after the free ones; from the 24th hour on it is one a day.
    assert refused(count, READ, now + HOUR)
    assert refused(count, READ, now + DAY - SECOND)
    assert not refused(count, READ, now + DAY)
    assert refused(count, READ, now + 2 * DAY - SECOND)
    assert not refused(count, READ, now + 2 * DAY)


def test_use_4_counts_each_message_of_each_caller_by_itself(store: Store) -> None:
    count = counter(store, "enforce")
    for _ in range(7):
        count(READ, NOW)
    assert not refused(count, Use("aaaaaaaaaaaa", "getMessageHistory", True, message="eeeeeeeeeeee"), NOW)
    assert not refused(count, Use("ffffffffffff", "getMessageHistory", True, message="cccccccccccc"), NOW)
    assert refused(count, READ, NOW)


def test_use_4_is_told_once_a_message(store: Store, told: list[dict[str, object]]) -> None:
    count = counter(store, "advise")
    for _ in range(12):
        count(READ, NOW)
    assert [line["rule"] for line in told] == ["USE-4"]
    with store.begin(write=False) as transaction:
        assert transaction.usage.repeats() == {("aaaaaaaaaaaa", True): (1, 5)}


def test_the_report_adds_up_a_callers_periods(store: Store) -> None:
    count = counter(store, "advise")
    for calls, hours in ((7, 0), (3, 1), (8, 5)):
        for _ in range(calls):
            count(DOCTOR, NOW + hours * HOUR)
    count(HOSPITAL, NOW)
    with store.begin(write=False) as transaction:
        doctor, hospital = report(transaction)
    assert (doctor.calls, doctor.most, doctor.limit, doctor.passed) == (18, 8, 6, 2)
    assert (doctor.period, doctor.last) == ("hour", NOW + 5 * HOUR)
    assert (hospital.calls, hospital.limit, hospital.passed) == (1, 60, 0)

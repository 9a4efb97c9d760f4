"""The shift of the mailbox's clock, shared by all processes, and what is done every so often by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ehbox_soap.store.engine import Store

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.parametrize("shift", [timedelta(days=366, microseconds=7), timedelta(days=-3, seconds=1), timedelta(0)])
def test_the_shift_that_was_set_last_is_told_to_all(store: Store, database_url: str, shift: timedelta) -> None:
    with store.begin() as transaction:
        assert transaction.clock.shift() == timedelta(0)
        transaction.clock.set_shift(timedelta(days=5))
        transaction.clock.set_shift(shift)
    other = Store.open(database_url)
    with other.begin(write=False) as transaction:
        assert transaction.clock.shift() == shift
    other.close()


def test_a_work_is_due_at_first_and_after_its_interval(store: Store) -> None:
    with store.begin() as transaction:
        assert transaction.clock.is_due("upkeep", HOUR, NOW)
        assert transaction.clock.begin("upkeep", HOUR, NOW)
        for now, due in ((NOW, False), (NOW + HOUR - SECOND, False), (NOW + HOUR, True)):
            assert transaction.clock.is_due("upkeep", HOUR, now) is due
            assert transaction.clock.begin("upkeep", HOUR, now) is due


def test_a_clock_that_was_set_back_does_not_stop_a_work(store: Store) -> None:
    with store.begin() as transaction:
        transaction.clock.begin("upkeep", HOUR, NOW + timedelta(days=366))
        assert transaction.clock.is_due("upkeep", HOUR, NOW)
        assert transaction.clock.begin("upkeep", HOUR, NOW)
        assert not transaction.clock.begin("upkeep", HOUR, NOW)

"""Belgian days and calendar months (LIFE-4 to LIFE-6)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ehbox_soap.clock import brussels_date, day_begins, months_before


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2026, 1, 15), datetime(2026, 1, 14, 23, 0, tzinfo=UTC)),
        (date(2026, 7, 15), datetime(2026, 7, 14, 22, 0, tzinfo=UTC)),
        # The days on which the clocks change: 23 and 25 hours long.
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, 0, tzinfo=UTC)),
        (date(2026, 3, 30), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_belgian_day_begins_at_midnight_there(day: date, begins: datetime) -> None:
    assert day_begins(day) == begins
    assert brussels_date(begins) == day


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 4, 15), 3, date(2026, 1, 15)),
        (date(2026, 2, 1), 3, date(2025, 11, 1)),
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2028, 5, 31), 3, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2025, 12, 31)),
        (date(2026, 12, 31), 1, date(2026, 11, 30)),
    ],
)
def test_months_before_a_day(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before

"""The only source of time.

Knows: the moment, Belgian dates, how to stand still for a test. Must not know: anything else of the house.
Two clocks run in a server: security and the STS read true time, the mailbox reads a clock that may be
shifted (so that a year passes in a second).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


class Clock(Protocol):
    """Tells the moment; always aware, always UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """True time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands where it was put; for tests and for replays."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 1, 15, 9, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.moment

    def advance(self, **amount: float) -> None:
        """Moves by a timedelta's keywords (days, hours, seconds …)."""
        self.moment += timedelta(**amount)


@dataclass(frozen=True)
class ShiftedClock:
    """Another clock, moved by a constant amount: the mailbox clock of a server (LIFE rules)."""

    base: Clock
    shift: timedelta

    def now(self) -> datetime:
        return self.base.now() + self.shift


def brussels_date(moment: datetime) -> date:
    """The calendar date in Belgium at that moment (LIFE-6)."""
    return moment.astimezone(BRUSSELS).date()


def day_begins(day: date) -> datetime:
    """When a Belgian day begins; in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=BRUSSELS).astimezone(UTC)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def monotonic() -> float:
    """Seconds of a clock that never goes back; for durations and deadlines, never for dates."""
    return time.monotonic()


def worked() -> float:
    """Seconds that a processor has worked for this thread: the same on a busy machine as on a quiet one."""
    return time.thread_time()


def wait(seconds: float) -> None:
    """Lets that many seconds pass; the only sleep of the house (readiness polling, back-off)."""
    time.sleep(seconds)

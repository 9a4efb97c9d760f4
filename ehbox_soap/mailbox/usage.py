"""Use that the platform asks for: counted per caller and call, told when a limit is passed, or refused (USE-1 to 5).

Knows: the limits and their periods. Must not know: who a pseudonym stands for, XML, SQL. What is refused leaves no
trace, so refused calls do not count. Periods are whole hours and Belgian days of the mailbox's clock.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog

from ehbox_soap.clock import brussels_date, day_begins
from ehbox_soap.errors import SoapFault
from ehbox_soap.mailbox import ours
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.store.usage import DownloadRecord

Mode = Literal["advise", "enforce", "off"]
FULL_MESSAGE = "getFullMessage"
REPEATED = "USE-4"
# Callers of which a process remembers that a refusal was told; with more of them the log tells some again.
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """How often a call may be made in a period."""

    rule: str
    individual: int
    organisation: int
    period: Literal["hour", "day"]

    def of(self, individual: bool) -> int:
        """The limit of one kind of caller."""
        return self.individual if individual else self.organisation


LIMITS: dict[str, Limit] = {
    "getMessagesList": Limit("USE-1", 6, 60, "hour"),
    FULL_MESSAGE: Limit("USE-2", 6, 60, "hour"),
    "getMessageAcknowledgmentsStatus": Limit("USE-3", 2, 2, "day"),
}


@dataclass(frozen=True, slots=True)
class Use:
    """One call: the caller's pseudonym, whether it is an individual, and the message read whole, as a pseudonym."""

    caller: str
    call: str
    individual: bool
    message: str | None = None


class Meter:
    """Counts calls; one per process, thread-safe."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self._lock = threading.Lock()
        self._told: set[tuple[str, str, datetime]] = set()

    def count(self, use: Use, transaction: Transaction, now: datetime) -> None:
        """Counts a call in a writing transaction, and tells when it is the first past its limit.

        Raises SoapFault SOA-02002 for one past its limit where limits are enforced.
        """
        if self.mode == "off":
            return
        limit = LIMITS.get(use.call)
        period = begins("day" if limit is not None and limit.period == "day" else "hour", now)
        calls = transaction.usage.count(use.caller, use.call, period, individual=use.individual)
        if limit is not None and calls > limit.of(use.individual):
            self._passed(use, limit.rule, period, first=calls == limit.of(use.individual) + 1)
        if use.message is not None:
            self._count_download(use, use.message, transaction, now)

    def _count_download(self, use: Use, message: str, transaction: Transaction, now: datetime) -> None:
        before = transaction.usage.download(use.caller, message)
        early = before is not None and now < ours.next_download(before.last_at, before.tries_ended_at)
        if early and before is not None:
            self._passed(use, REPEATED, before.last_at, first=before.passed == 0)
        transaction.usage.put_download(use.caller, message, _after(before, now, early), individual=use.individual)

    def _passed(self, use: Use, rule: str, since: datetime, *, first: bool) -> None:
        if self.mode == "enforce":
            first = self._is_news((use.caller, rule, since))
        if first:
            structlog.get_logger().warning(
                "the platform's limit of use is passed", rule=rule, caller=use.caller, operation=use.call
            )
        if self.mode == "enforce":
            raise SoapFault("SOA-02002", f"called more often than the platform asks for ({rule})")

    def _is_news(self, told: tuple[str, str, datetime]) -> bool:
        """A refused call is rolled back with its count: that it was told is remembered here."""
        with self._lock:
            if told in self._told:
                return False
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told.add(told)
            return True


def begins(period: Literal["hour", "day"], now: datetime) -> datetime:
    """When the hour or the Belgian day of that moment begins."""
    return day_begins(brussels_date(now)) if period == "day" else now.replace(minute=0, second=0, microsecond=0)


def _after(before: DownloadRecord | None, now: datetime, early: bool) -> DownloadRecord:
    """What is known of a message's downloads once it is read whole now (USE-4)."""
    downloads = 1 if before is None else before.downloads + 1
    ended = None if before is None else before.tries_ended_at
    if ended is None and downloads > ours.FREE_REPEATS:
        ended = now
    return DownloadRecord(downloads, now, ended, (0 if before is None else before.passed) + early)


@dataclass(frozen=True, slots=True)
class Used:
    """What a caller did: of one call, all in all and at most in one period; periods in which it passed the limit."""

    caller: str
    individual: bool
    call: str
    calls: int
    most: int
    limit: int | None
    period: str
    passed: int
    last: datetime


def report(transaction: Transaction) -> tuple[Used, ...]:
    """What was counted, a row per caller and call, in that order."""
    found: dict[tuple[str, str], Used] = {}
    for each in transaction.usage.counts():
        row = LIMITS.get(each.call)
        limit = None if row is None else row.of(each.individual)
        before = found.get((each.caller, each.call))
        over = limit is not None and each.calls > limit
        found[each.caller, each.call] = Used(
            caller=each.caller,
            individual=each.individual,
            call=each.call,
            calls=each.calls + (before.calls if before else 0),
            most=max(each.calls, before.most if before else 0),
            limit=limit,
            period="hour" if row is None else row.period,
            passed=over + (before.passed if before else 0),
            last=each.period,
        )
    return tuple(found.values())


# How long counters are kept.
KEPT = timedelta(days=31)

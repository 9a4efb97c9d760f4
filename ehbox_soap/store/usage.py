"""Counted calls: how often a caller called within a period, and how often it read one message whole (USE-1 to 5).

Knows: the counters, under pseudonyms. Must not know: limits, who a pseudonym stands for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update

from .message_records import Address
from .prepared import Prepared
from .statements import insert_if_new
from .tables import box, delivery, message
from .work_tables import usage_count, usage_download


@dataclass(frozen=True, slots=True)
class CountRecord:
    """The calls of a caller within the period that begins at that moment."""

    caller: str
    call: str
    period: datetime
    individual: bool
    calls: int


@dataclass(frozen=True, slots=True)
class DownloadRecord:
    """How often a caller read a message whole; `passed` is how often that was too early (USE-4)."""

    downloads: int
    last_at: datetime
    tries_ended_at: datetime | None
    passed: int


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """What stands in a box's INBOX though it was read, and its receipts nobody has read (USE-5)."""

    box: Address
    read: int
    receipts: int


class Usage:
    """The counters."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self, caller: str, call: str, period: datetime, *, individual: bool) -> int:
        """Counts one more call in the period; how many there are now."""
        key = {"who": caller, "what": call, "begun": period}
        counted = _MORE.rows(self._connection, **key)
        if not counted:
            row = {"caller": caller, "call": call, "period": period, "individual": individual, "calls": 1}
            if insert_if_new(self._connection, usage_count, row) is not None:
                return 1
            # Another transaction counted the first one at the same moment.
            counted = _MORE.rows(self._connection, **key)
        return int(counted[0].calls)

    def download(self, caller: str, message: str) -> DownloadRecord | None:
        """What is known of that caller's reading of that message; held until the transaction ends."""
        row = self._connection.execute(_DOWNLOAD, {"who": caller, "what": message}).one_or_none()
        return None if row is None else DownloadRecord(*row)

    def put_download(self, caller: str, message: str, record: DownloadRecord, *, individual: bool) -> None:
        """Keeps it."""
        values: dict[str, Any] = {
            "downloads": record.downloads,
            "last_at": record.last_at,
            "tries_ended_at": record.tries_ended_at,
            "passed": record.passed,
        }
        key = {"caller": caller, "message": message}
        if insert_if_new(self._connection, usage_download, {**key, "individual": individual, **values}) is None:
            where = and_(usage_download.c.caller == caller, usage_download.c.message == message)
            self._connection.execute(update(usage_download).where(where).values(values))

    def counts(self) -> Iterator[CountRecord]:
        """Every counter, by caller, call and period."""
        for row in self._connection.execute(_COUNTS):
            yield CountRecord(row.caller, row.call, row.period, row.individual, row.calls)

    def repeats(self) -> dict[tuple[str, bool], tuple[int, int]]:
        """By caller, and whether it is an individual: messages read again, and how often that was too early."""
        rows = self._connection.execute(_REPEATS)
        return {(row.caller, row.individual): (int(row.messages), int(row.passed)) for row in rows}

    def kept(self) -> Iterator[KeptRecord]:
        """The boxes in which something stands that should have been deleted or read (USE-5), in order."""
        for row in self._connection.execute(_KEPT):
            yield KeptRecord(Address(row.type, row.id, row.quality, row.sub_type), int(row.read), int(row.receipts))


_COUNTED = (
    usage_count.c.caller == bindparam("who"),
    usage_count.c.call == bindparam("what"),
    usage_count.c.period == bindparam("begun"),
)
_MORE = Prepared(
    update(usage_count).where(*_COUNTED).values(calls=usage_count.c.calls + 1).returning(usage_count.c.calls)
)
_DOWNLOAD = (
    select(
        usage_download.c.downloads, usage_download.c.last_at, usage_download.c.tries_ended_at, usage_download.c.passed
    )
    .where(usage_download.c.caller == bindparam("who"), usage_download.c.message == bindparam("what"))
    .with_for_update()
)
_COUNTS = select(usage_count).order_by(usage_count.c.caller, usage_count.c.call, usage_count.c.period)
_REPEATS = (
    select(
        usage_download.c.caller,
        usage_download.c.individual,
        func.count().label("messages"),
        func.sum(usage_download.c.passed).label("passed"),
    )
    .where(usage_download.c.downloads > 1)
    .group_by(usage_download.c.caller, usage_download.c.individual)
)
_RECEIPT = and_(message.c.content_type == "ACKNOWLEDGMENT", delivery.c.read_at.is_(None))
_KEPT = (
    select(
        box.c.type,
        box.c.id,
        box.c.quality,
        box.c.sub_type,
        func.count(delivery.c.read_at).label("read"),
        func.count().filter(_RECEIPT).label("receipts"),
    )
    .select_from(
        delivery.join(box, box.c.box_key == delivery.c.box_key).join(
            message, message.c.message_key == delivery.c.message_key
        )
    )
    .where(delivery.c.folder == "INBOX")
    .group_by(box.c.box_key, box.c.type, box.c.id, box.c.quality, box.c.sub_type)
    .having((func.count(delivery.c.read_at) > 0) | (func.count().filter(_RECEIPT) > 0))
    .order_by(box.c.type, box.c.id, box.c.quality)
)

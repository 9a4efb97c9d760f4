"""Where the holders of boxes want their mails (MAIL-1).

Knows: addresses, and which of them are confirmed. Must not know: what a code looks like, when a mail is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, Integer, Row, bindparam, delete, insert, select, update

from .statements import batches
from .tables import delivery, message
from .work_tables import notification, outbox


@dataclass(frozen=True, slots=True)
class NotificationRecord:
    """The address of a box; `code` None once it is confirmed."""

    box_key: int
    address: str
    code: str | None
    asked_at: datetime


class Notifications:
    """Addresses of boxes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, box_key: int) -> NotificationRecord | None:
        """The box's address, confirmed or not."""
        row = self._connection.execute(_FIND, {"key": box_key}).one_or_none()
        return None if row is None else _record(row)

    def confirmed(self, box_keys: Iterable[int]) -> Iterator[NotificationRecord]:
        """The confirmed addresses of these boxes."""
        for keys in batches(sorted(set(box_keys))):
            for row in self._connection.execute(_CONFIRMED, {"keys": keys}):
                yield _record(row)

    def ask(self, record: NotificationRecord) -> None:
        """Keeps an address that is to be confirmed by its code, instead of any that was there."""
        self.remove(record.box_key)
        values = {"box_key": record.box_key, "address": record.address}
        self._connection.execute(insert(notification).values(**values, code=record.code, asked_at=record.asked_at))

    def confirm(self, box_key: int, now: datetime) -> None:
        """Keeps that the box's address is confirmed."""
        self._connection.execute(_CONFIRM, {"key": box_key, "now": now})

    def remove(self, box_key: int) -> bool:
        """Forgets the box's address and what is still to be sent there; whether there was one."""
        self._connection.execute(_WITHDRAW, {"key": box_key})
        return self._connection.execute(_REMOVE, {"key": box_key}).rowcount == 1

    def expiring(
        self, behind: int, after: date, until: date, limit: int
    ) -> tuple[tuple[NotificationRecord, tuple[date, ...]], ...]:
        """At most `limit` confirmed boxes behind `behind`, by key, each with the dates after `after` and up to `until`
        on which something in its INBOX expires."""
        place = {"behind": behind, "after": after, "until": until, "limit": limit}
        found: dict[NotificationRecord, tuple[date, ...]] = {}
        for row in self._connection.execute(_EXPIRING, place):
            record = _record(row)
            found[record] = (*found.get(record, ()), row.expiration_date)
        return tuple(found.items())


def _record(row: Row[*tuple[Any, ...]]) -> NotificationRecord:
    return NotificationRecord(row.box_key, row.address, row.code, row.asked_at)


_COLUMNS = (notification.c.box_key, notification.c.address, notification.c.code, notification.c.asked_at)
_FIND = select(*_COLUMNS).where(notification.c.box_key == bindparam("key"))
_CONFIRMED = select(*_COLUMNS).where(
    notification.c.box_key.in_(bindparam("keys", expanding=True)), notification.c.confirmed_at.is_not(None)
)
_CONFIRM = (
    update(notification)
    .where(notification.c.box_key == bindparam("key"))
    .values(code=None, confirmed_at=bindparam("now"))
)
_REMOVE = delete(notification).where(notification.c.box_key == bindparam("key"))
_WITHDRAW = delete(outbox).where(
    outbox.c.box_key == bindparam("key"), outbox.c.kind != "COPY", outbox.c.settled_at.is_(None)
)
_SOME = (
    select(*_COLUMNS)
    .where(notification.c.confirmed_at.is_not(None), notification.c.box_key > bindparam("behind"))
    .where(
        select(delivery.c.delivery_key)
        .join(message, message.c.message_key == delivery.c.message_key)
        .where(
            delivery.c.box_key == notification.c.box_key,
            delivery.c.folder == "INBOX",
            message.c.expiration_date > bindparam("after", type_=Date),
            message.c.expiration_date <= bindparam("until", type_=Date),
        )
        .exists()
    )
    .order_by(notification.c.box_key)
    .limit(bindparam("limit", type_=Integer))
    .subquery()
)
_EXPIRING = (
    select(_SOME, message.c.expiration_date)
    .join(delivery, delivery.c.box_key == _SOME.c.box_key)
    .join(message, message.c.message_key == delivery.c.message_key)
    .where(
        delivery.c.folder == "INBOX",
        message.c.expiration_date > bindparam("after", type_=Date),
        message.c.expiration_date <= bindparam("until", type_=Date),
    )
    .distinct()
    .order_by(_SOME.c.box_key, message.c.expiration_date)
)

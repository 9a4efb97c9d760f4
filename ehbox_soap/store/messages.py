"""Messages and their places in boxes.

Knows: how a message is written and delivered, how a folder is paged, which moments a delivery has. Must not know: who
may read it, what a status code is. Only deliveries.py writes `delivery.folder` and `box.current_size` beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, bindparam, func, insert, select, update

from . import message_reading, message_writing, removal
from .columns import not_before
from .deliveries import ENTERING, entering_record
from .event_records import EnteringRecord
from .message_records import DeliveryRecord, FullRecord, ListedRecord, MessageRecord, StoredMessage
from .prepared import Prepared
from .statements import batches
from .tables import box, delivery, message


class Messages:
    """Messages, each stored once, and a delivery for each box it stands in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: MessageRecord, new_id: Callable[[], str]) -> StoredMessage:
        """Writes a message with its parts; it stands in no box yet. `new_id` is asked until an id is free."""
        return message_writing.add(self._connection, new, new_id)

    def deliver(self, message_key: int, size: int, recipients: Mapping[int, int], now: datetime) -> None:
        """Puts it into INBOXes, published now: by box key, the position of the destination that names the box.

        The boxes must be held (Boxes.hold).
        """
        for keys in batches(sorted(recipients)):
            self._connection.execute(
                _INSERT,
                [
                    {
                        "box_key": key,
                        "folder": "INBOX",
                        "ordered_at": now,
                        "message_key": message_key,
                        "position": recipients[key],
                        "sent": False,
                        "published_at": now,
                    }
                    for key in keys
                ],
            )
            self._connection.execute(_GROWN, {"keys": keys, "more": size})

    def file_sent(self, message_key: int, box_key: int, now: datetime) -> None:
        """Puts it into the sender's SENTBOX."""
        sent = {"box_key": box_key, "folder": "SENTBOX", "ordered_at": now, "message_key": message_key}
        self._connection.execute(_INSERT, {**sent, "position": 0, "sent": True})

    def page(self, box_key: int, folder: str, start: int, count: int) -> tuple[DeliveryRecord, ...]:
        """`count` deliveries of a folder from the `start`th (from 0), newest first."""
        page = {"key": box_key, "folder": folder, "start": start, "count": count}
        return tuple(_delivery(row) for row in self._connection.execute(PAGE, page))

    def page_over(self, box_keys: Sequence[int], folder: str, start: int, count: int) -> tuple[DeliveryRecord, ...]:
        """The same over that folder of several boxes, merged (LIST-3)."""
        if len(box_keys) == 1:
            return self.page(box_keys[0], folder, start, count)
        found = [each for key in box_keys for each in self.page(key, folder, 0, start + count)]
        found.sort(key=lambda each: (each.ordered_at, each.key), reverse=True)
        return tuple(found[start : start + count])

    def listed(self, deliveries: Sequence[DeliveryRecord]) -> tuple[ListedRecord, ...]:
        """The rows of a list, in that order; no part of a message is read."""
        return message_reading.listed(self._connection, deliveries)

    def full(self, message_key: int) -> FullRecord:
        """A message whole."""
        return message_reading.full(self._connection, message_key)

    def find(self, box_key: int, message_id: str, folders: Sequence[str]) -> DeliveryRecord | None:
        """Where a message stands in a box, if it is in one of these folders; the received one before the sent one."""
        found = {"id": message_id, "key": box_key, "folders": folders}
        row = self._connection.execute(_FIND, found).first()
        return None if row is None else _delivery(row)

    def count(self, box_key: int, folder: str) -> int:
        """How many deliveries stand in a folder."""
        ((counted,),) = _COUNT.rows(self._connection, key=box_key, folder=folder)
        return int(counted)

    def mark_received(self, deliveries: Sequence[DeliveryRecord], now: datetime) -> frozenset[int]:
        """Keeps when they were first listed to their recipient (ACK-1); the keys of those that now were."""
        keys = [each.key for each in deliveries if each.received_at is None and not each.sent]
        marked: set[int] = set()
        for some in batches(keys):
            marked.update(self._connection.execute(_RECEIVED, {"keys": some, "now": now}).scalars())
        return frozenset(marked)

    def mark_read(self, read: DeliveryRecord, now: datetime) -> bool:
        """Keeps when it was first returned whole to its recipient (ACK-1); whether that is now."""
        if read.read_at is not None or read.sent:
            return False
        return self._connection.execute(_READ, {"key": read.key, "now": now}).scalar_one_or_none() is not None

    def entering(self, message_key: int) -> EnteringRecord:
        """What a box needs to know of it."""
        return entering_record(self._connection.execute(_ENTERING, {"key": message_key}).one())

    def content_type(self, message_id: str) -> str | None:
        """The content type of a message; None if nothing is left of it."""
        kind: str | None = self._connection.execute(_CONTENT_TYPE, {"id": message_id}).scalar_one_or_none()
        return kind

    def reached(self, message_key: int, box_keys: Iterable[int]) -> frozenset[int]:
        """Which of these boxes the message was delivered to."""
        found: set[int] = set()
        for some in batches(sorted(set(box_keys))):
            found.update(self._connection.execute(_REACHED, {"key": message_key, "keys": some}).scalars())
        return frozenset(found)

    def release(self, message_keys: Iterable[int]) -> None:
        """Removes those that stand in no box any more and are on their way to none (DEL-2)."""
        removal.release(self._connection, message_keys)

    def forget(self, before: datetime, limit: int) -> int:
        """Removes what is kept of at most `limit` NEWS that stand in no box, published before; how many (PUB-11)."""
        return removal.forget(self._connection, before, limit)


# What every call asks is put together once.
_DELIVERIES: Select[*tuple[Any, ...]] = select(
    delivery.c.delivery_key,
    delivery.c.message_key,
    delivery.c.folder,
    delivery.c.position,
    delivery.c.sent,
    delivery.c.received_at,
    delivery.c.read_at,
    delivery.c.ordered_at,
)
_STANDING = (delivery.c.box_key == bindparam("key"), delivery.c.folder == bindparam("folder"))
PAGE = (
    _DELIVERIES.where(*_STANDING)
    .order_by(delivery.c.ordered_at.desc(), delivery.c.delivery_key.desc())
    .offset(bindparam("start", type_=Integer))
    .limit(bindparam("count", type_=Integer))
)
"""One range of the index ix_delivery_folder, walked backwards (LIST-1); never a sort."""
_FIND = (
    _DELIVERIES.join(message, message.c.message_key == delivery.c.message_key)
    .where(
        message.c.message_id == bindparam("id"),
        delivery.c.box_key == bindparam("key"),
        delivery.c.folder.in_(bindparam("folders", expanding=True)),
    )
    .order_by(delivery.c.sent)
)
_COUNT = Prepared(select(func.count().label("count")).select_from(delivery).where(*_STANDING))
_INSERT = insert(delivery)
_GROWN = (
    update(box)
    .where(box.c.box_key.in_(bindparam("keys", expanding=True)))
    .values(current_size=box.c.current_size + bindparam("more"))
)
_RECEIVED = (
    update(delivery)
    .where(delivery.c.delivery_key.in_(bindparam("keys", expanding=True)), delivery.c.received_at.is_(None))
    .values(received_at=not_before(delivery.c.published_at, "now"))
    .returning(delivery.c.delivery_key)
)
_READ = (
    update(delivery)
    .where(delivery.c.delivery_key == bindparam("key"), delivery.c.read_at.is_(None))
    .values(read_at=not_before(delivery.c.published_at, "now"))
    .returning(delivery.c.delivery_key)
)
_ENTERING = select(*ENTERING).where(message.c.message_key == bindparam("key"))
_CONTENT_TYPE = select(message.c.content_type).where(message.c.message_id == bindparam("id"))
_REACHED = select(delivery.c.box_key).where(
    delivery.c.message_key == bindparam("key"),
    delivery.c.box_key.in_(bindparam("keys", expanding=True)),
    ~delivery.c.sent,
)


def _delivery(row: Row[*tuple[Any, ...]]) -> DeliveryRecord:
    return DeliveryRecord(*row)

"""Who asked to be told of an event, and the moments of a message's recipients.

Knows: which columns ask for which receipt. Must not know: what a receipt looks like.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, bindparam, select

from .event_records import AskedRecord, StatusRecord
from .message_records import Address, DestinationRecord, UserRecord
from .statements import batches
from .tables import box, delivery, destination, message

AckType = Literal["PUBLISHED", "RECEIVED", "READ"]


class Receipts:
    """Receipts that were asked for (ACK-2) and the moments they are about (ACK-1)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def asked(self, delivery_keys: Iterable[int], event: AckType) -> tuple[AskedRecord, ...]:
        """Those of the deliveries to recipients whose sender asked for a receipt of that event."""
        return tuple(
            AskedRecord(row.delivery_key, _box(row), row.message_id, row.sender_key)
            for keys in batches(sorted(set(delivery_keys)))
            for row in self._connection.execute(_ASKED[event], {"keys": keys})
        )

    def of_boxes(self, message_key: int, box_keys: Sequence[int]) -> tuple[AskedRecord, ...]:
        """The deliveries of a message to these boxes, if its sender asked to be told that they are published."""
        return tuple(
            AskedRecord(row.delivery_key, _box(row), row.message_id, row.sender_key)
            for keys in batches(sorted(box_keys))
            for row in self._connection.execute(_PUBLISHED_IN, {"message": message_key, "keys": keys})
        )

    def statuses(self, message_key: int, start: int, count: int) -> tuple[StatusRecord, ...]:
        """`count` recipients of a message from the `start`th (from 0), in the order of its destinations (ACK-4)."""
        place = {"key": message_key, "start": start, "count": count}
        return tuple(
            StatusRecord(_recipient(row), row.published_at, row.received_at, row.read_at)
            for row in self._connection.execute(_STATUSES, place)
        )


def _box(row: Row[*tuple[Any, ...]]) -> DestinationRecord:
    return DestinationRecord(Address(row.type, row.id, row.quality, row.sub_type), row.box_key)


def _recipient(row: Row[*tuple[Any, ...]]) -> DestinationRecord:
    recipient = _box(row)
    # A User is told with the destination it was sent with: that of the box itself, or that of ALL.
    if row.user_inss is None or row.sent_to not in (None, row.box_key):
        return recipient
    user = UserRecord(row.user_inss, row.user_first_name, row.user_last_name)
    return DestinationRecord(recipient.address, recipient.box_key, user)


_BOX = (box.c.box_key, box.c.type, box.c.id, box.c.quality, box.c.sub_type)


def _asking(asks: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(delivery.c.delivery_key, message.c.message_id, message.c.box_key.label("sender_key"), *_BOX)
        .select_from(delivery)
        .join(message, message.c.message_key == delivery.c.message_key)
        .join(box, box.c.box_key == delivery.c.box_key)
        .where(~delivery.c.sent, asks)
        .order_by(delivery.c.delivery_key)
    )


# What every call asks is put together once.
_THESE = delivery.c.delivery_key.in_(bindparam("keys", expanding=True))
_ASKED: dict[AckType, Select[*tuple[Any, ...]]] = {
    "PUBLISHED": _asking(message.c.publication_receipt).where(_THESE),
    "RECEIVED": _asking(message.c.received_receipt).where(_THESE),
    "READ": _asking(message.c.read_receipt).where(_THESE),
}
_PUBLISHED_IN = _asking(message.c.publication_receipt).where(
    delivery.c.message_key == bindparam("message"), delivery.c.box_key.in_(bindparam("keys", expanding=True))
)
_STATUSES = (
    select(
        *_BOX,
        destination.c.box_key.label("sent_to"),
        destination.c.user_inss,
        destination.c.user_first_name,
        destination.c.user_last_name,
        delivery.c.published_at,
        delivery.c.received_at,
        delivery.c.read_at,
    )
    .select_from(delivery)
    .join(box, box.c.box_key == delivery.c.box_key)
    .join(
        destination,
        (destination.c.message_key == delivery.c.message_key) & (destination.c.position == delivery.c.position),
    )
    .where(delivery.c.message_key == bindparam("key"), ~delivery.c.sent)
    .order_by(delivery.c.position, delivery.c.delivery_key)
    .offset(bindparam("start", type_=Integer))
    .limit(bindparam("count", type_=Integer))
)

"""How deliveries change: moved, deleted, replaced by a newer version, let in from stand-by.

Knows: folders, and that `box.current_size` counts what stands in two of them (BOX-9). Must not know: who may do what.
Boxes whose deliveries change must be held (Boxes.hold).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, bindparam, func, insert, or_, select, update

from .columns import not_before
from .event_records import EnteringRecord, StandingRecord, VersionRecord, WaitingRecord
from .statements import batches
from .tables import COUNTED_FOLDERS, box, delivery, message

_WAITING_PAGE = 200
# The key of a message that is not written yet: every version is an earlier one.
NOT_YET = 2**63 - 1


class Deliveries:
    """The places of messages in boxes, as they change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def wait(self, message_key: int, recipients: Mapping[int, int], now: datetime) -> None:
        """Puts a message into stand-by (BOX-10): by box key, the position of the destination that names the box."""
        if recipients:
            place = {"folder": "STANDBY", "ordered_at": now, "message_key": message_key, "sent": False}
            rows = [{"box_key": key, "position": position, **place} for key, position in sorted(recipients.items())]
            self._connection.execute(_INSERT, rows)

    def waiting(self, box_key: int, after: WaitingRecord | None = None) -> tuple[WaitingRecord, ...]:
        """Some of what waits, in order of arrival: the first ones, or those behind `after`."""
        if after is None:
            rows = self._connection.execute(_WAITING, {"key": box_key})
        else:
            place = {"key": box_key, "arrived": after.arrived_at, "delivery": after.delivery_key}
            rows = self._connection.execute(_WAITING_BEHIND, place)
        return tuple(WaitingRecord(row.delivery_key, row.ordered_at, entering_record(row)) for row in rows)

    def awaited_by(self, box_keys: Iterable[int]) -> frozenset[int]:
        """The boxes of those who asked for a receipt once what waits in these boxes is published."""
        found: set[int] = set()
        for some in batches(sorted(set(box_keys))):
            found.update(self._connection.execute(_AWAITED_BY, {"keys": some}).scalars())
        return frozenset(found)

    def enter(self, delivery_keys: Sequence[int], now: datetime) -> None:
        """Lets these in from stand-by: into the INBOX, published now."""
        for keys in batches(delivery_keys):
            self._connection.execute(_ENTER, {"keys": keys, "now": now})
            self._connection.execute(_COUNT_IN, {"keys": keys})

    def standing(self, box_key: int, message_ids: Sequence[str], folder: str) -> tuple[StandingRecord, ...]:
        """Which of these messages stand in that folder of the box, in order of delivery."""
        rows = self._connection.execute(_STANDING, {"key": box_key, "ids": message_ids, "folder": folder})
        return tuple(StandingRecord(*row) for row in rows)

    def relocate(self, delivery_keys: Sequence[int], folder: str) -> None:
        """Puts deliveries of one side into another folder, and keeps what is counted right."""
        for keys in batches(delivery_keys):
            self._connection.execute(_COUNT_OUT, {"keys": keys})
            self._connection.execute(_RELOCATE, {"keys": keys, "to": folder})
            if folder in COUNTED_FOLDERS:
                self._connection.execute(_COUNT_IN, {"keys": keys})

    def versions(self, newest: EnteringRecord, box_keys: Iterable[int]) -> dict[int, tuple[VersionRecord, ...]]:
        """The earlier versions of a NEWS that stood or wait in these boxes, newest first, whatever became of them."""
        found: dict[int, tuple[VersionRecord, ...]] = {}
        for keys in batches(sorted(set(box_keys))):
            for row in self._connection.execute(_VERSIONS, {**_news(newest), "keys": keys}):
                found[row.box_key] = (*found.get(row.box_key, ()), VersionRecord(*row))
        return found

    def sent_versions(self, newest: EnteringRecord) -> tuple[int, ...]:
        """The deliveries of earlier versions of a NEWS that stand in the sender's folders."""
        return tuple(self._connection.execute(_SENT_VERSIONS, _news(newest)).scalars())

    def holders(
        self, sender_key: int, publication_id: str, limit: int, *, after: int = 0, before: int = NOT_YET
    ) -> tuple[int, ...]:
        """At most `limit` boxes behind `after`, by key, that received a version of a NEWS.

        `before` is the key of the message whose earlier versions are meant.
        """
        news = {"sender": sender_key, "publication": publication_id, "newest": before}
        return tuple(self._connection.execute(_HOLDERS, {**news, "after": after, "limit": limit}).scalars())

    def history(self, delivery_key: int) -> tuple[StandingRecord, ...]:
        """All versions that the box of a delivery has of its message on that side, newest first (HIST-1)."""
        return tuple(StandingRecord(*row) for row in self._connection.execute(_HISTORY, {"key": delivery_key}))


def entering_record(row: Row[*tuple[Any, ...]]) -> EnteringRecord:
    """Of a row with the columns ENTERING."""
    return EnteringRecord(
        row.message_key,
        row.message_id,
        row.box_key,
        row.publication_id,
        row.content_type,
        row.size,
        row.publication_receipt,
    )


def _news(newest: EnteringRecord) -> dict[str, Any]:
    return {"sender": newest.sender_key, "publication": newest.publication_id, "newest": newest.key}


# What every call asks is put together once.
ENTERING = (
    message.c.message_key,
    message.c.message_id,
    message.c.box_key,
    message.c.publication_id,
    message.c.content_type,
    message.c.size,
    message.c.publication_receipt,
)
_INSERT = insert(delivery)
_THESE = delivery.c.delivery_key.in_(bindparam("keys", expanding=True))
_RELOCATE = update(delivery).where(_THESE).values(folder=bindparam("to"))
_ENTERED = not_before(delivery.c.ordered_at, "now")
_ENTER = (
    update(delivery)
    .where(_THESE, delivery.c.folder == "STANDBY")
    .values(folder="INBOX", ordered_at=_ENTERED, published_at=_ENTERED)
)
_COUNTED = (
    select(func.coalesce(func.sum(message.c.size), 0))
    .select_from(delivery.join(message, message.c.message_key == delivery.c.message_key))
    .where(_THESE, delivery.c.folder.in_(COUNTED_FOLDERS), delivery.c.box_key == box.c.box_key)
    .correlate(box)
    .scalar_subquery()
)
_THEIR_BOXES = box.c.box_key.in_(select(delivery.c.box_key).where(_THESE))
_COUNT_OUT = update(box).where(_THEIR_BOXES).values(current_size=box.c.current_size - _COUNTED)
_COUNT_IN = update(box).where(_THEIR_BOXES).values(current_size=box.c.current_size + _COUNTED)

_WITH_MESSAGE = delivery.join(message, message.c.message_key == delivery.c.message_key)
_IN_STAND_BY = (delivery.c.box_key == bindparam("key")) & (delivery.c.folder == "STANDBY")
_WAITING: Select[*tuple[Any, ...]] = (
    select(delivery.c.delivery_key, delivery.c.ordered_at, *ENTERING)
    .select_from(_WITH_MESSAGE)
    .where(_IN_STAND_BY)
    .order_by(delivery.c.ordered_at, delivery.c.delivery_key)
    .limit(_WAITING_PAGE)
)
_WAITING_BEHIND = _WAITING.where(
    or_(
        delivery.c.ordered_at > bindparam("arrived"),
        (delivery.c.ordered_at == bindparam("arrived")) & (delivery.c.delivery_key > bindparam("delivery")),
    )
)
_AWAITED_BY = (
    select(message.c.box_key)
    .select_from(_WITH_MESSAGE)
    .where(
        delivery.c.box_key.in_(bindparam("keys", expanding=True)),
        delivery.c.folder == "STANDBY",
        message.c.publication_receipt,
    )
    .distinct()
)
_STANDING_COLUMNS = (delivery.c.delivery_key, delivery.c.message_key, message.c.message_id, message.c.content_type)
_STANDING = (
    select(*_STANDING_COLUMNS)
    .select_from(_WITH_MESSAGE)
    .where(
        message.c.message_id.in_(bindparam("ids", expanding=True)),
        delivery.c.box_key == bindparam("key"),
        delivery.c.folder == bindparam("folder"),
    )
    .order_by(delivery.c.delivery_key)
)

_EARLIER = (
    message.c.box_key == bindparam("sender"),
    message.c.publication_id == bindparam("publication"),
    message.c.content_type == "NEWS",
    message.c.message_key < bindparam("newest"),
)
_VERSIONS = (
    select(delivery.c.delivery_key, delivery.c.box_key, delivery.c.message_key, delivery.c.folder, message.c.size)
    .select_from(_WITH_MESSAGE)
    .where(*_EARLIER, delivery.c.box_key.in_(bindparam("keys", expanding=True)), ~delivery.c.sent)
    # What ended in stand-by was never there: nobody deleted it.
    .where(or_(delivery.c.folder != "DELETED", delivery.c.published_at.is_not(None)))
    .order_by(message.c.message_key.desc())
)
_SENT_VERSIONS = (
    select(delivery.c.delivery_key)
    .select_from(_WITH_MESSAGE)
    .where(*_EARLIER, delivery.c.box_key == bindparam("sender"), delivery.c.folder.in_(("SENTBOX", "BINSENTBOX")))
)
_HOLDERS = (
    select(delivery.c.box_key)
    .select_from(_WITH_MESSAGE)
    .where(*_EARLIER, ~delivery.c.sent, delivery.c.box_key > bindparam("after"))
    .distinct()
    .order_by(delivery.c.box_key)
    .limit(bindparam("limit", type_=Integer))
)

_one, _one_message = delivery.alias("one"), message.alias("one_message")
_HISTORY = (
    select(*_STANDING_COLUMNS)
    .select_from(
        _one.join(_one_message, _one_message.c.message_key == _one.c.message_key)
        .join(delivery, (delivery.c.box_key == _one.c.box_key) & (delivery.c.sent == _one.c.sent))
        .join(message, message.c.message_key == delivery.c.message_key)
    )
    .where(
        _one.c.delivery_key == bindparam("key"),
        message.c.box_key == _one_message.c.box_key,
        message.c.publication_id == _one_message.c.publication_id,
        message.c.content_type == "NEWS",
        delivery.c.folder.not_in(("STANDBY", "DELETED", "SENTDELETED")),
    )
    .order_by(message.c.message_key.desc())
)

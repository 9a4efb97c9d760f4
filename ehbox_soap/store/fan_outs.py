"""Deliveries that are still to be made, and how far each of them has come (BOX-5, PUB-11).

Knows: the boxes that are next. Must not know: how a message is delivered, who works it off. A fan-out is read and moved
on only while the sender's box is held, so that nobody else moves it meanwhile.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, bindparam, delete, func, insert, select, update

from .event_records import EnteringRecord, FanOutRecord
from .event_tables import fan_out, fan_out_missed
from .tables import box, message


class FanOuts:
    """What is still to be delivered."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message_key: int, position: int, quality: str | None) -> None:
        """Keeps that the message is to reach every box of the quality that exists now, by the destination there.

        `quality` None: every box that has an earlier version of it.
        """
        last = self._connection.execute(_LAST).scalar_one()
        self._connection.execute(
            _ADD,
            {"message_key": message_key, "position": position, "quality": quality, "done_key": 0, "last_key": last},
        )

    def next(self) -> FanOutRecord | None:
        """The oldest that is open."""
        return self._record(self._connection.execute(_NEXT).first())

    def get(self, key: int) -> FanOutRecord | None:
        """That one, if it is still open."""
        return self._record(self._connection.execute(_GET, {"key": key}).first())

    def pass_on(self, newest: EnteringRecord) -> None:
        """What was to be delivered of earlier versions of a NEWS is to be delivered of the newest one."""
        place = {"sender": newest.sender_key, "publication": newest.publication_id, "newest": newest.key}
        self._connection.execute(_PASS_ON, place)

    def targets(self, quality: str, after: int, last: int, limit: int, *, registered: bool) -> tuple[int, ...]:
        """At most `limit` boxes of a quality behind `after` and up to `last`; `registered`: only the register's."""
        place = {"quality": quality, "after": after, "last": last, "limit": limit}
        return tuple(self._connection.execute(_REGISTERED if registered else _TARGETS, place).scalars())

    def advance(self, key: int, done_key: int) -> None:
        """Keeps that every box up to that one has been dealt with."""
        self._connection.execute(_ADVANCE, {"key": key, "done": done_key})

    def missed(self, key: int) -> tuple[int, ...]:
        """The boxes that left the register on the way to them, and are not back."""
        return tuple(self._connection.execute(_MISSED, {"key": key}).scalars())

    def close(self, key: int) -> None:
        """Forgets one that is done."""
        self._connection.execute(_CLOSE, {"key": key})

    def _record(self, row: Row[*tuple[Any, ...]] | None) -> FanOutRecord | None:
        return None if row is None else FanOutRecord(*row)


_COLUMNS = (
    fan_out.c.fan_out_key,
    fan_out.c.message_key,
    fan_out.c.position,
    fan_out.c.quality,
    fan_out.c.done_key,
    fan_out.c.last_key,
)
_FAN_OUTS: Select[*tuple[Any, ...]] = select(*_COLUMNS)
_THIS = fan_out.c.fan_out_key == bindparam("key")
_NEXT = _FAN_OUTS.order_by(fan_out.c.fan_out_key).limit(1)
_GET = _FAN_OUTS.where(_THIS)
_LAST = select(func.coalesce(func.max(box.c.box_key), 0))
_ADD = insert(fan_out)
_ADVANCE = update(fan_out).where(_THIS).values(done_key=bindparam("done"))
_CLOSE = delete(fan_out).where(_THIS)
_EARLIER = select(message.c.message_key).where(
    message.c.box_key == bindparam("sender"),
    message.c.publication_id == bindparam("publication"),
    message.c.content_type == "NEWS",
    message.c.message_key < bindparam("newest"),
)
_PASS_ON = (
    update(fan_out).where(fan_out.c.message_key.in_(_EARLIER)).values(message_key=bindparam("newest"), position=0)
)
_TARGETS: Select[*tuple[Any, ...]] = (
    select(box.c.box_key)
    .where(
        box.c.quality == bindparam("quality"), box.c.box_key > bindparam("after"), box.c.box_key <= bindparam("last")
    )
    .order_by(box.c.box_key)
    .limit(bindparam("limit", type_=Integer))
)
_REGISTERED = _TARGETS.where(box.c.registered)
_MISSED = (
    select(box.c.box_key)
    .join(fan_out_missed, fan_out_missed.c.box_key == box.c.box_key)
    .where(fan_out_missed.c.fan_out_key == bindparam("key"), ~box.c.registered)
    .order_by(box.c.box_key)
)

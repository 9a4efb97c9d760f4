"""What has had its time: places of messages in boxes, and what is remembered of calls (LIFE-2 to 5).

Knows: how to find them, some at a time. Must not know: how long is long enough, what follows from a removal.
Each place leaves for the first of the REASONS that holds for it, so that they can be counted without removing any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    not_,
    or_,
    select,
    tuple_,
)

from .columns import Moment
from .tables import box, delivery, message, publication, replay_key
from .work_tables import outbox, usage_count, usage_download

Reason = Literal["waited", "aged", "binned", "inactive", "sent"]
REASONS: tuple[Reason, ...] = get_args(Reason)
Memory = Literal["publications", "replay_keys", "counters", "downloads", "mails"]

_SENT = ("SENTBOX", "BINSENTBOX", "SENTHISTORY")
_HELD = ("INBOX", "BININBOX", "HISTORY", *_SENT)


@dataclass(frozen=True, slots=True)
class Ends:
    """When it is time: Belgian dates and moments of the mailbox. `sent` None: sent messages stay."""

    today: date
    """What expires on this date or earlier has expired."""
    year: date
    """What was published on this date or earlier has stood for a year."""
    inactive: datetime
    """A box is inactive if its last call was before."""
    sent: datetime | None
    """What was sent before is removed from the sent folders."""


@dataclass(frozen=True, slots=True)
class LeavingRecord:
    """A place that a message leaves, and what is to be known of the message."""

    delivery_key: int
    box_key: int
    message_key: int
    folder: str
    sent: bool
    content_type: str
    sender_key: int
    publication_id: str


class Retention:
    """What has had its time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def leaving(self, reason: Reason, ends: Ends, limit: int) -> tuple[LeavingRecord, ...]:
        """At most `limit` places to be left for that reason."""
        if not _applies(reason, ends):
            return ()
        rows = self._connection.execute(_LEAVING[reason], {**_ends(reason, ends), "limit": limit})
        return tuple(LeavingRecord(*row) for row in rows)

    def count(self, reason: Reason, ends: Ends) -> int:
        """How many places are to be left for that reason."""
        if not _applies(reason, ends):
            return 0
        return int(self._connection.execute(_COUNT[reason], _ends(reason, ends)).scalar_one())

    def waiting_boxes(self, after: int, limit: int) -> tuple[int, ...]:
        """At most `limit` boxes behind `after`, by key, for which something waits in stand-by."""
        return tuple(self._connection.execute(_WAITING, {"after": after, "limit": limit}).scalars())

    def forget(self, what: Memory, until: datetime, limit: int) -> int:
        """Removes at most `limit` rows of a memory that ended at that moment or earlier; how many."""
        return self._connection.execute(_FORGET[what], {"until": until, "limit": limit}).rowcount

    def forgettable(self, what: Memory, until: datetime) -> int:
        """How many rows `forget` would remove in the end."""
        return int(self._connection.execute(_FORGETTABLE[what], {"until": until}).scalar_one())


def _applies(reason: Reason, ends: Ends) -> bool:
    return reason != "sent" or ends.sent is not None


def _ends(reason: Reason, ends: Ends) -> dict[str, Any]:
    given: dict[str, Any] = {"today": ends.today}
    if reason != "waited":
        given["year"] = ends.year
    if reason in ("inactive", "sent"):
        given["inactive"] = ends.inactive
    if reason == "sent":
        given["sent"] = ends.sent
    return given


_TODAY, _YEAR = bindparam("today", type_=Date), bindparam("year", type_=Date)


def _waited(place: FromClause, its: FromClause) -> ColumnElement[bool]:
    return and_(place.c.folder == "STANDBY", its.c.expiration_date <= _TODAY)


def _aged(place: FromClause, its: FromClause) -> ColumnElement[bool]:
    # Nothing expires later than a year after publication, and by the expiration date there is an index.
    return and_(place.c.folder.in_(_HELD), its.c.expiration_date <= _TODAY, its.c.publication_date <= _YEAR)


def _binned(place: FromClause, its: FromClause) -> ColumnElement[bool]:
    ended = and_(place.c.folder == "BININBOX", place.c.read_at.is_not(None), its.c.expiration_date <= _TODAY)
    return and_(ended, not_(_aged(place, its)))


def _inactive(place: FromClause, its: FromClause) -> ColumnElement[bool]:
    """No call, and something that has stood there for as long: what arrives in a silent box is not gone at once."""
    before = bindparam("inactive", type_=Moment)
    oldest, oldest_message = delivery.alias("oldest"), message.alias("oldest_message")
    stays = not_(or_(_aged(oldest, oldest_message), _binned(oldest, oldest_message)))
    stood = (
        select(oldest.c.delivery_key)
        .join(oldest_message, oldest_message.c.message_key == oldest.c.message_key)
        .where(oldest.c.box_key == box.c.box_key, oldest.c.folder.in_(_HELD), oldest.c.ordered_at < before, stays)
        .exists()
    )
    silent = select(box.c.box_key).where(or_(box.c.last_call_at.is_(None), box.c.last_call_at < before), stood)
    gone = or_(_aged(place, its), _binned(place, its))
    return and_(place.c.folder.in_(_HELD), place.c.box_key.in_(silent), not_(gone))


def _sent_long_ago(place: FromClause, its: FromClause) -> ColumnElement[bool]:
    old = and_(place.c.folder.in_(_SENT), place.c.ordered_at < bindparam("sent", type_=Moment))
    return and_(old, not_(or_(_aged(place, its), _inactive(place, its))))


_HOLDS = {
    "waited": _waited,
    "aged": _aged,
    "binned": _binned,
    "inactive": _inactive,
    "sent": _sent_long_ago,
}
_PLACES = delivery.join(message, message.c.message_key == delivery.c.message_key)
# The oldest of a box leaves last: what is left of an inactive one is still seen to be inactive.
_ORDER = {"inactive": (delivery.c.box_key, delivery.c.ordered_at.desc(), delivery.c.delivery_key)}
_LIMIT = bindparam("limit", type_=Integer)


def _leaving(reason: Reason) -> Select[*tuple[Any, ...]]:
    columns = (
        delivery.c.delivery_key,
        delivery.c.box_key,
        delivery.c.message_key,
        delivery.c.folder,
        delivery.c.sent,
        message.c.content_type,
        message.c.box_key.label("sender_key"),
        message.c.publication_id,
    )
    found = select(*columns).select_from(_PLACES).where(_HOLDS[reason](delivery, message))
    return found.order_by(*_ORDER.get(reason, (delivery.c.delivery_key,))).limit(_LIMIT)


_LEAVING = {reason: _leaving(reason) for reason in REASONS}
_COUNT = {
    reason: select(func.count()).select_from(_PLACES).where(_HOLDS[reason](delivery, message)) for reason in REASONS
}
_WAITING = (
    select(delivery.c.box_key)
    .where(delivery.c.folder == "STANDBY", delivery.c.box_key > bindparam("after"))
    .distinct()
    .order_by(delivery.c.box_key)
    .limit(_LIMIT)
)

_MEMORIES: dict[Memory, tuple[Table, ColumnElement[Any]]] = {
    "publications": (publication, publication.c.published_at),
    "replay_keys": (replay_key, replay_key.c.until),
    "counters": (usage_count, usage_count.c.period),
    "downloads": (usage_download, usage_download.c.last_at),
    "mails": (outbox, outbox.c.settled_at),
}


def _memories() -> Iterator[tuple[Memory, Any, Any]]:
    for what, (table, moment) in _MEMORIES.items():
        ended = moment <= bindparam("until", type_=Moment)
        key = tuple_(*table.primary_key.columns)
        some = select(*table.primary_key.columns).where(ended).order_by(moment).limit(_LIMIT)
        # By WITH, so that PostgreSQL asks once, as in replay.py: else a batch may be larger. Within the condition: of a
        # statement that begins with WITH SQLite's driver does not count the rows.
        found = some.with_for_update(skip_locked=True).cte("found", nesting=True)
        yield what, delete(table).where(key.in_(select(found))), select(func.count()).select_from(table).where(ended)


_FORGET = {what: statement for what, statement, _ in _memories()}
_FORGETTABLE = {what: statement for what, _, statement in _memories()}

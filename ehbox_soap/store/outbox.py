"""Mails to be sent: written with the event that causes them, worked off under a lease, at least once (MAIL-1, PUB-13).

Knows: which mail is due, who has it in hand, how it ended. Must not know: what a mail says, how it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, bindparam, func, or_, select, update

from .columns import Moment
from .message_records import Address
from .statements import insert_if_new
from .tables import box, message
from .work_tables import COPY, REFUSED, SENT, notification, outbox


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to be sent. `event` names what causes it: one mail an event. `mail_id` is its own name to the world."""

    event: str
    mail_id: str
    kind: str
    address: str
    box_key: int
    message_key: int | None = None


@dataclass(frozen=True, slots=True)
class MailRecord:
    """A mail in hand. `box` is the one it is about, for a COPY the sender's; `code` the one that is to be confirmed."""

    key: int
    mail_id: str
    kind: str
    address: str
    box_key: int
    box: Address
    publication_id: str | None
    attempts: int
    code: str | None


@dataclass(frozen=True, slots=True)
class Lease:
    """In whose hand mails are, and how long, in true time; after its end another may take them."""

    id: str
    begins: datetime
    ends: datetime


class Outbox:
    """Mails. `due_at` goes by the mailbox's clock, leases by true time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, mail: NewMail, due_at: datetime) -> bool:
        """Keeps a mail to be sent; False if its event has caused one already."""
        row = {
            "event": mail.event,
            "mail_id": mail.mail_id,
            "kind": mail.kind,
            "address": mail.address,
            "box_key": mail.box_key,
            "message_key": mail.message_key,
            "due_at": due_at,
            "attempts": 0,
        }
        return insert_if_new(self._connection, outbox, row) is not None

    def is_due(self, now: datetime, true_now: datetime) -> bool:
        """Whether any mail is to be sent now and in nobody's hand."""
        found = self._connection.execute(_DUE, {"now": now, "true": true_now, "count": 1})
        return found.first() is not None

    def take(self, lease: Lease, now: datetime, count: int) -> tuple[MailRecord, ...]:
        """At most `count` mails that are due, the longest due first; they are in this hand until the lease ends."""
        due = {"now": now, "true": lease.begins, "count": count}
        keys = list(self._connection.execute(_TAKEN, due).scalars())
        if not keys:
            return ()
        self._connection.execute(_LEASE, {"keys": keys, "by": lease.id, "end": lease.ends})
        return tuple(
            MailRecord(
                row.outbox_key,
                row.mail_id,
                row.kind,
                row.address,
                row.box_key,
                Address(row.type, row.id, row.quality, row.sub_type),
                row.publication_id,
                row.attempts,
                row.code,
            )
            for row in self._connection.execute(_READ, {"keys": keys})
        )

    def settle(self, key: int, lease: Lease, now: datetime, *, refused: bool) -> bool:
        """Keeps how a mail ended; False if it was no longer in this hand."""
        outcome = REFUSED if refused else SENT
        return self._connection.execute(_SETTLE, {"key": key, "by": lease.id, "now": now, "how": outcome}).rowcount == 1

    def postpone(self, keys: Iterable[int], lease: Lease, due_at: datetime, *, tried: bool) -> None:
        """Gives mails back to be sent later; `tried` counts an attempt."""
        given = {"keys": list(keys), "by": lease.id, "due": due_at, "more": int(tried)}
        self._connection.execute(_POSTPONE, given)

    def open(self) -> int:
        """How many mails are still to be sent."""
        return int(self._connection.execute(_OPEN).scalar_one())


_KEYS = outbox.c.outbox_key.in_(bindparam("keys", expanding=True))
_IN_HAND = (outbox.c.lease == bindparam("by"), outbox.c.settled_at.is_(None))
_DUE = (
    select(outbox.c.outbox_key)
    .where(
        outbox.c.due_at <= bindparam("now", type_=Moment),
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= bindparam("true", type_=Moment)),
    )
    .order_by(outbox.c.due_at, outbox.c.outbox_key)
    .limit(bindparam("count", type_=Integer))
)
_TAKEN = _DUE.with_for_update(skip_locked=True)
_LEASE = update(outbox).where(_KEYS).values(lease=bindparam("by"), leased_until=bindparam("end"))
_READ = (
    select(outbox, box.c.type, box.c.id, box.c.quality, box.c.sub_type, message.c.publication_id, notification.c.code)
    .select_from(
        outbox.join(box, box.c.box_key == outbox.c.box_key)
        .outerjoin(message, message.c.message_key == outbox.c.message_key)
        .outerjoin(notification, (notification.c.box_key == outbox.c.box_key) & (outbox.c.kind != COPY))
    )
    .where(_KEYS)
    .order_by(outbox.c.due_at, outbox.c.outbox_key)
)
_FREED = {"lease": None, "leased_until": None}
_SETTLE = (
    update(outbox)
    .where(outbox.c.outbox_key == bindparam("key"), *_IN_HAND)
    .values(**_FREED, due_at=None, settled_at=bindparam("now"), outcome=bindparam("how"))
)
_POSTPONE = (
    update(outbox)
    .where(_KEYS, *_IN_HAND)
    .values(**_FREED, due_at=bindparam("due"), attempts=outbox.c.attempts + bindparam("more", type_=Integer))
)
_OPEN = select(func.count()).select_from(outbox).where(outbox.c.settled_at.is_(None))

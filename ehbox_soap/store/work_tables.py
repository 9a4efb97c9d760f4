"""The tables of what goes on beside the calls: the clock's shift, counted calls, addresses for mails, mails to be sent.

Knows: columns, keys, checks, indexes. Must not know: what the mailbox or the worker does with them, any request.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
)

from .columns import Key, Moment
from .tables import metadata

COPY, NEW, EXPIRING, FULL, CONFIRM = KINDS = ("COPY", "NEW", "EXPIRING", "FULL", "CONFIRM")
SENT, REFUSED = OUTCOMES = ("SENT", "REFUSED")

# One row at most: how far the mailbox's clock is from true time, in microseconds.
clock_shift = Table(
    "clock_shift",
    metadata,
    Column("clock_key", Integer, primary_key=True, autoincrement=False),
    Column("shift", BigInteger, nullable=False),
    CheckConstraint("clock_key = 1", name="single"),
)

# When a work that is done every so often was last begun, by the mailbox's clock.
schedule = Table(
    "schedule",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("begun_at", Moment, nullable=False),
)

# USE-1 to 3: how often a caller made a call within the period that begins there. `caller` is a keyed pseudonym.
usage_count = Table(
    "usage_count",
    metadata,
    Column("caller", String(12), nullable=False),
    Column("call", String(40), nullable=False),
    Column("period", Moment, nullable=False),
    Column("individual", Boolean, nullable=False),
    Column("calls", Integer, nullable=False),
    PrimaryKeyConstraint("caller", "call", "period"),
    CheckConstraint("calls > 0", name="calls"),
    Index(None, "period"),
)

# USE-4: how often a caller read one message whole. `message` is a keyed pseudonym too: no row tells whose box it is.
# `tries_ended_at` is when the tries that are free were used up; `passed` how many came too early.
usage_download = Table(
    "usage_download",
    metadata,
    Column("caller", String(12), nullable=False),
    Column("message", String(12), nullable=False),
    Column("individual", Boolean, nullable=False),
    Column("downloads", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("tries_ended_at", Moment),
    Column("passed", Integer, nullable=False),
    PrimaryKeyConstraint("caller", "message"),
    CheckConstraint("downloads > 0", name="downloads"),
    CheckConstraint("passed >= 0", name="passed"),
    Index(None, "last_at"),
)

# MAIL-1: where the holder of a box wants mails; `code` is there until it is confirmed.
notification = Table(
    "notification",
    metadata,
    Column("box_key", ForeignKey("box.box_key"), primary_key=True, autoincrement=False),
    Column("address", String(254), nullable=False),
    Column("code", String(16)),
    Column("asked_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    CheckConstraint("(code IS NULL) = (confirmed_at IS NOT NULL)", name="confirmed"),
)

# A mail to be sent, written with the event that causes it; `event` names that event, so that it causes one mail only.
# `box_key` is the box that it is about, for a COPY the sender's. Back-off counts by the mailbox's clock (`due_at`), the
# lease of who is sending it by true time. A settled one stays for a while as the memory of its event.
outbox = Table(
    "outbox",
    metadata,
    Column("outbox_key", Key, primary_key=True),
    Column("event", String(64), nullable=False, unique=True),
    Column("mail_id", String(32), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("address", String(254), nullable=False),
    Column("box_key", ForeignKey("box.box_key"), nullable=False, index=True),
    Column("message_key", ForeignKey("message.message_key", ondelete="CASCADE"), index=True),
    Column("due_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", Moment),
    Column("lease", String(32)),
    Column("outcome", String(8)),
    Column("settled_at", Moment),
    CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
    CheckConstraint(f"outcome IN {OUTCOMES!r}", name="outcome"),
    CheckConstraint("(settled_at IS NULL) = (due_at IS NOT NULL)", name="due"),
    CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled"),
    CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name="lease"),
    CheckConstraint("attempts >= 0", name="attempts"),
    Index(None, "due_at"),
    Index(None, "settled_at"),
)

"""The tables of what the mailbox does by itself: receipts and errors, absences, deliveries that are still to be made.

Knows: columns, keys, checks, indexes. Must not know: what the mailbox does with them, any request.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
)

from .columns import Key, Moment
from .tables import metadata

# What an ACKNOWLEDGMENT message acknowledges (ACK-3). The MessageId outlives the message it names.
acknowledgment = Table(
    "acknowledgment",
    metadata,
    Column("message_key", ForeignKey("message.message_key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("acknowledged", String(13), nullable=False),
    Column("box_key", ForeignKey("box.box_key"), nullable=False, index=True),
    Column("ack_type", String(9), nullable=False),
    Column("happened_at", Moment, nullable=False),
    CheckConstraint("ack_type IN ('PUBLISHED', 'RECEIVED', 'READ')", name="ack_type"),
)

# What an ERROR message says (PUB-12): its texts, of which some may be failures, and the destinations it is about.
error_notice = Table(
    "error_notice",
    metadata,
    Column("message_key", ForeignKey("message.message_key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("code", String(10), nullable=False),
    Column("publication_id", String(13)),
)
error_text = Table(
    "error_text",
    metadata,
    Column("message_key", ForeignKey("error_notice.message_key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_failure", Boolean, nullable=False),
    Column("text", String, nullable=False),
    PrimaryKeyConstraint("message_key", "position"),
)
error_destination = Table(
    "error_destination",
    metadata,
    Column("message_key", ForeignKey("error_notice.message_key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("box_key", ForeignKey("box.box_key"), nullable=False, index=True),
    PrimaryKeyConstraint("message_key", "position"),
)

# OOO-1: a period on Belgian dates, both included, and who replaces the absent one meanwhile.
absence = Table(
    "absence",
    metadata,
    Column("absence_key", Key, primary_key=True),
    Column("ooo_id", String(13), nullable=False, unique=True),
    Column("box_key", ForeignKey("box.box_key"), nullable=False),
    Column("start_date", Date, nullable=False),
    Column("end_date", Date, nullable=False),
    CheckConstraint("end_date >= start_date", name="dates"),
    Index(None, "box_key", "start_date"),
)
substitute = Table(
    "substitute",
    metadata,
    Column("absence_key", ForeignKey("absence.absence_key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("box_key", ForeignKey("box.box_key"), nullable=False, index=True),
    PrimaryKeyConstraint("absence_key", "position"),
)

# Deliveries still to be made, box by box in the order of the keys: `done_key` is the last box that was dealt with,
# `last_key` the last box there was. With a quality it is one of ALL (BOX-5), without one it replaces the earlier
# versions of a NEWS where they stand (PUB-11).
fan_out = Table(
    "fan_out",
    metadata,
    Column("fan_out_key", Key, primary_key=True),
    Column("message_key", Key, nullable=False),
    Column("position", Integer, nullable=False),
    Column("quality", String(40)),
    Column("done_key", BigInteger, nullable=False),
    Column("last_key", BigInteger, nullable=False),
    ForeignKeyConstraint(["message_key", "position"], ["destination.message_key", "destination.position"]),
    CheckConstraint("done_key >= 0", name="done_key"),
    Index(None, "message_key"),
)
# A box that left the register while a fan-out was on its way to it (PUB-12).
fan_out_missed = Table(
    "fan_out_missed",
    metadata,
    Column("fan_out_key", ForeignKey("fan_out.fan_out_key", ondelete="CASCADE"), nullable=False),
    Column("box_key", ForeignKey("box.box_key"), nullable=False, index=True),
    PrimaryKeyConstraint("fan_out_key", "box_key"),
)

"""The tables of boxes, messages and deliveries, and the memory of publications and replay keys.

Knows: columns, keys, checks, indexes. Must not know: what the mailbox does with them, any request.
A message is stored once with its parts; a delivery is its place in one box. What the rules need later has its place:
stand-by, the versions of a NEWS and what was deleted are folders; the moments of receipts stand in the delivery.
Periods of absence, the outbox and the clock's shift are tables of their own and come with what uses them.
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
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from .columns import Key, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

FORMS = ("TEXT", "TABLE", "OLD")
CONTENT_TYPES = ("DOCUMENT", "NEWS", "ACKNOWLEDGMENT", "ERROR")
RECEIVED_FOLDERS = ("INBOX", "BININBOX", "STANDBY", "HISTORY", "DELETED")
SENT_FOLDERS = ("SENTBOX", "BINSENTBOX", "SENTHISTORY", "SENTDELETED")
# What stands in these counts in CurrentSize (BOX-9).
COUNTED_FOLDERS = ("INBOX", "BININBOX")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


# BOX-1. `registered` tells a box of the register from one that exists because it was addressed or used (BOX-4).
# `current_size` is counted as deliveries come and go (BOX-9): the check of BOX-10 must not add up a whole box.
box = Table(
    "box",
    metadata,
    Column("box_key", Key, primary_key=True),
    Column("type", String(8), nullable=False),
    Column("id", String(11), nullable=False),
    Column("quality", String(40), nullable=False),
    Column("sub_type", String(40)),
    Column("registered", Boolean, nullable=False),
    Column("max_size", BigInteger),
    Column("current_size", BigInteger, nullable=False),
    Column("last_call_at", Moment),
    CheckConstraint("current_size >= 0", name="current_size"),
    CheckConstraint("max_size IS NULL OR max_size >= 0", name="max_size"),
    Index(None, "type", "id"),
    Index(None, "quality"),
    Index(None, "last_call_at"),
)

# Every name of a box: a person's may be addressed by INSS and by NIHII (BOX-2). A NIHII stands here by its first 8.
box_address = Table(
    "box_address",
    metadata,
    Column("type", String(8), nullable=False),
    Column("id", String(11), nullable=False),
    Column("quality", String(40), nullable=False),
    Column("box_key", ForeignKey("box.box_key"), nullable=False, index=True),
    PrimaryKeyConstraint("type", "id", "quality"),
    CheckConstraint("type <> 'NIHII' OR length(id) = 8", name="nihii"),
)

# `box_key` is the sender's: PublicationId and its versions are looked up within one box (PUB-2, PUB-11, HIST-1).
message = Table(
    "message",
    metadata,
    Column("message_key", Key, primary_key=True),
    Column("message_id", String(13), nullable=False, unique=True),
    Column("box_key", ForeignKey("box.box_key"), nullable=False),
    Column("publication_id", String(13), nullable=False),
    Column("content_type", String(14), nullable=False),
    Column("sender_name", String, nullable=False),
    Column("sender_first_name", String),
    Column("person_in_organisation", String(11)),
    Column("application_name", String(25)),
    Column("is_important", Boolean, nullable=False),
    Column("is_encrypted", Boolean, nullable=False),
    Column("publication_receipt", Boolean, nullable=False),
    Column("received_receipt", Boolean, nullable=False),
    Column("read_receipt", Boolean, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("publication_date", Date, nullable=False),
    Column("expiration_date", Date, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("title", String(400), nullable=False),
    Column("mime_type", String(255), nullable=False),
    Column("has_free_informations", Boolean, nullable=False),
    Column("has_annex", Boolean, nullable=False),
    Column("patient_inss", LargeBinary),
    CheckConstraint("length(message_id) = 13", name="message_id"),
    CheckConstraint("size >= 0", name="size"),
    CheckConstraint("expiration_date >= publication_date", name="dates"),
    CheckConstraint(_one_of("content_type", CONTENT_TYPES), name="content_type"),
    Index(None, "box_key", "publication_id", "message_key"),
    Index(None, "expiration_date"),
)

# The document is position 0 (its title stands in the message), annexes follow from 1. Only a full message reads this.
part = Table(
    "part",
    metadata,
    Column("message_key", ForeignKey("message.message_key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("title", LargeBinary),
    Column("download_file_name", String(255), nullable=False),
    Column("mime_type", String(255), nullable=False),
    Column("attached", Boolean, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("message_key", "position"),
    CheckConstraint("position >= 0 AND (position = 0) = (title IS NULL)", name="position"),
)

# As sent and in that order, a repeated one included. `box_key` is empty for the Id ALL (BOX-5); the other names of a
# destination come from its box, so that every answer states it as the register has it (BOX-1).
destination = Table(
    "destination",
    metadata,
    Column("message_key", ForeignKey("message.message_key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("box_key", ForeignKey("box.box_key"), index=True),
    Column("type", String(8), nullable=False),
    Column("quality", String(40), nullable=False),
    Column("sub_type", String(40)),
    Column("user_inss", String(11)),
    Column("user_first_name", String),
    Column("user_last_name", String),
    Column("mandate_id", String),
    Column("mandate_type", String),
    Column("mandate_sub_type", String),
    Column("mandate_name", String),
    PrimaryKeyConstraint("message_key", "position"),
    CheckConstraint(
        "(user_inss IS NULL) = (user_first_name IS NULL) AND (user_inss IS NULL) = (user_last_name IS NULL)",
        name="user",
    ),
    CheckConstraint("(mandate_id IS NULL) = (mandate_type IS NULL)", name="mandate"),
)

# A message's place in one box: a row per recipient box, and one with `sent` in the sender's. The row outlives its
# deletion by the recipient, because the sender may still ask for its moments (ACK-4). `ordered_at` sorts a folder
# (LIST-1) and the stand-by; `position` is the destination through which the message came.
delivery = Table(
    "delivery",
    metadata,
    Column("box_key", ForeignKey("box.box_key"), nullable=False),
    Column("folder", String(12), nullable=False),
    Column("ordered_at", Moment, nullable=False),
    Column("delivery_key", Key, primary_key=True),
    Column("message_key", Key, nullable=False),
    Column("position", Integer, nullable=False),
    Column("sent", Boolean, nullable=False),
    Column("published_at", Moment),
    Column("received_at", Moment),
    Column("read_at", Moment),
    UniqueConstraint("message_key", "box_key", "sent"),
    ForeignKeyConstraint(["message_key"], ["message.message_key"]),
    ForeignKeyConstraint(["message_key", "position"], ["destination.message_key", "destination.position"]),
    CheckConstraint(
        f"(NOT sent AND {_one_of('folder', RECEIVED_FOLDERS)}) OR (sent AND {_one_of('folder', SENT_FOLDERS)})",
        name="folder",
    ),
    CheckConstraint(
        "NOT sent OR (published_at IS NULL AND received_at IS NULL AND read_at IS NULL)", name="sent_moments"
    ),
    CheckConstraint("folder <> 'STANDBY' OR published_at IS NULL", name="stand_by"),
    CheckConstraint("folder NOT IN ('INBOX', 'BININBOX') OR published_at IS NOT NULL", name="published"),
    Index("ix_delivery_folder", "box_key", "folder", "ordered_at", "delivery_key"),
)

# FreeInformations in one of its three forms (PUB-7); TEXT and OLD have one row, whose right cell is empty.
free_information = Table(
    "free_information",
    metadata,
    Column("message_key", ForeignKey("message.message_key", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("form", String(5), nullable=False),
    Column("title", String),
    Column("render", String),
    CheckConstraint(_one_of("form", FORMS), name="form"),
    CheckConstraint("form = 'TABLE' OR title IS NULL", name="title"),
    CheckConstraint("(form = 'OLD') = (render IS NOT NULL)", name="render"),
)
free_row = Table(
    "free_row",
    metadata,
    Column("message_key", ForeignKey("free_information.message_key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("left_cell", LargeBinary, nullable=False),
    Column("right_cell", LargeBinary),
    PrimaryKeyConstraint("message_key", "position"),
)
custom_meta = Table(
    "custom_meta",
    metadata,
    Column("message_key", ForeignKey("message.message_key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("key", String(250), nullable=False),
    Column("value", String(250), nullable=False),
    PrimaryKeyConstraint("message_key", "position"),
)
# One row per Value of a Meta; `position` is the Meta's, `value_position` the Value's within it.
meta = Table(
    "meta",
    metadata,
    Column("message_key", ForeignKey("message.message_key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("value_position", Integer, nullable=False),
    Column("type", String(250), nullable=False),
    Column("value", String(250), nullable=False),
    PrimaryKeyConstraint("message_key", "position", "value_position"),
)
copy_mail = Table(
    "copy_mail",
    metadata,
    Column("message_key", ForeignKey("message.message_key", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("address", String(80), nullable=False),
    PrimaryKeyConstraint("message_key", "position"),
)

# Outlives its message (PUB-2). `fingerprint` tells the same DOCUMENT again from another one (PUB-3).
publication = Table(
    "publication",
    metadata,
    Column("box_key", ForeignKey("box.box_key"), nullable=False),
    Column("publication_id", String(13), nullable=False),
    Column("message_id", String(13), nullable=False),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("published_at", Moment, nullable=False),
    PrimaryKeyConstraint("box_key", "publication_id"),
    CheckConstraint("length(fingerprint) = 32", name="fingerprint"),
    Index(None, "published_at"),
)

replay_key = Table(
    "replay_key",
    metadata,
    Column("replay_key", String(128), primary_key=True),
    Column("until", Moment, nullable=False),
    Index(None, "until"),
)

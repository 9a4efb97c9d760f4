"""What the mailbox does by itself: receipts and errors, absences, deliveries that are still to be made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    _notices()
    _absences()
    _fan_outs()


def downgrade() -> None:
    for table in (
        *("fan_out_missed", "fan_out", "substitute", "absence"),
        *("error_destination", "error_text", "error_notice", "acknowledgment"),
    ):
        op.drop_table(table)


def _notices() -> None:
    op.create_table(
        "acknowledgment",
        sa.Column("message_key", _KEY, autoincrement=False, nullable=False),
        sa.Column("acknowledged", sa.String(13), nullable=False),
        sa.Column("box_key", _KEY, nullable=False),
        sa.Column("ack_type", sa.String(9), nullable=False),
        sa.Column("happened_at", _MOMENT, nullable=False),
        sa.CheckConstraint("ack_type IN ('PUBLISHED', 'RECEIVED', 'READ')", name=op.f("ck_acknowledgment_ack_type")),
        _box("acknowledgment"),
        _of("acknowledgment", "message", "message_key"),
        sa.PrimaryKeyConstraint("message_key", name=op.f("pk_acknowledgment")),
        sa.Index("ix_acknowledgment_box_key", "box_key"),
    )
    op.create_table(
        "error_notice",
        sa.Column("message_key", _KEY, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("publication_id", sa.String(13)),
        _of("error_notice", "message", "message_key"),
        sa.PrimaryKeyConstraint("message_key", name=op.f("pk_error_notice")),
    )
    op.create_table(
        "error_text",
        sa.Column("message_key", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_failure", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        _of("error_text", "error_notice", "message_key"),
        sa.PrimaryKeyConstraint("message_key", "position", name=op.f("pk_error_text")),
    )
    op.create_table(
        "error_destination",
        sa.Column("message_key", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("box_key", _KEY, nullable=False),
        _box("error_destination"),
        _of("error_destination", "error_notice", "message_key"),
        sa.PrimaryKeyConstraint("message_key", "position", name=op.f("pk_error_destination")),
        sa.Index("ix_error_destination_box_key", "box_key"),
    )


def _absences() -> None:
    op.create_table(
        "absence",
        sa.Column("absence_key", _KEY, nullable=False),
        sa.Column("ooo_id", sa.String(13), nullable=False),
        sa.Column("box_key", _KEY, nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.CheckConstraint("end_date >= start_date", name=op.f("ck_absence_dates")),
        _box("absence"),
        sa.PrimaryKeyConstraint("absence_key", name=op.f("pk_absence")),
        sa.UniqueConstraint("ooo_id", name=op.f("uq_absence_ooo_id")),
        sa.Index("ix_absence_box_key_start_date", "box_key", "start_date"),
    )
    op.create_table(
        "substitute",
        sa.Column("absence_key", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("box_key", _KEY, nullable=False),
        _box("substitute"),
        _of("substitute", "absence", "absence_key"),
        sa.PrimaryKeyConstraint("absence_key", "position", name=op.f("pk_substitute")),
        sa.Index("ix_substitute_box_key", "box_key"),
    )


def _fan_outs() -> None:
    op.create_table(
        "fan_out",
        sa.Column("fan_out_key", _KEY, nullable=False),
        sa.Column("message_key", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quality", sa.String(40)),
        sa.Column("done_key", sa.BigInteger(), nullable=False),
        sa.Column("last_key", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("done_key >= 0", name=op.f("ck_fan_out_done_key")),
        sa.ForeignKeyConstraint(
            ["message_key", "position"],
            ["destination.message_key", "destination.position"],
            name=op.f("fk_fan_out_message_key_position"),
        ),
        sa.PrimaryKeyConstraint("fan_out_key", name=op.f("pk_fan_out")),
        sa.Index("ix_fan_out_message_key", "message_key"),
    )
    op.create_table(
        "fan_out_missed",
        sa.Column("fan_out_key", _KEY, nullable=False),
        sa.Column("box_key", _KEY, nullable=False),
        _box("fan_out_missed"),
        _of("fan_out_missed", "fan_out", "fan_out_key"),
        sa.PrimaryKeyConstraint("fan_out_key", "box_key", name=op.f("pk_fan_out_missed")),
        sa.Index("ix_fan_out_missed_box_key", "box_key"),
    )


def _box(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["box_key"], ["box.box_key"], name=op.f(f"fk_{table}_box_key"))


def _of(table: str, whole: str, key: str) -> sa.ForeignKeyConstraint:
    """Goes with what it belongs to."""
    return sa.ForeignKeyConstraint([key], [f"{whole}.{key}"], name=op.f(f"fk_{table}_{key}"), ondelete="CASCADE")

"""What goes on beside the calls: the clock's shift, schedules, counted calls, addresses for mails, mails to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    _times()
    _usage()
    _notification()
    _outbox()


def downgrade() -> None:
    for table in ("outbox", "notification", "usage_download", "usage_count", "schedule", "clock_shift"):
        op.drop_table(table)


def _times() -> None:
    op.create_table(
        "clock_shift",
        sa.Column("clock_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shift", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("clock_key = 1", name=op.f("ck_clock_shift_single")),
        sa.PrimaryKeyConstraint("clock_key", name=op.f("pk_clock_shift")),
    )
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )


def _usage() -> None:
    op.create_table(
        "usage_count",
        sa.Column("caller", sa.String(12), nullable=False),
        sa.Column("call", sa.String(40), nullable=False),
        sa.Column("period", _MOMENT, nullable=False),
        sa.Column("individual", sa.Boolean(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.CheckConstraint("calls > 0", name=op.f("ck_usage_count_calls")),
        sa.PrimaryKeyConstraint("caller", "call", "period", name=op.f("pk_usage_count")),
        sa.Index("ix_usage_count_period", "period"),
    )
    op.create_table(
        "usage_download",
        sa.Column("caller", sa.String(12), nullable=False),
        sa.Column("message", sa.String(12), nullable=False),
        sa.Column("individual", sa.Boolean(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("tries_ended_at", _MOMENT),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.CheckConstraint("downloads > 0", name=op.f("ck_usage_download_downloads")),
        sa.CheckConstraint("passed >= 0", name=op.f("ck_usage_download_passed")),
        sa.PrimaryKeyConstraint("caller", "message", name=op.f("pk_usage_download")),
        sa.Index("ix_usage_download_last_at", "last_at"),
    )


def _notification() -> None:
    op.create_table(
        "notification",
        sa.Column("box_key", _KEY, autoincrement=False, nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("code", sa.String(16)),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT),
        sa.CheckConstraint("(code IS NULL) = (confirmed_at IS NOT NULL)", name=op.f("ck_notification_confirmed")),
        sa.ForeignKeyConstraint(["box_key"], ["box.box_key"], name=op.f("fk_notification_box_key")),
        sa.PrimaryKeyConstraint("box_key", name=op.f("pk_notification")),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("outbox_key", _KEY, nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("mail_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("box_key", _KEY, nullable=False),
        sa.Column("message_key", _KEY),
        sa.Column("due_at", _MOMENT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", _MOMENT),
        sa.Column("lease", sa.String(32)),
        sa.Column("outcome", sa.String(8)),
        sa.Column("settled_at", _MOMENT),
        sa.CheckConstraint("kind IN ('COPY', 'NEW', 'EXPIRING', 'FULL', 'CONFIRM')", name=op.f("ck_outbox_kind")),
        sa.CheckConstraint("outcome IN ('SENT', 'REFUSED')", name=op.f("ck_outbox_outcome")),
        sa.CheckConstraint("(settled_at IS NULL) = (due_at IS NOT NULL)", name=op.f("ck_outbox_due")),
        sa.CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_outbox_settled")),
        sa.CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name=op.f("ck_outbox_lease")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_attempts")),
        sa.ForeignKeyConstraint(["box_key"], ["box.box_key"], name=op.f("fk_outbox_box_key")),
        sa.ForeignKeyConstraint(
            ["message_key"], ["message.message_key"], ondelete="CASCADE", name=op.f("fk_outbox_message_key")
        ),
        sa.PrimaryKeyConstraint("outbox_key", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event", name=op.f("uq_outbox_event")),
        sa.Index("ix_outbox_box_key", "box_key"),
        sa.Index("ix_outbox_message_key", "message_key"),
        sa.Index("ix_outbox_due_at", "due_at"),
        sa.Index("ix_outbox_settled_at", "settled_at"),
    )

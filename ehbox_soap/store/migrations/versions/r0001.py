"""The first tables: boxes, the register, messages with their parts, deliveries, and what is remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    _boxes()
    _register()
    _messages()
    _content()
    _what_describes()
    _deliveries()
    _memory()


def downgrade() -> None:
    for table in (
        *("replay_key", "publication", "delivery", "copy_mail", "meta", "custom_meta", "free_row", "free_information"),
        *("part", "destination", "message", "organisation", "profession", "person", "box_address", "box"),
    ):
        op.drop_table(table)


def _boxes() -> None:
    op.create_table(
        "box",
        sa.Column("box_key", _KEY, nullable=False),
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("id", sa.String(11), nullable=False),
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("sub_type", sa.String(40)),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("max_size", sa.BigInteger()),
        sa.Column("current_size", sa.BigInteger(), nullable=False),
        sa.Column("last_call_at", _MOMENT),
        sa.CheckConstraint("current_size >= 0", name=op.f("ck_box_current_size")),
        sa.CheckConstraint("max_size IS NULL OR max_size >= 0", name=op.f("ck_box_max_size")),
        sa.PrimaryKeyConstraint("box_key", name=op.f("pk_box")),
        sa.Index("ix_box_type_id", "type", "id"),
        sa.Index("ix_box_quality", "quality"),
        sa.Index("ix_box_last_call_at", "last_call_at"),
    )
    op.create_table(
        "box_address",
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("id", sa.String(11), nullable=False),
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("box_key", _KEY, nullable=False),
        sa.CheckConstraint("type <> 'NIHII' OR length(id) = 8", name=op.f("ck_box_address_nihii")),
        sa.ForeignKeyConstraint(["box_key"], ["box.box_key"], name=op.f("fk_box_address_box_key")),
        sa.PrimaryKeyConstraint("type", "id", "quality", name=op.f("pk_box_address")),
        sa.Index("ix_box_address_box_key", "box_key"),
    )


def _register() -> None:
    op.create_table(
        "person",
        sa.Column("inss", sa.String(11), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("language", sa.String(2)),
        sa.CheckConstraint("length(inss) = 11", name=op.f("ck_person_inss")),
        sa.PrimaryKeyConstraint("inss", name=op.f("pk_person")),
    )
    op.create_table(
        "profession",
        sa.Column("inss", sa.String(11), nullable=False),
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("nihii", sa.String(11)),
        sa.Column("nihii8", sa.String(8)),
        sa.CheckConstraint("(nihii IS NULL) = (nihii8 IS NULL)", name=op.f("ck_profession_nihii")),
        sa.ForeignKeyConstraint(["inss"], ["person.inss"], name=op.f("fk_profession_inss"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("inss", "quality", name=op.f("pk_profession")),
        sa.UniqueConstraint("nihii8", "quality", name=op.f("uq_profession_nihii8_quality")),
    )
    op.create_table(
        "organisation",
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("id", sa.String(11), nullable=False),
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("number", sa.String(11), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(2)),
        sa.PrimaryKeyConstraint("type", "id", "quality", name=op.f("pk_organisation")),
    )


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("message_key", _KEY, nullable=False),
        sa.Column("message_id", sa.String(13), nullable=False),
        sa.Column("box_key", _KEY, nullable=False),
        sa.Column("publication_id", sa.String(13), nullable=False),
        sa.Column("content_type", sa.String(14), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("sender_first_name", sa.String()),
        sa.Column("person_in_organisation", sa.String(11)),
        sa.Column("application_name", sa.String(25)),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("is_important", "is_encrypted")),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("publication_receipt", "received_receipt", "read_receipt")
        ),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.Column("publication_date", sa.Date(), nullable=False),
        sa.Column("expiration_date", sa.Date(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("mime_type", sa.String(255), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("has_free_informations", "has_annex")),
        sa.Column("patient_inss", sa.LargeBinary()),
        sa.CheckConstraint("length(message_id) = 13", name=op.f("ck_message_message_id")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_message_size")),
        sa.CheckConstraint("expiration_date >= publication_date", name=op.f("ck_message_dates")),
        sa.CheckConstraint(
            "content_type IN ('DOCUMENT', 'NEWS', 'ACKNOWLEDGMENT', 'ERROR')", name=op.f("ck_message_content_type")
        ),
        sa.ForeignKeyConstraint(["box_key"], ["box.box_key"], name=op.f("fk_message_box_key")),
        sa.PrimaryKeyConstraint("message_key", name=op.f("pk_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
        sa.Index("ix_message_box_key_publication_id_message_key", "box_key", "publication_id", "message_key"),
        sa.Index("ix_message_expiration_date", "expiration_date"),
    )


def _of_message(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_message_key")
    return sa.ForeignKeyConstraint(["message_key"], ["message.message_key"], name=name, ondelete="CASCADE")


def _content() -> None:
    op.create_table(
        "part",
        sa.Column("message_key", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.LargeBinary()),
        sa.Column("download_file_name", sa.String(255), nullable=False),
        sa.Column("mime_type", sa.String(255), nullable=False),
        sa.Column("attached", sa.Boolean(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("position >= 0 AND (position = 0) = (title IS NULL)", name=op.f("ck_part_position")),
        _of_message("part"),
        sa.PrimaryKeyConstraint("message_key", "position", name=op.f("pk_part")),
    )
    op.create_table(
        "free_information",
        sa.Column("message_key", _KEY, autoincrement=False, nullable=False),
        sa.Column("form", sa.String(5), nullable=False),
        sa.Column("title", sa.String()),
        sa.Column("render", sa.String()),
        sa.CheckConstraint("form IN ('TEXT', 'TABLE', 'OLD')", name=op.f("ck_free_information_form")),
        sa.CheckConstraint("form = 'TABLE' OR title IS NULL", name=op.f("ck_free_information_title")),
        sa.CheckConstraint("(form = 'OLD') = (render IS NOT NULL)", name=op.f("ck_free_information_render")),
        _of_message("free_information"),
        sa.PrimaryKeyConstraint("message_key", name=op.f("pk_free_information")),
    )
    op.create_table(
        "free_row",
        sa.Column("message_key", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("left_cell", sa.LargeBinary(), nullable=False),
        sa.Column("right_cell", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["message_key"], ["free_information.message_key"], name=op.f("fk_free_row_message_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_key", "position", name=op.f("pk_free_row")),
    )


def _what_describes() -> None:
    op.create_table(
        "destination",
        sa.Column("message_key", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("box_key", _KEY),
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("sub_type", sa.String(40)),
        sa.Column("user_inss", sa.String(11)),
        *(sa.Column(name, sa.String()) for name in ("user_first_name", "user_last_name")),
        *(sa.Column(f"mandate_{name}", sa.String()) for name in ("id", "type", "sub_type", "name")),
        sa.CheckConstraint(
            "(user_inss IS NULL) = (user_first_name IS NULL) AND (user_inss IS NULL) = (user_last_name IS NULL)",
            name=op.f("ck_destination_user"),
        ),
        sa.CheckConstraint("(mandate_id IS NULL) = (mandate_type IS NULL)", name=op.f("ck_destination_mandate")),
        sa.ForeignKeyConstraint(["box_key"], ["box.box_key"], name=op.f("fk_destination_box_key")),
        _of_message("destination"),
        sa.PrimaryKeyConstraint("message_key", "position", name=op.f("pk_destination")),
        sa.Index("ix_destination_box_key", "box_key"),
    )
    for table, columns in (
        ("custom_meta", (sa.Column("key", sa.String(250), nullable=False), _value())),
        ("copy_mail", (sa.Column("address", sa.String(80), nullable=False),)),
    ):
        op.create_table(
            table,
            sa.Column("message_key", _KEY, nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            *columns,
            _of_message(table),
            sa.PrimaryKeyConstraint("message_key", "position", name=op.f(f"pk_{table}")),
        )
    op.create_table(
        "meta",
        sa.Column("message_key", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value_position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(250), nullable=False),
        _value(),
        _of_message("meta"),
        sa.PrimaryKeyConstraint("message_key", "position", "value_position", name=op.f("pk_meta")),
    )


def _value() -> sa.Column[str]:
    return sa.Column("value", sa.String(250), nullable=False)


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("box_key", _KEY, nullable=False),
        sa.Column("folder", sa.String(12), nullable=False),
        sa.Column("ordered_at", _MOMENT, nullable=False),
        sa.Column("delivery_key", _KEY, nullable=False),
        sa.Column("message_key", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        *(sa.Column(name, _MOMENT) for name in ("published_at", "received_at", "read_at")),
        sa.CheckConstraint(
            "(NOT sent AND folder IN ('INBOX', 'BININBOX', 'STANDBY', 'HISTORY', 'DELETED'))"
            " OR (sent AND folder IN ('SENTBOX', 'BINSENTBOX', 'SENTHISTORY', 'SENTDELETED'))",
            name=op.f("ck_delivery_folder"),
        ),
        sa.CheckConstraint(
            "NOT sent OR (published_at IS NULL AND received_at IS NULL AND read_at IS NULL)",
            name=op.f("ck_delivery_sent_moments"),
        ),
        sa.CheckConstraint("folder <> 'STANDBY' OR published_at IS NULL", name=op.f("ck_delivery_stand_by")),
        sa.CheckConstraint(
            "folder NOT IN ('INBOX', 'BININBOX') OR published_at IS NOT NULL", name=op.f("ck_delivery_published")
        ),
        sa.ForeignKeyConstraint(["box_key"], ["box.box_key"], name=op.f("fk_delivery_box_key")),
        sa.ForeignKeyConstraint(["message_key"], ["message.message_key"], name=op.f("fk_delivery_message_key")),
        sa.ForeignKeyConstraint(
            ["message_key", "position"],
            ["destination.message_key", "destination.position"],
            name=op.f("fk_delivery_message_key_position"),
        ),
        sa.PrimaryKeyConstraint("delivery_key", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message_key", "box_key", "sent", name=op.f("uq_delivery_message_key_box_key_sent")),
        sa.Index("ix_delivery_folder", "box_key", "folder", "ordered_at", "delivery_key"),
    )


def _memory() -> None:
    op.create_table(
        "publication",
        sa.Column("box_key", _KEY, nullable=False),
        sa.Column("publication_id", sa.String(13), nullable=False),
        sa.Column("message_id", sa.String(13), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.CheckConstraint("length(fingerprint) = 32", name=op.f("ck_publication_fingerprint")),
        sa.ForeignKeyConstraint(["box_key"], ["box.box_key"], name=op.f("fk_publication_box_key")),
        sa.PrimaryKeyConstraint("box_key", "publication_id", name=op.f("pk_publication")),
        sa.Index("ix_publication_published_at", "published_at"),
    )
    op.create_table(
        "replay_key",
        sa.Column("replay_key", sa.String(128), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("replay_key", name=op.f("pk_replay_key")),
        sa.Index("ix_replay_key_until", "until"),
    )

"""End-to-end encryption: the tokens of the ETK depot, the keys of the KGSS."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("token_key", _KEY, nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("value", sa.String(11), nullable=False),
        sa.Column("application", sa.String(64), nullable=False),
        sa.Column("serial", sa.String(49), nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.Column("not_after", _MOMENT, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(fingerprint) = 32", name=op.f("ck_token_fingerprint")),
        sa.CheckConstraint("not_after >= not_before", name=op.f("ck_token_validity")),
        sa.PrimaryKeyConstraint("token_key", name=op.f("pk_token")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_token_fingerprint")),
        sa.Index("ix_token_type_value_application", "type", "value", "application"),
    )
    op.create_table(
        "kgss_key",
        sa.Column("identifier", sa.LargeBinary(16), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("master", sa.LargeBinary(8), nullable=False),
        sa.Column("nonce", sa.LargeBinary(12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "length(identifier) = 16 AND length(nonce) = 12 AND length(master) = 8", name=op.f("ck_kgss_key_lengths")
        ),
        sa.PrimaryKeyConstraint("identifier", name=op.f("pk_kgss_key")),
    )


def downgrade() -> None:
    for table in ("kgss_key", "token"):
        op.drop_table(table)

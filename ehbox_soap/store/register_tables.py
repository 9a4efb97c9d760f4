"""The tables of the register: people, their professions, organisations.

Knows: columns and keys. Must not know: what a service certifies from them.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from .tables import metadata

person = Table(
    "person",
    metadata,
    Column("inss", String(11), primary_key=True),
    Column("last_name", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("language", String(2)),
    CheckConstraint("length(inss) = 11", name="inss"),
)

# `nihii` is the number as registered (8 or 11 digits), `nihii8` what it is found by (BOX-2).
profession = Table(
    "profession",
    metadata,
    Column("inss", ForeignKey("person.inss", ondelete="CASCADE"), nullable=False),
    Column("quality", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    Column("nihii", String(11)),
    Column("nihii8", String(8)),
    PrimaryKeyConstraint("inss", "quality"),
    UniqueConstraint("nihii8", "quality"),
    CheckConstraint("(nihii IS NULL) = (nihii8 IS NULL)", name="nihii"),
)

# `number` is the Id as registered, `id` what it is found by: of a NIHII the first 8 digits.
organisation = Table(
    "organisation",
    metadata,
    Column("type", String(8), nullable=False),
    Column("id", String(11), nullable=False),
    Column("quality", String(40), nullable=False),
    Column("number", String(11), nullable=False),
    Column("name", String, nullable=False),
    Column("language", String(2)),
    PrimaryKeyConstraint("type", "id", "quality"),
)

"""The tables behind the address book: what is handed back as a whole, and the keys by which it is found.

Knows: columns, keys, indexes. Must not know: what a search is, how names are folded.
What is only handed back is one document in JSON. What is searched for has a row in a table of keys whose primary key
begins with the criteria and ends with who is meant: a page of a search is one range of it, in its order. All keys go
with the profession or organisation that they belong to.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, PrimaryKeyConstraint, String, Table, Text

from .tables import metadata

# Compared byte by byte on both databases, so that a prefix is a range of the index.
_FOLDED = String().with_variant(String(collation="C"), "postgresql")


def _of_a_profession() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["inss", "quality"], ["profession.inss", "profession.quality"], ondelete="CASCADE")


def _of_an_organisation() -> ForeignKeyConstraint:
    columns = ["type", "id", "quality"]
    return ForeignKeyConstraint(columns, [f"organisation.{column}" for column in columns], ondelete="CASCADE")


person_detail = Table(
    "person_detail",
    metadata,
    Column("inss", ForeignKey("person.inss", ondelete="CASCADE"), primary_key=True),
    Column("detail", Text, nullable=False),
)

organisation_detail = Table(
    "organisation_detail",
    metadata,
    Column("type", String(8), nullable=False),
    Column("id", String(11), nullable=False),
    Column("quality", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    PrimaryKeyConstraint("type", "id", "quality"),
    _of_an_organisation(),
)

professional_name = Table(
    "professional_name",
    metadata,
    Column("quality", String(40), nullable=False),
    Column("last_name", _FOLDED, nullable=False),
    Column("first_name", _FOLDED, nullable=False),
    Column("inss", String(11), nullable=False),
    PrimaryKeyConstraint("quality", "last_name", "first_name", "inss"),
    _of_a_profession(),
    Index(None, "inss", "quality"),
)

# `kind` is ZIP or CITY; the addresses of the profession and of the person.
professional_place = Table(
    "professional_place",
    metadata,
    Column("quality", String(40), nullable=False),
    Column("kind", String(4), nullable=False),
    Column("place", _FOLDED, nullable=False),
    Column("inss", String(11), nullable=False),
    PrimaryKeyConstraint("quality", "kind", "place", "inss"),
    _of_a_profession(),
    Index(None, "inss", "quality"),
)

professional_mail = Table(
    "professional_mail",
    metadata,
    Column("mail", _FOLDED, nullable=False),
    Column("inss", String(11), nullable=False),
    Column("quality", String(40), nullable=False),
    PrimaryKeyConstraint("mail", "inss", "quality"),
    _of_a_profession(),
    Index(None, "inss", "quality"),
)

organisation_name = Table(
    "organisation_name",
    metadata,
    Column("quality", String(40), nullable=False),
    Column("name", _FOLDED, nullable=False),
    Column("type", String(8), nullable=False),
    Column("id", String(11), nullable=False),
    PrimaryKeyConstraint("quality", "name", "type", "id"),
    _of_an_organisation(),
    Index(None, "type", "id", "quality"),
)

organisation_place = Table(
    "organisation_place",
    metadata,
    Column("quality", String(40), nullable=False),
    Column("kind", String(4), nullable=False),
    Column("place", _FOLDED, nullable=False),
    Column("type", String(8), nullable=False),
    Column("id", String(11), nullable=False),
    PrimaryKeyConstraint("quality", "kind", "place", "type", "id"),
    _of_an_organisation(),
    Index(None, "type", "id", "quality"),
)

# Its own number and all others; of a NIHII the first 8 digits (BOX-2).
organisation_number = Table(
    "organisation_number",
    metadata,
    Column("number_type", String(8), nullable=False),
    Column("number", String(11), nullable=False),
    Column("type", String(8), nullable=False),
    Column("id", String(11), nullable=False),
    Column("quality", String(40), nullable=False),
    PrimaryKeyConstraint("number_type", "number", "type", "id", "quality"),
    _of_an_organisation(),
    Index(None, "type", "id", "quality"),
)

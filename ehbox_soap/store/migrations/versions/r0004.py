"""The address book: what is known of who is registered, and the keys by which they are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ehbox_soap.folding import fold

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FOLDED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_DETAILS = ("person_detail", "organisation_detail")
_PROFESSIONALS = ("professional_name", "professional_place", "professional_mail")
_ORGANISATIONS = ("organisation_name", "organisation_place", "organisation_number")


def upgrade() -> None:
    _details()
    _professionals()
    _organisations()
    _fill()


def downgrade() -> None:
    for table in (*_ORGANISATIONS, *_PROFESSIONALS, *_DETAILS):
        op.drop_table(table)


def _details() -> None:
    op.create_table(
        "person_detail",
        sa.Column("inss", sa.String(11), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["inss"], ["person.inss"], ondelete="CASCADE", name=op.f("fk_person_detail_inss")),
        sa.PrimaryKeyConstraint("inss", name=op.f("pk_person_detail")),
    )
    op.create_table(
        "organisation_detail",
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("id", sa.String(11), nullable=False),
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        _of_an_organisation("organisation_detail"),
        sa.PrimaryKeyConstraint("type", "id", "quality", name=op.f("pk_organisation_detail")),
    )


def _professionals() -> None:
    op.create_table(
        "professional_name",
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("last_name", _FOLDED, nullable=False),
        sa.Column("first_name", _FOLDED, nullable=False),
        sa.Column("inss", sa.String(11), nullable=False),
        *_of_a_profession("professional_name"),
        sa.PrimaryKeyConstraint("quality", "last_name", "first_name", "inss", name=op.f("pk_professional_name")),
    )
    op.create_table(
        "professional_place",
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("place", _FOLDED, nullable=False),
        sa.Column("inss", sa.String(11), nullable=False),
        *_of_a_profession("professional_place"),
        sa.PrimaryKeyConstraint("quality", "kind", "place", "inss", name=op.f("pk_professional_place")),
    )
    op.create_table(
        "professional_mail",
        sa.Column("mail", _FOLDED, nullable=False),
        sa.Column("inss", sa.String(11), nullable=False),
        sa.Column("quality", sa.String(40), nullable=False),
        *_of_a_profession("professional_mail"),
        sa.PrimaryKeyConstraint("mail", "inss", "quality", name=op.f("pk_professional_mail")),
    )


def _organisations() -> None:
    op.create_table(
        "organisation_name",
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("name", _FOLDED, nullable=False),
        *_number(),
        _of_an_organisation("organisation_name"),
        _by_organisation("organisation_name"),
        sa.PrimaryKeyConstraint("quality", "name", "type", "id", name=op.f("pk_organisation_name")),
    )
    op.create_table(
        "organisation_place",
        sa.Column("quality", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("place", _FOLDED, nullable=False),
        *_number(),
        _of_an_organisation("organisation_place"),
        _by_organisation("organisation_place"),
        sa.PrimaryKeyConstraint("quality", "kind", "place", "type", "id", name=op.f("pk_organisation_place")),
    )
    op.create_table(
        "organisation_number",
        sa.Column("number_type", sa.String(8), nullable=False),
        sa.Column("number", sa.String(11), nullable=False),
        *_number(),
        sa.Column("quality", sa.String(40), nullable=False),
        _of_an_organisation("organisation_number"),
        _by_organisation("organisation_number"),
        sa.PrimaryKeyConstraint("number_type", "number", "type", "id", "quality", name=op.f("pk_organisation_number")),
    )


def _number() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("type", sa.String(8), nullable=False), sa.Column("id", sa.String(11), nullable=False)


def _of_a_profession(table: str) -> tuple[sa.ForeignKeyConstraint, sa.Index]:
    columns = ["inss", "quality"]
    referred = [f"profession.{column}" for column in columns]
    name = op.f(f"fk_{table}_inss_quality")
    return (
        sa.ForeignKeyConstraint(columns, referred, ondelete="CASCADE", name=name),
        sa.Index(f"ix_{table}_inss_quality", *columns),
    )


def _of_an_organisation(table: str) -> sa.ForeignKeyConstraint:
    columns = ["type", "id", "quality"]
    referred = [f"organisation.{column}" for column in columns]
    return sa.ForeignKeyConstraint(columns, referred, ondelete="CASCADE", name=op.f(f"fk_{table}_type_id_quality"))


def _by_organisation(table: str) -> sa.Index:
    return sa.Index(f"ix_{table}_type_id_quality", "type", "id", "quality")


def _fill() -> None:
    """The keys of everybody who is registered already, by name and number: more is not known of them."""
    connection = op.get_bind()
    people = connection.execute(
        sa.text("SELECT quality, last_name, first_name, inss FROM profession JOIN person USING (inss)")
    )
    _insert(
        "INSERT INTO professional_name VALUES (:quality, :last_name, :first_name, :inss)",
        [row._asdict() | {name: fold(getattr(row, name)) for name in ("last_name", "first_name")} for row in people],
    )
    organisations = connection.execute(sa.text("SELECT type, id, quality, name FROM organisation")).all()
    _insert(
        "INSERT INTO organisation_name VALUES (:quality, :name, :type, :id)",
        [row._asdict() | {"name": fold(row.name)} for row in organisations],
    )
    _insert(
        "INSERT INTO organisation_number VALUES (:type, :id, :type, :id, :quality)",
        [{"type": row.type, "id": row.id, "quality": row.quality} for row in organisations],
    )


def _insert(statement: str, rows: list[dict[str, str]]) -> None:
    if rows:
        op.get_bind().execute(sa.text(statement), rows)

"""What is always true of the store, as a table of named checks; each finds the rows of which it is not.

Knows: every table, what the rooms above keep true between them. Must not know: how findings are told, which rules a
request obeys. A finding tells a check and a row's key, never what stands in the row.
The database enforces the declared ones itself, unless it is told not to; then they are how damage is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKeyConstraint,
    Select,
    Table,
    UniqueConstraint,
    and_,
    distinct,
    exists,
    func,
    not_,
    or_,
    select,
    text,
)

from .event_tables import absence, acknowledgment, error_destination, error_notice, error_text, fan_out, substitute
from .register_tables import organisation, person, profession
from .tables import (
    COUNTED_FOLDERS,
    box,
    box_address,
    copy_mail,
    custom_meta,
    delivery,
    destination,
    free_information,
    free_row,
    message,
    meta,
    metadata,
    part,
    publication,
)

# What stands there is told no more, but for its moments (ACK-4) and versions (PUB-11).
GONE_FOLDERS = ("DELETED", "SENTDELETED")


@dataclass(frozen=True, slots=True)
class Check:
    """`query` gives the keys of the rows of `table` of which `says` is true, though it must not be."""

    name: str
    says: str
    table: str
    query: Select[*tuple[Any, ...]]


def checks() -> tuple[Check, ...]:
    """Every check: those that the tables declare, then those that hold between them."""
    return (*_declared(), *_BETWEEN)


def _declared() -> Iterator[Check]:
    """References, checks and uniqueness of every table, those of tables to come included."""
    for table in metadata.sorted_tables:
        for constraint in sorted(table.constraints, key=lambda each: str(each.name)):
            match constraint:
                case ForeignKeyConstraint():
                    yield _reference(table, constraint)
                case UniqueConstraint():
                    columns = [column.name for column in constraint.columns]
                    yield _twice(table, "-".join(columns), columns)
                case CheckConstraint():
                    name = str(constraint.name).removeprefix(f"ck_{table.name}_")
                    broken = text(f"NOT ({constraint.sqltext})")
                    yield Check(
                        f"{table.name}-{name}-check",
                        f"a {table.name} breaks its check {name}",
                        table.name,
                        select(*table.primary_key.columns).where(broken),
                    )
                case _:
                    pass


def _reference(table: Table, constraint: ForeignKeyConstraint) -> Check:
    referred = constraint.referred_table
    pairs = [(element.parent, element.column) for element in constraint.elements]
    given = and_(*(column.is_not(None) for column, _ in pairs))
    found = exists().where(*(column == other for column, other in pairs))
    return Check(
        f"{table.name}-without-{referred.name}",
        f"a {table.name} refers to a {referred.name} that is not there",
        table.name,
        select(*table.primary_key.columns).where(given, not_(found)),
    )


def _twice(table: Table, name: str, columns: list[str]) -> Check:
    other = table.alias("other")
    same = and_(*(table.c[column] == other.c[column] for column in columns))
    different = or_(*(column != other.c[column.name] for column in table.primary_key.columns))
    return Check(
        f"{table.name}-{name}-twice",
        f"a {table.name} shares {name} with another one",
        table.name,
        select(*table.primary_key.columns).where(exists().where(same, different)),
    )


def _message(name: str, says: str, *broken: ColumnElement[bool]) -> Check:
    return Check(f"message-{name}", says, "message", select(message.c.message_key).where(*broken))


def _box(name: str, says: str, *broken: ColumnElement[bool]) -> Check:
    return Check(f"box-{name}", says, "box", select(box.c.box_key).where(*broken))


def _delivery(name: str, says: str, *broken: ColumnElement[bool]) -> Check:
    joined = delivery.join(message, message.c.message_key == delivery.c.message_key).outerjoin(
        destination,
        (destination.c.message_key == delivery.c.message_key) & (destination.c.position == delivery.c.position),
    )
    query = select(delivery.c.delivery_key).select_from(joined).where(*broken)
    return Check(f"delivery-{name}", says, "delivery", query)


def _of_message(table: Table) -> ColumnElement[bool]:
    return table.c.message_key == message.c.message_key


def _bytes(table: Table, *columns: str) -> ColumnElement[Any]:
    """The bytes in these columns of a message's rows."""
    lengths = sum(
        (func.coalesce(func.length(table.c[column]), 0) for column in columns[1:]), func.length(table.c[columns[0]])
    )
    return func.coalesce(select(func.sum(lengths)).where(_of_message(table)).scalar_subquery(), 0)


def _gaps(table: Table, counted: str = "position", *within: str) -> Check:
    """Positions that are not 0, 1, 2 … within the rows that share the table's first key, and `within`."""
    keys = [next(iter(table.primary_key.columns)), *(table.c[column] for column in within)]
    column = table.c[counted]
    broken = or_(func.count(distinct(column)) != func.max(column) + 1, func.min(column) != 0)
    return Check(
        f"{table.name}-{counted}-gap",
        f"the {counted}s of {table.name} are not 0, 1, 2 and so on",
        table.name,
        select(*keys).group_by(*keys).having(broken),
    )


# Of a NEWS that stands nowhere any more only the content is gone: nothing can be said of it (PUB-11).
_HAS_CONTENT = or_(
    message.c.content_type != "NEWS",
    exists().where(_of_message(delivery), delivery.c.folder.not_in(GONE_FOLDERS)),
    exists().where(_of_message(fan_out)),
)
# BOX-9: what the mailbox counts as a message's size, added up from what is stored.
_SIZE = (
    _bytes(part, "data", "title")
    + _bytes(free_row, "left_cell", "right_cell")
    + func.coalesce(func.length(message.c.patient_inss), 0)
)
_STANDING = (
    select(func.coalesce(func.sum(message.c.size), 0))
    .select_from(delivery.join(message, _of_message(delivery)))
    .where(delivery.c.box_key == box.c.box_key, delivery.c.folder.in_(COUNTED_FOLDERS))
    .scalar_subquery()
)
_NAMED_SO = and_(
    box_address.c.type == box.c.type,
    box_address.c.id == box.c.id,
    box_address.c.quality == box.c.quality,
    box_address.c.box_key == box.c.box_key,
)
_NUMBERED = (
    part, destination, free_row, custom_meta, meta, copy_mail, error_text, error_destination, substitute,
)  # fmt: skip
_NOTICES = {"ACKNOWLEDGMENT": acknowledgment, "ERROR": error_notice}
_LATER = absence.alias("later")
_HAS_DOCUMENT = exists().where(_of_message(part), part.c.position == 0)
_ANOTHER = box.alias("another")
_MOMENT_BEFORE = {
    "published-early": (delivery.c.published_at, message.c.published_at, "is published before its message"),
    "received-early": (delivery.c.received_at, delivery.c.published_at, "is received before it is published"),
    "read-early": (delivery.c.read_at, delivery.c.published_at, "is read before it is published"),
}

_BETWEEN = (
    _box("size", "CurrentSize is not what stands in the box (BOX-9)", box.c.current_size != _STANDING),
    _box("without-address", "a box has no name", not_(exists().where(box_address.c.box_key == box.c.box_key))),
    _box("other-address", "a box is not found by the name that answers state (BOX-1)", not_(exists().where(_NAMED_SO))),
    _box(
        "twice",
        "two boxes state the same name",
        exists().where(
            _ANOTHER.c.box_key != box.c.box_key,
            _ANOTHER.c.type == box.c.type,
            _ANOTHER.c.id == box.c.id,
            _ANOTHER.c.quality == box.c.quality,
        ),
    ),
    _message("without-part", "a message has no document", _HAS_CONTENT, not_(_HAS_DOCUMENT)),
    _message("without-destination", "a message has no destination", not_(exists().where(_of_message(destination)))),
    _message("without-delivery", "a message stands in no box", not_(exists().where(_of_message(delivery)))),
    _message("size", "a message's size is not that of its contents (BOX-9)", _HAS_CONTENT, message.c.size != _SIZE),
    _message(
        "has-annex",
        "a message tells of annexes it has not, or has some it does not tell of",
        _HAS_CONTENT,
        message.c.has_annex != exists().where(_of_message(part), part.c.position > 0),
    ),
    _message(
        "has-free-informations",
        "a message tells of free information it has not, or has some it does not tell of",
        _HAS_CONTENT,
        message.c.has_free_informations != exists().where(_of_message(free_information)),
    ),
    Check(
        "free_information-without-row",
        "free information has no row",
        "free_information",
        select(free_information.c.message_key).where(
            not_(exists().where(free_row.c.message_key == free_information.c.message_key))
        ),
    ),
    *(_gaps(table) for table in _NUMBERED),
    _gaps(meta, "value_position", "position"),
    _delivery(
        "in-another-box",
        "a message stands in a box that its destination does not name",
        # A new version of a NEWS also reaches who had the earlier one (PUB-11).
        message.c.content_type != "NEWS",
        not_(delivery.c.sent),
        destination.c.box_key != delivery.c.box_key,
    ),
    _delivery(
        "sent-by-another-box",
        "a message stands among the sent ones of a box that did not send it",
        delivery.c.sent,
        message.c.box_key != delivery.c.box_key,
    ),
    *(
        _delivery(name, f"a message {says} (ACK-1)", moment < earlier)
        for name, (moment, earlier, says) in _MOMENT_BEFORE.items()
    ),
    _delivery(
        "never-published",
        "a message is received or read that was never published (ACK-1)",
        delivery.c.published_at.is_(None),
        or_(delivery.c.received_at.is_not(None), delivery.c.read_at.is_not(None)),
    ),
    Check(
        "publication-of-another",
        "a PublicationId is remembered for a message of another box or PublicationId (PUB-2)",
        "publication",
        select(*publication.primary_key.columns)
        .select_from(publication.join(message, message.c.message_id == publication.c.message_id))
        .where(
            or_(
                message.c.box_key != publication.c.box_key,
                message.c.publication_id != publication.c.publication_id,
            )
        ),
    ),
    *(
        _message(
            f"without-{table.name}",
            f"a message of the type {kind} does not tell what it is about (ACK-3, PUB-12)",
            message.c.content_type == kind,
            not_(exists().where(_of_message(table))),
        )
        for kind, table in _NOTICES.items()
    ),
    Check(
        "absence-overlap",
        "two periods of absence of one box overlap (OOO-1)",
        "absence",
        select(absence.c.absence_key).where(
            exists().where(
                _LATER.c.box_key == absence.c.box_key,
                _LATER.c.absence_key != absence.c.absence_key,
                _LATER.c.start_date >= absence.c.start_date,
                _LATER.c.start_date <= absence.c.end_date,
            )
        ),
    ),
    Check(
        "person-without-box",
        "a person of the register has no box (BOX-4)",
        "person",
        select(person.c.inss).where(
            not_(exists().where(box_address.c.type == "INSS", box_address.c.id == person.c.inss))
        ),
    ),
    Check(
        "organisation-without-box",
        "an organisation of the register has no box (BOX-4)",
        "organisation",
        select(*organisation.primary_key.columns).where(
            not_(
                exists().where(
                    box_address.c.type == organisation.c.type,
                    box_address.c.id == organisation.c.id,
                    box_address.c.quality == organisation.c.quality,
                )
            )
        ),
    ),
    Check(
        "profession-number",
        "a profession is not found by the first 8 digits of its number (BOX-2)",
        "profession",
        select(*profession.primary_key.columns).where(profession.c.nihii8 != func.substr(profession.c.nihii, 1, 8)),
    ),
)  # fmt: skip

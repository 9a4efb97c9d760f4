"""How a message comes back out of its tables.

Knows: which value stands in which row. Must not know: whose call it is, rules. A list reads no part of a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, FromClause, Row, Select, Table, and_, bindparam, select

from . import notices
from .message_records import (
    Address,
    DeliveryRecord,
    DestinationRecord,
    FreeRecord,
    FullRecord,
    Heading,
    ListedRecord,
    MandateRecord,
    MessageRecord,
    PartRecord,
    ReceiptsRecord,
    SenderRecord,
    UserRecord,
)
from .tables import box, copy_mail, custom_meta, delivery, destination, free_information, free_row, message, meta, part

# The Id of a destination that has no box of its own (BOX-5).
ALL = "ALL"

_sender = box.alias("sender")
_reached = box.alias("reached")
_own = box.alias("own")


def listed(connection: Connection, deliveries: Sequence[DeliveryRecord]) -> tuple[ListedRecord, ...]:
    """The rows of a list, in the order of the deliveries."""
    keys = [each.key for each in deliveries]
    rows = {row.delivery_key: row for row in connection.execute(_LIST, {"keys": keys})}
    metas = _custom_metas(connection, [each.message_key for each in deliveries])
    return tuple(_listed(rows[each.key], each, metas.get(each.message_key, ())) for each in deliveries)


def full(connection: Connection, message_key: int) -> FullRecord:
    """A message whole."""
    key = {"key": message_key}
    row = connection.execute(_MESSAGE, key).one()
    kind = row.message_content_type
    destinations = connection.execute(_DESTINATIONS, key)
    record = MessageRecord(
        heading=_heading(row),
        destinations=tuple(_destination(each) for each in destinations),
        parts=tuple(
            PartRecord(each.title, each.data, each.attached, each.download_file_name, each.mime_type)
            for each in connection.execute(_of(part), key)
        ),
        free_information=_free_information(connection, message_key),
        custom_metas=tuple((each.key, each.value) for each in connection.execute(_of(custom_meta), key)),
        metas=_metas(connection.execute(_METAS, key)),
        copy_mail_to=tuple(each.address for each in connection.execute(_of(copy_mail), key)),
        acknowledgment=notices.read_acknowledgment(connection, message_key) if kind == "ACKNOWLEDGMENT" else None,
        error=notices.read_error(connection, message_key) if kind == "ERROR" else None,
    )
    return FullRecord(row.message_message_id, record, _address(row, "sender"))


def _list_query() -> Select[*tuple[Any, ...]]:
    came_through = and_(
        destination.c.message_key == delivery.c.message_key, destination.c.position == delivery.c.position
    )
    return (
        select(
            delivery.c.delivery_key,
            *_named(message, "message"),
            *_named(_sender, "sender"),
            *_named(destination, "destination"),
            *_named(_reached, "reached"),
            *_named(_own, "own"),
        )
        .select_from(delivery)
        .join(message, message.c.message_key == delivery.c.message_key)
        .join(_own, _own.c.box_key == delivery.c.box_key)
        .join(_sender, _sender.c.box_key == message.c.box_key)
        .join(destination, came_through)
        .outerjoin(_reached, _reached.c.box_key == destination.c.box_key)
    )


def _named(table: FromClause, prefix: str) -> Iterable[Any]:
    return (column.label(f"{prefix}_{column.name}") for column in table.c)


@cache
def _of(table: Table) -> Select[*tuple[Any, ...]]:
    """The rows of a message in a table, in order."""
    return select(table).where(table.c.message_key == bindparam("key")).order_by(table.c.position)


def _listed(row: Row[*tuple[Any, ...]], each: DeliveryRecord, metas: tuple[tuple[str, str], ...]) -> ListedRecord:
    came_through = _destination(row)
    if not each.sent and came_through.box_key != row.own_box_key:
        # Who was reached as one of ALL, or had an earlier version of a NEWS (PUB-11), is told of its own box.
        own = DestinationRecord(_address(row, "own"), row.own_box_key)
        everyone = came_through.box_key is None
        came_through = replace(came_through, address=own.address, box_key=own.box_key) if everyone else own
    return ListedRecord(row.message_message_id, _heading(row), _address(row, "sender"), came_through, metas)


def _heading(row: Row[*tuple[Any, ...]]) -> Heading:
    return Heading(
        publication_id=row.message_publication_id,
        content_type=row.message_content_type,
        sender=SenderRecord(
            row.message_box_key,
            row.message_sender_name,
            row.message_sender_first_name,
            row.message_person_in_organisation,
        ),
        application_name=row.message_application_name,
        is_important=row.message_is_important,
        is_encrypted=row.message_is_encrypted,
        published_at=row.message_published_at,
        publication_date=row.message_publication_date,
        expiration_date=row.message_expiration_date,
        size=row.message_size,
        title=row.message_title,
        mime_type=row.message_mime_type,
        has_free_informations=row.message_has_free_informations,
        has_annex=row.message_has_annex,
        patient_inss=row.message_patient_inss,
        receipts=ReceiptsRecord(
            row.message_publication_receipt, row.message_received_receipt, row.message_read_receipt
        ),
    )


def _address(row: Row[*tuple[Any, ...]], prefix: str) -> Address:
    values = (getattr(row, f"{prefix}_{name}") for name in ("type", "id", "quality", "sub_type"))
    return Address(*values)


def _destination(row: Row[*tuple[Any, ...]]) -> DestinationRecord:
    everyone = Address(row.destination_type, ALL, row.destination_quality, row.destination_sub_type)
    user = mandate = None
    if row.destination_user_inss is not None:
        user = UserRecord(row.destination_user_inss, row.destination_user_first_name, row.destination_user_last_name)
    if row.destination_mandate_id is not None:
        mandate = MandateRecord(
            row.destination_mandate_id,
            row.destination_mandate_type,
            row.destination_mandate_sub_type,
            row.destination_mandate_name,
        )
    address = everyone if row.destination_box_key is None else _address(row, "reached")
    return DestinationRecord(address, row.destination_box_key, user, mandate)


def _free_information(connection: Connection, message_key: int) -> FreeRecord | None:
    key = {"key": message_key}
    form = connection.execute(_FREE, key).one_or_none()
    if form is None:
        return None
    cells = tuple((row.left_cell, row.right_cell) for row in connection.execute(_of(free_row), key))
    return FreeRecord(form.form, cells, form.title, form.render)


def _custom_metas(connection: Connection, message_keys: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for row in connection.execute(_CUSTOM_METAS, {"keys": message_keys}):
        found[row.message_key] = (*found.get(row.message_key, ()), (row.key, row.value))
    return found


def _metas(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[int, tuple[str, tuple[str, ...]]] = {}
    for row in rows:
        kind, values = found.get(row.position, (row.type, ()))
        found[row.position] = (kind, (*values, row.value))
    return tuple(found.values())


# What every call asks is put together once.
_MESSAGE = (
    select(*_named(message, "message"), *_named(_sender, "sender"))
    .join(_sender, _sender.c.box_key == message.c.box_key)
    .where(message.c.message_key == bindparam("key"))
)
_DESTINATIONS = (
    select(*_named(destination, "destination"), *_named(_reached, "reached"))
    .outerjoin(_reached, _reached.c.box_key == destination.c.box_key)
    .where(destination.c.message_key == bindparam("key"))
    .order_by(destination.c.position)
)
_LIST = _list_query().where(delivery.c.delivery_key.in_(bindparam("keys", expanding=True)))
_FREE = select(free_information).where(free_information.c.message_key == bindparam("key"))
_METAS = _of(meta).order_by(meta.c.value_position)
_CUSTOM_METAS = (
    select(custom_meta)
    .where(custom_meta.c.message_key.in_(bindparam("keys", expanding=True)))
    .order_by(custom_meta.c.position)
)

"""How a message goes into its tables.

Knows: which row takes which value. Must not know: boxes' folders, rules.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Integer, Table, bindparam, func, insert
from sqlalchemy.exc import OperationalError

from . import notices
from .message_records import DestinationRecord, Heading, MessageRecord, PartRecord, StoredMessage
from .statements import insert_if_new
from .tables import copy_mail, custom_meta, destination, free_information, free_row, message, meta, part

# 62**13 ids: a second refusal in a row means that the source of chance is broken.
_TRIES = 100
# Bytes from which on a part is written by itself.
LARGE = 1_000_000


def add(connection: Connection, new: MessageRecord, new_id: Callable[[], str]) -> StoredMessage:
    """Writes the message and everything that hangs on it; RuntimeError if no id was free."""
    stored = _add_heading(connection, new.heading, new_id)
    for table, rows in _rows(stored.key, new):
        found = list(rows)
        if table is part and connection.dialect.name == "sqlite":
            found = list(_without_large(connection, found))
        if found:
            connection.execute(_insert(table), found)
    if new.acknowledgment is not None:
        notices.add_acknowledgment(connection, stored.key, new.acknowledgment)
    if new.error is not None:
        notices.add_error(connection, stored.key, new.error)
    return stored


def _without_large(connection: Connection, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Writes the large parts by themselves and leaves the others.

    SQLite copies a value twice that comes with a statement, and Python keeps one of the copies as long as the
    statement; what is large goes therefore into room that was made for it.
    """
    for row in rows:
        data: bytes = row["data"]
        if len(data) < LARGE:
            yield row
            continue
        others = {name: value for name, value in row.items() if name != "data"}
        added = connection.execute(_ROOM, {**others, "size": len(data)})
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        try:
            with driver.blobopen(*_DATA, added.lastrowid) as room:
                room.write(data)
        except sqlite3.Error as error:
            raise OperationalError("writing a part", None, error) from error


_DATA = (part.name, part.c.data.name)
_ROOM = insert(part).values(data=func.zeroblob(bindparam("size", type_=Integer)))


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


def _add_heading(connection: Connection, heading: Heading, new_id: Callable[[], str]) -> StoredMessage:
    values = _heading(heading)
    for _ in range(_TRIES):
        message_id = new_id()
        added = insert_if_new(connection, message, {"message_id": message_id, **values})
        if added is not None:
            return StoredMessage(added[0], message_id)
    raise RuntimeError("no message id was free")


def _heading(heading: Heading) -> dict[str, Any]:
    sender, receipts = heading.sender, heading.receipts
    return {
        "box_key": sender.box_key,
        "publication_id": heading.publication_id,
        "content_type": heading.content_type,
        "sender_name": sender.name,
        "sender_first_name": sender.first_name,
        "person_in_organisation": sender.person_in_organisation,
        "application_name": heading.application_name,
        "is_important": heading.is_important,
        "is_encrypted": heading.is_encrypted,
        "publication_receipt": receipts.publication,
        "received_receipt": receipts.received,
        "read_receipt": receipts.read,
        "published_at": heading.published_at,
        "publication_date": heading.publication_date,
        "expiration_date": heading.expiration_date,
        "size": heading.size,
        "title": heading.title,
        "mime_type": heading.mime_type,
        "has_free_informations": heading.has_free_informations,
        "has_annex": heading.has_annex,
        "patient_inss": heading.patient_inss,
    }


def _rows(key: int, new: MessageRecord) -> Iterator[tuple[Table, Iterator[dict[str, Any]]]]:
    yield destination, _numbered(key, (_destination(each) for each in new.destinations))
    yield part, _numbered(key, (_part(each) for each in new.parts))
    free = new.free_information
    if free is not None:
        yield (
            free_information,
            iter([{"message_key": key, "form": free.form, "title": free.title, "render": free.render}]),
        )
        yield free_row, _numbered(key, ({"left_cell": left, "right_cell": right} for left, right in free.rows))
    yield custom_meta, _numbered(key, ({"key": name, "value": value} for name, value in new.custom_metas))
    yield (
        meta,
        (
            {"message_key": key, "position": position, "value_position": nth, "type": kind, "value": value}
            for position, (kind, values) in enumerate(new.metas)
            for nth, value in enumerate(values)
        ),
    )
    yield copy_mail, _numbered(key, ({"address": address} for address in new.copy_mail_to))


def _numbered(key: int, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for position, row in enumerate(rows):
        yield {"message_key": key, "position": position, **row}


def _destination(each: DestinationRecord) -> dict[str, Any]:
    user, mandate = each.user, each.mandate
    return {
        "box_key": each.box_key,
        "type": each.address.type,
        "quality": each.address.quality,
        "sub_type": each.address.sub_type,
        "user_inss": user and user.inss,
        "user_first_name": user and user.first_name,
        "user_last_name": user and user.last_name,
        "mandate_id": mandate and mandate.id,
        "mandate_type": mandate and mandate.type,
        "mandate_sub_type": mandate and mandate.sub_type,
        "mandate_name": mandate and mandate.name,
    }


def _part(each: PartRecord) -> dict[str, Any]:
    return {
        "title": each.title,
        "download_file_name": each.download_file_name,
        "mime_type": each.mime_type,
        "attached": each.attached,
        "data": each.data,
    }

"""What an ACKNOWLEDGMENT or an ERROR message says beside its text: how it goes into its tables and comes out.

Knows: which value stands in which row. Must not know: when such a message is made.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from .event_tables import acknowledgment, error_destination, error_notice, error_text
from .message_records import AcknowledgmentRecord, Address, DestinationRecord, ErrorRecord
from .tables import box


def add_acknowledgment(connection: Connection, message_key: int, new: AcknowledgmentRecord) -> None:
    connection.execute(
        _ADD_ACKNOWLEDGMENT,
        {
            "message_key": message_key,
            "acknowledged": new.acknowledged,
            "box_key": new.recipient.box_key,
            "ack_type": new.ack_type,
            "happened_at": new.happened_at,
        },
    )


def add_error(connection: Connection, message_key: int, new: ErrorRecord) -> None:
    notice = {"message_key": message_key, "code": new.code, "publication_id": new.publication_id}
    connection.execute(_ADD_ERROR, notice)
    told = [*((text, False) for text in new.messages), *((text, True) for text in new.failures)]
    texts = [{"position": n, "is_failure": failure, "text": text} for n, (text, failure) in enumerate(told)]
    destinations = [{"position": n, "box_key": each.box_key} for n, each in enumerate(new.destinations)]
    for statement, rows in ((_ADD_TEXT, texts), (_ADD_DESTINATION, destinations)):
        if rows:
            connection.execute(statement, [{"message_key": message_key, **row} for row in rows])


def read_acknowledgment(connection: Connection, message_key: int) -> AcknowledgmentRecord | None:
    row = connection.execute(_ACKNOWLEDGMENT, {"key": message_key}).one_or_none()
    if row is None:
        return None
    return AcknowledgmentRecord(row.acknowledged, _reached(row), row.ack_type, row.happened_at)


def read_error(connection: Connection, message_key: int) -> ErrorRecord | None:
    key = {"key": message_key}
    row = connection.execute(_ERROR, key).one_or_none()
    if row is None:
        return None
    texts = connection.execute(_TEXTS, key).all()
    return ErrorRecord(
        code=row.code,
        messages=tuple(each.text for each in texts if not each.is_failure),
        destinations=tuple(_reached(each) for each in connection.execute(_DESTINATIONS, key)),
        failures=tuple(each.text for each in texts if each.is_failure),
        publication_id=row.publication_id,
    )


def _reached(row: Row[*tuple[Any, ...]]) -> DestinationRecord:
    return DestinationRecord(Address(row.type, row.id, row.quality, row.sub_type), row.box_key)


_ADDRESS = (box.c.box_key, box.c.type, box.c.id, box.c.quality, box.c.sub_type)
_ADD_ACKNOWLEDGMENT, _ADD_ERROR = insert(acknowledgment), insert(error_notice)
_ADD_TEXT, _ADD_DESTINATION = insert(error_text), insert(error_destination)
_ACKNOWLEDGMENT = (
    select(acknowledgment.c.acknowledged, acknowledgment.c.ack_type, acknowledgment.c.happened_at, *_ADDRESS)
    .join(box, box.c.box_key == acknowledgment.c.box_key)
    .where(acknowledgment.c.message_key == bindparam("key"))
)
_ERROR = select(error_notice).where(error_notice.c.message_key == bindparam("key"))
_TEXTS = (
    select(error_text.c.text, error_text.c.is_failure)
    .where(error_text.c.message_key == bindparam("key"))
    .order_by(error_text.c.position)
)
_DESTINATIONS = (
    select(*_ADDRESS)
    .join(error_destination, error_destination.c.box_key == box.c.box_key)
    .where(error_destination.c.message_key == bindparam("key"))
    .order_by(error_destination.c.position)
)

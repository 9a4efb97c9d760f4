"""How a message leaves the store once it stands in no box any more (DEL-2).

Knows: which rows are a message's content and which only tell what became of it. Must not know: why it left a box.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, select, union, update

from .event_tables import fan_out
from .statements import batches
from .tables import copy_mail, custom_meta, delivery, free_information, message, meta, part

_GONE_FOLDERS = ("DELETED", "SENTDELETED")


def release(connection: Connection, message_keys: Iterable[int]) -> None:
    """Removes those of the messages that stand in no box, and on their way to none.

    A DOCUMENT goes whole. Of a NEWS only its content goes: who deleted it must be known when a new version comes
    (PUB-11), as long as `forget` has not removed the rest.
    """
    for some in batches(sorted(set(message_keys))):
        keys = {"keys": some}
        # Two boxes may let go of their last places at the same moment: the second sees what the first one did.
        rows = connection.execute(_LOCKED, keys).all()
        standing = set(connection.execute(_STANDING, keys).scalars())
        gone = [row for row in rows if row.message_key not in standing]
        _remove_whole(connection, [row.message_key for row in gone if row.content_type != "NEWS"])
        _empty(connection, [row.message_key for row in gone if row.content_type == "NEWS"])


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Removes what is left of at most `limit` NEWS that were published before and stand in no box; how many."""
    found = list(connection.execute(_FORGOTTEN, {"before": before, "limit": limit}).scalars())
    _remove_whole(connection, found)
    return len(found)


def _remove_whole(connection: Connection, message_keys: list[int]) -> None:
    if message_keys:
        for statement in (_NO_DELIVERY, _NO_MESSAGE):
            connection.execute(statement, {"keys": message_keys})


def _empty(connection: Connection, message_keys: list[int]) -> None:
    if message_keys:
        for statement in (*_NO_CONTENT, _NO_TITLE):
            connection.execute(statement, {"keys": message_keys})


_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_LOCKED = (
    select(message.c.message_key, message.c.content_type)
    .where(message.c.message_key.in_(_KEYS))
    .order_by(message.c.message_key)
    .with_for_update(key_share=True)
)
_STANDING = union(
    select(delivery.c.message_key).where(delivery.c.message_key.in_(_KEYS), delivery.c.folder.not_in(_GONE_FOLDERS)),
    select(fan_out.c.message_key).where(fan_out.c.message_key.in_(_KEYS)),
)
_NO_DELIVERY = delete(delivery).where(delivery.c.message_key.in_(_KEYS))
_NO_MESSAGE = delete(message).where(message.c.message_key.in_(_KEYS))
_NO_CONTENT = tuple(
    delete(table).where(table.c.message_key.in_(_KEYS))
    for table in (part, free_information, custom_meta, meta, copy_mail)
)
_NO_TITLE = update(message).where(message.c.message_key.in_(_KEYS)).values(title="", patient_inss=None)
_STANDS = (
    select(delivery.c.message_key)
    .where(delivery.c.message_key == message.c.message_key, delivery.c.folder.not_in(_GONE_FOLDERS))
    .exists()
)
_ON_ITS_WAY = select(fan_out.c.message_key).where(fan_out.c.message_key == message.c.message_key).exists()
_FORGOTTEN = (
    select(message.c.message_key)
    .where(message.c.content_type == "NEWS", message.c.published_at < bindparam("before"), ~_STANDS, ~_ON_ITS_WAY)
    .order_by(message.c.message_key)
    .limit(bindparam("limit"))
)

"""How two boxes that turn out to be one person's become one (BOX-2).

Knows: every table that points at a box. Must not know: why the two are the same.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select, update

from .event_tables import absence, acknowledgment, error_destination, fan_out_missed, substitute
from .tables import COUNTED_FOLDERS, box, box_address, delivery, destination, message, publication
from .work_tables import notification, outbox

_EVENTS = (absence, substitute, acknowledgment, error_destination, fan_out_missed, notification, outbox)


def merge(connection: Connection, kept: int, gone: int) -> None:
    """Everything of `gone` moves to `kept`; what both had, the same message or PublicationId, stays once."""
    both = select(box).where(box.c.box_key.in_((kept, gone))).order_by(box.c.box_key).with_for_update()
    rows = {row.box_key: row for row in connection.execute(both)}
    if gone not in rows:
        # Another transaction joined them while this one waited (PostgreSQL only).
        return
    _drop_doubles(connection, kept, gone)
    for table in (*(delivery, message, destination, publication, box_address), *_EVENTS):
        connection.execute(update(table).where(table.c.box_key == gone).values(box_key=kept))
    calls = [row.last_call_at for row in rows.values() if row.last_call_at is not None]
    limits = [rows[key].max_size for key in (kept, gone) if rows[key].max_size is not None]
    standing = (delivery.c.box_key == kept) & delivery.c.folder.in_(COUNTED_FOLDERS)
    size = select(func.coalesce(func.sum(message.c.size), 0)).select_from(
        delivery.join(message, message.c.message_key == delivery.c.message_key)
    )
    connection.execute(
        update(box)
        .where(box.c.box_key == kept)
        .values(
            registered=rows[kept].registered or rows[gone].registered,
            max_size=limits[0] if limits else None,
            current_size=size.where(standing).scalar_subquery(),
            last_call_at=max(calls) if calls else None,
        )
    )
    connection.execute(delete(box).where(box.c.box_key == gone))


def _drop_doubles(connection: Connection, kept: int, gone: int) -> None:
    here = delivery.alias("here")
    same_message = (
        select(here.c.delivery_key)
        .where(
            here.c.box_key == kept,
            here.c.message_key == delivery.c.message_key,
            here.c.sent == delivery.c.sent,
        )
        .exists()
    )
    connection.execute(delete(delivery).where(delivery.c.box_key == gone, same_message))
    published = publication.alias("published")
    same_id = (
        select(published.c.box_key)
        .where(published.c.box_key == kept, published.c.publication_id == publication.c.publication_id)
        .exists()
    )
    connection.execute(delete(publication).where(publication.c.box_key == gone, same_id))
    noted = select(notification.c.box_key).where(notification.c.box_key == kept)
    connection.execute(delete(notification).where(notification.c.box_key == gone, noted.scalar_subquery().is_not(None)))
    missed = fan_out_missed.alias("missed")
    same_fan_out = (
        select(missed.c.box_key)
        .where(missed.c.box_key == kept, missed.c.fan_out_key == fan_out_missed.c.fan_out_key)
        .exists()
    )
    connection.execute(delete(fan_out_missed).where(fan_out_missed.c.box_key == gone, same_fan_out))

"""Boxes of the register, many at once: made or marked as the register's, and given up.

Knows: which boxes a statement for many rows can make, and which go the way of a single one. Must not know: who exists.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from .boxes import Boxes, agreeing
from .event_tables import fan_out, fan_out_missed
from .message_records import Address, BoxRecord
from .statements import batches, by_type, insert_found_if_new, insert_many
from .tables import box, box_address

Names = Sequence[Address]
"""All names of one box, the best first."""


def ensure_registered(connection: Connection, boxes: Boxes, wanted: Sequence[Names]) -> None:
    """The boxes of these names, as `Boxes.ensure` finds, joins or makes each; no name may stand in two of the lists."""
    found = boxes.named(name for names in wanted for name in names)
    new: list[Names] = []
    for names in wanted:
        known = agreeing(names, found)
        if not known:
            new.append(names)
        elif not _is_complete(names, known):
            boxes.ensure(names, registered=True)
    for names in _make(connection, boxes, new):
        boxes.ensure(names, registered=True)


def unregister(connection: Connection, kept: Mapping[str, Collection[str]]) -> None:
    """Boxes of these people (by INSS) in other qualities than those kept are no longer the register's; a fan-out on its
    way to one misses it."""
    registered = select(box.c.box_key, box.c.id, box.c.quality).where(box.c.type == "INSS", box.c.registered)
    others: list[int] = []
    for some in batches(sorted(kept)):
        rows = connection.execute(registered.where(box.c.id.in_(some)))
        others += [row.box_key for row in rows if row.quality not in kept[row.id]]
    for keys in batches(sorted(others)):
        gone = update(box).where(box.c.box_key.in_(keys), box.c.registered).values(registered=False)
        connection.execute(_MISS, {"keys": list(connection.execute(gone.returning(box.c.box_key)).scalars())})


def _is_complete(names: Names, known: Mapping[Address, BoxRecord]) -> bool:
    """Whether they are one registered box already, which is stated by its INSS if there is one (BOX-1)."""
    record = known.get(names[0])
    return (
        record is not None
        and len(known) == len(names)
        and set(known.values()) == {record}
        and record.registered
        and (names[0].type != "INSS" or record.address == names[0])
    )


def _make(connection: Connection, boxes: Boxes, new: Sequence[Names]) -> list[Names]:
    """Makes boxes that were not there. Returns those that another transaction made at the same moment (PostgreSQL
    only): its box is the one."""
    insert_many(connection, box, [_row(best) for best, *_ in new])
    lost: set[tuple[str, str, str]] = set()
    for type, ids in by_type((best.type, best.id) for best, *_ in new):
        insert_found_if_new(connection, box_address, _NAMELESS, type=type, ids=ids)
        lost |= {tuple(row) for row in connection.execute(_LOST, {"type": type, "ids": ids})}
    keys = {address: record.key for address, record in boxes.named(best for best, *_ in new).items()}
    own = [names for names in new if _name(names[0]) not in lost]
    others = [(*_name(other), keys[names[0]]) for names in own for other in names[1:]]
    columns = ("type", "id", "quality", "box_key")
    insert_many(connection, box_address, [dict(zip(columns, row, strict=True)) for row in others], if_new=True)
    return [names for names in new if _name(names[0]) in lost]


def _row(best: Address) -> dict[str, Any]:
    return {
        "type": best.type,
        "id": best.id,
        "quality": best.quality,
        "sub_type": best.sub_type,
        "registered": True,
        "current_size": 0,
    }


def _name(address: Address) -> tuple[str, str, str]:
    return address.type, address.id, address.quality


_NEW = (
    (box.c.type == bindparam("type"))
    & box.c.id.in_(bindparam("ids", expanding=True))
    & ~exists().where(box_address.c.box_key == box.c.box_key)
)
# In the order in which calls make boxes: so it is seldom that each waits for the other.
_NAMELESS = select(box.c.type, box.c.id, box.c.quality, box.c.box_key).where(_NEW).order_by(box.c.id, box.c.quality)
_LOST = delete(box).where(_NEW).returning(box.c.type, box.c.id, box.c.quality)
# PUB-12: the fan-outs that these boxes are among the targets of, and have not been reached by.
_MISS = insert(fan_out_missed).from_select(
    ["fan_out_key", "box_key"],
    select(fan_out.c.fan_out_key, box.c.box_key)
    .join(box, box.c.quality == fan_out.c.quality)
    .where(
        box.c.box_key.in_(bindparam("keys", expanding=True)),
        box.c.box_key > fan_out.c.done_key,
        box.c.box_key <= fan_out.c.last_key,
    )
    .with_for_update(read=True, key_share=True, of=fan_out),
)

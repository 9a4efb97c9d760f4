"""The boxes that exist, by every name they have.

Knows: addresses, which of them name the same box, how two boxes become one (BOX-2). Must not know: whose call it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, or_, select, update

from .merging import merge
from .message_records import Address, BoxRecord
from .statements import batches, insert_if_new
from .tables import COUNTED_FOLDERS, box, box_address, delivery, message

# LIFE-4 counts in months: a row that changes once an hour at most spares every other call a write.
_CALL_STEP = timedelta(hours=1)


class Boxes:
    """Boxes of the register and boxes that exist because they were addressed or used (BOX-4)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, addresses: Sequence[Address]) -> tuple[BoxRecord, ...]:
        """The boxes with one of these names, each once, in the order of the names.

        A NIHII that the register gives to somebody else than the INSS beside it names no box here.
        """
        found = dict.fromkeys(record for _, record in self._agreeing(addresses))
        return tuple(found)

    def names(self, key: int) -> tuple[Address, ...]:
        """Every name of a box."""
        rows = self._connection.execute(
            select(box_address.c.type, box_address.c.id, box_address.c.quality).where(box_address.c.box_key == key)
        )
        return tuple(Address.of(row.type, row.id, row.quality) for row in rows)

    def ensure(self, addresses: Sequence[Address], *, registered: bool = False) -> BoxRecord:
        """The one box of all these names, the best name first: found, joined from several, or made.

        It is stated by its INSS once that is known (BOX-1). `registered` True marks it as the register's.
        """
        named = list(self._agreeing(addresses))
        keys = list(dict.fromkeys(record.key for _, record in named))
        if not keys:
            keys = [self._make(addresses[0])]
        for gone in keys[1:]:
            merge(self._connection, keys[0], gone)
        known = {address for address, _ in named}
        for address in addresses:
            if address not in known:
                self._name(address, keys[0])
        record = self.get(keys[0])
        best = addresses[0]
        if (record.address != best and best.type == "INSS") or (registered and not record.registered):
            stated = best if best.type == "INSS" else record.address
            self._connection.execute(
                update(box)
                .where(box.c.box_key == record.key)
                .values(type=stated.type, id=stated.id, registered=registered or record.registered)
            )
            record = self.get(record.key)
        return record

    def get(self, key: int) -> BoxRecord:
        """The box with that key, which must exist."""
        return _record(self._connection.execute(_boxes().where(box.c.box_key == key)).one())

    def of_quality(self, quality: str) -> tuple[BoxRecord, ...]:
        """Every box of that quality, in the order they came to be (BOX-5)."""
        rows = self._connection.execute(_boxes().where(box.c.quality == quality).order_by(box.c.box_key))
        return tuple(_record(row) for row in rows)

    def limit(self, key: int, max_size: int) -> None:
        """Sets a limit in bytes that differs from its kind's (BOX-8)."""
        self._connection.execute(update(box).where(box.c.box_key == key).values(max_size=max_size))

    def unregister(self, inss: str, qualities_kept: Iterable[str]) -> None:
        """A person's boxes in other qualities are no longer the register's."""
        others = (box.c.type == "INSS") & (box.c.id == inss) & box.c.quality.not_in(list(qualities_kept))
        self._connection.execute(update(box).where(others).values(registered=False))

    def hold(self, keys: Iterable[int]) -> None:
        """Keeps other writing transactions from these boxes until this one ends.

        Always in the order of the keys, so that two transactions never wait for each other; what follows may then
        change the boxes and their deliveries in any order. SQLite has one writing transaction at a time anyway.
        """
        if self._connection.dialect.name != "sqlite":
            for some in batches(sorted(set(keys))):
                held = select(box.c.box_key).where(box.c.box_key.in_(some)).order_by(box.c.box_key)
                self._connection.execute(held.with_for_update(key_share=True))

    def called(self, key: int, now: datetime) -> None:
        """Keeps when the box was last used (LIFE-4), to the hour."""
        stale: ColumnElement[bool] = or_(box.c.last_call_at.is_(None), box.c.last_call_at < now - _CALL_STEP)
        self._connection.execute(update(box).where(box.c.box_key == key, stale).values(last_call_at=now))

    def counted_size(self, key: int) -> int:
        """CurrentSize added up from what stands in the box: what `current_size` must be at any moment (BOX-9)."""
        standing = (delivery.c.box_key == key) & delivery.c.folder.in_(COUNTED_FOLDERS)
        sizes = select(func.coalesce(func.sum(message.c.size), 0)).select_from(
            delivery.join(message, message.c.message_key == delivery.c.message_key)
        )
        return int(self._connection.execute(sizes.where(standing)).scalar_one())

    def _agreeing(self, addresses: Sequence[Address]) -> Iterable[tuple[Address, BoxRecord]]:
        inss = next((address.id for address in addresses if address.type == "INSS"), None)
        for address in addresses:
            row = self._connection.execute(_boxes().join(box_address).where(*_is(address))).one_or_none()
            if row is None:
                continue
            record = _record(row)
            # Two people never share a box: the register's link outweighs what an assertion says of a number.
            if inss is None or record.address.type != "INSS" or record.address.id == inss:
                yield address, record

    def _make(self, address: Address) -> int:
        row = insert(box).values(
            type=address.type,
            id=address.id,
            quality=address.quality,
            sub_type=address.sub_type,
            registered=False,
            current_size=0,
        )
        made = self._connection.execute(row.returning(box.c.box_key)).scalar_one()
        if self._name(address, made):
            return int(made)
        # Another transaction made it at the same moment (PostgreSQL only): its box is the one.
        self._connection.execute(delete(box).where(box.c.box_key == made))
        return int(self._connection.execute(select(box_address.c.box_key).where(*_is(address))).scalar_one())

    def _name(self, address: Address, key: int) -> bool:
        name = {"type": address.type, "id": address.id, "quality": address.quality, "box_key": key}
        return insert_if_new(self._connection, box_address, name) is not None


def _is(address: Address) -> tuple[ColumnElement[bool], ...]:
    names = box_address.c
    return names.type == address.type, names.id == address.id, names.quality == address.quality


def _boxes() -> Select[*tuple[Any, ...]]:
    columns = box.c
    return select(
        columns.box_key,
        columns.type,
        columns.id,
        columns.quality,
        columns.sub_type,
        columns.registered,
        columns.max_size,
        columns.current_size,
    )


def _record(row: Row[*tuple[Any, ...]]) -> BoxRecord:
    address = Address(row.type, row.id, row.quality, row.sub_type)
    return BoxRecord(row.box_key, address, row.registered, row.max_size, row.current_size)

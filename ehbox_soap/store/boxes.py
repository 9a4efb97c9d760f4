"""The boxes that exist, by every name they have.

Knows: addresses, which of them name the same box, how two boxes become one (BOX-2). Must not know: whose call it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, or_, select, update

from ehbox_soap.clock import brussels_date, day_begins

from .columns import Moment
from .merging import merge
from .message_records import Address, BoxRecord
from .prepared import Prepared
from .statements import batches, by_type, insert_if_new
from .tables import COUNTED_FOLDERS, box, box_address, delivery, message

# LIFE-4 counts whole Belgian days: a row that changes once an hour, and with the day, spares every other call a write.
_CALL_STEP = timedelta(hours=1)


class Boxes:
    """Boxes of the register and boxes that exist because they were addressed or used (BOX-4)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, addresses: Sequence[Address]) -> tuple[BoxRecord, ...]:
        """The boxes with one of these names, each once, in the order of the names.

        A NIHII that the register gives to somebody else than the INSS beside it names no box here.
        """
        return tuple(dict.fromkeys(self._agreeing(addresses).values()))

    def names(self, key: int) -> tuple[Address, ...]:
        """Every name of a box."""
        rows = _NAMES.rows(self._connection, key=key)
        return tuple([Address.of(row.type, row.id, row.quality) for row in rows])

    def ensure(self, addresses: Sequence[Address], *, registered: bool = False) -> BoxRecord:
        """The one box of all these names, the best name first: found, joined from several, or made.

        It is stated by its INSS once that is known (BOX-1). `registered` True marks it as the register's.
        """
        named = self._agreeing(addresses)
        # The oldest is kept: a fan-out that counts the boxes of a moment by their keys finds it (BOX-5).
        keys = sorted({record.key for record in named.values()}) or [self._make(addresses[0])]
        for gone in keys[1:]:
            merge(self._connection, keys[0], gone)
        for address in addresses:
            if address not in named:
                self._name(address, keys[0])
        record = named[addresses[0]] if addresses[0] in named and len(keys) == 1 else self.get(keys[0])
        return self._stated(record, addresses[0], registered)

    def get(self, key: int) -> BoxRecord:
        """The box with that key, which must exist."""
        return _record(self._connection.execute(_BY_KEY, {"key": key}).one())

    def several(self, keys: Iterable[int]) -> dict[int, BoxRecord]:
        """The boxes with these keys, in no order."""
        found: dict[int, BoxRecord] = {}
        for some in batches(sorted(set(keys))):
            found.update((row.box_key, _record(row)) for row in self._connection.execute(_BY_KEYS, {"keys": some}))
        return found

    def of_quality(self, quality: str) -> tuple[BoxRecord, ...]:
        """Every box of that quality, in the order they came to be (BOX-5)."""
        rows = self._connection.execute(_BOXES.where(box.c.quality == quality).order_by(box.c.box_key))
        return tuple(_record(row) for row in rows)

    def limit(self, key: int, max_size: int) -> None:
        """Sets a limit in bytes that differs from its kind's (BOX-8)."""
        self._connection.execute(update(box).where(box.c.box_key == key).values(max_size=max_size))

    def hold(self, keys: Iterable[int]) -> bool:
        """Keeps other writing transactions from these boxes until this one ends.

        Always in the order of the keys, so that two transactions never wait for each other; what follows may then
        change the boxes and their deliveries in any order. False where nothing had to be done: SQLite has one writing
        transaction at a time anyway. Where it is True, what was read before may have changed since.
        """
        if self._connection.dialect.name == "sqlite":
            return False
        for some in batches(sorted(set(keys))):
            held = select(box.c.box_key).where(box.c.box_key.in_(some)).order_by(box.c.box_key)
            self._connection.execute(held.with_for_update(key_share=True))
        return True

    def called(self, keys: Iterable[int], now: datetime) -> None:
        """Keeps when these boxes were last used (LIFE-4): the Belgian day, and within it to the hour."""
        for key in sorted(keys):
            _CALLED.count(self._connection, key=key, now=now, stale=_stale(now))

    def counted_size(self, key: int) -> int:
        """CurrentSize added up from what stands in the box: what `current_size` must be at any moment (BOX-9)."""
        standing = (delivery.c.box_key == key) & delivery.c.folder.in_(COUNTED_FOLDERS)
        sizes = select(func.coalesce(func.sum(message.c.size), 0)).select_from(
            delivery.join(message, message.c.message_key == delivery.c.message_key)
        )
        return int(self._connection.execute(sizes.where(standing)).scalar_one())

    def named(self, addresses: Iterable[Address]) -> dict[Address, BoxRecord]:
        """The boxes that have these names, by name."""
        found: dict[Address, BoxRecord] = {}
        for type, some in by_type((address.type, address.id) for address in addresses):
            for row in self._connection.execute(_BY_NUMBERS, {"type": type, "ids": some}):
                found[Address.of(type, row.named_id, row.named_quality)] = _record(row)
        return found

    def _agreeing(self, addresses: Sequence[Address]) -> dict[Address, BoxRecord]:
        found = {}
        for address in addresses:
            if rows := _BY_NAME.rows(self._connection, **_name(address)):
                found[address] = _record(rows[0])
        return agreeing(addresses, found)

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
        (row,) = _BY_NAME.rows(self._connection, **_name(address))
        return int(row.box_key)

    def _name(self, address: Address, key: int) -> bool:
        return insert_if_new(self._connection, box_address, {**_name(address), "box_key": key}) is not None

    def _stated(self, record: BoxRecord, best: Address, registered: bool) -> BoxRecord:
        """The box, stated by that name if it is an INSS, and marked as registered if it is to be."""
        stated = best if best.type == "INSS" else record.address
        if stated == record.address and (record.registered or not registered):
            return record
        values = {"type": stated.type, "id": stated.id, "registered": registered or record.registered}
        self._connection.execute(update(box).where(box.c.box_key == record.key).values(values))
        return self.get(record.key)


# What every call asks is put together once.
_BOXES: Select[*tuple[Any, ...]] = select(
    box.c.box_key,
    box.c.type,
    box.c.id,
    box.c.quality,
    box.c.sub_type,
    box.c.registered,
    box.c.max_size,
    box.c.current_size,
    box.c.last_call_at,
)
_BY_KEY = _BOXES.where(box.c.box_key == bindparam("key"))
_BY_KEYS = _BOXES.where(box.c.box_key.in_(bindparam("keys", expanding=True)))
_BY_NAME = Prepared(
    _BOXES.join(box_address).where(
        box_address.c.type == bindparam("type"),
        box_address.c.id == bindparam("id"),
        box_address.c.quality == bindparam("quality"),
    )
)
_NAMES = Prepared(
    select(box_address.c.type, box_address.c.id, box_address.c.quality).where(box_address.c.box_key == bindparam("key"))
)
_CALLED = Prepared(
    update(box)
    .where(
        box.c.box_key == bindparam("key"),
        or_(box.c.last_call_at.is_(None), box.c.last_call_at < bindparam("stale", type_=Moment)),
    )
    .values(last_call_at=bindparam("now", type_=Moment))
)
_BY_NUMBERS = (
    _BOXES.add_columns(box_address.c.id.label("named_id"), box_address.c.quality.label("named_quality"))
    .join(box_address)
    .where(box_address.c.type == bindparam("type"), box_address.c.id.in_(bindparam("ids", expanding=True)))
)


def agreeing(addresses: Sequence[Address], found: Mapping[Address, BoxRecord]) -> dict[Address, BoxRecord]:
    """Of the boxes that were found by these names of one box those that can be it."""
    inss = next((address.id for address in addresses if address.type == "INSS"), None)
    return {
        address: record
        for address in addresses
        if (record := found.get(address)) is not None
        # Two people never share a box: the register's link outweighs what an assertion says of a number.
        and (inss is None or record.address.type != "INSS" or record.address.id == inss)
    }


def is_silent(record: BoxRecord, now: datetime) -> bool:
    """Whether `called` would keep a call of now: it is long enough since the last one."""
    return record.last_call_at is None or record.last_call_at < _stale(now)


def _stale(now: datetime) -> datetime:
    return max(now - _CALL_STEP, day_begins(brussels_date(now)))


def _name(address: Address) -> dict[str, str]:
    return {"type": address.type, "id": address.id, "quality": address.quality}


def _record(row: Row[*tuple[Any, ...]]) -> BoxRecord:
    address = Address(row.type, row.id, row.quality, row.sub_type)
    return BoxRecord(row.box_key, address, row.registered, row.max_size, row.current_size, row.last_call_at)

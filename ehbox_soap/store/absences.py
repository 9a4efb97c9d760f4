"""Periods of absence and who replaces the absent ones (OOO-1 to 3).

Knows: how periods are kept and found. Must not know: which periods are allowed, what today is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, delete, insert, select

from .event_records import AbsenceRecord
from .event_tables import absence, substitute
from .message_records import Address
from .statements import batches, by_kind, insert_if_new
from .tables import box, box_address

# As with message ids: a second refusal in a row means that the source of chance is broken.
_TRIES = 100


class Absences:
    """Absences by box."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, box_key: int, start: date, end: date, substitute_keys: Sequence[int], new_id: Callable[[], str]
    ) -> str:
        """Keeps a period, both dates included; its OoOId. RuntimeError if no id was free."""
        period = {"box_key": box_key, "start_date": start, "end_date": end}
        for _ in range(_TRIES):
            ooo_id = new_id()
            added = insert_if_new(self._connection, absence, {"ooo_id": ooo_id, **period})
            if added is not None:
                rows = [{"absence_key": added[0], "position": n, "box_key": k} for n, k in enumerate(substitute_keys)]
                if rows:
                    self._connection.execute(_ADD_SUBSTITUTE, rows)
                return ooo_id
        raise RuntimeError("no OoO id was free")

    def of_boxes(self, box_keys: Iterable[int]) -> tuple[AbsenceRecord, ...]:
        """Every period of these boxes, the earliest first."""
        return self._found(_OF_BOXES, box_keys, {})

    def between(self, box_keys: Iterable[int], start: date, end: date) -> tuple[AbsenceRecord, ...]:
        """The periods of these boxes that share a day with the one from `start` to `end`, the earliest first."""
        return self._found(_BETWEEN, box_keys, {"first": start, "last": end})

    def on(self, addresses: Iterable[Address], day: date) -> dict[Address, AbsenceRecord]:
        """By name, the boxes that are absent that day."""
        found: dict[Address, AbsenceRecord] = {}
        for type, quality, ids in by_kind((each.type, each.id, each.quality) for each in addresses):
            named = {"type": type, "quality": quality, "ids": ids}
            rows = self._connection.execute(_ON, {**named, "first": day, "last": day}).all()
            replacing = self._substitutes([row.absence_key for row in rows])
            for row in rows:
                name = Address.of(row.type, row.id, row.quality)
                found[name] = _absence(row, replacing.get(row.absence_key, ()))
        return found

    def remove(self, box_keys: Sequence[int], ooo_ids: Iterable[str]) -> frozenset[str]:
        """Removes those of the periods that are these boxes' own; their OoOIds."""
        return frozenset(
            ooo_id
            for some in batches(sorted(set(ooo_ids)))
            for ooo_id in self._connection.execute(_REMOVE, {"keys": box_keys, "ids": some}).scalars()
        )

    def _found(
        self, statement: Select[*tuple[Any, ...]], box_keys: Iterable[int], values: dict[str, date]
    ) -> tuple[AbsenceRecord, ...]:
        keys = sorted(set(box_keys))
        rows = [row for some in batches(keys) for row in self._connection.execute(statement, {"keys": some, **values})]
        replacing = self._substitutes([row.absence_key for row in rows])
        records = [_absence(row, replacing.get(row.absence_key, ())) for row in rows]
        return tuple(sorted(records, key=lambda each: (each.start, each.end)))

    def _substitutes(self, absence_keys: Sequence[int]) -> dict[int, tuple[Address, ...]]:
        found: dict[int, tuple[Address, ...]] = {}
        for some in batches(absence_keys):
            for row in self._connection.execute(_SUBSTITUTES, {"keys": some}):
                address = Address(row.type, row.id, row.quality, row.sub_type)
                found[row.absence_key] = (*found.get(row.absence_key, ()), address)
        return found


def _absence(row: Row[*tuple[Any, ...]], substitutes: tuple[Address, ...]) -> AbsenceRecord:
    return AbsenceRecord(row.ooo_id, row.box_key, row.start_date, row.end_date, substitutes)


_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_ADD_SUBSTITUTE = insert(substitute)
_OF_BOXES: Select[*tuple[Any, ...]] = select(absence).where(absence.c.box_key.in_(_KEYS))
_BETWEEN = _OF_BOXES.where(absence.c.start_date <= bindparam("last"), absence.c.end_date >= bindparam("first"))
_ON = (
    select(absence, box_address.c.type, box_address.c.id, box_address.c.quality)
    .join(box_address, box_address.c.box_key == absence.c.box_key)
    .where(
        box_address.c.type == bindparam("type"),
        box_address.c.quality == bindparam("quality"),
        box_address.c.id.in_(bindparam("ids", expanding=True)),
        absence.c.start_date <= bindparam("last"),
        absence.c.end_date >= bindparam("first"),
    )
)
_SUBSTITUTES = (
    select(substitute.c.absence_key, box.c.type, box.c.id, box.c.quality, box.c.sub_type)
    .join(box, box.c.box_key == substitute.c.box_key)
    .where(substitute.c.absence_key.in_(_KEYS))
    .order_by(substitute.c.absence_key, substitute.c.position)
)
_REMOVE = (
    delete(absence)
    .where(absence.c.box_key.in_(_KEYS), absence.c.ooo_id.in_(bindparam("ids", expanding=True)))
    .returning(absence.c.ooo_id)
)

"""Who is absent is asked for each message that is sent (OOO-3): among many boxes an index tells, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, text

from ehbox_soap.store.engine import Store
from ehbox_soap.store.event_tables import absence
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.tables import box, box_address
from ehbox_soap.store.transaction import Transaction
from tests.store.plans import executed, plan, scans

MANY = 4_000
DAY = date(2026, 1, 15)


def test_several_are_looked_up_among_many_by_index(store: Store) -> None:
    """SQLite has no figures of its tables, as in a server; PostgreSQL makes them by itself."""
    people = [Address("INSS", f"{n:011}", "DOCTOR") for n in range(MANY)]
    asked = [*people[:3], Address("INSS", people[3].id, "NURSE")]
    with store.begin() as transaction:
        keys = {each: transaction.boxes.ensure([each]).key for each in asked}
        fill(transaction, people[3:])
        ids = iter(("A" * 13, "B" * 13))
        for each in (people[1], asked[3]):
            transaction.absences.add(keys[each], DAY, DAY, [keys[people[2]]], lambda: next(ids))
        connection = transaction._connection
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
        with executed(connection) as statements:
            found = transaction.absences.on(asked, DAY)
        assert found.keys() == {people[1], asked[3]}
        assert found[people[1]].substitutes == (people[2],)
        by_name = [plan(connection, *each) for each in statements if "box_address" in each[0]]
        assert len(by_name) == 2, "one for each quality"
        assert not [told for told in by_name if scans(told)]


def fill(transaction: Transaction, people: list[Address]) -> None:
    """Boxes of theirs, each absent at another time."""
    rows: list[dict[str, Any]] = [
        {"box_key": 1000 + n, "type": each.type, "id": each.id, "quality": each.quality}
        for n, each in enumerate(people)
    ]
    state = {"registered": False, "current_size": 0}
    transaction._connection.execute(insert(box), [{**row, **state} for row in rows])
    transaction._connection.execute(insert(box_address), rows)
    absent = [
        {"box_key": row["box_key"], "ooo_id": f"{n:013}", "start_date": date(2025, 1, 1), "end_date": date(2025, 1, 2)}
        for n, row in enumerate(rows)
    ]
    transaction._connection.execute(insert(absence), absent)

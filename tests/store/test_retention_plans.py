"""What upkeep forgets is chosen once for a batch: PostgreSQL may ask a plain inner query anew for each row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ehbox_soap.store.engine import Store
from ehbox_soap.store.retention import _FORGET, Memory
from tests.store.plans import executed, plan


@pytest.mark.parametrize("what", _FORGET)
def test_a_batch_is_chosen_once(what: Memory, store: Store) -> None:
    with store.begin() as transaction:
        connection = transaction._connection
        with executed(connection) as statements:
            met = connection.execute(_FORGET[what], {"until": datetime(2026, 1, 15, tzinfo=UTC), "limit": 1}).rowcount
        assert met == 0, "SQLite's driver tells -1 of a statement that begins with WITH, and a sweep would have no end"
        if connection.dialect.name == "postgresql":
            assert "CTE found" in plan(connection, *statements[0])

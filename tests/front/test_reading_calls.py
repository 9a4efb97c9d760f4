"""A call that only reads keeps its replay key and its count after it has read, in a transaction of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from ehbox_soap import config
from ehbox_soap.store.engine import Store
from ehbox_soap.store.transaction import Transaction
from tests.front.calls import ask, box_info
from tests.front.cast import Cast
from tests.front.conftest import Fresh
from tests.front.signed import turned_away
from tests.front.test_replay import REPLAY


def test_nobody_reads_while_what_a_reading_call_writes_is_committed(
    fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else SQLite could never bring its whole log of writes into the database, and that would grow without an end."""
    door = fresh()
    path = config.database_url(door.settings).removeprefix("sqlite:///")
    stock, found = Store.note, []

    @contextmanager
    def noted(store: Store) -> Iterator[Transaction]:
        with stock(store) as transaction:
            yield transaction
        with closing(sqlite3.connect(path)) as other:
            _, logged, brought_in = other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        found.append((logged > 0, logged - brought_in))

    monkeypatch.setattr(Store, "note", noted)
    for _ in range(3):
        ask(door, box_info(door, people.doctor))
    assert found == [(True, 0)] * 3


def test_a_call_that_reads_is_counted_and_the_same_one_again_is_not(fresh: Fresh, people: Cast) -> None:
    """USE-1 to 5 count what was answered: a replay is refused after it has read, and leaves no trace."""
    door = fresh()
    sent = box_info(door, people.doctor)
    ask(door, sent)
    assert turned_away(door, sent) == REPLAY
    with door.house.store.begin(write=False) as transaction:
        assert [row.calls for row in transaction.usage.counts()] == [1]

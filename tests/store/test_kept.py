"""Connections that stay taken from the pool between transactions."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from ehbox_soap.store.engine import Store
from ehbox_soap.store.kept import Kept


def _insert_and_raise(connection: Connection) -> None:
    connection.execute(text("INSERT INTO kept VALUES (2)"))
    raise KeyError


def _taken(engine: Engine) -> int:
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


def test_the_next_transaction_has_the_same_connection(store: Store) -> None:
    kept = Kept(store._engine)
    before = _taken(store._engine)
    used = []
    for _ in range(3):
        with kept.begin() as connection:
            used.append(connection.connection.driver_connection)
    assert used[0] is used[1] is used[2]
    assert _taken(store._engine) == before + 1


def test_no_more_are_kept_than_so_many(store: Store) -> None:
    kept = Kept(store._engine, store._read._engine, most=2)
    before = _taken(store._engine)
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(kept.begin())
        assert _taken(store._engine) == before + 4
    assert _taken(store._engine) == before + 2


def test_what_an_exception_went_through_goes_back_to_the_pool(store: Store) -> None:
    kept = Kept(store._engine)
    before = _taken(store._engine)
    with pytest.raises(SQLAlchemyError), kept.begin() as connection:
        connection.execute(text("SELECT 1 FROM nowhere"))
    assert _taken(store._engine) == before


def test_where_one_was_cut_off_none_is_kept(store: Store) -> None:
    kept = Kept(store._engine, store._read._engine)
    with kept.begin() as first, kept.begin() as second:
        drivers = [first.connection.driver_connection, second.connection.driver_connection]

    def cut_off() -> None:
        with kept.begin() as connection:
            connection.invalidate()
            raise KeyError

    with pytest.raises(KeyError):
        cut_off()
    with kept.begin() as third, kept.begin() as fourth:
        assert third.connection.driver_connection not in drivers
        assert fourth.connection.driver_connection not in drivers


def test_none_outlives_the_engine(store: Store) -> None:
    kept = Kept(store._engine)
    with kept.begin() as connection:
        driver = connection.connection.driver_connection
    store.close()
    with pytest.raises(Exception, match="closed"):
        driver.execute("SELECT 1")  # type: ignore[union-attr]


def test_a_transaction_commits_or_is_undone(store: Store) -> None:
    kept = Kept(store._engine)
    with kept.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n INTEGER)"))
        connection.execute(text("INSERT INTO kept VALUES (1)"))
    with pytest.raises(KeyError), kept.begin() as connection:
        _insert_and_raise(connection)
    with kept.begin() as connection:
        assert connection.execute(text("SELECT n FROM kept")).scalars().all() == [1]
        connection.execute(text("DROP TABLE kept"))

"""Prepared statements: what SQLAlchemy's own execution would give, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, delete, insert, literal, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.prepared import Prepared
from ehbox_soap.store.tables import box, replay_key
from ehbox_soap.store.transaction import Transaction

NURSE = Address.of("INSS", "85061999865", "NURSE")
NOW = datetime(2026, 1, 15, 9, 0, 0, 123456, tzinfo=UTC)


def nurse_at(transaction: Transaction, moment: datetime) -> int:
    found = transaction.boxes.ensure([NURSE], registered=True)
    transaction.boxes.called([found.key], moment)
    return found.key


def test_rows_are_what_the_types_make_of_them(store: Store) -> None:
    columns = select(
        box.c.box_key, box.c.registered, box.c.max_size, box.c.last_call_at, literal("x").label("constant")
    )
    statement = columns.where(box.c.last_call_at == bindparam("moment"))
    with store.begin() as transaction:
        key = nurse_at(transaction, NOW)
        prepared = Prepared(statement)
        for _ in range(2):
            (row,) = prepared.rows(transaction._connection, moment=NOW)
            assert tuple(row) == tuple(transaction._connection.execute(statement, {"moment": NOW}).one())
            assert (row.box_key, row.registered, row.max_size, row.last_call_at, row.constant) == (
                key,
                True,
                None,
                NOW,
                "x",
            )
            assert row.registered is True
        assert prepared.rows(transaction._connection, moment=NOW + timedelta(microseconds=1)) == []


def test_rows_without_types_of_their_own(store: Store) -> None:
    with store.begin() as transaction:
        key = nurse_at(transaction, NOW)
        (row,) = Prepared(select(box.c.id, box.c.box_key).where(box.c.box_key == bindparam("key"))).rows(
            transaction._connection, key=key
        )
    assert (row.id, row.box_key) == (NURSE.id, key)


def test_count_tells_how_many_rows_were_met(store: Store) -> None:
    statement = update(box).where(box.c.last_call_at <= bindparam("before")).values(max_size=bindparam("size"))
    with store.begin() as transaction:
        nurse_at(transaction, NOW)
        assert Prepared(statement).count(transaction._connection, before=NOW - timedelta(days=1), size=1) == 0
        assert Prepared(statement).count(transaction._connection, before=NOW, size=7) == 1
        assert transaction.boxes.find([NURSE])[0].max_size == 7


def test_what_it_does_ends_with_its_transaction(store: Store) -> None:
    with pytest.raises(KeyError), store.begin() as transaction:  # noqa: PT012
        Prepared(insert(replay_key).values(replay_key=bindparam("key"), until=bindparam("until"))).count(
            transaction._connection, key="k", until=NOW
        )
        raise KeyError
    with store.begin() as transaction:
        assert (
            Prepared(delete(replay_key).where(replay_key.c.until <= bindparam("now"))).count(
                transaction._connection, now=NOW
            )
            == 0
        )


def test_errors_are_sqlalchemys_and_quote_no_value(store: Store) -> None:
    """The edge of the house knows only those; a value may be personal."""
    prepared = Prepared(insert(replay_key).values(replay_key=bindparam("key"), until=bindparam("until")))
    with store.begin() as transaction:
        prepared.count(transaction._connection, key="canary", until=NOW)
        with pytest.raises(IntegrityError) as caught, transaction.savepoint():
            prepared.count(transaction._connection, key="canary", until=NOW)
    assert isinstance(caught.value, DBAPIError)
    assert caught.value.statement is not None
    assert caught.value.hide_parameters
    assert caught.value.params is None


def test_a_value_of_the_wrong_kind_is_refused_as_elsewhere(store: Store) -> None:
    with store.begin() as transaction, pytest.raises(ValueError, match="a moment needs a zone"):
        Prepared(delete(replay_key).where(replay_key.c.until <= bindparam("now"))).count(
            transaction._connection, now=NOW.replace(tzinfo=None)
        )


def test_a_connection_that_broke_is_not_used_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when PostgreSQL is started anew: the pool must open another."""
    monkeypatch.setattr(store._engine.dialect, "is_disconnect", lambda *_: True)
    prepared = Prepared(insert(replay_key).values(replay_key=bindparam("key"), until=bindparam("until")))
    with pytest.raises(DBAPIError), store.begin() as transaction:  # noqa: PT012
        prepared.count(transaction._connection, key="k", until=NOW)
        try:
            prepared.count(transaction._connection, key="k", until=NOW)
        finally:
            assert transaction._connection.invalidated
    with store.begin() as transaction:
        assert prepared.count(transaction._connection, key="k", until=NOW) == 1

"""Transactions, locks and migrations of the store."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from ehbox_soap.store import engine, migrate
from ehbox_soap.store.columns import Moment
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.tables import metadata
from ehbox_soap.store.transaction import Transaction

NURSE = Address.of("INSS", "85061999865", "NURSE")
DOCTOR = Address.of("INSS", "71031499894", "DOCTOR")
NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def _ensure_and_raise(transaction: Transaction, address: Address) -> None:
    transaction.boxes.ensure([address])
    raise KeyError


def test_leaving_commits(store: Store) -> None:
    with store.begin() as transaction:
        transaction.boxes.ensure([NURSE])
    with store.begin(write=False) as transaction:
        assert len(transaction.boxes.find([NURSE])) == 1


def test_raising_rolls_back_and_goes_on(store: Store) -> None:
    with pytest.raises(KeyError), store.begin() as transaction:
        _ensure_and_raise(transaction, NURSE)
    with store.begin(write=False) as transaction:
        assert transaction.boxes.find([NURSE]) == ()


def test_a_savepoint_undoes_only_what_is_inside(store: Store) -> None:
    with store.begin() as transaction:
        transaction.boxes.ensure([NURSE])
        with pytest.raises(KeyError), transaction.savepoint():
            _ensure_and_raise(transaction, DOCTOR)
        with transaction.savepoint():
            transaction.boxes.called([transaction.boxes.ensure([NURSE]).key], NOW)
    with store.begin(write=False) as transaction:
        assert transaction.boxes.find([DOCTOR]) == ()
        assert len(transaction.boxes.find([NURSE])) == 1


def test_savepoints_within_savepoints(store: Store) -> None:
    with store.begin() as transaction, transaction.savepoint():
        with pytest.raises(KeyError), transaction.savepoint():
            _ensure_and_raise(transaction, NURSE)
        with transaction.savepoint():
            transaction.boxes.ensure([DOCTOR])
    with store.begin(write=False) as transaction:
        assert transaction.boxes.find([NURSE]) == ()
        assert len(transaction.boxes.find([DOCTOR])) == 1


def test_after_a_mistake_in_a_savepoint_the_transaction_goes_on(store: Store) -> None:
    """PostgreSQL takes no further statement before it is undone."""
    with store.begin() as transaction:
        with pytest.raises(DBAPIError), transaction.savepoint():
            transaction._connection.exec_driver_sql("SELECT nothing FROM nowhere")
        transaction.boxes.ensure([NURSE])
    with store.begin(write=False) as transaction:
        assert len(transaction.boxes.find([NURSE])) == 1


def test_what_cut_a_connection_off_goes_on_through_a_savepoint(store: Store) -> None:
    with pytest.raises(KeyError), store.begin() as transaction, transaction.savepoint():  # noqa: PT012
        transaction._connection.invalidate()
        raise KeyError


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError, match="read"), store.begin(write=False) as transaction:
        transaction.boxes.ensure([NURSE])
    # The same connection writes again afterwards.
    with store.begin() as transaction:
        transaction.boxes.ensure([NURSE])


def test_a_reading_transaction_takes_no_write_lock_and_sees_one_state(store: Store) -> None:
    with store.begin(write=False) as reader:
        assert reader.boxes.find([NURSE]) == ()
        with store.begin() as writer:
            writer.boxes.ensure([NURSE])
            assert reader.boxes.find([NURSE]) == ()
        store.remember_replay("key", NOW, NOW)
        assert reader.boxes.find([NURSE]) == ()
    with store.begin(write=False) as reader:
        assert len(reader.boxes.find([NURSE])) == 1


def test_a_reading_transaction_begins_while_another_writes(store: Store) -> None:
    with store.begin() as writer:
        writer.boxes.ensure([NURSE])
        with store.begin(write=False) as reader:
            assert reader.boxes.find([NURSE]) == ()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "ehbox.db"


@pytest.fixture
def sqlite_store(sqlite_file: Path) -> Store:
    opened = Store.open(f"sqlite:///{sqlite_file}")
    opened.migrate()
    return opened


def test_sqlite_a_writing_transaction_holds_the_lock_from_its_beginning(sqlite_store: Store, sqlite_file: Path) -> None:
    """Under a deferred BEGIN, two that read first would lock each other out."""
    other = sqlite3.connect(sqlite_file, timeout=0, isolation_level=None)
    with sqlite_store.begin(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    sqlite_store.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)],
)
def test_sqlite_every_connection_is_durable_and_checked(sqlite_store: Store, pragma: str, value: object) -> None:
    def ask(write: bool) -> object:
        with sqlite_store.begin(write) as transaction:
            return transaction._connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(ask, [True, False, False])) == {value}
    sqlite_store.close()


def test_sqlite_threads_that_read_then_write_wait_for_each_other(sqlite_store: Store) -> None:
    def call(_: int) -> None:
        with sqlite_store.begin() as transaction:
            key = transaction.boxes.ensure([NURSE]).key
            size = transaction.boxes.get(key).max_size or 0
            transaction.boxes.limit(key, size + 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(64)))
    with sqlite_store.begin(write=False) as transaction:
        assert transaction.boxes.find([NURSE])[0].max_size == 64
    sqlite_store.close()


def test_sqlite_a_lock_that_stays_is_told_as_any_error_of_the_database(
    sqlite_store: Store, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edge of the house turns those into SOA-02002, and readiness into no."""
    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 1)
    impatient = Store.open(f"sqlite:///{sqlite_file}")
    with sqlite_store.begin():
        with pytest.raises(OperationalError, match="locked"), impatient.begin():
            pytest.fail("two transactions write at once")
        assert not impatient.writable()
    assert impatient.writable()
    impatient.close()


class Waits:
    """A clock that does not wait; at its nth wait something happens."""

    def __init__(self, nth: int, happens: Callable[[], object]) -> None:
        self.nth = nth
        self.happens = happens
        self.count = 0

    def monotonic(self) -> float:
        return 0.0

    def wait(self, seconds: float) -> None:
        assert seconds <= 0.001, "who waits long would wait longer"
        self.count += 1
        if self.count == self.nth:
            self.happens()


def test_sqlite_writers_of_one_process_queue_and_do_not_poll(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = Waits(1, lambda: pytest.fail("polls"))
    monkeypatch.setattr(engine, "clock", waits)
    entered = threading.Event()

    def write(begin: Callable[[], AbstractContextManager[Transaction]]) -> None:
        with begin() as transaction:
            entered.set()
            transaction.boxes.ensure([NURSE])

    with ThreadPoolExecutor(3) as pool:
        with sqlite_store.begin():
            waiting = [pool.submit(write, begin) for begin in (sqlite_store.begin, sqlite_store.note)]
            waiting.append(pool.submit(lambda: write(sqlite_store.begin) if sqlite_store.writable() else None))
            assert not entered.wait(0.05), "two write at once"
        for each in waiting:
            each.result()
    assert entered.is_set()


def test_sqlite_a_writer_begins_soon_after_another_process_ended(
    sqlite_store: Store, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(sqlite_file, isolation_level=None)
    waits = Waits(50, lambda: other.execute("ROLLBACK"))
    monkeypatch.setattr(engine, "clock", waits)
    other.execute("BEGIN IMMEDIATE")
    with sqlite_store.begin() as transaction:
        assert waits.count == 50
        timeout = transaction._connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
        assert timeout == 30_000, "for whatever else may have to wait"
    other.close()


def test_sqlite_only_a_lock_is_waited_for(
    sqlite_store: Store, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "clock", Waits(1, lambda: pytest.fail("waits")))
    readable = Store.open(f"sqlite:///file:{sqlite_file}?mode=ro&uri=true")
    with pytest.raises(OperationalError, match="readonly"), readable.begin() as transaction:
        transaction.boxes.ensure([NURSE])
    readable.close()


def test_sqlite_one_that_queues_too_long_is_told_as_any_error_of_the_database(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_store.begin(), monkeypatch.context() as patch:
        patch.setattr(engine, "BUSY_MILLISECONDS", 1)
        with pytest.raises(OperationalError, match="locked"), sqlite_store.begin():
            pytest.fail("two write at once")
        assert not sqlite_store.writable()
        with sqlite_store.begin(write=False) as transaction:
            assert transaction.boxes.find([NURSE]) == ()
    with sqlite_store.begin() as transaction:
        assert transaction.boxes.ensure([NURSE])


def test_sqlite_readiness_does_not_wait_as_long_as_a_call(
    sqlite_store: Store, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that another process keeps is told within two seconds: what asks has a deadline of its own."""
    passed = [0.0]

    class Fast:
        def monotonic(self) -> float:
            return passed[0]

        def wait(self, seconds: float) -> None:
            passed[0] += 0.1

    monkeypatch.setattr(engine, "clock", Fast())
    other = sqlite3.connect(sqlite_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert not sqlite_store.writable()
    assert 0.5 < passed[0] <= 2
    other.execute("ROLLBACK")
    assert sqlite_store.writable()
    other.close()


def test_readiness_does_not_wait_for_a_lock_of_the_database(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """On each database; the deadline is cut short here."""
    monkeypatch.setattr(engine, "_READY_MILLISECONDS", 50)
    with store._engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE replay_key IN ACCESS EXCLUSIVE MODE")
        assert not store.writable()
    assert store.writable()


def test_writable(store: Store, tmp_path: Path) -> None:
    assert store.writable()
    empty = Store.open(f"sqlite:///{tmp_path / 'empty.db'}")
    assert not empty.writable()
    empty.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_a_store_needs_a_file_or_postgresql(url: str) -> None:
    with pytest.raises(ValueError, match="the store needs"):
        Store.open(url)


def test_the_migrations_make_exactly_the_tables_of_the_metadata(store: Store) -> None:
    with store.begin() as transaction:
        context = MigrationContext.configure(
            transaction._connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_migrations_make_the_same_checks_and_keys(store: Store, sqlite_file: Path) -> None:
    """What alembic does not compare: the statements of SQLite, line by line."""
    straight = create_engine(f"sqlite:///{sqlite_file.with_name('straight.db')}")
    metadata.create_all(straight)
    migrated_store = Store.open(f"sqlite:///{sqlite_file.with_name('migrated.db')}")
    migrated_store.migrate()

    def lines(sql: str) -> list[str]:
        return sorted(line.strip().rstrip(",") for line in sql.splitlines() if line.strip())

    query = text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
    with straight.connect() as connection:
        expected = {row.name: lines(row.sql) for row in connection.execute(query)}
    with migrated_store.begin(write=False) as transaction:
        assert {row.name: lines(row.sql) for row in transaction._connection.execute(query)} == expected
    straight.dispose()
    migrated_store.close()


def test_migrating_again_changes_nothing(store: Store) -> None:
    with store.begin() as transaction:
        transaction.boxes.ensure([NURSE])
    store.migrate()
    with store.begin(write=False) as transaction:
        assert len(transaction.boxes.find([NURSE])) == 1


def test_migrating_is_safe_when_several_start_at_once(database_url: str) -> None:
    stores = [Store.open(database_url) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(Store.migrate, stores))
    with stores[0].begin(write=False) as transaction:
        head = ScriptDirectory.from_config(migrate.configuration()).get_current_head()
        assert migrate.revision(transaction._connection) == head
    for each in stores:
        each.close()


def test_a_revision_can_be_undone(store: Store) -> None:
    config = migrate.configuration()
    with store.begin() as transaction:
        config.attributes["connection"] = transaction._connection
        command.downgrade(config, "base")
        assert inspect(transaction._connection).get_table_names() == ["alembic_version"]


@pytest.mark.parametrize(
    "moment", [NOW, datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_moments_come_back_as_they_were(store: Store, moment: datetime) -> None:
    with store.begin() as transaction:
        dialect = transaction._connection.dialect
    kept = Moment().process_bind_param(moment, dialect)
    assert Moment().process_result_value(kept, dialect) == moment


def test_a_moment_needs_a_zone(store: Store) -> None:
    with pytest.raises(ValueError, match="zone"), store.begin() as transaction:
        Moment().process_bind_param(datetime(2026, 1, 1), transaction._connection.dialect)  # noqa: DTZ001

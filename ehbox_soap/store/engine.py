"""The database: how it is opened, how a transaction begins and ends.

Knows: SQLAlchemy's engine, SQLite's pragmas, PostgreSQL's read-only snapshots. Must not know: any table's meaning.
On SQLite a writing transaction is BEGIN IMMEDIATE: two that read first and write later would lock each other out.
A reading one takes no write lock, and cannot write by mistake.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, false, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from ehbox_soap import clock

from .kept import Kept
from .migrate import migrate
from .tables import replay_key
from .transaction import Transaction

BUSY_MILLISECONDS = 30_000
# Who asks for readiness wants an answer now: for a turn in this process, and for the database, that long each.
_READY_MILLISECONDS = 1_000
# Threads that work at once are few (design: work slots), and some of their connections are kept beside the pool; the
# rest of a pool is for short replay transactions.
POOL_SIZE, POOL_OVERFLOW = 4, 60
_WRITES = "ehbox_writes"
_PATIENCE = "ehbox_patience"
# deadlock_detected, and foreign_key_violation: a box that was found has been joined with another meanwhile (BOX-2).
_ENDED = ("40P01", "23503")
# How often a work is tried that they end.
_TRIES, _PAUSE_SECONDS = 4, 0.05
# How often a process looks whether another has ended its writing transaction.
_LOOK_SECONDS = 0.001
# Time for several looks of theirs, on a busy machine too.
_WAY_SECONDS = 5 * _LOOK_SECONDS


class Store:
    """One database. Open it after a fork: connections do not survive one."""

    def __init__(self, engine: Engine, quick: Engine) -> None:
        self._engine = engine
        self._quick = quick
        self._write, self._read, self._note = Kept(engine), Kept(engine, _reading(engine)), Kept(quick)
        self._writing = threading.Lock() if engine.dialect.name == "sqlite" else None

    @classmethod
    def open(cls, url: str) -> Store:
        """Opens by SQLAlchemy URL, e.g. sqlite:////folder/ehbox.db or postgresql+psycopg://…; makes no table.

        Raises ValueError for another database, or for SQLite without a file (each connection would be its own).
        """
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise ValueError("the store needs SQLite or PostgreSQL")
        if backend == "sqlite":
            if parsed.database in (None, "", ":memory:"):
                raise ValueError("the store needs a file")
            _make_private(Path(parsed.database))
        # A replay key lost in a power cut costs less than a disk flush on every read-only call: hence NORMAL.
        return cls(_engine(parsed, synchronous="FULL"), _engine(parsed, synchronous="NORMAL"))

    def migrate(self) -> None:
        """Brings the tables to the newest revision; safe when several processes start at once."""
        migrate(self._engine)

    @contextmanager
    def begin(self, write: bool = True) -> Iterator[Transaction]:
        """A transaction: commits on leaving, rolls back on any exception, which goes on."""
        if not write:
            with self._read.begin() as connection:
                yield Transaction(connection, write=False)
            return
        with self._turn(), self._write.begin() as connection:
            yield Transaction(connection, write=True)

    def remember_replay(self, key: str, until: datetime, now: datetime) -> None:
        """Replay.remember in a short transaction of its own, for calls that only read.

        Raises SoapFault SOA-01001 if the key is known and has not ended.
        """
        with self.note() as transaction:
            transaction.replay.remember(key, until, now)

    @contextmanager
    def note(self) -> Iterator[Transaction]:
        """A short writing transaction beside a call that only reads, for what may be lost in a power cut."""
        with self._turn(), self._note.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield Transaction(connection, write=True)

    def writable(self) -> bool:
        """Whether a writing transaction can begin, reach a table and end, all within two seconds; nothing is changed by
        asking."""
        patience = min(_READY_MILLISECONDS, BUSY_MILLISECONDS)
        try:
            with (
                self._turn(patience),
                self._engine.execution_options(**{_PATIENCE: patience}).begin() as connection,
            ):
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {patience}")
                connection.execute(delete(replay_key).where(false()))
        except SQLAlchemyError:
            return False
        return True

    @contextmanager
    def _turn(self, patience: int | None = None) -> Iterator[None]:
        """SQLite has one writer at a time, and others can only look again and again whether it is their turn. Those of
        one process queue here instead, as long as they would wait there, or so many milliseconds."""
        if self._writing is None:
            yield
            return
        if not self._writing.acquire(timeout=(BUSY_MILLISECONDS if patience is None else patience) / 1000):
            raise OperationalError("BEGIN", None, sqlite3.OperationalError("database is locked"))
        try:
            yield
        finally:
            self._writing.release()

    def give_way(self) -> None:
        """Lets those write who wait for it, between two of many transactions. SQLite only, where they look whether it
        is their turn and would seldom look just then: PostgreSQL's stand in a row."""
        if self._writing is not None:
            clock.wait(_WAY_SECONDS)

    def copy(self, path: Path) -> bool:
        """Copies an SQLite database into a new file as it is at one moment, whoever writes meanwhile; False, and
        nothing done, for PostgreSQL, which has programs of its own for that."""
        if self._engine.dialect.name != "sqlite":
            return False
        _make_private(path)
        with self._engine.connect() as connection, closing(sqlite3.connect(path)) as target:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.backup(target)
        return True

    def close(self) -> None:
        """Closes every connection that is not in use."""
        self._engine.dispose()
        self._quick.dispose()


T = TypeVar("T")


def anew(work: Callable[[], T], undo: Callable[[], object]) -> T:
    """Does a work in a transaction; where the database ended that one because others waited for it and it for them, or
    because a box was gone that it had found, it is undone and done anew, a few times at most.

    PostgreSQL only: SQLite has one writer at a time.
    """
    for _ in range(_TRIES - 1):
        try:
            return work()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _ENDED:
                raise
            undo()
            # The one that was waited for goes first.
            clock.wait(_PAUSE_SECONDS)
    return work()


def _make_private(path: Path) -> None:
    """Makes the file of an SQLite database where there is none, empty, and nobody else's to read: SQLite would let the
    umask decide, and gives the files beside it the mode of this one."""
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _engine(url: URL, synchronous: str) -> Engine:
    # The connection used last comes first: its pages are in memory, and the others stay without any.
    engine = create_engine(
        url, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW, pool_use_lifo=True, hide_parameters=True
    )
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, synchronous)
    return engine


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, and always deferred ones.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {BUSY_MILLISECONDS}",
            f"synchronous = {synchronous}",
            "foreign_keys = ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        write = connection.get_execution_options().get("ehbox_write", True)
        # Straight to the driver: SQLAlchemy's own way costs ten times what SQLite needs for either.
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        try:
            if connection.info.get(_WRITES) is not write:
                driver.execute(f"PRAGMA query_only = {'OFF' if write else 'ON'}")
                connection.info[_WRITES] = write
            if write:
                _begin_writing(driver, connection.get_execution_options().get(_PATIENCE, BUSY_MILLISECONDS))
            else:
                driver.execute("BEGIN")
        except sqlite3.Error as error:
            raise OperationalError("BEGIN", None, error) from error


def _begin_writing(driver: sqlite3.Connection, patience: int) -> None:
    """Begins as soon as no other process writes, or raises once that took so many milliseconds.

    SQLite itself would look ever more seldom, down to ten times a second: who waits long would wait longer.
    """
    deadline = clock.monotonic() + patience / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                # Its kinds of being busy share the lowest eight bits.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or clock.monotonic() >= deadline:
                    raise
                clock.wait(_LOOK_SECONDS)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")


def _reading(engine: Engine) -> Engine:
    """The same engine, whose transactions read one state and cannot write."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(ehbox_write=False)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

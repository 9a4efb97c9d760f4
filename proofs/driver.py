"""The database's driver, with statements that fail, or end the process, when they are told to.

Knows: sqlite3 and psycopg, through which every statement of a store goes: SQLAlchemy's own, the prepared ones, the
beginning and the end of a transaction. Must not know: any statement.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from ehbox_soap.store.engine import Store


class Statements:
    """Counts statements, and lets one fail: the `at`th from now on, or that one and all after it with `rest`."""

    def __init__(self) -> None:
        self.count = 0
        self.failed = 0
        self._at = 0
        self._rest = False
        self._end: Callable[[], object] | None = None
        self.steps = 0
        """Of SQLite's machine, while there is a watch."""
        self.watch: Callable[[str, Any], object] | None = None
        """Is told each statement and its values."""

    def arm(self, at: int = 0, rest: bool = False, end: Callable[[], object] | None = None) -> None:
        """Counts from 1 again; 0 lets all pass. With `end` the statement ends something instead of failing."""
        self.count = self.failed = 0
        self._at, self._rest, self._end = at, rest, end

    def step(self) -> None:
        """SQLite did one more."""
        self.steps += 1

    def passes(self, text: str = "", values: Any = ()) -> bool:
        """One more; whether it may reach the database."""
        if self.watch is not None:
            self.watch(text, values)
        self.count += 1
        if not self._at or self.count < self._at or (self.count > self._at and not self._rest):
            return True
        if self._end is not None:
            self._end()
        self.failed += 1
        return False


def put_under(store: Store, statements: Statements) -> None:
    """Every further connection of the store goes through the statements."""
    for engine in (store._engine, store._quick):
        put_under_engine(engine, statements)


def put_under_engine(engine: Engine, statements: Statements) -> None:
    """The same for an engine; connections that are open are closed."""
    own = _sqlite(statements) if engine.dialect.name == "sqlite" else None
    other = None if own is not None else _postgresql(statements)

    @event.listens_for(engine, "do_connect")
    def _connecting(_dialect: object, _record: object, cargs: Any, cparams: dict[str, Any]) -> Any:
        if other is not None:
            return other.connect(*cargs, **cparams)
        cparams["factory"] = own
        return None

    engine.dispose()


def _sqlite(statements: Statements) -> type[sqlite3.Connection]:
    def check(text: str = "", values: Any = ()) -> None:
        if not statements.passes(text, values):
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error

    class Cursor(sqlite3.Cursor):
        def execute(self, *given: Any) -> Cursor:
            check(*given)
            return super().execute(*given)

        def executemany(self, *given: Any) -> Cursor:
            check()
            return super().executemany(*given)

    class Connection(sqlite3.Connection):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            if statements.watch is not None:
                self.set_progress_handler(statements.step, 1)

        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, *given: Any) -> sqlite3.Cursor:
            check()
            return super().execute(*given)

        def commit(self) -> None:
            check()
            super().commit()

        def rollback(self) -> None:
            check()
            super().rollback()

    return Connection


def _postgresql(statements: Statements) -> type[psycopg.Connection[Any]]:
    def check(text: str, values: Any) -> None:
        if not statements.passes(text, values):
            raise psycopg.OperationalError("could not read from the disk")

    return psycopg_connections(check)


def psycopg_connections(check: Callable[[str, Any], None]) -> type[psycopg.Connection[Any]]:
    """Connections that ask `check` before each statement, with its text and values, and before each end of a
    transaction and each statement for many rows, without."""

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, *given: Any, **more: Any) -> Cursor:
            text, values = (*given, ())[:2]
            check(text, values)
            return super().execute(*given, **more)

        def executemany(self, *given: Any, **more: Any) -> None:
            check("", ())
            super().executemany(*given, **more)

    class Connection(psycopg.Connection[Any]):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            self.cursor_factory = Cursor

        def commit(self) -> None:
            check("", ())
            super().commit()

        def rollback(self) -> None:
            check("", ())
            super().rollback()

    return Connection

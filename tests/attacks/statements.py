"""What a store was asked during a call: every statement that reached its database, without the values.

Knows: SQLite's own trace and psycopg's cursors, which see what SQLAlchemy executes and what goes past it
(store/prepared.py). Must not know: any table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from tests.door import Door

_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|\bNULL\b")


@contextmanager
def traced(door: Door) -> Iterator[list[str]]:
    """The statements in their order, each value in them a question mark; not how a connection is set up."""
    found: list[str] = []

    def note(text: str) -> None:
        if not text.startswith("PRAGMA"):
            found.append(_VALUES.sub("?", text))

    def trace(connection: Any, *_: object) -> None:
        connection.set_trace_callback(note)

    def connect(_dialect: object, _record: object, cargs: Any, cparams: Any) -> object:
        return _psycopg(note).connect(*cargs, **cparams)

    store = door.house.store
    engines = (store._engine, store._quick)
    kind, listener = ("connect", trace) if store._engine.dialect.name == "sqlite" else ("do_connect", connect)
    for engine in engines:
        event.listen(engine, kind, listener)
    # The connections are kept: only new ones are traced, and none of them stays.
    store.close()
    try:
        yield found
    finally:
        for engine in engines:
            event.remove(engine, kind, listener)
        store.close()


def _psycopg(note: Callable[[str], None]) -> type[psycopg.Connection[Any]]:
    """Connections that tell what each is asked, and when a transaction ends."""

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *given: Any, **more: Any) -> Cursor:
            note(str(query))
            return super().execute(query, *given, **more)

        def executemany(self, query: Any, *given: Any, **more: Any) -> None:
            note(str(query))
            super().executemany(query, *given, **more)

    class Connection(psycopg.Connection[Any]):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            self.cursor_factory = Cursor

        def commit(self) -> None:
            note("COMMIT")
            super().commit()

        def rollback(self) -> None:
            note("ROLLBACK")
            super().rollback()

    return Connection

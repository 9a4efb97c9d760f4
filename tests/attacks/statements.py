"""What a store was asked during a call: every statement that reached its database, without the values.

Knows: SQLite's own trace and psycopg's cursors, which see what SQLAlchemy executes and what goes past it
(store/prepared.py). Must not know: any table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from proofs.driver import psycopg_connections
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
        # What ends a transaction, or is done for many rows at once, is told without its text.
        return psycopg_connections(lambda text, _: note(text)).connect(*cargs, **cparams)

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

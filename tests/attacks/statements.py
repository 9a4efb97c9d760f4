"""What a store was asked during a call: every statement that reached its database, without the values.

Knows: SQLite's own trace, which sees what SQLAlchemy executes and what goes past it (store/prepared.py). Must not know:
any table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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

    store = door.house.store
    engines = (store._engine, store._quick)
    for engine in engines:
        event.listen(engine, "connect", trace)
    # The connections are kept: only new ones are traced, and none of them stays.
    store.close()
    try:
        yield found
    finally:
        for engine in engines:
            event.remove(engine, "connect", trace)
        store.close()

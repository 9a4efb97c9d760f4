"""The one statement that the two databases spell through their own dialects.

Knows: INSERT … ON CONFLICT. Must not know: any table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")


def insert_ignoring(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that leaves out rows whose key is already there, also when another transaction just put it there."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def batches(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """The items in runs of at most `size`: SQLite bounds the parameters of a statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]

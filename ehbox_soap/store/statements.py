"""The one statement that the two databases spell through their own dialects.

Knows: INSERT … ON CONFLICT. Must not know: any table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")


def insert_if_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Inserts a row unless one of its keys is there already, also one that another transaction just put there.

    Returns the primary key of the new row, or None. (The count of an INSERT is not told by every driver.)
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(table).on_conflict_do_nothing().values(values).returning(*table.primary_key.columns)
    added = connection.execute(row).one_or_none()
    return None if added is None else tuple(added)


def batches(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """The items in runs of at most `size`: SQLite bounds the parameters of a statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]

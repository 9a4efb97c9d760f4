"""The one statement that the two databases spell through their own dialects, and lists cut to what a statement takes.

Knows: INSERT … ON CONFLICT, how SQLite looks a list up. Must not know: any table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

DIALECTS = ("sqlite", "postgresql")


def insert_if_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Inserts a row unless one of its keys is there already, also one that another transaction just put there.

    Returns the primary key of the new row, or None. (The count of an INSERT is not told by every driver.)
    """
    added = connection.execute(insertion_if_new(connection.dialect.name, table), values).one_or_none()
    return None if added is None else tuple(added)


@cache
def insertion_if_new(dialect: str, table: Table) -> Insert:
    """The statement of `insert_if_new`, for all columns of the table.

    Put together once: a statement that is new to SQLAlchemy costs five times one that it has seen.
    """
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing().returning(*table.primary_key.columns)


def batches(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """The items in runs of at most `size`: SQLite bounds the parameters of a statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def by_kind(names: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Names of boxes or organisations (type, id, quality) as type, quality and at most 500 ids of both.

    To find several rows by three columns SQLite reads the whole table; several by one column it takes from the index.
    """
    kinds: dict[tuple[str, str], list[str]] = {}
    for type, id, quality in sorted(set(names)):
        kinds.setdefault((type, quality), []).append(id)
    for (type, quality), ids in kinds.items():
        yield from ((type, quality, some) for some in batches(ids))

"""The statements that the two databases spell through their own dialects, and lists cut to what a statement takes.

Knows: INSERT … ON CONFLICT, how many rows go in at once, how SQLite looks a list up. Must not know: any table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Select, Table, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

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


def insert_found_if_new(connection: Connection, table: Table, found: Select[*tuple[Any, ...]], **values: Any) -> None:
    """The same for the rows of a query, whose columns are all of the table's, in their order."""
    connection.execute(_insertion_from(connection.dialect.name, table, found), values)


@cache
def _insertion_from(dialect: str, table: Table, found: Select[*tuple[Any, ...]]) -> Insert:
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.from_select(list(table.c), found).on_conflict_do_nothing()


def insert_many(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, if_new: bool = False
) -> None:
    """Inserts rows, all with the same columns and of texts, whole numbers and truth values only, in their order.

    `if_new` leaves those out of which a key is there already. One by one they would be most of what a large load costs:
    SQLite's driver takes them all at once, PostgreSQL as one value.
    """
    if not rows:
        return
    columns = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        connection.execute(
            _insertion_of_document(table, columns, if_new), {"rows": json.dumps(rows, ensure_ascii=False)}
        )
    else:
        text, order = _insertion(table, columns, if_new)
        connection.exec_driver_sql(text, [tuple(row[name] for name in order) for row in rows])


@cache
def _insertion_of_document(table: Table, columns: tuple[str, ...], if_new: bool) -> Insert:
    document = cast(bindparam("rows", type_=Text), postgresql.JSON)
    read = func.json_to_recordset(document).table_valued(*(column(name, table.c[name].type) for name in columns))
    source = read.render_derived(with_types=True)
    insert = postgresql.insert(table).from_select(columns, select(*source.c))
    return insert.on_conflict_do_nothing() if if_new else insert


@cache
def _insertion(table: Table, columns: tuple[str, ...], if_new: bool) -> tuple[str, Sequence[str]]:
    """The text, and the columns in the order of its places."""
    insert = sqlite.insert(table)
    statement = insert.on_conflict_do_nothing() if if_new else insert
    compiled = statement.compile(dialect=sqlite.dialect(), column_keys=list(columns))
    assert isinstance(compiled, SQLCompiler)
    assert compiled.positiontup is not None
    return str(compiled), compiled.positiontup


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


def by_type(names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Sequence[str]]]:
    """Names (type, id) as type and at most 500 ids of it."""
    types: dict[str, set[str]] = {}
    for type, id in names:
        types.setdefault(type, set()).add(id)
    for type, ids in types.items():
        yield from ((type, some) for some in batches(sorted(ids)))

"""Everything that stands in a store, and how it is put back.

Knows: every table. Must not know: what any of them is for, but that some only count and remember calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from ehbox_soap.store import event_tables, register_tables  # noqa: F401  (their tables join the same metadata)
from ehbox_soap.store.tables import metadata, replay_key
from ehbox_soap.store.work_tables import usage_count, usage_download

BESIDE = (replay_key, usage_count, usage_download)
"""What a call leaves that only reads."""
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Contents:
    """All rows, and of PostgreSQL which keys come next."""

    rows: dict[str, list[dict[str, Any]]]
    sequences: Sequence[tuple[str, int, bool]]


def rows(engine: Engine) -> Rows:
    """Every row of every table, to be compared."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in metadata.sorted_tables
        }


def without_calls(rows: Rows) -> Rows:
    """Those of the tables that do not only count and remember calls."""
    beside = {table.name for table in BESIDE}
    return {name: held for name, held in rows.items() if name not in beside}


def taken(engine: Engine) -> Contents:
    """Everything, to be put back."""
    with engine.connect() as connection:
        found = {
            table.name: [dict(row._mapping) for row in connection.execute(table.select())]
            for table in metadata.sorted_tables
        }
        sequences = []
        if engine.dialect.name == "postgresql":
            for name in connection.execute(text(_SEQUENCES)).scalars().all():
                last, called = connection.execute(text(f'SELECT last_value, is_called FROM "{name}"')).one()
                sequences.append((name, last, called))
    return Contents(found, sequences)


def put_back(engine: Engine, contents: Contents) -> None:
    """The store as it was, keys to come included."""
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        for table in metadata.sorted_tables:
            if contents.rows[table.name]:
                connection.execute(table.insert(), contents.rows[table.name])
        for name, last, called in contents.sequences:
            connection.execute(
                text("SELECT setval(:name, :last, :called)"), {"name": name, "last": last, "called": called}
            )


def forget_calls(engine: Engine, contents: Contents) -> None:
    """Neither the calls since then are remembered nor the keys that they used up."""
    with engine.begin() as connection:
        for table in BESIDE:
            connection.execute(table.delete())
            if contents.rows[table.name]:
                connection.execute(table.insert(), contents.rows[table.name])
        for name, last, called in contents.sequences:
            connection.execute(
                text("SELECT setval(:name, :last, :called)"), {"name": name, "last": last, "called": called}
            )

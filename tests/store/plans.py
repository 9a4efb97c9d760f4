"""What a database says of how it answers a statement. Knows: both databases' words. Must not know: any statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event


@contextmanager
def executed(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """The statements of the block, with their parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, _many: bool) -> None:
        seen.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def plan(connection: Connection, statement: str, parameters: Any) -> str:
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", parameters)
    return "\n".join(str(row[-1]) for row in rows)


def scans(told: str) -> bool:
    """Whether a table is gone through from its beginning to its end; a list of values is none."""
    lines = [line.strip() for line in told.splitlines()]
    return any("Seq Scan" in line or (line.startswith("SCAN") and "CONSTANT ROW" not in line) for line in lines)


def sorts(told: str) -> bool:
    return "TEMP B-TREE" in told or "Sort" in told

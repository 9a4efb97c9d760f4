"""The plans of the hot statements, as each database tells them.

Knows: how a statement is named in a table. Must not know: how plans are asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from proofs.rows import CALLS, Filled, Reading

_TABLE = re.compile(r"(?:FROM|INTO|UPDATE) +(\w+)")


def read(folder: Path, url: str, count: int) -> list[Reading]:
    """Every hot call on a box with so many messages."""
    filled = Filled(folder, url, as_if_large=True)
    try:
        filled.fill(count)
        return [filled.read(call) for call in CALLS]
    finally:
        filled.close()


def table(found: Mapping[str, Sequence[Reading]]) -> dict[str, dict[str, object]]:
    """For each database: the statements of each call, with what they look rows up by."""
    return {database: dict(_rows(readings)) for database, readings in found.items()}


def _rows(readings: Sequence[Reading]) -> Iterator[tuple[str, object]]:
    """A statement is named by its call, its verb, its table and, where there are several, its number among them."""
    for reading in readings:
        counts = Counter[str]()
        for statement in reading.statements:
            found = _TABLE.search(statement.text)
            name = f"{reading.call}: {statement.text.split(maxsplit=1)[0]} {found[1] if found else ''}"
            counts[name] += 1
            uses = "; ".join(dict.fromkeys(filter(None, map(_used, statement.plan)))) or "–"
            yield name + (f" ({counts[name]})" if counts[name] > 1 else ""), uses


def _used(line: str) -> str:
    """The index, or the table that is read whole."""
    if "Seq Scan" in line or line.strip().startswith("SCAN"):
        return f"all of {line.strip().split()[-1]}"
    if "INTEGER PRIMARY KEY" in line:
        return f"key of {line.split()[1]}"
    found = re.search(r"INDEX (\w+)|using (\w+)", line)
    return (found[1] or found[2]) if found else ""

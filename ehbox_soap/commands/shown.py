"""What a verb tells: a table for a reader, or the same as JSON for a program.

Knows: terminals, JSON. Must not know: where the values come from.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Sequence
from datetime import date
from enum import Enum
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

# Columns are not cut off when the output goes to a file or a pipe.
_PIPE_WIDTH = 200

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def plain(value: object) -> Json:
    """A value as JSON has it: dataclasses as objects, bytes as base64, moments and dates in ISO 8601."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    assert value is None or isinstance(value, (bool, int, float, str)), type(value)
    return value


def tell_json(value: object) -> None:
    """Prints a value as JSON."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def tell_pairs(*pairs: tuple[str, object]) -> None:
    """Prints names and values, a line each; None is left out."""
    shown = [(name, str(value)) for name, value in pairs if value is not None]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name:<{width}}  {value}")


def tell_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table; a column whose name ends in ! is never broken."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column.rstrip("!"), no_wrap=column.endswith("!"), overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=_PIPE_WIDTH)
    console.print(table)

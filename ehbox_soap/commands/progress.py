"""A bar for what takes long, on a terminal's standard error; none anywhere else, and none where a verb tells JSON.

Knows: rich, the verb's --json. Must not know: what is being done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

T = TypeVar("T")


def progress(
    label: str, items: Iterable[T], total: int | None, weight: Callable[[T], float] = lambda _: 1
) -> Iterator[T]:
    """The items, while a bar tells how many of `total` there were; None: only how many. `weight` says for how many one
    counts."""
    context = click.get_current_context(silent=True)
    # Not rich's idea of a terminal, which the environment can change: escapes in a log help nobody.
    shown = sys.stderr.isatty() and not (context and context.params.get("as_json"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    # What is printed meanwhile goes where it goes without a bar.
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, disable=not shown) as bar:
        task = bar.add_task(label, total=total)
        for item in items:
            yield item
            bar.advance(task, weight(item))

"""What a proof found, as a table between two markers of a document: by which command, when, of which commit, where.

Knows: Markdown, git's name of the commit. Must not know: any proof.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench import processes
from ehbox_soap.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent
RELIABILITY, SCALE = ROOT / "docs" / "reliability.md", ROOT / "docs" / "scale.md"

Rows = Mapping[str, object]


@dataclass(frozen=True)
class Section:
    """A table of a document: for each column its values by row. `command` is what was called."""

    name: str
    command: str
    columns: Mapping[str, Rows]
    document: Path = RELIABILITY


def text(section: Section, extra: Sequence[str] = ()) -> str:
    """The section in Markdown, without its markers."""
    names = list(dict.fromkeys(name for rows in section.columns.values() for name in rows))
    lines = [
        f"`{section.command}`, {SystemClock().now():%Y-%m-%d}, commit {commit()}, {processes.machine()}.",
        "",
        f"| | {' | '.join(section.columns)} |",
        f"| --- |{' --- |' * len(section.columns)}",
        *(f"| {name} | {' | '.join(_cells(section, name))} |" for name in names),
        *(("", *extra) if extra else ()),
    ]
    return "\n".join(lines) + "\n"


def _cells(section: Section, name: str) -> Iterator[str]:
    for rows in section.columns.values():
        yield str(rows.get(name, "–"))


def write(section: Section, told: str) -> None:
    """Puts a text between the markers of its section; ValueError if the document lacks them."""
    begin, end = f"<!-- {section.name}:begin -->", f"<!-- {section.name}:end -->"
    document = section.document.read_text("utf-8")
    before, found, rest = document.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{section.document} lacks the markers of {section.name}")
    section.document.write_text(f"{before}{begin}\n{told}{end}{after}", "utf-8")


@cache
def commit() -> str:
    """The checkout's when this was asked first, with a + where files differ from it; a copy without git has none."""
    try:
        name = _git("rev-parse", "--short", "HEAD")
        return name + ("+" if _git("status", "--porcelain", "--untracked-files=no", "--", "*.py") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

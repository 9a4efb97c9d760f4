"""The verdicts on mutants, one JSON object a line: a run that was ended goes on where it was.

Knows: the file. Must not know: how a verdict is found.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from proofs.mutation.mutant import Mutant

NOTICED = ("killed", "timeout")


def read(file: Path) -> dict[str, dict[str, Any]]:
    """The last verdict of each key; a line that was not written to its end is none."""
    if not file.exists():
        return {}
    return {verdict["key"]: verdict for verdict in _whole(file.read_text(encoding="utf-8").splitlines())}


def _whole(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def text(mutant: Mutant) -> str:
    """What a verdict holds for: this text of the mutated module."""
    return hashlib.sha256(mutant.source.encode()).hexdigest()[:16]


def stands(known: dict[str, dict[str, Any]], mutant: Mutant, *, survived: bool = False) -> bool:
    """It was noticed, which more tests will not change; with `survived`, whatever the verdict."""
    verdict = known.get(mutant.key)
    return verdict is not None and verdict["text"] == text(mutant) and (survived or verdict["state"] in NOTICED)


class Writer:
    """Appends verdicts, each at once."""

    def __init__(self, file: Path, root: Path) -> None:
        cut = file.exists() and not file.read_bytes().endswith(b"\n")
        self._file = file.open("a", encoding="utf-8", buffering=1)
        if cut:
            self._file.write("\n")
        told = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True, check=True
        )
        self._commit = told.stdout.strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, mutant: Mutant, state: str, killer: str) -> None:
        line = {"key": mutant.key, "state": state, "by": killer, "commit": self._commit, "text": text(mutant)}
        self._file.write(json.dumps(line) + "\n")

"""What the workers of a server did that no answer tells: a file to which each of them adds a line for each thing.

Knows: the kinds of things. Must not know: who is interested in them.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["socket", "canonical", "statement", "logged"]
Seen = dict[Kind, list[str]]
"""What there was to see, in order."""


@dataclass(frozen=True)
class Witness:
    """A file of lines; any number of processes write, each line at once."""

    path: Path

    def tell(self, kind: Kind, text: str = "") -> None:
        """Adds a line; it is there before the call's answer is."""
        line = json.dumps([kind, text]).encode() + b"\n"
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)

    @property
    def size(self) -> int:
        """In octets, by now."""
        return self.path.stat().st_size if self.path.exists() else 0

    def since(self, size: int = 0) -> Seen:
        """What was told since it had that size."""
        found: Seen = defaultdict(list)
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(size)
                for line in file:
                    kind, text = json.loads(line)
                    found[kind].append(text)
        return found

    @contextmanager
    def watching(self) -> Iterator[Seen]:
        """Is filled, when it is left, by what was done within it."""
        seen: Seen = defaultdict(list)
        begin = self.size
        yield seen
        seen.update(self.since(begin))

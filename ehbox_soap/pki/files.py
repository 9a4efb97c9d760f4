"""Files that nobody else can read: written whole or not at all, and noticed where others can read them after all.

Knows: files. Must not know: what is in them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PRIVATE = 0o600


def write_private(path: Path, octets: bytes, *, mode: int = PRIVATE) -> None:
    """Writes a file of that mode in one step; an existing one is replaced. Safe when two processes do it at once."""
    with _drafted(path, octets, mode) as draft:
        os.replace(draft, path)


def create_private(path: Path, octets: bytes) -> None:
    """Writes a file in one step unless there is one: of two processes that do it at once the first writes it."""
    with _drafted(path, octets, PRIVATE) as draft, suppress(FileExistsError):
        os.link(draft, path)


def is_exposed(path: Path) -> bool:
    """Whether its mode lets others than its owner read a file; False for one that is not there."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


@contextmanager
def _drafted(path: Path, octets: bytes, mode: int) -> Iterator[Path]:
    """The octets in a file beside the place they are for, which is gone afterwards."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    # The mode is given at creation: a key is never readable by others, not even for a moment.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)

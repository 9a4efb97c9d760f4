"""`python -m proofs.full DATABASE TIMES SEED`: a disk that is full under load, and has room again.

The disk is a small tmpfs, mounted where only this process and its children see it, so that it goes with them:
`measure` starts it so, or raises Unavailable where that is not allowed. PostgreSQL's log of what it is about to write
lies on another disk, as it should: without room for that log PostgreSQL itself ends. Knows: mounting, filling. Must not
know: what an answer should say beyond its code.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from proofs.clients import PATIENCE
from proofs.judge import Verdict
from proofs.letters import Ledger
from proofs.places import Place, place
from proofs.trouble import Troubled, under_load
from tests import postgresql
from tests.http.running import ROOT

OWN_MOUNTS = ("unshare", "--mount", "--user", "--map-root-user")
_SIZE, _LEFT, _BLOCK = 256 * 2**20, 2**19, 2**16
_FAULTS = 12


class Unavailable(Exception):
    """Why there can be no such disk here."""


def measure(database: str, times: int, seed: int) -> Troubled:
    """Runs this module where it may mount. Raises Unavailable."""
    with tempfile.TemporaryDirectory(prefix="ehbox-mount-") as folder:
        tried = subprocess.run(
            [*OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True, text=True, check=False
        )
    if tried.returncode:
        raise Unavailable(f"no tmpfs can be mounted here: {tried.stderr.strip()}")
    command = [*OWN_MOUNTS, sys.executable, "-m", "proofs.full", database, str(times), str(seed)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"the proof itself ended with {done.returncode}")
    told = json.loads(done.stdout)
    verdict = Verdict(**told.pop("verdict"))
    return Troubled(**told, verdict=dataclasses.replace(verdict, findings=tuple(verdict.findings)))


class Disk:
    """A small disk; what fills it is a file that is taken away again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self) -> None:
        """Leaves room for a few letters."""
        with self.ballast.open("wb", buffering=0) as file, suppress(OSError):
            # The server writes meanwhile: it may take the last blocks first.
            while self._room() > _LEFT:
                file.write(bytes(_BLOCK))

    def _room(self) -> int:
        told = os.statvfs(self.folder)
        return told.f_bavail * told.f_frsize

    def clear(self) -> None:
        """Gives the room back."""
        self.ballast.unlink()


@contextmanager
def mounted() -> Iterator[Disk]:
    """The disk, seen by this process and its children."""
    with tempfile.TemporaryDirectory(prefix="ehbox-disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", folder], check=True)
        try:
            yield Disk(Path(folder))
        finally:
            subprocess.run(["umount", folder], check=True)


@contextmanager
def _place(database: str, disk: Disk) -> Iterator[Place]:
    # The server's own log lies on the full disk too.
    settings = {"log.level": "INFO"}
    with ExitStack() as stack:
        cluster = None
        if database == "postgresql":
            wal = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ehbox-wal-")))
            cluster = postgresql.start(fsync=True, beneath=disk.folder, wal=wal / "wal")
            stack.callback(cluster.stop)
        yield stack.enter_context(place(database, disk.folder, cluster, settings))


def main(database: str, times: int, seed: int) -> int:
    """Prints the result as JSON."""
    with mounted() as disk, _place(database, disk) as made:

        def fill(ledger: Ledger) -> None:
            disk.fill()
            ledger.await_more("fault SOA-02002", _FAULTS, PATIENCE)
            disk.clear()

        print(json.dumps(dataclasses.asdict(under_load(made, times, seed, fill))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

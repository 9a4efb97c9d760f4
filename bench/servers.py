"""Servers of the bench: processes on free ports, with data that go with them.

Knows: the commands that start them and the line they print when they listen. Must not know: what they answer.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from ehbox_soap import clock

_READY = "ehbox-soap ready on http://"
_START_SECONDS, _END_SECONDS, _POLL_SECONDS = 60, 90, 0.05
# Boxes that take all that is sent to them, whatever the rules for full ones; nothing goes on beside the requests.
_SETTINGS = {"data.database": "", "mailbox.individual_box_bytes": str(10**12), "worker.enabled": "false"}


class StartError(Exception):
    """A server did not start; the text is the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens: where, and its worker processes."""

    host: str
    port: int
    workers: tuple[int, ...]

    @property
    def authority(self) -> str:
        """Host and port, as in a Host header."""
        return f"{self.host}:{self.port}"


@contextmanager
def house(folder: Path, workers: int) -> Iterator[Running]:
    """The server as `ehbox serve` starts it, with its data in `folder`."""
    settings = [word for name, value in _SETTINGS.items() for word in ("--set", f"{name}={value}")]
    own = ["--data", str(folder), "--port", "0", "--workers", str(workers), *settings]
    with _running(["-m", "ehbox_soap.cli", "serve", *own], folder.with_suffix(".log"), workers) as server:
        yield server


@contextmanager
def floor(folder: Path, workers: int, answer: Path) -> Iterator[Running]:
    """The same gunicorn, which answers everything with the bytes in `answer`."""
    own = [str(folder), str(workers), str(answer)]
    with _running(["-m", "bench.floor", *own], folder.with_suffix(".log"), workers) as server:
        yield server


@contextmanager
def _running(command: Sequence[str], log: Path, workers: int) -> Iterator[Running]:
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield _ready(process, log, workers)
    finally:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(process: subprocess.Popen[bytes], log: Path, workers: int) -> Running:
    deadline = clock.monotonic() + _START_SECONDS
    while process.poll() is None and clock.monotonic() < deadline:
        lines = log.read_text("utf-8", "replace").splitlines()
        base = next((line.removeprefix(_READY) for line in lines if line.startswith(_READY)), None)
        started = processes.children(process.pid)
        if base is not None and len(started) == workers:
            host, _, port = base.rpartition(":")
            return Running(host, int(port), started)
        clock.wait(_POLL_SECONDS)
    raise StartError(log.read_text("utf-8", "replace")[-2000:])

"""A server of its own for the demonstration: a process on a free port, with data that go with it.

Knows: the command `ehbox serve` and the line it prints when it listens. Must not know: what it serves.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ehbox_soap import clock
from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.transport import Transport
from ehbox_soap.ids import SystemChance

_READY = "ehbox-soap ready on "
# The server waits up to 60 seconds for calls that are under way (conf/gunicorn.conf.py).
_START_SECONDS, _END_SECONDS, _POLL_SECONDS = 60, 90, 0.05


SETTINGS = {"data.database": "", "mailbox.clock_shift_allowed": "true"}
"""Over those of the environment: its data are its own even where that names a database, and its year may pass."""


class StartError(Exception):
    """The server did not start; the text is the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers, and where it keeps its data."""

    addresses: Addresses
    folder: Path
    process: subprocess.Popen[bytes]


@contextmanager
def running() -> Iterator[Running]:
    """Starts a server on a free port in a temporary folder; ends it, by its pid, and removes the folder."""
    with tempfile.TemporaryDirectory(prefix="ehbox-demo-") as name:
        folder = Path(name) / "data"
        log = Path(name) / "server.log"
        own = ["--data", str(folder), "--port", "0"]
        own += [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
        command = [sys.executable, "-m", "ehbox_soap.cli", "serve", *own]
        # A session of its own: Ctrl-C reaches this process, which then ends the server in order.
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        try:
            yield Running(Addresses(_base(process, log)), folder, process)
        finally:
            _end(process)


def _base(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address that the server printed, once it is ready there."""
    transport = Transport(SystemChance(), timeout_seconds=5)
    deadline = clock.monotonic() + _START_SECONDS
    while process.poll() is None and clock.monotonic() < deadline:
        lines = log.read_text("utf-8", "replace").splitlines()
        base = next((line.removeprefix(_READY) for line in lines if line.startswith(_READY)), None)
        if base is not None and transport.is_ready(Addresses(base).ready):
            return base
        clock.wait(_POLL_SECONDS)
    raise StartError(log.read_text("utf-8", "replace")[-2000:])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

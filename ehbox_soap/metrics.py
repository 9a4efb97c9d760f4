"""Figures for Prometheus, added up across the worker processes.

Knows: prometheus-client and the folder that workers share. Must not know: requests. Labels are names of ports,
operations and codes only: never a content, a name or an identifier.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"
# Ten times what all ports, operations and outcomes take.
_RESERVED_BYTES = 1 << 20
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


# The locks on the folders of this process, until it and its children have ended.
_held: dict[Path, int] = {}


def own_folder(beside: Path) -> Path:
    """An empty folder for the figures of one server and its workers: the first that no running server has.

    Several servers on one data folder count apart, and none empties the folder of another.
    """
    beside.mkdir(parents=True, exist_ok=True)
    for number in count():
        folder = beside / str(number)
        lock = os.open(beside / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        _held[folder] = lock
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder
    raise AssertionError("numbers have no end")


def reserve(folder: Path) -> None:
    """Takes the room for this process's figures in a shared folder, before prometheus-client maps its files there.

    It would make them with holes: writing into one of those once the disk is full ends the process (SIGBUS). On a disk
    that is full already they stay as they are.
    """
    for kind in ("counter", "histogram"):
        with suppress(OSError), (folder / f"{kind}_{os.getpid()}.db").open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, _RESERVED_BYTES)


class Figures:
    """The counters of one process. With a folder in `config.shared_metrics` they are shared with the other workers."""

    def __init__(self, folder: Path | None) -> None:
        # prometheus-client looks for the shared folder when it is first imported: not before a worker has started.
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._folder = folder
        if folder is not None:
            reserve(folder)
        self._own = CollectorRegistry()
        self._requests = Counter(
            "ehbox_requests",
            "Requests answered, by port, operation and status or fault code.",
            ("port", "operation", "outcome"),
            registry=self._own,
        )
        self._seconds = Histogram(
            "ehbox_request_seconds",
            "Seconds from the whole body to the answer.",
            ("port", "operation"),
            registry=self._own,
            buckets=_BUCKETS,
        )
        self._sha1 = Counter(
            "ehbox_sha1_signatures", "Calls with SHA-1 in signature or assertion.", ("port",), registry=self._own
        )

    def count(self, port: str, operation: str, outcome: str, seconds: float) -> None:
        """One answered request; an operation that was not recognised counts as "unknown"."""
        name = operation or "unknown"
        self._requests.labels(port, name, outcome).inc()
        self._seconds.labels(port, name).observe(seconds)

    def count_sha1(self, port: str) -> None:
        """One call that used SHA-1."""
        self._sha1.labels(port).inc()

    def exposition(self) -> bytes:
        """The text for Prometheus: of all workers, or of this process where none is shared."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        if self._folder is None:
            return generate_latest(self._own)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(self._folder))  # type: ignore[no-untyped-call]
        return generate_latest(registry)

"""The processes of a server, by their ids.

Knows: Linux's /proc, the name that the process beside the workers gives itself. Must not know: what any of them does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ehbox_soap import clock
from ehbox_soap.worker import PROCESS_NAME
from tests.http.running import Running

PATIENCE = 120.0
_LOOK_SECONDS = 0.02


def alive(process: int) -> bool:
    """Whether it still runs; one that only waits to be collected does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def workers_of(server: Running) -> list[int]:
    """Those that answer calls."""
    return [each for each in server.workers if alive(each) and _name(each) != PROCESS_NAME]


def companions_of(server: Running) -> list[int]:
    """The one beside them; none for a moment after it was killed."""
    return [each for each in server.workers if alive(each) and _name(each) == PROCESS_NAME]


def await_gone(processes: Sequence[int]) -> None:
    """Waits until all of them have ended."""
    await_true(lambda: not any(map(alive, processes)), "a process that should end")


def await_true(is_true: Callable[[], bool], what: str) -> None:
    """Looks again and again, because another process tells nobody; raises TimeoutError."""
    deadline = clock.monotonic() + PATIENCE
    while not is_true():
        if clock.monotonic() > deadline:
            raise TimeoutError(f"waited in vain for {what}")
        clock.wait(_LOOK_SECONDS)


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text("ascii").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""

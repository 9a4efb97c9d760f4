"""What one large message costs in memory, and whether it is given back.

Knows: how a worker's memory is read. Must not know: where the memory goes.
One worker, one message at a time: the peak over what the worker had before, by the size of the content.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import load, processes, servers
from bench.rounds import LARGE, Case, doctor
from ehbox_soap import clock

_IDLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Memory:
    """In multiples of the content: the peak over what there was just before a message (median and most), and how much
    more the worker has after all of the messages than before the first."""

    case: Case
    peak: float
    most: float
    kept: float


def measure(folder: Path, messages: int, table: Sequence[Case], tell: Callable[[str], None]) -> tuple[Memory, ...]:
    """So many messages of each large case."""
    with servers.house(folder / "memory", 1) as server:
        caller = doctor(folder / "memory", server)
        small, large = table[0], [case for case in table if case.connections == 1]
        load.run(server, [small.make(caller) for _ in range(50)], 4)
        found = []
        for case in large:
            tell(f"memory, {case.name}")
            (worker,) = server.workers
            before = processes.resident(worker)
            # One first: what is loaded for the first message is no message's cost.
            load.run(server, [case.make(caller)], 1)
            peaks = []
            for _ in range(messages):
                now = processes.resident(worker)
                peaks.append(load.run(server, [case.make(caller)], 1).peak - now)
            clock.wait(_IDLE_SECONDS)
            kept = processes.resident(worker) - before
            found.append(Memory(case, median(peaks) / LARGE, max(peaks) / LARGE, kept / LARGE))
        return tuple(found)

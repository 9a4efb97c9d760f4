"""What the system knows of a process: its children, its processor time, its memory.

Knows: Linux's /proc and its processor clocks. Must not know: what the process does.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path

_RESET_PEAK = "5"


def children(pid: int) -> tuple[int, ...]:
    """The processes that this one has started and that still run, in the order of their ids."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return tuple(sorted(int(each) for each in listed.split()))


def cpu_seconds(pid: int) -> float:
    """Processor time of all its threads since it began, user and system, to the nanosecond."""
    # clock_getcpuclockid(3): the complement of the process id, above the three bits that name the scheduler's clock.
    return time.clock_gettime((~pid << 3) | 2)


def own_cpu_seconds() -> float:
    """Processor time of this process."""
    return time.process_time()


def threads(pid: int) -> int:
    """How many it has."""
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())


def resident(pid: int) -> int:
    """Bytes of memory that it has now."""
    return _status(pid, "VmRSS")


def peak(pids: Sequence[int]) -> int:
    """Most bytes of memory that any of them had since `forget_peak`."""
    return max(_status(pid, "VmHWM") for pid in pids)


def forget_peak(pids: Sequence[int]) -> None:
    """Counts the peak of each from now on."""
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK, "ascii")


def machine() -> str:
    """The processor's name and count, memory and system, in one line."""
    facts = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    name = next((line.partition(":")[2].strip() for line in facts if line.startswith("model name")), os.uname().machine)
    gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} x {name}, {gib:.0f} GiB, {os.uname().sysname} {os.uname().release}"


def interpreter() -> str:
    """Python's version and the compiler that built it: the systems' packages are faster than what is built as it is."""
    return f"Python {platform.python_version()} ({platform.python_compiler()})"


def load_average() -> float:
    """Processes that wanted a processor in the last minute: over the count of processors, figures are noise."""
    return os.getloadavg()[0]


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(pid)

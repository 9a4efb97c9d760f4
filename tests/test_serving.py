"""What the server's processes do with memory."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

CODE = """
import sys
from pathlib import Path
from ehbox_soap.serving import return_large_blocks

def resident():
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])

if sys.argv[1] == "told":
    return_large_blocks()
before, kept = resident(), []
for _ in range(3):
    large = bytearray(b"x") * 20_000_000
    # Stays, above the large one where that lies in the heap.
    kept.append(bytearray(b"x") * 200_000)
    del large
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such habit")
@pytest.mark.parametrize(("told", "kept"), [("told", False), ("not told", True)])
def test_large_blocks_go_back_at_once(told: str, kept: bool) -> None:
    """In a process of its own, because it holds for all of it; the second case shows that the first shows anything."""
    done = subprocess.run([sys.executable, "-c", CODE, told], capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 10_000) == kept

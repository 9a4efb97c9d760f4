"""Runs the command `ehbox` for a test, and ends with it: `python launch.py PARENT FOLDER|- ARGUMENTS…`.

Knows: who started it, where the package is to be taken from. Must not know: what the command does.
However the tests end, also by a kill that no fixture outlives, the kernel sends this process SIGTERM then; gunicorn's
workers end with it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, package: str, arguments: list[str]) -> None:
    """Never returns: the command ends the process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit("the tests have ended already")
    if package != "-":
        sys.path.insert(0, package)
    from ehbox_soap.cli import main as ehbox

    ehbox(arguments, prog_name="ehbox")


if __name__ == "__main__":
    # Beside this file lie modules of the tests, which must not stand for anybody's imports.
    sys.path.pop(0)
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])

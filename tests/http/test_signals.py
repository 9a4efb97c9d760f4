"""A worker's first moment: what is signalled to it before it has its own handlers must not be lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.http.running import ROOT

CODE = """
import signal, sys
from gunicorn.config import Config
from gunicorn.glogging import Logger
from ehbox_soap.config import Settings
from ehbox_soap.threads import Worker

class App:
    settings = Settings()
    tls = None

config = Config()
worker = Worker(1, 1, [], App(), 60, config, Logger(config))
worker.method_queue.init()
import os
worker.PIPE = os.pipe()
os.set_blocking(worker.PIPE[1], False)
worker.inherited_signals.put(signal.SIGCHLD)
worker.inherited_signals.put(int(sys.argv[1]))
worker.init_signals()
print("alive" if worker.alive else "ends")
"""


@pytest.mark.parametrize(("number", "expected"), [(15, "ends"), (3, ""), (2, ""), (10, "alive")])
def test_a_worker_told_to_end_in_its_first_moment(number: int, expected: str) -> None:
    """SIGTERM ends it orderly; SIGQUIT and SIGINT end the process, with code 0; others are the arbiter's own."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(number)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, expected), done.stderr

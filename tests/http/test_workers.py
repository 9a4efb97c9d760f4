"""Several workers on one SQLite file, several client processes (issue 2, Mailbox and store)."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from tests.http import people
from tests.http.conftest import People, Serve
from tests.http.people import Caller
from tests.http.publisher import Task, encoded
from tests.http.running import PATIENCE, ROOT, Running

pytestmark = [pytest.mark.http, pytest.mark.slow]

WORKERS, PROCESSES, LETTERS = 4, 8, 100


def start(task: Task) -> subprocess.Popen[bytes]:
    """A publisher in a process of its own; it ends by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.http.publisher"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(encoded(task))
    process.stdin.close()
    process.stdin = None
    return process


def told(process: subprocess.Popen[bytes]) -> list[str]:
    """The MessageIds that a publisher was told."""
    output, _ = process.communicate(timeout=PATIENCE * 2)
    assert process.returncode == 0
    return output.decode().split()


def pages(server: Running, nurse: Caller, source: str = "INBOX") -> list[list[str]]:
    """The list as clients page it: 1 to 100, 101 to 200 … until a page has fewer than 100 (wire.md)."""
    found: list[list[str]] = []
    while not found or len(found[-1]) == 100:
        first = 100 * len(found) + 1
        found.append(people.message_ids(people.ask(server, nurse.list(source, (first, first + 99)))))
    return found


def test_eight_processes_publish_a_hundred_letters_each(serve: Serve, people_of_template: People) -> None:
    """Every one is there once, in pages; no lock error, no fault."""
    server = serve({"server.workers": str(WORKERS)})
    doctor, nurse = people_of_template.doctor.at(server), people_of_template.nurse.at(server)
    tasks = [Task.of(doctor, server.address, f"process {number}", LETTERS) for number in range(PROCESSES)]
    by_process = [told(process) for process in [start(task) for task in tasks]]
    ids = [each for told_ids in by_process for each in told_ids]
    assert len(set(ids)) == PROCESSES * LETTERS
    assert [len(page) for page in pages(server, nurse)] == [100] * 8 + [0]
    listed = [each for page in pages(server, nurse) for each in page]
    assert sorted(listed) == sorted(ids)
    for task, (first, *_) in zip(tasks, by_process, strict=True):
        full = people.ask(server, nurse.read(first))
        assert list(full.parts.values()) == [f"letter 0 of {task.name}".encode()]
    outcomes = Counter(str(line["outcome"]) for line in server.lines if line.get("operation") == "sendMessage")
    assert outcomes == {"100": PROCESSES * LETTERS}

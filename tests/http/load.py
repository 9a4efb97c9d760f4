"""Many publications at once against a server of several workers, and what is there afterwards, counted.

`python -m tests.http.load DATABASE LETTERS` (scripts/load): a server of its own with four workers, four client
processes with so many letters each. DATABASE is sqlite, postgresql (a private server, made and thrown away), or the
URL of a database, which keeps what it gets. Knows: publishers, lists as clients page them. Must not know: the store.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ehbox_soap import assembly, clock
from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.authority import Authority
from tests import postgresql
from tests.door import settings_of
from tests.http import people
from tests.http.people import Caller
from tests.http.publisher import Task, encoded
from tests.http.running import PATIENCE, ROOT, Running

WORKERS, PROCESSES = 4, 4


@dataclass(frozen=True)
class Published:
    """What the publishers were told, by process, and what the nurse's INBOX had before and has now."""

    told: list[list[str]]
    before: int
    listed: list[str]

    @property
    def ids(self) -> list[str]:
        return [each for told in self.told for each in told]

    @property
    def exact(self) -> bool:
        """Every letter that was accepted is there once, and nothing else came."""
        return Counter(self.listed[: len(self.listed) - self.before]) == Counter(set(self.ids)) == Counter(self.ids)


def publish(server: Running, doctor: Caller, nurse: Caller, processes: int, letters: int) -> Published:
    """Lets that many processes publish so many letters each, at once; none may fail."""
    before = len([each for page in pages(server, nurse) for each in page])
    tasks = [Task.of(doctor, server.address, f"process {number}", letters) for number in range(processes)]
    started = [start(task) for task in tasks]
    # All at once: one that nobody reads stops when its pipe is full, and its connection ends after a while of silence.
    with ThreadPoolExecutor(processes) as readers:
        by_process = list(readers.map(lambda process: told(process, letters), started))
    return Published(by_process, before, [each for page in pages(server, nurse) for each in page])


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


def told(process: subprocess.Popen[bytes], letters: int) -> list[str]:
    """The MessageIds that a publisher was told."""
    output, _ = process.communicate(timeout=PATIENCE + letters)
    assert process.returncode == 0
    return output.decode().split()


def pages(server: Running, nurse: Caller, source: str = "INBOX") -> list[list[str]]:
    """The list as clients page it: 1 to 100, 101 to 200 … until a page has fewer than 100 (wire.md)."""
    found: list[list[str]] = []
    while not found or len(found[-1]) == 100:
        first = 100 * len(found) + 1
        found.append(people.message_ids(people.ask(server, nurse.list(source, (first, first + 99)))))
    return found


@contextmanager
def database(name: str) -> Iterator[Mapping[str, str]]:
    """The settings of a server for the database that is asked for."""
    if name == "sqlite":
        yield {}
    elif name == "postgresql":
        cluster = postgresql.start(fsync=True)
        try:
            cluster.create("load")
            yield {"data.database": cluster.url("load")}
        finally:
            cluster.stop()
    else:
        yield {"data.database": name}


def main(name: str, letters: int) -> int:
    """Prints the counts; exit code 0 when they are exact."""
    # Boxes that any number of letters finds room in.
    roomy = {"server.workers": str(WORKERS), "mailbox.individual_box_bytes": "1000000000"}
    with tempfile.TemporaryDirectory() as folder, database(name) as settings:
        data = Path(folder) / "data"
        assembly.prepare(settings_of(data, settings))
        authority = Authority.open(data / "pki", SystemClock(), SystemChance())
        doctor = people.person(authority, people.DOCTOR, "doctor")
        nurse = people.person(authority, people.NURSE, "nurse")
        server = Running(data, {**settings, **roomy})
        try:
            started = clock.monotonic()
            published = publish(server, doctor.at(server), nurse.at(server), PROCESSES, letters)
            seconds = clock.monotonic() - started
            found = verified(server, settings)
        finally:
            server.stop()
        return report(name, published, server, seconds, found)


def verified(server: Running, settings: Mapping[str, str]) -> str:
    """What `ehbox verify` says of the store."""
    chosen = server.folder / "load.toml"
    chosen.write_text("[data]\n" + "".join(f'{key.removeprefix("data.")} = "{url}"\n' for key, url in settings.items()))
    command = [sys.executable, "-m", "ehbox_soap.cli", "verify", f"--data={server.folder}", f"--config={chosen}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "nothing found" if done.returncode == 0 else done.stdout + done.stderr


def report(name: str, published: Published, server: Running, seconds: float, found: str) -> int:
    """Prints what came of it, without the password of a URL."""
    lines = [line for line in server.lines if line.get("operation") == "sendMessage"]
    told = {
        "database": name.partition(":")[0],
        "workers": WORKERS,
        "publications": len(published.ids),
        "distinct MessageIds": len(set(published.ids)),
        "in the INBOX": len(published.listed) - published.before,
        "outcomes": dict(Counter(str(line["outcome"]) for line in lines)),
        "exact": published.exact,
        "verify": found,
        "seconds": round(seconds, 1),
    }
    print(json.dumps(told, indent=2))
    return 0 if published.exact and found == "nothing found" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))

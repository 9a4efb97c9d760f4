"""A hundred thousand messages through one server: what its workers' memory does meanwhile.

Knows: how letters are published by processes, where memory is told. Must not know: what an answer is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench import processes
from ehbox_soap import clock
from proofs.places import Place
from proofs.processes import companions_of, workers_of
from tests.http import people
from tests.http.load import start, told
from tests.http.publisher import Task

PROCESSES, ROUNDS, WARM_UP = 4, 20, 2
_LISTS, _MIB = 25, 2**20


@dataclass(frozen=True)
class Soaked:
    """So many messages; bytes of the largest worker, and of the process beside them, after the warm-up and at each
    round after it; seconds; findings."""

    messages: int
    workers: tuple[int, ...]
    companion: tuple[int, ...]
    seconds: float
    findings: tuple[str, ...]

    @property
    def growth(self) -> float:
        """How much more the largest worker has at its most than after the warm-up, as a share."""
        return max(self.workers) / self.workers[0] - 1


def soak(place: Place, messages: int, tell: Callable[[str], None] = lambda _: None) -> Soaked:
    """Publishes in rounds; between them the recipient lists and reads."""
    server = place.serve(workers="2")
    authority = place.authority()
    doctor = people.person(authority, people.DOCTOR, "doctor").at(server)
    nurse = people.person(authority, people.NURSE, "nurse").at(server)
    letters = max(1, messages // (ROUNDS * PROCESSES))
    began, sent = clock.monotonic(), 0
    workers: list[int] = []
    companion: list[int] = []
    first = set(workers_of(server))
    for number in range(ROUNDS):
        tasks = [Task.of(doctor, server.address, f"soak {each}", letters) for each in range(PROCESSES)]
        sent += sum(len(told(each, letters)) for each in [start(task) for task in tasks])
        for _ in range(_LISTS):
            (newest, *_rest) = people.message_ids(people.ask(server, nurse.list("INBOX", (1, 100))))
            people.ask(server, nurse.read(newest))
        if number + 1 >= WARM_UP:
            workers.append(max(map(processes.resident, workers_of(server))))
            companion.append(max(map(processes.resident, companions_of(server))))
            tell(f"{sent} messages: {workers[-1] / _MIB:.1f} MiB, {companion[-1] / _MIB:.1f} MiB beside")
    findings = place.verify()
    if set(workers_of(server)) != first:
        findings.append("a worker was replaced")
    return Soaked(sent, tuple(workers), tuple(companion), clock.monotonic() - began, tuple(findings))

"""One publication sent a thousand times is one message, and as many publications as were sent are as many messages.

Knows: how a letter is sent from many threads and from many processes. Must not know: how the server tells them apart.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from ehbox_soap import clock
from proofs.places import Place
from proofs.processes import workers_of
from tests.http import people
from tests.http.load import pages, publish
from tests.http.people import Caller

THREADS = 16


@dataclass(frozen=True)
class Repeated:
    """One publication: how often it was sent, what was answered, how often it stands in the box."""

    sent: int
    answers: dict[str, int]
    ids: int
    listed: int
    seconds: float
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """Publications of several processes, and what stands in the box."""

    sent: int
    distinct: int
    listed: int
    exact: bool
    seconds: float
    findings: tuple[str, ...]


def repeated(place: Place, times: int) -> Repeated:
    """The same DOCUMENT from 16 threads at once, each time newly signed (PUB-3)."""
    server = place.serve(workers="2")
    doctor, nurse = _pair(place)
    doctor, nurse = doctor.at(server), nurse.at(server)
    letter = people.letter(people.text())
    requests = [doctor.publish(letter) for _ in range(times)]
    together = threading.Barrier(THREADS)

    def some(number: int) -> list[tuple[str, str]]:
        told = []
        with server.connect() as connection:
            together.wait(60)
            for request in requests[number::THREADS]:
                answer = people.read(people.post_on(connection, request))
                told.append((answer.code, answer.element.get("Id", "")))
        return told

    began = clock.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        told = [each for some_told in pool.map(some, range(THREADS)) for each in some_told]
    seconds = clock.monotonic() - began
    listed = [each for page in pages(server, nurse) for each in page]
    ids = {message_id for _, message_id in told}
    codes = dict(Counter(code for code, _ in told))
    return Repeated(times, codes, len(ids), len(listed), seconds, tuple(place.verify()))


def counted(place: Place, processes: int, letters: int) -> Counted:
    """So many different letters from each of so many processes at once."""
    # A worker that ended is a warning.
    server = replace(place, settings={**place.settings, "log.level": "WARNING"}).serve(workers="2")
    doctor, nurse = _pair(place)
    began, workers = clock.monotonic(), workers_of(server)
    try:
        found = publish(server, doctor.at(server), nurse.at(server), processes, letters)
    except AssertionError as error:
        kept = "the same workers" if set(workers_of(server)) <= set(workers) else "another worker"
        raise AssertionError(f"a publisher failed; {kept}; the server's log: {server.errors[-2000:]}") from error
    seconds = clock.monotonic() - began
    listed = len(found.listed) - found.before
    return Counted(len(found.ids), len(set(found.ids)), listed, found.exact, seconds, tuple(place.verify()))


def _pair(place: Place) -> tuple[Caller, Caller]:
    authority = place.authority()
    return people.person(authority, people.DOCTOR, "doctor"), people.person(authority, people.NURSE, "nurse")

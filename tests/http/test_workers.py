"""Several workers on one database, several client processes."""

from __future__ import annotations

import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest

from ehbox_soap.clock import SystemClock
from tests.clocks import FileClock
from tests.databases import Databases, PostgresqlDatabases
from tests.http import people
from tests.http.clocked import CLOCK, MAILBOX_CLOCK
from tests.http.conftest import People, Serve
from tests.http.load import publish
from tests.http.running import Running
from tests.http.test_worker import waited

pytestmark = pytest.mark.http

WORKERS = 4
COUNTED = re.compile(
    rb'^ehbox_requests_total{operation="getBoxInfo",outcome="([^"]+)",port="consultation"} (.+)$', re.M
)


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """A worker that does nothing meanwhile: another one answers."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def counted(server: Running) -> dict[bytes, float]:
    """Calls of getBoxInfo by outcome, as /metrics tells them."""
    reply = server.get("/metrics")
    assert reply.status == 200
    return {outcome: float(number) for outcome, number in COUNTED.findall(reply.body)}


def test_metrics_count_the_calls_of_every_worker_exactly(serve: Serve, people_of_template: People) -> None:
    """Each worker answers some, over several connections; whichever is asked then tells of all."""
    server = serve({"server.workers": "2", "worker.enabled": "false"})
    assert waited(lambda: len(list(server.folder.glob("metrics/*/counter_*.db"))) == 2)
    nurse = people_of_template.nurse.at(server)
    first, second = server.workers
    assert counted(server) == {}
    for other, calls in ((first, 2), (second, 3)):
        with stopped(other), ExitStack() as stack:
            connections = [stack.enter_context(server.connect()) for _ in range(3)]
            for connection in connections * calls:
                people.read(people.post_on(connection, nurse.box_info()))
            again = nurse.box_info()
            people.read(people.post_on(connections[0], again))
            assert people.fault(people.post_on(connections[1], again)).code == "SOA-01001"
    for asleep in (first, second):
        with stopped(asleep):
            assert counted(server) == {b"100": 7 + 10, b"SOA-01001": 2}


def test_each_worker_counts_the_calls_of_a_minute(serve: Serve, people_of_template: People, tmp_path: Path) -> None:
    """usage.calls_per_minute: of one caller so many are answered by each, in all so many times the workers, and no more
    over other connections. The server's time stands, as no minute may end meanwhile."""
    moment = SystemClock().now()
    for name in (CLOCK, MAILBOX_CLOCK):
        FileClock(tmp_path / name, moment)
    settings = {"server.workers": "2", "worker.enabled": "false", "usage.calls_per_minute": "3"}
    server = serve(settings, clocks=tmp_path)
    nurse, doctor = people_of_template.nurse.at(server), people_of_template.doctor.at(server)
    assert waited(lambda: len(server.workers) == 2 and server.get("/readyz").status == 200)
    calls = [nurse.box_info() for _ in range(20)]
    for asleep in server.workers:
        with stopped(asleep):
            for _ in range(3):
                people.ask(server, calls.pop())
            for _ in range(2):
                assert people.fault(people.post(server, calls.pop())).code == "SOA-02002"
            people.ask(server, doctor.box_info())
    told = [people.post(server, each).status for each in calls]
    assert told == [500] * 10


@pytest.mark.slow
def test_several_processes_publish_many_letters_each(
    serve: Serve, people_of_template: People, databases: Databases, database_url: str
) -> None:
    """Every one is there once, in pages; no lock error, no fault. scripts/load does the same with any number."""
    on_postgresql = isinstance(databases, PostgresqlDatabases)
    processes, letters = (4, 50) if on_postgresql else (8, 100)
    settings = {"data.database": database_url} if on_postgresql else {}
    server = serve({"server.workers": str(WORKERS), **settings})
    doctor, nurse = people_of_template.doctor.at(server), people_of_template.nurse.at(server)
    published = publish(server, doctor, nurse, processes, letters)
    assert len(set(published.ids)) == processes * letters
    assert sorted(published.listed) == sorted(published.ids)
    assert published.exact
    for number, (first, *_) in enumerate(published.told):
        full = people.ask(server, nurse.read(first))
        assert list(full.parts.values()) == [f"letter 0 of process {number}".encode()]
    outcomes = Counter(str(line["outcome"]) for line in server.lines if line.get("operation") == "sendMessage")
    assert outcomes == {"100": processes * letters}


def another(server: Running, gone: int) -> bool:
    """Whether there is one worker, and not that one."""
    return len(server.workers) == 1 and gone not in server.workers


@pytest.mark.parametrize(("by", "cause"), [(signal.SIGSEGV, "SIGSEGV"), (signal.SIGTERM, "exit code 0")])
def test_a_worker_that_ends_untold_is_told_of_and_replaced(serve: Serve, by: signal.Signals, cause: str) -> None:
    """Nobody watches. Workers that the server itself ends, as when it is reloaded, are no news."""
    server = serve({"server.workers": "1", "worker.enabled": "false"})
    assert waited(lambda: len(server.workers) == 1 and server.get("/readyz").status == 200)
    for number in (by, None):
        (worker,) = server.workers
        if number is None:
            server.process.send_signal(signal.SIGHUP)
        else:
            os.kill(worker, number)
        assert waited(partial(another, server, worker))
        assert server.get("/readyz").status == 200
    assert server.stop() == 0
    told = [(line["event"], line["cause"]) for line in server.lines if line["level"] == "warning"]
    assert told == [("a worker ended", cause)]

"""As many clients as a server can take, and answers that nobody reads: others are served, and no worker ends."""

from __future__ import annotations

import select
from functools import partial
from pathlib import Path

import pytest

from bench.processes import resident
from tests.http import people
from tests.http.conftest import People, Serve
from tests.http.greedy import deaf, opened
from tests.http.running import Running
from tests.http.test_worker import waited

pytestmark = [pytest.mark.http, pytest.mark.slow]

FILES = 160
CONNECTIONS = FILES // 2
"""How many a worker takes where it may have so many files open (serving.py)."""


def taken(server: Running) -> int:
    """Connections that a worker has accepted: one that still waits has no inode."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    port = f":{server.address[1]:04X}"
    return sum(row[1].endswith(port) and row[3] == "01" and row[9] != "0" for row in rows)


def test_more_clients_than_a_server_can_have(serve: Serve, people_of_template: People) -> None:
    """They wait to be taken in, and come in turn; who is in is served. Taking them all would end the workers, as they
    could open no further file."""
    server = serve({"server.workers": "2", "server.threads": "8"}, files=FILES)
    doctor, processes = people_of_template.doctor.at(server), server.workers
    with server.connect() as kept:
        people.read(people.post_on(kept, doctor.box_info()))
        with opened(server, 2 * FILES + 20) as idle, server.connect() as late:
            assert waited(lambda: taken(server) >= 2 * CONNECTIONS or server.workers != processes)
            assert (taken(server), server.workers) == (2 * CONNECTIONS, processes)
            late.send(doctor.box_info().octets(late.host))
            people.read(people.post_on(kept, doctor.box_info()))
            assert taken(server) == 2 * CONNECTIONS
            assert select.select([late.socket], [], [], 0)[0] == []
            for each in idle[:-CONNECTIONS]:
                each.close()
            people.read(late.reply())
            people.read(people.post_on(kept, doctor.box_info()))
    assert server.workers == processes


def test_answers_that_nobody_reads(serve: Serve, people_of_template: People) -> None:
    """200 of a megabyte, with the settings that ship. Each is held once until its client takes it, and holds a thread;
    nothing else grows."""
    count, size = 200, 1_000_000
    server = serve()
    doctor, nurse = people_of_template.doctor.at(server), people_of_template.nurse.at(server)
    sent = people.ask(server, doctor.publish(people.letter(people.text(b"\x00" * size))))
    requests = [nurse.read(sent.element.get("Id", "")).octets(server.host) for _ in range(count)]
    before = memory(server)
    with deaf(server, requests):
        for _ in range(5):
            letter = people.ask(server, doctor.publish(people.letter(people.text())))
            assert letter.element.get("Id") in people.message_ids(people.ask(server, nurse.list()))
        assert waited(partial(was_answered, server, count))
        grown = memory(server) - before
        assert 0.8 < grown / (count * size) < 1.5


def was_answered(server: Running, count: int) -> bool:
    """Whether that many messages were read whole, as the log says; it does so before the answer leaves."""
    return (
        sum(line.get("operation") == "getFullMessage" and line.get("outcome") == "100" for line in server.lines)
        == count
    )


def memory(server: Running) -> int:
    """Bytes of all its processes but the first."""
    return sum(map(resident, server.workers))

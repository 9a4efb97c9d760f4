"""Clients that dribble, say nothing, do not read or do not hang up: each may hold a thread for a while, nobody else.

Nothing here measures speed: where a guard is missing, a test hangs, or takes minutes where seconds are due.
"""

from __future__ import annotations

import select
import signal
import socket
from pathlib import Path

import pytest

from ehbox_soap import clock
from tests.databases import PostgresqlDatabases
from tests.http import people
from tests.http.conftest import People, Serve
from tests.http.greedy import BODY, HEAD, opened
from tests.http.people import Caller
from tests.http.running import Connection, Running

pytestmark = [pytest.mark.http, pytest.mark.slow]

PACE = 0.05
"""Seconds between a dribbling client's bytes."""


def dribbled(connection: Connection, octet: bytes = b"x") -> float:
    """Sends byte after byte until the server has something to say; the seconds until then."""
    started = clock.monotonic()
    while not select.select([connection.socket], [], [], PACE)[0]:
        connection.send(octet)
        assert clock.monotonic() - started < 60, "a client may dribble for ever"
    return clock.monotonic() - started


def served_beside_slow_clients(server: Running, doctor: Caller, nurse: Caller) -> None:
    """200 that dribble: 150 a body, 50 a head; and 50 that say nothing. The settings that ship."""
    with opened(server, 150, BODY) as bodies, opened(server, 50, HEAD) as heads, opened(server, 50):
        for _ in range(10):
            for each in (*bodies, *heads):
                each.send(b"x")
            sent = people.ask(server, doctor.publish(people.letter(people.text())))
            assert sent.element.get("Id") in people.message_ids(people.ask(server, nurse.list()))
        # None of them was turned away: their time is not over.
        assert select.select([each.socket for each in (*bodies, *heads)], [], [], 0)[0] == []


def test_many_slow_clients_at_once_do_not_keep_others_waiting(running: Running, doctor: Caller, nurse: Caller) -> None:
    served_beside_slow_clients(running, doctor, nurse)


def test_nor_where_they_could_hold_connections_of_the_database(
    serve: Serve, people_of_template: People, postgresql_databases: PostgresqlDatabases, tmp_path: Path
) -> None:
    """On PostgreSQL: each worker has a few, which no client holds before its request is there whole."""
    server = serve({"data.database": postgresql_databases.copied(tmp_path)})
    served_beside_slow_clients(server, people_of_template.doctor.at(server), people_of_template.nurse.at(server))


def test_clients_that_say_nothing_hold_no_thread(serve: Serve, people_of_template: People) -> None:
    """Half-open connections wait in the main loop, many times more of them than there are threads."""
    server = serve({"server.workers": "1", "server.threads": "2"})
    with opened(server, 100):
        people.ask(server, people_of_template.doctor.at(server).box_info())


def test_a_dribbled_body_ends_at_the_deadline_with_a_fault(strict: Running) -> None:
    """The time runs for the request, not anew for every byte; bytes kept coming until the end."""
    with strict.connect() as connection:
        connection.send(BODY)
        assert 1 < dribbled(connection) < 30
        reply = connection.reply()
        assert people.fault(reply).code == "SOA-03001"
        assert b"did not arrive whole in time" in reply.body
        assert reply.closes


def test_a_dribbled_refused_body_ends_at_the_deadline_too(strict: Running) -> None:
    """What is drained is under the same deadline, whatever the method."""
    for method, status in ((b"PUT", 405), (b"POST", 500)):
        with strict.connect() as connection:
            connection.send(BODY.replace(b"POST", method).replace(b"60000", b"99999999"))
            assert 1 < dribbled(connection) < 30
            reply = connection.reply()
            assert (reply.status, reply.closes) == (status, True)


def test_a_dribbled_head_ends_at_the_deadline(strict: Running) -> None:
    """The connection ends; there was no request to answer."""
    with strict.connect() as connection:
        connection.send(HEAD)
        assert 1 < dribbled(connection) < 30
        assert connection.is_closed()


def test_threads_come_back_from_slow_clients(serve: Serve, people_of_template: People) -> None:
    """All threads are held by clients that began to send and stopped: at the deadline they serve others again."""
    server = serve({"server.workers": "1", "server.threads": "2", "server.body_seconds": "1"})
    doctor = people_of_template.doctor.at(server)
    with opened(server, 1, HEAD), opened(server, 1, BODY):
        people.ask(server, doctor.box_info())


def test_a_client_that_does_not_read_its_answer(serve: Serve, people_of_template: People) -> None:
    """An answer too large for the buffers between: the only thread comes back, the answer stays unfinished."""
    server = serve({"server.workers": "1", "server.threads": "1", "server.body_seconds": "1"})
    doctor, nurse = people_of_template.doctor.at(server), people_of_template.nurse.at(server)
    sent = people.ask(server, doctor.publish(people.letter(people.text(b"\x00" * 10_000_000))))
    with server.connect() as deaf:
        # Before anything is sent, so that the window stays small.
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.send(nurse.read(sent.element.get("Id", "")).octets(server.host))
        started = clock.monotonic()
        people.ask(server, doctor.box_info())
        assert clock.monotonic() - started > 0.9, "the whole answer found room on the way: this test shows nothing"


def test_clients_that_do_not_hang_up(serve: Serve, people_of_template: People) -> None:
    """After a last answer the server waits up to 2 s for the client to close: in a thread, never in its main loop,
    where 60 such clients would stand in everybody's way for two minutes."""
    server = serve({"server.workers": "1"})
    last = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    started = clock.monotonic()
    with opened(server, 60, last) as connections:
        assert [each.reply("GET").status for each in connections] == [200] * 60
        people.ask(server, people_of_template.doctor.at(server).box_info())
        assert clock.monotonic() - started < 60


def test_ending_does_not_wait_for_slow_clients(serve: Serve) -> None:
    """SIGTERM with clients that dribble or say nothing: they get two seconds more, not their whole minute."""
    server = serve({"server.workers": "1"})
    with opened(server, 5, BODY) as bodies, opened(server, 5, HEAD), opened(server, 5):
        assert server.get("/livez").status == 200
        started = clock.monotonic()
        assert server.stop() == 0
        assert clock.monotonic() - started < 30
        # Who had sent a whole head is told.
        assert [people.fault(each.reply()).code for each in bodies] == ["SOA-03001"] * 5


def test_interrupting_waits_for_nobody(serve: Serve) -> None:
    """Ctrl-C."""
    server = serve({"server.workers": "2"})
    with opened(server, 5, BODY), opened(server, 5, HEAD), opened(server, 5):
        assert server.get("/livez").status == 200
        started = clock.monotonic()
        assert server.stop(by=signal.SIGINT) == 0
        assert clock.monotonic() - started < 30

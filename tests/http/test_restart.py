"""What was answered is there after the server ended, however it ended."""

from __future__ import annotations

import dataclasses
import signal
from contextlib import suppress

import pytest

from tests.http import people
from tests.http.conftest import People, Serve
from tests.http.load import pages, start
from tests.http.publisher import Task
from tests.http.running import Connection, Running

pytestmark = [pytest.mark.http, pytest.mark.slow]

PUBLISHERS = 4


def under_load(server: Running, task: Task, end: signal.Signals) -> list[str]:
    """The MessageIds told to publishers until the server was ended in the middle of their work."""
    publishers = [start(dataclasses.replace(task, name=f"publisher {n}")) for n in range(PUBLISHERS)]
    first = []
    for each in publishers:
        assert each.stdout is not None
        first += [each.stdout.readline().decode().strip() for _ in range(5)]
    server.stop(by=end)
    rest = []
    for each in publishers:
        output, _ = each.communicate(timeout=120)
        assert each.returncode == 0
        rest += output.decode().split()
    return first + rest


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_every_letter_that_was_answered_is_kept(serve: Serve, people_of_template: People, end: signal.Signals) -> None:
    """The commit comes before the first byte of the answer: so says also a server that is killed at work."""
    server = serve({"server.workers": "2"})
    doctor, nurse = people_of_template.doctor.at(server), people_of_template.nurse.at(server)
    task = dataclasses.replace(Task.of(doctor, server.address, "", 10_000), until_it_fails=True)
    told = under_load(server, task, end)
    assert len(told) == len(set(told)) >= 5 * PUBLISHERS
    again = serve(folder=server.folder)
    listed = [each for page in pages(again, nurse) for each in page]
    assert len(set(listed)) == len(listed)
    assert set(told) <= set(listed)
    # Whole, not only listed.
    people.ask(again, nurse.read(told[-1]))


def test_a_restart_forgets_neither_messages_nor_calls(serve: Serve, people_of_template: People) -> None:
    """The replay key and the message last; so do the STS's key and thereby the assertions."""
    server = serve()
    doctor, nurse = people_of_template.doctor.at(server), people_of_template.nurse.at(server)
    request = doctor.publish(people.letter(people.text()))
    message_id = people.ask(server, request).element.get("Id", "")
    assert server.stop() == 0
    again = serve(folder=server.folder)
    assert people.fault(people.post(again, request)).code == "SOA-01001"
    assert people.message_ids(people.ask(again, nurse.list())) == [message_id]
    full = people.ask(again, nurse.read(message_id))
    assert list(full.parts.values()) == [people.text().data]


def test_an_answer_under_way_is_finished(serve: Serve, people_of_template: People) -> None:
    """SIGTERM while a request is at work: it is answered, and told that the connection ends."""
    server = serve({"server.workers": "1"})
    doctor = people_of_template.doctor.at(server)
    octets = doctor.publish(people.letter(people.text(b"\x00" * 5_000_000))).octets(server.host)
    with server.connect() as connection:
        connection.send(octets[:-1])
        # The worker has the head and waits for the last byte; it now learns that it is to end.
        server.process.send_signal(signal.SIGTERM)
        connection.send(octets[-1:])
        people.read(connection.reply())
    assert server.stop() == 0


def test_who_comes_while_a_server_ends_is_served_or_refused(serve: Serve, people_of_template: People) -> None:
    """Nobody is connected only to be cut off unheard: another server may be there for him."""
    server = serve({"server.workers": "2"})
    doctor = people_of_template.doctor.at(server)
    octets = doctor.publish(people.letter(people.text())).octets(server.host)
    with server.connect() as held:
        held.send(octets[:-1])
        early = [server.connect() for _ in range(5)]
        server.process.send_signal(signal.SIGTERM)
        served = sum(map(is_served, early))
        with suppress(ConnectionRefusedError):
            while is_served(server.connect()):
                served += 1
        # All the while the first one was at work.
        held.send(octets[-1:])
        people.read(held.reply())
    assert served >= 5
    assert server.stop() == 0


def is_served(connection: Connection) -> bool:
    """Raises what a connection raises that ends unheard."""
    with connection:
        connection.send(f"GET /livez HTTP/1.1\r\nHost: {connection.host}\r\n\r\n".encode())
        return connection.reply("GET").status == 200

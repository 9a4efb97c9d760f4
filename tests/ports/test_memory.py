"""Spyne's contexts are cyclic: without help, what a request held would wait for the collector."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator

import pytest

from ehbox_soap.ports.call import Call
from ehbox_soap.ports.mailbox import MailboxDialect
from tests.clients.connector40 import File, HttpRequest
from tests.door import CONSULTATION, Door
from tests.front.calls import ask, publish, with_header
from tests.front.cast import NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import Inline, send_message

SIZE = 3_000_000
COUNT = 6


@pytest.fixture
def collecting_nothing() -> Iterator[None]:
    gc.collect()
    gc.disable()
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.enable()


def letter(door: Door, people: Cast, number: int) -> HttpRequest:
    files = File("T", "t", "text/plain", bytes([number]) * SIZE)
    return publish(door, people.doctor, send_message(Inline([NURSE_BOX], document=files)))


def growth(door: Door, requests: list[HttpRequest], status: int) -> int:
    """The octets that Python holds after the requests more than after the first of them."""
    assert door.send(requests[0]).status == status
    before, _ = tracemalloc.get_traced_memory()
    for each in requests[1:]:
        assert door.send(each).status == status
    after, _ = tracemalloc.get_traced_memory()
    return after - before


def test_large_requests_do_not_pile_up(fresh: Fresh, people: Cast, collecting_nothing: None) -> None:
    door = fresh()
    requests = [letter(door, people, number) for number in range(COUNT)]
    assert growth(door, requests, 200) < SIZE / 2


def test_nor_when_they_become_faults(fresh: Fresh, people: Cast, collecting_nothing: None) -> None:
    """Refused early (SOAPAction), and late (the schema): each has its own way out of Spyne."""
    door = fresh()
    early = [with_header(letter(door, people, number), "SOAPAction", "urn:x") for number in range(COUNT)]
    assert growth(door, early, 500) < SIZE / 2
    doctor = people.doctor
    element = send_message(Inline([NURSE_BOX], document=File("", "t", "text/plain", bytes(SIZE))))
    late = [publish(door, doctor, element) for _ in range(COUNT)]
    assert growth(door, late, 500) < SIZE / 2


def test_nor_do_large_answers(fresh: Fresh, people: Cast, collecting_nothing: None) -> None:
    door = fresh()
    message_id = ask(door, letter(door, people, 1)).element.get("Id", "")
    connector, assertion = people.nurse.connector, people.nurse.assertion
    requests = [connector.get_full_message(CONSULTATION, door.now, assertion, message_id) for _ in range(COUNT)]
    assert growth(door, requests, 200) < SIZE / 2


def test_the_octets_are_gone_once_there_are_typed_values(
    fresh: Fresh, people: Cast, collecting_nothing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the mailbox works (and waits for the database) only the content is held, not the body nor the tree."""
    door = fresh()
    request = letter(door, people, 1)
    headers = {name.lower(): value for name, value in request.headers}
    perform = MailboxDialect.perform
    seen: list[int] = []

    def spy(dialect: MailboxDialect, call: Call, decoded: object) -> object:
        assert (call.body, call.envelope, dict(call.parts)) == (b"", None, {})
        seen.append(tracemalloc.get_traced_memory()[0])
        return perform(dialect, call, decoded)

    monkeypatch.setattr(MailboxDialect, "perform", spy)
    body = [bytes(bytearray(request.body))]
    before, _ = tracemalloc.get_traced_memory()
    # Not within an assert, which keeps what it was given.
    answer = door.server.answer(request.path, headers, body.pop())
    (during,) = seen
    assert answer.status == 200
    assert during - before < SIZE / 4 - len(request.body) + SIZE

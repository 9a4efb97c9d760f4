"""Two calls at the same moment with one PublicationId: the second is answered as if it had come later (PUB-2, PUB-3).

On PostgreSQL only: SQLite has one writer at a time. The other call is made whole where this one has just seen that the
PublicationId is free, so that they meet each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ehbox_soap.errors import Overtaken
from ehbox_soap.mailbox import checking, publication
from tests.clients.connector40 import File, HttpRequest
from tests.door import CONSULTATION, Door
from tests.front.calls import ask, publish, refusal
from tests.front.cast import NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import Inline, send_message
from tests.front.postgresql import postgresql_door
from tests.postgresql import Cluster

LETTER = Inline([NURSE_BOX], publication_id="SAME-AT-ONCE")


@pytest.fixture
def door(template: Path, cluster: Cluster, tmp_path: Path) -> Iterator[Door]:
    with postgresql_door(cluster, "overtaken", template, tmp_path) as door:
        yield door


class Overtaking:
    """first_message_id, after which others publish so many times, each before the call that looked goes on."""

    def __init__(self, door: Door, others: list[HttpRequest]) -> None:
        self.look = checking.first_message_id
        self.door = door
        self.others = others
        self.ids: list[str] = []
        self.looked = 0

    def __call__(self, *arguments: Any) -> str | None:
        found = self.look(*arguments)
        self.looked += 1
        if self.others:
            self.ids.append(ask(self.door, self.others.pop(0)).element.get("Id", ""))
        return found


def overtaken(door: Door, monkeypatch: pytest.MonkeyPatch, *others: HttpRequest) -> Overtaking:
    made = Overtaking(door, list(others))
    monkeypatch.setattr(publication, "first_message_id", made)
    return made


def listed(door: Door, people: Cast) -> list[str | None]:
    nurse = people.nurse
    rows = ask(door, nurse.connector.get_messages_list(CONSULTATION, door.now, nurse.assertion)).element
    return [row.findtext("MessageId") for row in rows.iterfind("Message")]


def test_the_same_document_gets_the_answer_of_the_first(
    door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUB-3: newly signed, it stores nothing, however little later it came."""
    ours, theirs = (publish(door, people.doctor, send_message(LETTER)) for _ in range(2))
    other = overtaken(door, monkeypatch, theirs)
    answer = ask(door, ours)
    assert other.looked == 3, "this call looked, the other did, and this one looked again"
    assert [answer.element.get("Id", "")] == other.ids == listed(door, people)


def test_another_document_is_refused(door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """PUB-2: it finds the PublicationId remembered, as any later call does."""
    another = replace(LETTER, document=File("Another", "another.txt", "text/plain", b"Another letter.\r\n"))
    theirs = publish(door, people.doctor, send_message(another))
    other = overtaken(door, monkeypatch, theirs)
    answer = door.send(publish(door, people.doctor, send_message(LETTER)))
    assert b"<Code>849</Code>" in answer.body
    assert b"PublicationId, remembered for 365 days" in answer.body
    assert listed(door, people) == other.ids


def test_it_is_not_tried_for_ever(fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: a call that is overtaken each time is refused, and leaves nothing."""
    calls = []

    def always(*_: object) -> None:
        calls.append(1)
        raise Overtaken("849", "PublicationId", "used by another call at the same moment")

    monkeypatch.setattr(publication, "send_message", always)
    door = fresh()
    assert refusal(door, publish(door, people.doctor, send_message(LETTER))).code == "849"
    assert len(calls) == 3

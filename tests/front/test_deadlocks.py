"""Calls that the database ends because they waited for each other: made anew, once and whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from ehbox_soap.mailbox import publication
from tests.door import CONSULTATION
from tests.front.calls import ask, fault, publish
from tests.front.cast import NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import Inline, send_message


class Deadlock(Exception):
    """As PostgreSQL tells of one that it ended."""

    sqlstate = "40P01"


class Failing:
    """sendMessage that does its work, and then fails so often."""

    def __init__(self, whole: Callable[..., object], times: int, cause: Exception) -> None:
        self.whole = whole
        self.times = times
        self.error: DBAPIError = OperationalError("", {}, cause)
        self.calls = 0

    def __call__(self, *arguments: object) -> object:
        self.calls += 1
        answer = self.whole(*arguments)
        if self.calls <= self.times:
            raise self.error
        return answer


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ehbox_soap.store.engine._PAUSE_SECONDS", 0.0)


def test_a_call_that_was_ended_is_made_anew(fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also its replay key: the first try left none. The letter is there once."""
    door = fresh()
    failing = Failing(publication.send_message, 3, Deadlock())
    monkeypatch.setattr(publication, "send_message", failing)
    ask(door, publish(door, people.doctor, send_message(Inline([NURSE_BOX]))))
    assert failing.calls == 4
    nurse = people.nurse
    rows = ask(door, nurse.connector.get_messages_list(CONSULTATION, door.now, nurse.assertion))
    assert len(rows.element.findall("Message")) == 1


def test_it_is_one_call_of_the_caller(fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """usage.calls_per_minute: each try would else take a turn, which no rollback gives back; one it does take."""
    door = fresh({"usage.calls_per_minute": "2"})
    failing = Failing(publication.send_message, 3, Deadlock())
    monkeypatch.setattr(publication, "send_message", failing)
    for _ in range(2):
        ask(door, publish(door, people.doctor, send_message(Inline([NURSE_BOX]))))
    assert failing.calls == 5
    refused = fault(door, publish(door, people.doctor, send_message(Inline([NURSE_BOX]))))
    assert (refused.code, refused.reason) == ("SOA-02002", "more calls in a minute than are taken from one caller")


@pytest.mark.parametrize(("cause", "calls"), [(Deadlock(), 4), (Exception(), 1)])
def test_it_is_not_made_for_ever_nor_after_another_failure(
    cause: Exception, calls: int, fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = fresh()
    failing = Failing(publication.send_message, 9, cause)
    monkeypatch.setattr(publication, "send_message", failing)
    assert fault(door, publish(door, people.doctor, send_message(Inline([NURSE_BOX])))).code == "SOA-02002"
    assert failing.calls == calls

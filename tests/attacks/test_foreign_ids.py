"""A message, a period or a key of somebody else is answered like one that does not exist: by the same bytes, and by
the same statements, so that neither the answer nor its time tells that it is there (FULL-1, ACK-4, MOVE-2, DEL-1,
OOO-3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.attacks.callers import SSIN, Asking, caller, person, put_key, send
from tests.attacks.rights import DOCTOR_BOX, MEMBER, STRANGER
from tests.attacks.statements import traced
from tests.clients.connector40 import Destination
from tests.databases import DATABASES
from tests.door import CERTIFIED, Client, Door, content_of
from tests.door_kinds import WITHIN
from tests.doors import Doors
from tests.front.postgresql import postgresql_door
from tests.http.clocked import TRACED

TO_DOCTOR, TO_STRANGER = Destination(DOCTOR_BOX[0], "INSS", "DOCTOR"), Destination(STRANGER, "INSS", "DOCTOR")
OPERATIONS = (
    *("getFullMessage", "getMessageHistory", "getMessageAcknowledgmentsStatus", "moveMessage", "deleteMessage"),
    "deleteOoO",
)


@dataclass
class Stage:
    """A door; a stranger, what is asked for in somebody else's box, the same names of nothing, and its own."""

    door: Door
    stranger: Client
    foreign: Asking
    unknown: Asking
    own: Asking


@pytest.fixture(scope="module", params=DATABASES)
def stage(
    request: pytest.FixtureRequest,
    template: Path,
    foreign_settings: Mapping[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """Over HTTP the run's own database; within the process both."""
    folder, kind = tmp_path_factory.mktemp("ids"), request.config.getoption("--door")
    if kind != WITHIN:
        doors: Doors = request.getfixturevalue("doors")
        # One worker: what each does once, such as to ask the database for its version, is done before.
        door = doors.open(folder / "data", template, {**foreign_settings, "server.workers": "1"}, (TRACED,))
        yield staged(door)
        doors.close(door)
        return
    if request.param == "postgresql":
        with postgresql_door(request.getfixturevalue("cluster"), "ids", template, folder, foreign_settings) as door:
            yield staged(door)
        return
    door = Door(folder / "data", template, foreign_settings)
    yield staged(door)
    door.close()


def staged(door: Door) -> Stage:
    """What is asked for stands at the door."""
    doctor, stranger = caller(person(DOCTOR_BOX[0], "DOCTOR")), caller(person(STRANGER, "DOCTOR"))
    nurse = caller(person(MEMBER, "NURSE"))
    readers = (CERTIFIED, f"{SSIN}:nurse:boolean", "true"), (CERTIFIED, f"{SSIN}:doctor:boolean", "true")
    asking = []
    for who, to, reader in zip((doctor, stranger), (TO_DOCTOR, TO_STRANGER), readers, strict=True):
        received, sent = send(door, nurse, to), send(door, who, Destination(MEMBER, "INSS", "NURSE"))
        each = Asking(door, received, sent, "", put_key(door, reader))
        each.period = content_of(door.send(each.consultation(who, "insertOoO", ""))).get("Id", "")
        asking.append(each)
    unknown = Asking(door, "B" * 13, "C" * 13, "D" * len(asking[0].period), b"E" * 16)
    return Stage(door, stranger, asking[0], unknown, asking[1])


def told(stage: Stage, operation: str, about: Asking) -> tuple[bytes, list[str]]:
    """The answer, in which the ids of the request are blanks, and the statements."""
    if operation == "GetKey":
        request = about.get_key(stage.stranger)
    else:
        request = about.consultation(stage.stranger, operation, "")
    with traced(stage.door) as statements:
        answer = stage.door.send(request)
    assert answer.status == 200, answer.body
    ids = b"|".join(re.escape(each.encode()) for each in (about.received, about.sent, about.period))
    return re.sub(ids, b"-", answer.body), statements


@pytest.mark.parametrize("operation", [*OPERATIONS, "GetKey"])
def test_the_same_answer_by_the_same_statements(operation: str, stage: Stage) -> None:
    stage.door.reset()
    # Once before, about a third, so that whatever is done once an hour or for a first caller is done.
    told(stage, operation, replace(stage.unknown, received="F" * 13, sent="F" * 13))
    (foreign, asked), (unknown, asked_too) = (told(stage, operation, each) for each in (stage.foreign, stage.unknown))
    assert foreign == unknown
    assert asked == asked_too
    assert len(asked) > 5, "nothing was traced"


@pytest.mark.parametrize("operation", [*OPERATIONS, "GetKey"])
def test_ones_own_is_answered_otherwise(operation: str, stage: Stage) -> None:
    """What makes the test above one: the same call about what is one's own finds it."""
    stage.door.reset()
    own = replace(stage.own, received=send(stage.door, caller(person(MEMBER, "NURSE")), TO_STRANGER))
    assert told(stage, operation, own)[0] != told(stage, operation, stage.unknown)[0]


@pytest.mark.parametrize("operation", ["moveMessage", "deleteMessage"])
def test_among_ones_own_they_are_the_same_too(operation: str, stage: Stage) -> None:
    """MOVE-2, DEL-1: the rest is done, and what could not be comes back, somebody else's as the unknown."""
    nurse = caller(person(MEMBER, "NURSE"))
    found = []
    # The first is there so that what is done once is done.
    for other in (stage.unknown, stage.foreign, stage.unknown):
        mine = send(stage.door, nurse, TO_STRANGER)
        both = replace(stage.own, received=f"{mine}</MessageId><MessageId>{other.received}")
        answer, statements = told(stage, operation, both)
        assert answer.count(other.received.encode()) == 1
        found.append((answer.replace(other.received.encode(), b"-"), statements))
    assert found[1] == found[2]

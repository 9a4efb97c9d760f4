"""Faults of the house: not here, unforeseen, the database. Whatever happens when, nothing of the call lasts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import boxes, folders, publication
from ehbox_soap.store.replay import Replay
from ehbox_soap.wire import codec, contract, mime, soap
from tests.clients.connector40 import HttpRequest
from tests.door import CONSULTATION, PUBLICATION, STS, Door
from tests.front.calls import ask, box_info, fault, refusal
from tests.front.cast import NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import attached

CANARY = "a-name-and-71031499894"


def raising(error: BaseException) -> Callable[..., object]:
    def raise_it(*_: object, **__: object) -> object:
        raise error

    return raise_it


def after(function: Callable[..., object], error: BaseException) -> Callable[..., object]:
    """The function does all its work, and then fails."""

    def fail(*arguments: object, **names: object) -> object:
        function(*arguments, **names)
        raise error

    return fail


def operational() -> OperationalError:
    return OperationalError(f"INSERT {CANARY}", {"canary": CANARY}, Exception(f"disk {CANARY}"))


def letter(door: Door, people: Cast, publication_id: str = "house") -> HttpRequest:
    doctor = people.doctor
    return doctor.connector.send_message(PUBLICATION, door.now, doctor.assertion, attached(publication_id, [NURSE_BOX]))


# SOA-02001: not here


def test_a_server_without_an_sts(fresh: Fresh, people: Cast) -> None:
    door = fresh({"sts.enabled": "false"})
    found = fault(door, people.doctor.connector.request_secure_token(STS, door.now, [], []))
    assert (found.code, found.reason) == ("SOA-02001", "this server has no STS")


# SOA-00001: whatever is raised, wherever


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(CANARY),
        KeyError(CANARY),
        AssertionError(CANARY),
        RecursionError(CANARY),
        MemoryError(CANARY),
        StopIteration(CANARY),
        UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
        SystemError(CANARY),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_the_mailbox_raises(error: Exception, door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the message was written: SOA-00001, and nothing of it lasts."""
    monkeypatch.setattr(publication, "send_message", after(publication.send_message, error))
    found = fault(door, letter(door, people))
    assert (found.code, found.reason) == ("SOA-00001", "")
    assert CANARY.encode() not in found.octets


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (codec, "encode_answer"),
        (contract.Port, "validate_answer"),
        (soap, "close_envelope"),
    ],
)
def test_what_the_encoding_raises(
    owner: object, name: str, door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter stands in the transaction already; the answer to it cannot be written."""
    with monkeypatch.context() as patch:
        whole = getattr(owner, name)
        first: list[str] = []

        def fail_once(*arguments: object, **names: object) -> object:
            # The fault itself is enveloped by the same function.
            if not first:
                first.append(name)
                raise RuntimeError(CANARY)
            return whole(*arguments, **names)

        patch.setattr(owner, name, fail_once)
        found = fault(door, letter(door, people))
    assert first
    assert (found.code, found.reason) == ("SOA-00001", "")
    assert CANARY.encode() not in found.octets


def test_an_answer_that_breaks_the_contract_is_not_sent(
    door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every answer is validated before the commit."""
    whole = codec.encode_answer

    def break_it(*arguments: object) -> object:
        element, parts = whole(*arguments)  # type: ignore[arg-type]
        element.set("Unknown", CANARY)
        return element, parts

    monkeypatch.setattr(codec, "encode_answer", break_it)
    found = fault(door, letter(door, people))
    assert (found.code, found.reason) == ("SOA-00001", "")


def test_what_the_multipart_writer_raises(fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """getFullMessage with attachments: the last step before the commit; the message stays unread (ACK-1)."""
    door = fresh()
    message_id = ask(door, letter(door, people)).element.get("Id", "")
    nurse = people.nurse
    request = nurse.connector.get_full_message(CONSULTATION, door.now, nurse.assertion, message_id)
    with monkeypatch.context() as patch:
        patch.setattr(mime, "write", raising(RuntimeError(CANARY)))
        found = fault(door, request)
    assert (found.code, found.reason) == ("SOA-00001", "")
    ask(door, request)


def test_a_refusal_undoes_what_was_written_before_it(door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is an answer, so it is committed: its replay key and nothing else."""
    late = Refusal("849", "PublicationId")
    monkeypatch.setattr(publication, "send_message", after(publication.send_message, late))
    refused = refusal(door, letter(door, people))
    assert (refused.code, refused.place, refused.element) == ("849", "PublicationId", "SendMessageResponse")
    assert door.replay_keys() == 1


# SOA-02002: the database


@pytest.mark.parametrize("error", [operational(), PoolTimeoutError(CANARY)], ids=["operational", "pool"])
def test_the_database_fails_in_a_writing_call(
    error: Exception, door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "send_message", after(publication.send_message, error))
    found = fault(door, letter(door, people))
    assert (found.code, found.reason) == ("SOA-02002", "storage")
    assert CANARY.encode() not in found.octets


def test_the_database_fails_in_a_reading_call(door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "get_box_info", raising(operational()))
    assert fault(door, box_info(door, people.doctor)).code == "SOA-02002"


def test_the_database_fails_while_the_replay_key_is_kept(
    door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Replay, "remember", raising(operational()))
    for request in (letter(door, people), box_info(door, people.doctor)):
        found = fault(door, request)
        assert (found.code, found.reason) == ("SOA-02002", "storage")


def test_the_commit_fails(fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer's bytes are ready, the commit is not done: a fault, nothing stored, and the same bytes may come
    again, since their replay key did not last either."""
    door = fresh()
    request = letter(door, people)
    with monkeypatch.context() as patch:
        patch.setattr(door.house.store._engine.dialect, "do_commit", raising(operational()))
        found = fault(door, request)
    assert (found.code, found.reason) == ("SOA-02002", "storage")
    assert CANARY.encode() not in found.octets
    assert door.replay_keys() == 0
    ask(door, request)


def test_the_commit_comes_before_the_first_byte(door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails at the commit cannot be preceded by a 200."""
    happened: list[str] = []
    dialect = door.house.store._engine.dialect
    commit = dialect.do_commit

    def commit_and_tell(connection: object) -> None:
        commit(connection)  # type: ignore[arg-type]
        happened.append("commit")

    monkeypatch.setattr(dialect, "do_commit", commit_and_tell)
    environ = door.environ(people.nurse.connector.get_messages_list(CONSULTATION, door.now, people.nurse.assertion))
    chunks = door.server(environ, lambda *_: happened.append("status"))
    assert happened == ["commit", "status"]
    assert b"".join(chunks)


def test_a_failure_leaves_no_connection_behind(fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor a lock or a transaction: the next call must not wait for them."""
    door = fresh()
    for error in (operational(), RuntimeError(CANARY)):
        with monkeypatch.context() as patch:
            patch.setattr(folders, "get_messages_list", after(folders.get_messages_list, error))
            request = people.nurse.connector.get_messages_list(CONSULTATION, door.now, people.nurse.assertion)
            assert fault(door, request).code in ("SOA-00001", "SOA-02002")
        for engine in (door.house.store._engine, door.house.store._quick):
            pool = engine.pool
            assert isinstance(pool, QueuePool)
            assert pool.checkedout() == 0
    ask(door, letter(door, people))

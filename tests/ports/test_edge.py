"""Whatever any step raises becomes one fault: no bare 500, no 200 with nothing in it, nothing of the exception's text.

Spyne catches only its own Fault while reading and decoding, and has said 200 before it serialises.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ehbox_soap.ports.mailbox import MailboxDialect
from ehbox_soap.ports.sts import StsDialect
from ehbox_soap.security.wss import Verifier
from ehbox_soap.wire import codec, contract, mime, soap, xml
from tests.clients.connector40 import HttpRequest
from tests.door import CONSULTATION, PUBLICATION, STS, Door
from tests.front.calls import ask, box_info, fault, told
from tests.front.cast import NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import attached

CANARY = "canary-71031499894"

STEPS: list[tuple[object, str]] = [
    (mime, "read"),
    (xml, "parse"),
    (soap, "open_envelope"),
    (MailboxDialect, "check_action"),
    (soap, "check_must_understand"),
    (Verifier, "call"),
    (contract.Port, "validate_request"),
    (codec, "decode_request"),
    (MailboxDialect, "perform"),
    (codec, "encode_answer"),
    (contract.Port, "validate_answer"),
]


def raising(error: Exception) -> Callable[..., object]:
    def raise_it(*_: object, **__: object) -> object:
        raise error

    return raise_it


@pytest.mark.parametrize(("owner", "name"), STEPS, ids=[name for _, name in STEPS])
@pytest.mark.parametrize(
    "error",
    [RuntimeError(CANARY), RecursionError(CANARY), StopIteration(CANARY)],
    ids=lambda error: type(error).__name__,
)
def test_each_step_of_a_mailbox_call(
    owner: object, name: str, error: Exception, door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = box_info(door, people.doctor)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, raising(error))
        found = fault(door, request)
    assert (found.code, found.reason) == ("SOA-00001", "")
    assert CANARY.encode() not in found.octets


@pytest.mark.parametrize(
    ("owner", "name"),
    [(StsDialect, "check_action"), (Verifier, "sts_call"), (StsDialect, "perform"), (StsDialect, "encode")],
)
def test_each_step_of_an_sts_call(
    owner: object, name: str, door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, raising(RuntimeError(CANARY)))
    found = fault(door, people.doctor.connector.request_secure_token(STS, door.now, [], []))
    assert (found.code, found.reason) == ("SOA-00001", "")
    assert CANARY.encode() not in found.octets


def letter(door: Door, people: Cast) -> HttpRequest:
    doctor = people.doctor
    return doctor.connector.send_message(PUBLICATION, door.now, doctor.assertion, attached("edge", [NURSE_BOX]))


def test_the_status_is_a_faults_after_a_failure_in_the_serialisation(
    fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once 200 was said and an answer with attachments was on its way, nothing of it stays: neither its status, nor
    its multipart type, nor its parts."""
    door = fresh()
    message_id = ask(door, letter(door, people)).element.get("Id", "")
    nurse = people.nurse
    with monkeypatch.context() as patch:
        patch.setattr(door.house.store._engine.dialect, "do_commit", raising(RuntimeError(CANARY)))
        answer = door.send(nurse.connector.get_full_message(CONSULTATION, door.now, nurse.assertion, message_id))
    assert told(answer).code == "SOA-00001"
    assert b"%PDF" not in answer.body


def test_a_fault_tells_the_whole_envelope_once(door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half-written answer before the fault would be two documents."""
    monkeypatch.setattr(mime, "write", raising(RuntimeError(CANARY)))
    monkeypatch.setattr(contract.Port, "validate_answer", raising(RuntimeError(CANARY)))
    octets = fault(door, box_info(door, people.doctor)).octets
    assert octets.count(b"<?xml") == octets.count(b"Envelope>") == 1
    assert octets.count(b"SystemError ") == 1


def test_a_failing_call_does_not_touch_the_next(door: Door, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a context is shared between calls."""
    with monkeypatch.context() as patch:
        patch.setattr(codec, "encode_answer", raising(RuntimeError(CANARY)))
        assert fault(door, box_info(door, people.doctor)).code == "SOA-00001"
    ask(door, box_info(door, people.doctor))

"""A lost answer: the call is made again, newly signed, where that is safe, and never where it is not (PUB-3).

The server carries a call out and then the connection ends: what it holds afterwards is counted in its tables.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from ehbox_soap import clock
from ehbox_soap.client import (
    Addresses,
    AnswerLostError,
    ClientError,
    Consultation,
    Publication,
    Retry,
    Session,
    StatusError,
    UnreachableError,
    types,
)
from ehbox_soap.client.addresses import CONSULTATION_PATH, PUBLICATION_PATH, STS_PATH
from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from tests.door import Door, prepared
from tests.wiring import Line, line

DOCTOR, NURSE = "71031499894", "85061999865"
NURSES = types.BoxId(NURSE, "INSS", "NURSE")
pytestmark = pytest.mark.http


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("lost") / "template")


@pytest.fixture(scope="module")
def doctor(template: Path) -> KeyEntry:
    return Authority.open(template / "pki", SetClock(), SeededChance(11)).person(DOCTOR, "Dora Voorbeeld")


@pytest.fixture
def door(template: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Door]:
    """A server; a test may give further settings as its indirect parameter."""
    opened = Door(tmp_path / "data", template, {"log.level": "ERROR", **getattr(request, "param", {})})
    yield opened
    opened.close()


@pytest.fixture
def served(door: Door) -> Iterator[Line]:
    with line(door.server) as found:
        yield found


def losing(path: str, count: int) -> Callable[[str], bool]:
    """Loses the first `count` answers of that path."""
    left = [count]

    def loses(asked: str) -> bool:
        left[0] -= asked == path
        return asked == path and left[0] >= 0

    return loses


@pytest.fixture
def session(door: Door, served: Line, doctor: KeyEntry) -> Iterator[Session]:
    addresses = Addresses(served.base)
    opened = Session(
        doctor,
        addresses.sts,
        retry=Retry(attempts=3, pause_seconds=0),
        clock=door.clock,
        chance=door.chance,
    )
    yield opened
    opened.close()


def letter(content_type: types.ContentType = types.ContentType.DOCUMENT) -> types.SendMessageRequest:
    document = types.Document("A letter", types.Content(b"a line\r\n", attached=True), "letter.txt", "text/plain")
    return types.SendMessageRequest(
        (types.Destination(NURSES),), types.MessageContent(document), types.ContentSpecification(content_type)
    )


def count(door: Door) -> dict[str, int]:
    contents = door.contents()
    return {table: len(contents[table]) for table in ("message", "delivery", "publication")}


def publication(session: Session, served: Line) -> Publication:
    return Publication(session, Addresses(served.base).publication, shipped=True)


@pytest.mark.parametrize("lost", [1, 2])
def test_a_message_whose_answer_is_lost_exists_once(door: Door, served: Line, session: Session, lost: int) -> None:
    """PUB-3: the same PublicationId, newly signed, gets the first answer."""
    served.loses = losing(PUBLICATION_PATH, lost)
    answer = publication(session, served).send_message(letter())
    assert count(door) == {"message": 1, "delivery": 2, "publication": 1}
    sent = [body for path, body in served.asked if path == PUBLICATION_PATH]
    assert len(sent) == lost + 1
    # The last one is the message's; the one before it is that of the assertion, which stays.
    assert len({re.findall(rb"SignatureValue>([^<]+)<", body)[-1] for body in sent}) == lost + 1
    assert answer.sent_publication_id is not None
    assert all(answer.sent_publication_id.encode() in body for body in sent)
    (stored,) = door.contents()["message"]
    assert answer.id in stored


def test_attempts_end(door: Door, served: Line, session: Session) -> None:
    served.loses = losing(PUBLICATION_PATH, 3)
    with pytest.raises(AnswerLostError) as caught:
        publication(session, served).send_message(letter())
    assert [path for path, _ in served.asked].count(PUBLICATION_PATH) == 3
    assert caught.value.__notes__ == ["2 earlier answers were lost: this call may have been carried out already"]
    assert count(door)["message"] == 1


def test_one_attempt_is_not_repeated(door: Door, served: Line, session: Session) -> None:
    session.retry = Retry(attempts=1)
    served.loses = losing(PUBLICATION_PATH, 1)
    with pytest.raises(AnswerLostError):
        publication(session, served).send_message(letter())
    assert [path for path, _ in served.asked].count(PUBLICATION_PATH) == 1


def test_a_news_is_sent_once(served: Line, session: Session) -> None:
    """PUB-11: each would be a further version."""
    served.loses = losing(PUBLICATION_PATH, 1)
    with pytest.raises(AnswerLostError):
        publication(session, served).send_message(letter(types.ContentType.NEWS))
    assert [path for path, _ in served.asked].count(PUBLICATION_PATH) == 1


@pytest.mark.parametrize("door", [{"mailbox.repeat_window_seconds": "0"}], indirect=True)
def test_a_refusal_after_a_lost_answer_says_so(served: Line, session: Session) -> None:
    """A server without PUB-3's window refuses the repetition (849), though the first was carried out."""
    served.loses = losing(PUBLICATION_PATH, 1)
    with pytest.raises(StatusError) as caught:
        publication(session, served).send_message(letter())
    assert caught.value.code == "849"
    assert "1 earlier answers were lost" in caught.value.__notes__[0]


READING = {
    "get_messages_list": types.GetMessagesListRequest(),
    "get_all_ehboxes_messages_list": types.GetAllEhboxesMessagesListRequest(),
    "get_full_message": types.GetFullMessageRequest("abcDEF0123456"),
    "get_message_history": types.GetHistoryRequest("abcDEF0123456"),
    "get_box_info": types.GetBoxInfoRequest(),
    "get_message_acknowledgments_status": types.GetMessageAcknowledgmentsStatusRequest("abcDEF0123456"),
    "get_ooo_list": types.GetOoOListRequest(),
}
CHANGING = {
    "move_message": types.MoveMessageRequest(types.Source.INBOX, types.Source.BININBOX, ("abcDEF0123456",)),
    "delete_message": types.DeleteMessageRequest(types.Source.INBOX, ("abcDEF0123456",)),
    "insert_ooo": types.InsertOoORequest(date(2026, 1, 20), date(2026, 1, 21)),
    "delete_ooo": types.DeleteOoORequest(("abcDEF0123456",)),
}


@pytest.mark.parametrize(
    ("operation", "attempts"), [*((each, 2) for each in READING), *((each, 1) for each in CHANGING)]
)
def test_what_reads_is_asked_again_and_what_changes_is_not(
    served: Line, session: Session, operation: str, attempts: int
) -> None:
    served.loses = losing(CONSULTATION_PATH, 1)
    port = Consultation(session, Addresses(served.base).consultation, shipped=True)
    try:
        getattr(port, operation)({**READING, **CHANGING}[operation])
    except AnswerLostError:
        assert attempts == 1
    except ClientError:
        # Refused or not built: what matters is that there was an answer.
        assert attempts == 2
    assert [path for path, _ in served.asked].count(CONSULTATION_PATH) == attempts


def test_every_operation_is_one_or_the_other() -> None:
    own = {name for name in vars(Consultation) if name.startswith(("get_", "move_", "delete_", "insert_"))}
    assert own == READING.keys() | CHANGING.keys()


def test_the_sts_is_asked_again(served: Line, session: Session) -> None:
    served.loses = losing(STS_PATH, 1)
    assert session.assertion().subject
    assert [path for path, _ in served.asked].count(STS_PATH) == 2


def test_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    monkeypatch.setattr(clock, "wait", paused.append)

    def lost() -> None:
        raise AnswerLostError("lost")

    with pytest.raises(AnswerLostError):
        Retry(attempts=4, pause_seconds=0.5).run(lost)
    assert paused == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"pause_seconds": -1.0}])
def test_a_retry_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="attempt"):
        Retry(**wrong)


def test_a_server_that_says_nothing_is_given_up_in_time(doctor: KeyEntry) -> None:
    """The timeout ends the wait for an answer; the call may have been carried out."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        opened = Session(doctor, Addresses(address).sts, timeout_seconds=0.05, retry=Retry(attempts=1))
        with pytest.raises(AnswerLostError, match="ReadTimeout"):
            opened.assertion()
        opened.close()


def test_where_nobody_listens_nothing_was_sent(doctor: KeyEntry) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    opened = Session(doctor, Addresses(address).sts)
    with pytest.raises(UnreachableError) as caught:
        opened.assertion()
    assert not isinstance(caught.value, AnswerLostError)
    opened.close()

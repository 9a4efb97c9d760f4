"""What is logged: codes, durations and ids of faults; never a content, a name or an identifier, at any level."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy.exc import OperationalError

from ehbox_soap.mailbox import boxes
from tests import canaries
from tests.clients.connector40 import File, HttpRequest
from tests.door import CONSULTATION, PUBLICATION, STS, Door
from tests.front.calls import (
    ask,
    box_info,
    consult,
    consultation,
    fault,
    post,
    publish,
    refusal,
    told,
    with_body,
    with_header,
)
from tests.front.cast import DOCTOR, NURSE, NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import Inline, attached, send_message
from tests.listening import LogAsItIs

CANARY = "Kanarie"
CONTENT = b"The content is a Kanarie with spaces."
PERSONAL = (
    CANARY,
    DOCTOR,
    NURSE,
    "19990116",  # the doctor's NIHII
    "71990133",  # the hospital's
    "Voorbeeld",
    "Proefpersoon",
    "Hôpital Exemple",
    "TEST PERSON",
)


@dataclass
class Logged:
    """A door and everything that was logged or written by it and its libraries."""

    door: Door
    stream: io.StringIO
    caplog: pytest.LogCaptureFixture
    capsys: pytest.CaptureFixture[str]

    def text(self) -> str:
        records = [f"{record.name} {record.getMessage()} {record.exc_text or ''}" for record in self.caplog.records]
        written = self.capsys.readouterr()
        return "\n".join([self.stream.getvalue(), *records, written.out, written.err])


@pytest.fixture(params=["json", "human"])
def logged(
    request: pytest.FixtureRequest,
    fresh: Fresh,
    people: Cast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Logged]:
    """A fresh door that logs at DEBUG, with every library's logger open as far as the house lets it."""
    before = LogAsItIs()
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    door = fresh({"log.level": "DEBUG", "log.format": request.param})
    caplog.set_level(logging.DEBUG)
    # Its loggers do not propagate: what they let through would be seen here.
    spyne = logging.getLogger("spyne")
    spyne.addHandler(caplog.handler)
    yield Logged(door, stream, caplog, capsys)
    spyne.removeHandler(caplog.handler)
    before.put_back()


def letter(**changes: object) -> str:
    """A letter that is full of what must not be logged."""
    inline = Inline(
        [NURSE_BOX],
        document=File(f"Title {CANARY}", f"{CANARY}.txt", f"text/{CANARY}", CONTENT),
        annexes=[File(f"Annex {CANARY}", f"annex-{CANARY}", "text/plain", CONTENT)],
        publication_id=f"P-{CANARY}",
        custom_metas=[(f"Key{CANARY}", f"Value{CANARY}")],
        free="<FreeInformations><EncryptableFreeText>S2FuYXJpZQ==</EncryptableFreeText></FreeInformations>"
        "<EncryptableINSSPatient>S2FuYXJpZQ==</EncryptableINSSPatient>",
    )
    element = send_message(replace(inline, **changes))  # type: ignore[arg-type]
    user = f'<User FirstName="First{CANARY}" LastName="Last{CANARY}">{NURSE}</User>'
    return element.replace("</Quality></DestinationContext>", f"</Quality>{user}</DestinationContext>")


def quiet(logged: Logged) -> str:
    """The log, in which nothing personal may stand."""
    text = logged.text()
    assert canaries.told(PERSONAL, [text]) == {}
    return text


def test_a_success(logged: Logged, people: Cast) -> None:
    """Sent, listed and read, inline and attached, with an assertion that was asked for."""
    door = logged.door
    doctor = door.person(DOCTOR, ("urn:be:fgov:person:ssin:doctor:boolean",))
    message_id = ask(door, publish(door, doctor, letter())).element.get("Id", "")
    files = attached(CANARY, [NURSE_BOX], document=File(CANARY, CANARY, "text/plain", CONTENT), author=CANARY)
    ask(door, doctor.connector.send_message(PUBLICATION, door.now, doctor.assertion, files))
    nurse = people.nurse
    ask(door, nurse.connector.get_messages_list(CONSULTATION, door.now, nurse.assertion))
    ask(door, nurse.connector.get_full_message(CONSULTATION, door.now, nurse.assertion, message_id))
    text = quiet(logged)
    for operation in ("RequestSecureToken", "sendMessage", "getMessagesList", "getFullMessage"):
        assert operation in text
    assert text.count("milliseconds") == 5, "one line a request"


def test_a_refusal(logged: Logged, people: Cast) -> None:
    refused = refusal(logged.door, publish(logged.door, people.doctor, letter(digest=CANARY)))
    assert refused.code == "816"
    assert "816" in quiet(logged)


def test_a_warning(logged: Logged, people: Cast) -> None:
    """BOX-3: an INSS whose check digits do not hold is warned of, and not told."""
    box = replace(NURSE_BOX, id="71031499895")
    ask(logged.door, publish(logged.door, people.doctor, letter(destinations=[box])))
    text = quiet(logged)
    assert "BOX-3" in text
    assert "71031499895" not in text


def faulty(door: Door, people: Cast) -> dict[str, HttpRequest]:
    """A request for each code that needs no failure of the house, full of what must not be logged."""
    good = publish(door, people.doctor, letter())
    nobody = people.doctor.connector.secured(letter(), door.now, people.doctor.assertion)
    return {
        "SOA-01001": post(PUBLICATION, nobody.replace(b"<Title>", b"<Title>x")),
        "SOA-03001": replace(good, body=good.body + CANARY.encode()),
        "SOA-03002": with_body(good, b"SOAP-ENV:Envelope", f"SOAP-ENV:{CANARY}".encode()),
        "SOA-03003": consult(door, people.doctor, f"<{CANARY}/><{CANARY}/>"),
        "SOA-03004": with_header(good, "SOAPAction", f'"urn:{CANARY}"'),
        "SOA-03005": consult(door, people.doctor, consultation(CANARY, CANARY)),
        "SOA-03006": consult(
            door,
            people.doctor,
            consultation("GetMessagesListRequest", f'<Source a{CANARY}="{CANARY}">{CANARY}</Source><{CANARY}/>'),
        ),
        "SOA-03007": publish(door, people.doctor, letter(references=[f"{CANARY}@x", "2@x"])),
    }


def test_faults_of_each_code(logged: Logged, people: Cast) -> None:
    """The answer quotes nothing either, and its Id stands in the log (rules.md, Faults)."""
    ids = []
    for code, request in faulty(logged.door, people).items():
        found = fault(logged.door, request)
        assert found.code == code
        assert CANARY.encode() not in found.octets
        ids.append(found.id)
    text = quiet(logged)
    for each in ids:
        assert text.count(each) == 1


def test_failures_of_the_house(logged: Logged, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception's text may hold anything: only its kind is logged."""
    for error, code in (
        (RuntimeError(f"{CANARY} {DOCTOR}"), "SOA-00001"),
        (OperationalError(f"INSERT {CANARY}", {"inss": DOCTOR}, Exception(NURSE)), "SOA-02002"),
    ):

        def fail(*_: object, error: Exception = error) -> object:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(boxes, "get_box_info", fail)
            assert fault(logged.door, box_info(logged.door, people.doctor)).code == code
    text = quiet(logged)
    assert "RuntimeError" in text
    assert "OperationalError" in text


def test_a_multipart_that_is_malformed_and_a_call_to_the_sts(logged: Logged, people: Cast) -> None:
    door = logged.door
    body = f"--b\r\nContent-Type: text/xml\r\nX: {CANARY}\r\n{CANARY}\r\n\r\n{CANARY}\r\n--b--".encode()
    assert fault(door, post(PUBLICATION, body, f'multipart/related; boundary="b"; x="{CANARY}"')).code == "SOA-03001"
    name = "urn:be:fgov:person:ssin"
    claims, wanted = [(name, NURSE)], [(name, "urn:be:fgov:identification-namespace")]
    assert door.send(people.doctor.connector.request_secure_token(STS, door.now, claims, wanted)).status == 200
    assert told(door.post(STS, f"<{CANARY}/>".encode())).code == "SOA-03002"
    quiet(logged)


def test_the_form_of_a_line(fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = LogAsItIs()
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    door = fresh({"log.format": "json"})
    found = fault(door, post(CONSULTATION, b""))
    before.put_back()
    (line,) = stream.getvalue().splitlines()
    fields = json.loads(line)
    assert fields.pop("timestamp").endswith("Z")
    assert fields.pop("milliseconds") >= 0
    assert fields == {
        "event": "request",
        "level": "info",
        "port": "consultation",
        "outcome": "SOA-03001",
        "fault_id": found.id,
        "reason": found.reason,
    }

"""The largest message over HTTP: 10 485 760 bytes by BOX-9's measure, inline and as attachments (PUB-4)."""

from __future__ import annotations

import base64

import pytest

from tests.clients import connector40_reader
from tests.clients.connector40 import File, HttpRequest
from tests.clients.connector40_reader import Answer
from tests.http import people
from tests.http.people import NURSE_BOX, Caller
from tests.http.running import Running

pytestmark = [pytest.mark.http, pytest.mark.slow]

LARGEST = 10_485_760


def file(size: int, name: str = "scan.bin") -> File:
    """Bytes in which a cut, a swap or a change of line ends would show."""
    block = bytes(range(256)) + b"\r\n--boundary\r\n\n\r" + b"\x00\xff" + name.encode()
    return File("A large scan", name, "application/octet-stream", (block * (size // len(block) + 1))[:size])


def request(form: str, size: int, doctor: Caller) -> tuple[HttpRequest, bytes]:
    """A sendMessage whose message has that size by BOX-9, and the bytes of its document."""
    if form == "inline":
        document = file(size)
        return doctor.publish_inline(document, NURSE_BOX), document.data
    title = "A large scan"
    annex = file(1_000_000, "annex.bin")
    # An annex's title is an encryptable field, so it counts; a document's is not.
    document = file(size if form == "attached" else size - len(annex.data) - len(title))
    return doctor.publish(people.letter(document, *([annex] if form == "with an annex" else []))), document.data


def content(answer: Answer) -> bytes:
    """The document of a full message, in the way that it came."""
    (document,) = answer.element.iter("Document")
    inline = document.findtext("EncryptableTextContent")
    if inline is not None:
        return base64.b64decode(inline, validate=True)
    return answer.parts[(document.findtext("EncryptableBinaryContent") or "").removeprefix("cid:")]


FORMS = pytest.mark.parametrize("form", ["attached", "with an annex", "inline"])


@FORMS
def test_the_largest_message_comes_back_byte_for_byte(
    running: Running, doctor: Caller, nurse: Caller, form: str
) -> None:
    """PUB-4, BOX-9, FULL-1: exactly the limit is accepted, and goes out in the form in which it came."""
    sent, data = request(form, LARGEST, doctor)
    message_id = people.ask(running, sent).element.get("Id", "")
    reply = people.post(running, nurse.read(message_id))
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert reply.headers["content-type"].startswith("text/xml" if form == "inline" else "multipart/related")
    answer = people.read(reply)
    assert content(answer) == data
    rows = people.ask(running, nurse.list()).element.iterfind("Message")
    sizes = {row.findtext("MessageId"): row.findtext("MessageInfo/Size") for row in rows}
    assert sizes[message_id] == str(LARGEST)


@FORMS
def test_one_byte_more_is_801(running: Running, doctor: Caller, form: str) -> None:
    """PUB-4: an ordinary answer, not a fault."""
    sent, _ = request(form, LARGEST + 1, doctor)
    reply = people.post(running, sent)
    assert connector40_reader.read(reply.status, reply.headers, reply.body).code == "801"

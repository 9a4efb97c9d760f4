"""The main job over HTTP, octet for octet as connector 4.0 sends it (wire.md, Requests)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.clients import connector40_reader
from tests.clients.connector40 import File, HttpRequest
from tests.http import people
from tests.http.people import Caller
from tests.http.running import Running

pytestmark = pytest.mark.http

PDF = File("A report", "report.pdf", "application/pdf", b"%PDF-1.4\r\n\x00\xff" + bytes(range(256)) * 40 + b"\n%%EOF\n")
SCAN = File("A scan", "scan.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(255, -1, -1)) * 9)
NOTE = File("A note", "note.txt", "text/plain", "Een nota — une note\r\n".encode())


def in_chunks(request: HttpRequest, host: str, size: int) -> bytes:
    """The same request with a body in chunks (RFC 9112, 7.1), one of them with an extension."""
    head, _, body = request.octets(host).partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    framed = [b"%x%s\r\n%s\r\n" % (len(each), b";x=1" if n == 0 else b"", each) for n, each in enumerate(pieces)]
    return b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", b""]) + b"".join(framed) + b"0\r\n\r\n"


def test_a_letter_is_sent_listed_and_read_byte_for_byte(running: Running, doctor: Caller, nurse: Caller) -> None:
    """STS, sendMessage with attachments, getMessagesList, getFullMessage."""
    sent = people.ask(running, doctor.publish(people.letter(PDF, SCAN, NOTE)))
    message_id = sent.element.get("Id", "")
    assert message_id in people.message_ids(people.ask(running, nurse.list()))
    full = people.ask(running, nurse.read(message_id))
    told = {
        each.findtext("DownloadFileName"): full.parts[reference.removeprefix("cid:")]
        for each in full.element.iter("Document", "Annex")
        if (reference := each.findtext("EncryptableBinaryContent")) is not None
    }
    assert told == {each.name: each.data for each in (PDF, SCAN, NOTE)}


def test_the_sender_finds_it_in_its_sentbox(running: Running, doctor: Caller) -> None:
    """LIST-1."""
    sent = people.ask(running, doctor.publish(people.letter(people.text())))
    assert sent.element.get("Id") in people.message_ids(people.ask(running, doctor.list("SENTBOX")))


def test_several_requests_on_one_connection(running: Running, doctor: Caller, nurse: Caller) -> None:
    """wire.md: HTTP/1.1, keep-alive, Content-Length; a fault does not end the connection either."""
    with running.connect() as connection:
        before = connection.socket.getsockname()
        replies = [people.post_on(connection, doctor.token())]
        replies.append(people.post_on(connection, doctor.publish(people.letter(PDF))))
        unsigned = HttpRequest(people.PUBLICATION, (("Content-Type", "text/xml"),), b"<not-soap/>")
        replies.append(people.post_on(connection, unsigned))
        replies.append(people.post_on(connection, nurse.list()))
        assert connection.socket.getsockname() == before
    assert [reply.status for reply in replies] == [200, 200, 500, 200]
    assert [reply.closes for reply in replies] == [False] * 4
    assert all(int(reply.headers["content-length"]) == len(reply.body) for reply in replies)
    assert people.fault(replies[2]).code == "SOA-03002"


@pytest.mark.parametrize("size", [700, 8192, 1_000_000])
def test_a_body_in_chunks(running: Running, doctor: Caller, size: int) -> None:
    """RFC 9112, 7.1: HTTP/1.1 clients may send any body so; the next request on the connection is found."""
    with running.connect() as connection:
        connection.send(in_chunks(doctor.publish(people.letter(PDF, SCAN)), connection.host, size))
        people.read(connection.reply())
        people.read(people.post_on(connection, doctor.box_info()))


def test_a_client_that_waits_for_100_continue(running: Running, doctor: Caller) -> None:
    """RFC 9110, 10.1.1: told to continue before it sends its body."""
    head, _, body = doctor.publish(people.letter(PDF)).octets(running.host).partition(b"\r\n\r\n")
    with running.connect() as connection:
        connection.send(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert connection.octets.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert connection.octets.readline() == b"\r\n"
        connection.send(body)
        people.read(connection.reply())


def test_a_request_of_http_1_0(running: Running, doctor: Caller) -> None:
    """RFC 9112, 9.3: without keep-alive the connection ends with the answer."""
    octets = doctor.box_info().octets(running.host).replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1)
    with running.connect() as connection:
        connection.send(octets.replace(b"Connection: keep-alive\r\n", b"", 1))
        reply = connection.reply()
        people.read(reply)
        assert reply.closes
        assert connection.is_closed()


def test_the_same_octets_again_are_a_replay_whichever_worker_takes_them(running: Running, doctor: Caller) -> None:
    """A replay key is unique across workers."""
    request = doctor.publish(people.letter(people.text()))
    people.ask(running, request)
    for _ in range(6):
        assert people.fault(people.post(running, request)).code == "SOA-01001"


def test_the_log_tells_a_fault_by_its_id_and_nothing_personal(running: Running, doctor: Caller) -> None:
    """rules.md, Faults: the Id is also in the log. Nobody and no content is named in it."""
    people.ask(running, doctor.publish(people.letter(people.text(b"A secret that is no one's business."))))
    request = HttpRequest(people.PUBLICATION, (("Content-Type", "text/xml"),), b"<a><b></a>")
    told = people.fault(people.post(running, request))
    (line,) = [each for each in running.lines if each.get("fault_id") == told.id]
    assert (line["outcome"], line["port"]) == ("SOA-03001", "publication")
    logged = json.dumps(running.lines)
    secrets = (people.DOCTOR, people.NURSE, "TEST PERSON", "secret", "A letter", "letter.txt", "127.0.0.1")
    assert [each for each in secrets if each in logged] == []


def test_an_assertion_survives_the_way_through_a_java_client(running: Running, doctor: Caller) -> None:
    """wire.md, STS: it is parsed and written anew, and its signature must survive that."""
    reply = people.post(running, doctor.token())
    rewritten = connector40_reader.read_assertion(reply.status, reply.headers, reply.body)
    assert rewritten.encode() != reply.body
    people.ask(running, replace(doctor, assertion=rewritten).box_info())

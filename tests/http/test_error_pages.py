"""What is not HTTP gets a page of an error that repeats none of it, nor does the log: any of it could be a name."""

from __future__ import annotations

import pytest

from tests.http.running import Running

pytestmark = pytest.mark.http

WORD = "Kanarie"
POST = b"POST /ehBoxConsultation/v3 HTTP/1.1\r\n"
HEADS = {
    "no request line": (400, b"Kanarie\r\n\r\n"),
    "no method": (400, b"kanarie / HTTP/1.1\r\n\r\n"),
    "no version": (400, b"GET / Kanarie HTTP/1.1\r\n\r\n"),
    "no target": (400, b"GET http://[Kanarie/ HTTP/1.1\r\n\r\n"),
    "no ASCII": (400, b"GET /Kanarie\xff HTTP/1.1\r\n\r\n"),
    "no name of a header": (400, b"GET / HTTP/1.1\r\nKan arie Kanarie: Kanarie\r\n\r\n"),
    "no header": (400, b"GET / HTTP/1.1\r\nKanarie\r\n\r\n"),
    "folded": (400, b"GET / HTTP/1.1\r\nKanarie: a\r\n Kanarie\r\n\r\n"),
    "no length": (400, POST + b"Content-Length: Kanarie\r\n\r\n"),
    "no coding": (501, POST + b"Transfer-Encoding: Kanarie\r\n\r\n"),
    "no expectation": (417, b"GET / HTTP/1.1\r\nExpect: Kanarie\r\n\r\n"),
    "too long": (414, b"GET /" + 1000 * b"Kanarie" + b" HTTP/1.1\r\n\r\n"),
    "too many": (431, b"GET / HTTP/1.1\r\n" + 70 * b"Kanarie: Kanarie\r\n" + b"\r\n"),
}


@pytest.mark.parametrize(("status", "head"), [*HEADS.values()], ids=[*HEADS])
def test_a_page_of_an_error_repeats_nothing(status: int, head: bytes, running: Running) -> None:
    with running.connect() as connection:
        connection.send(head)
        reply = connection.reply("GET")
    assert reply.status == status
    assert WORD.lower() not in f"{reply.headers} {reply.body.decode()} {running.errors}".lower()

"""Bodies that are too large, or not what their length says (rules.md, Faults: drained, so that clients see the answer).

Most tests ask the strict server, which allows small bodies and little time.
"""

from __future__ import annotations

import pytest

from tests.http import people
from tests.http.conftest import LIMIT, People, Serve
from tests.http.people import CONSULTATION, PUBLICATION, Caller
from tests.http.running import Connection, Running

pytestmark = pytest.mark.http


def head(server: Running, *fields: str, method: str = "POST", path: str = PUBLICATION) -> bytes:
    """A head of our own making."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {server.host}", "Content-Type: text/xml; charset=utf-8", *fields]
    return "\r\n".join([*lines, "", ""]).encode()


def refused(connection: Connection) -> str:
    """The reason of the SOA-03001 that comes, after which the connection ends."""
    reply = connection.reply()
    told = people.fault(reply)
    assert (told.code, told.side) == ("SOA-03001", "Client")
    assert reply.closes
    assert connection.is_closed()
    return reply.body.decode()


def in_chunks(size: int, count: int) -> bytes:
    return (b"%x\r\n%s\r\n" % (size, b"x" * size)) * count


def test_a_body_of_exactly_the_limit_is_read(strict: Running, caller: Caller) -> None:
    """The limit is the last size that is allowed: what comes back is about the XML, on a connection that stays."""
    with strict.connect() as connection:
        connection.send(head(strict, f"Content-Length: {LIMIT}") + b"x" * LIMIT)
        reply = connection.reply()
        assert people.fault(reply).code == "SOA-03001"
        assert f"over {LIMIT}" not in reply.body.decode()
        people.read(people.post_on(connection, caller.box_info()))


@pytest.mark.parametrize("size", [LIMIT + 1, 20_000_000])
def test_a_client_that_sends_everything_first_reads_the_refusal(strict: Running, size: int) -> None:
    """A Java client reads nothing before its whole body is gone."""
    with strict.connect() as connection:
        connection.send(head(strict, f"Content-Length: {size}"))
        connection.send(b"x" * size)
        assert f"body over {LIMIT} bytes" in refused(connection)


def test_a_body_in_chunks_over_the_limit(strict: Running) -> None:
    """No length is known before; the rest is drained as well."""
    with strict.connect() as connection:
        connection.send(head(strict, "Transfer-Encoding: chunked"))
        connection.send(in_chunks(LIMIT, 40) + b"0\r\n\r\n")
        assert f"body over {LIMIT} bytes" in refused(connection)


def test_a_body_without_any_end_is_not_drained_for_ever(strict: Running) -> None:
    """A length that will never come: answered once the time of the request is over."""
    with strict.connect() as connection:
        connection.send(head(strict, "Content-Length: 999999999999") + b"x" * 1000)
        assert f"body over {LIMIT} bytes" in refused(connection)


def test_a_body_shorter_than_its_length_is_waited_for_until_the_deadline(strict: Running, caller: Caller) -> None:
    """The client says nothing more, and does not end the connection either. Others are served meanwhile."""
    with strict.connect() as connection:
        connection.send(head(strict, "Content-Length: 1000") + b"<a/>")
        people.ask(strict, caller.box_info())
        assert "did not arrive whole in time" in refused(connection)


def test_a_body_cut_short_is_not_taken_for_whole(strict: Running) -> None:
    """A client that stops sending in the middle: what came is XML by itself, and must not pass for the message."""
    with strict.connect() as connection:
        connection.send(head(strict, "Content-Length: 1000") + b"<a/>")
        connection.socket.shutdown(1)
        assert "did not arrive whole in time" in refused(connection)


def test_chunks_cut_short_are_not_taken_for_whole(strict: Running) -> None:
    """The same without a last chunk."""
    with strict.connect() as connection:
        connection.send(head(strict, "Transfer-Encoding: chunked") + b"4\r\n<a/>\r\n")
        connection.socket.shutdown(1)
        assert "did not arrive whole in time" in refused(connection)


def test_a_body_longer_than_its_length(strict: Running, caller: Caller) -> None:
    """What the length covers is the message; the rest is no request, and ends the connection."""
    whole = caller.box_info().octets(strict.host)
    with strict.connect() as connection:
        connection.send(whole + b"<more/>\r\n\r\n")
        people.read(connection.reply())
        assert connection.reply().status == 400
        assert connection.is_closed()


@pytest.mark.parametrize(
    "chunks", [b"zz\r\nabc\r\n", b"-4\r\nabcd\r\n", b"4\r\nabcdef\r\n0\r\n\r\n", b"\r\n\r\n", b"4;\x00\r\nabcd\r\n"]
)
def test_chunks_that_are_none(strict: Running, chunks: bytes) -> None:
    """RFC 9112, 7.1: a fault that the client can read, and the end of the connection."""
    with strict.connect() as connection:
        connection.send(head(strict, "Transfer-Encoding: chunked") + chunks)
        assert "not framed" in refused(connection)


@pytest.mark.parametrize(
    "fields",
    [
        ("Content-Length: -1",),
        ("Content-Length: +5",),
        ("Content-Length: five",),
        ("Content-Length: 5.0",),
        ("Content-Length: 0x5",),
        ("Content-Length: 5 5",),
        ("Content-Length:",),
        ("Content-Length: ²",),
        ("Content-Length: " + "9" * 5000,),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Content-Length: 5"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: gzip",),
        ("Transfer-Encoding: chunked, identity",),
    ],
)
def test_a_length_that_is_none(strict: Running, caller: Caller, fields: tuple[str, ...]) -> None:
    """RFC 9112, 6.3: refused before anything of the body is believed; nothing of it is told back or logged."""
    with strict.connect() as connection:
        connection.send(b"\r\n".join([head(strict)[:-4], *(each.encode("latin-1") for each in fields), b"", b"hello"]))
        reply = connection.reply()
        assert reply.status in (400, 501)
        assert connection.is_closed()
    assert "99999" not in strict.errors
    people.ask(strict, caller.box_info())


def test_no_body_at_all(strict: Running) -> None:
    """A POST of nothing is not XML."""
    with strict.connect() as connection:
        connection.send(head(strict, path=CONSULTATION))
        assert people.fault(connection.reply()).code == "SOA-03001"


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(50) + b"\r\n\r\n", 400),
        (b"NOT HTTP AT ALL\r\n\r\n", 400),
        (b"GET /livez HTTP/1.1\nHost: x\n\n", 400),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /livez HTTP/1.1\r\n" + b"X-A: y\r\n" * 100 + b"\r\n", 431),
        (b"GET /livez HTTP/1.1\r\nX-A: " + b"y" * 9000 + b"\r\n\r\n", 431),
        (b"GET /livez HTTP/1.1\r\nX A: b\r\n\r\n", 400),
        (b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /livez HTTP/1.1\r\nExpect: the-worst\r\n\r\n", 417),
        (b"GET /livez HTTP/3.1\r\n\r\n", 400),
    ],
)
def test_what_is_not_http(strict: Running, octets: bytes, status: int) -> None:
    """Answered by its status, then the end of the connection; of what was sent nothing is logged."""
    with strict.connect() as connection:
        connection.send(octets)
        assert connection.reply("GET").status == status
        assert connection.is_closed()
    assert {line["event"] for line in strict.lines if line["level"] == "warning"} == {"not HTTP"}
    assert "the-worst" not in strict.errors


def test_a_refused_body_leaves_the_others_alone(serve: Serve, people_of_template: People) -> None:
    """One thread is held by what is drained, nothing else: a server of one slot goes on."""
    server = serve({"server.max_body_bytes": "65536", "server.work_slots": "1", "server.workers": "1"})
    doctor = people_of_template.doctor.at(server)
    with server.connect() as drained:
        drained.send(head(server, "Content-Length: 30000000") + b"x" * 1_000_000)
        people.ask(server, doctor.box_info())
        drained.send(b"x" * 29_000_000)
        assert "body over 65536 bytes" in refused(drained)

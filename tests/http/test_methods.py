"""Which method is answered where, and the two questions after the server's health (rules.md, Faults)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.door import Door, prepared
from tests.http.people import CONSULTATION, PUBLICATION, STS, Caller, read
from tests.http.people import post_on as post
from tests.http.running import Running

pytestmark = pytest.mark.http

PORTS = (PUBLICATION, CONSULTATION, STS)
PLACES = (*PORTS, "/livez", "/readyz", "/xsd/ehealthbox/ehbox-core-v3.xsd")
ALLOWED = {PUBLICATION: "GET, POST", CONSULTATION: "GET, POST", STS: "GET, POST"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_not_allowed(running: Running, method: str, place: str) -> None:
    """rules.md: 405; RFC 9110, 15.5.6: with the methods that are."""
    reply = running.get(place, method)
    assert (reply.status, reply.headers["allow"]) == (405, ALLOWED.get(place, "GET"))
    assert (reply.body == b"") == (method == "HEAD")
    assert not reply.closes


@pytest.mark.parametrize("query", ["", "?", "?wsdl=1", "?wsdl2", "?xsd", "?singleWsdl", "?wsdl&x"])
@pytest.mark.parametrize("path", PORTS)
def test_get_without_wsdl(running: Running, path: str, query: str) -> None:
    """rules.md: GET without ?wsdl is 405."""
    reply = running.get(path + query)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("place", ["/livez", "/readyz", "/xsd/ehealthbox/ehbox-core-v3.xsd"])
def test_nothing_is_posted_to_what_is_only_read(running: Running, place: str) -> None:
    """405, not a fault: no SOAP is spoken there."""
    reply = running.get(place, "POST", body=b"<a/>")
    assert (reply.status, reply.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD"])
@pytest.mark.parametrize(
    "path", ["/", "/elsewhere", "/ehBoxPublication", "/ehBoxPublication/v2", "/EHBOXPUBLICATION/V3", "/IAM", "//livez"]
)
def test_an_unknown_path(running: Running, path: str, method: str) -> None:
    """404 whatever the method."""
    reply = running.get(path, method, body=b"" if method in ("GET", "HEAD") else b"<a/>")
    assert reply.status == 404
    assert path.strip("/").encode() not in reply.body or path == "/"


def test_a_slash_at_the_end_of_a_path_changes_nothing(running: Running, doctor: Caller) -> None:
    """Clients' configurations end in either."""
    request = doctor.box_info()
    with running.connect() as connection:
        connection.send(request.octets(running.host).replace(b"/v3 HTTP", b"/v3/ HTTP", 1))
        read(connection.reply())


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_body_that_is_not_wanted_is_drained(running: Running, doctor: Caller, method: str) -> None:
    """rules.md: drained, so that the client sees the answer; the connection goes on after it."""
    with running.connect() as connection:
        head = f"{method} {PUBLICATION} HTTP/1.1\r\nHost: {running.host}\r\nContent-Length: 3000000\r\n\r\n"
        connection.send(head.encode() + b"\xff" * 3_000_000)
        reply = connection.reply(method)
        assert (reply.status, reply.closes) == (405, False)
        read(post(connection, doctor.box_info()))


def test_a_body_in_chunks_that_is_not_wanted_is_drained(running: Running, doctor: Caller) -> None:
    """The same without a length known before."""
    with running.connect() as connection:
        head = f"PUT {PUBLICATION} HTTP/1.1\r\nHost: {running.host}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.send(head.encode() + b"10000\r\n" + b"x" * 65536 + b"\r\n0\r\n\r\n")
        assert connection.reply("PUT").status == 405
        read(post(connection, doctor.box_info()))


def test_alive_and_ready(running: Running) -> None:
    """A worker answers, and the store can be written."""
    for path, text in (("/livez", b"alive\n"), ("/readyz", b"ready\n")):
        reply = running.get(path)
        assert (reply.status, reply.headers["content-type"], reply.body) == (200, "text/plain; charset=utf-8", text)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A server in the process, whose store can be broken."""
    opened = Door(tmp_path / "data", prepared(tmp_path / "template"))
    yield opened
    opened.close()


def answered(door: Door, path: str) -> tuple[str, dict[str, str], bytes]:
    """A GET as gunicorn would hand it over."""
    said: list[Any] = []

    class Empty:
        def read(self, size: int) -> bytes:
            return b""

    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "QUERY_STRING": "", "wsgi.input": Empty()}
    body = b"".join(door.server(environ, lambda *args: said.extend(args)))
    return said[0], dict(said[1]), body


def test_not_ready_when_the_store_cannot_be_written(door: Door) -> None:
    """503 from readyz, while livez still answers."""
    assert answered(door, "/readyz")[0] == "200 OK"
    door.close()
    database = door.folder / "ehbox.sqlite"
    for each in (*door.folder.glob("ehbox.sqlite-*"), database):
        each.unlink(missing_ok=True)
    database.write_bytes(b"no database at all" * 1000)
    status, headers, body = answered(door, "/readyz")
    assert (status, headers["Content-Length"]) == ("503 Service Unavailable", str(len(body)))
    assert answered(door, "/livez")[0] == "200 OK"


def test_what_nobody_foresaw_becomes_one_fault(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """SOA-00001, its Id in the log, the exception's text nowhere."""
    monkeypatch.setattr(door.house.store, "writable", lambda: 1 / 0)
    with structlog.testing.capture_logs() as logged:
        status, headers, body = answered(door, "/readyz")
    assert (status, headers["Content-Type"]) == ("500 Internal Server Error", "text/xml; charset=utf-8")
    (line,) = logged
    assert (line["outcome"], line["unforeseen"]) == ("SOA-00001", "ZeroDivisionError")
    assert str(line["fault_id"]).encode() in body
    assert "division by zero" not in f"{line} {body.decode()}"

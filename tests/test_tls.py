"""TLS over a TimedSocket: what goes through it, and that no client holds it longer than its deadlines."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from cryptography.hazmat.primitives import serialization

from ehbox_soap import clock
from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki import names
from ehbox_soap.pki.certificates import SERVER, Maker, Purpose
from ehbox_soap.pki.entries import KeyEntry, new_key
from ehbox_soap.pki.folder import write_entry
from ehbox_soap.pki.hosts import general_name
from ehbox_soap.tls import ENDED, CertificateError, HandshakeError, TlsSocket, server_context

SECONDS = 0.3
"""The deadlines of the connections that meet them; nothing measures speed."""
PACE = 0.02


@cache
def entry() -> KeyEntry:
    """A certificate for localhost that is its own authority."""
    maker = Maker(SystemClock(), SeededChance(1))
    purpose = Purpose(SERVER.usages, hosts=(general_name("localhost"),))
    root = maker.self_signed(names.service("R"), new_key("ec"))
    return maker.issue(root, names.service("localhost"), new_key("ec"), purpose)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_entry(tmp_path, "server", entry())
    return tmp_path


def context(folder: Path, least: Literal["1.2", "1.3"] = "1.2") -> ssl.SSLContext:
    return server_context(folder / "server.pem", folder / "server.key", least)


def client_context() -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found.load_verify_locations(cadata=entry().chain[0].public_bytes(serialization.Encoding.PEM).decode())
    # Some builds of 3.11 set it: a connection that is cut would look like one that was ended.
    found.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    return found


class Pair:
    """A server's connection and the plain socket of its client, with a thread for the server."""

    def __init__(self, tls: ssl.SSLContext, seconds: float = 30) -> None:
        near, self.far = socket.socketpair()
        self.far.settimeout(30)
        self.server = TlsSocket(near, seconds, tls)
        self.pool = ThreadPoolExecutor(1)
        self.client: ssl.SSLSocket | None = None

    def shaking(self) -> Future[None]:
        return self.pool.submit(self.server.shake_hands)

    def secured(self, tls: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """Both ends after the handshake; the server expects a request."""
        shaking = self.shaking()
        # A client that is cut off without a goodbye is told so.
        self.client = (tls or client_context()).wrap_socket(
            self.far, server_hostname="localhost", suppress_ragged_eofs=False
        )
        shaking.result(30)
        self.server.expect_request()
        return self.client

    def close(self) -> None:
        self.server.close()
        (self.client or self.far).close()
        self.pool.shutdown()


@pytest.fixture
def pair(folder: Path) -> Iterator[Pair]:
    made = Pair(context(folder))
    yield made
    made.close()


@pytest.fixture
def hasty(folder: Path) -> Iterator[Pair]:
    """One whose deadlines are near."""
    made = Pair(context(folder), SECONDS)
    yield made
    made.close()


def cause(shaking: Future[None]) -> str:
    with pytest.raises(HandshakeError) as caught:
        shaking.result(30)
    return caught.value.cause


def dribbled(connection: socket.socket, octets: bytes, until: Future[Any]) -> None:
    """Sends byte by byte until the server has had enough."""
    for octet in octets:
        if until.done():
            return
        connection.send(bytes([octet]))
        clock.wait(PACE)


def hello() -> bytes:
    """A ClientHello."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_octets_go_both_ways(pair: Pair, version: ssl.TLSVersion) -> None:
    """More than a record, more than is encrypted at once; empty ones are nothing."""
    tls = client_context()
    tls.minimum_version = tls.maximum_version = version
    client = pair.secured(tls)
    octets = bytes(range(256)) * 4096
    sending = pair.pool.submit(pair.server.sendall, octets)
    received = b""
    while len(received) < len(octets):
        received += client.recv(65536)
    sending.result(30)
    assert received == octets
    client.sendall(b"GET /")
    assert pair.server.recv(3) == b"GET"
    assert pair.server.has_more
    assert pair.server.recv(100) == b" /"
    assert not pair.server.has_more


def test_what_came_with_another_record_is_seen(pair: Pair) -> None:
    """Two records are read from the socket at once: nobody who waits there would hear of the second."""
    client = pair.secured()
    client.sendall(b"one")
    client.sendall(b"two")
    assert pair.server.recv(100) == b"one"
    assert pair.server.has_more
    assert pair.server.recv(100) == b"two"
    assert not pair.server.has_more


def test_a_handshake_that_never_comes(hasty: Pair) -> None:
    assert cause(hasty.shaking()) == ENDED


def test_a_handshake_that_is_dribbled(hasty: Pair) -> None:
    """The time runs for all of it, not anew for every byte."""
    shaking = hasty.shaking()
    started = clock.monotonic()
    dribbled(hasty.far, hello()[:-1], shaking)
    assert cause(shaking) == ENDED
    assert clock.monotonic() - started < 20


def test_a_handshake_has_seconds_only_however_long_requests_may_take(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ehbox_soap.tls.HANDSHAKE_SECONDS", SECONDS)
    pair = Pair(context(folder), 3600)
    pair.far.sendall(hello()[:50])
    assert cause(pair.shaking()) == ENDED
    pair.close()


def test_a_client_that_leaves(pair: Pair) -> None:
    shaking = pair.shaking()
    pair.far.close()
    assert cause(shaking) == ENDED


def test_a_client_that_speaks_http(pair: Pair) -> None:
    """It can be told so: what is sent now goes as it is."""
    pair.far.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert cause(pair.shaking()) == "HTTP_REQUEST"
    pair.server.sendall(b"use https")
    pair.server.shutdown(socket.SHUT_WR)
    received = b""
    while piece := pair.far.recv(100):
        received += piece
    assert received.endswith(b"use https")


def test_a_client_that_speaks_nothing_known(pair: Pair) -> None:
    pair.far.sendall(bytes(100))
    assert cause(pair.shaking()) == "WRONG_VERSION_NUMBER"


@pytest.mark.parametrize(("least", "version"), [("1.2", ssl.TLSVersion.TLSv1_1), ("1.3", ssl.TLSVersion.TLSv1_2)])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_old_versions(folder: Path, least: Literal["1.2", "1.3"], version: ssl.TLSVersion) -> None:
    """Also where everything else would let them: the ciphers of both ends allow what is weak."""
    allowed = context(folder, least)
    allowed.set_ciphers("ALL:@SECLEVEL=0")
    pair = Pair(allowed)
    tls = client_context()
    tls.set_ciphers("ALL:@SECLEVEL=0")
    tls.minimum_version = tls.maximum_version = version
    shaking = pair.shaking()
    with pytest.raises(ssl.SSLError) as caught:
        tls.wrap_socket(pair.far.dup(), server_hostname="localhost")
    assert caught.value.reason == "TLSV1_ALERT_PROTOCOL_VERSION"
    assert cause(shaking) == "UNSUPPORTED_PROTOCOL"
    pair.close()


def test_a_client_cannot_ask_for_another_handshake(folder: Path) -> None:
    assert context(folder).options & ssl.OP_NO_RENEGOTIATION


def test_a_record_that_is_dribbled(hasty: Pair) -> None:
    """A request's time is that of the octets below, however few of them make a record."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    shaking = hasty.shaking()
    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            hasty.far.sendall(outgoing.read())
            incoming.write(hasty.far.recv(65536))
    hasty.far.sendall(outgoing.read())
    shaking.result(30)
    # The tickets that follow a handshake are no answer.
    select.select([hasty.far], [], [], 1)
    hasty.far.recv(65536)
    tls.write(b"x" * 10000)
    hasty.server.expect_request()
    reading = hasty.pool.submit(hasty.server.recv, 100)
    dribbled(hasty.far, outgoing.read()[:-1], reading)
    assert reading.result(30) == b""


def test_a_client_that_takes_its_answer_slowly(hasty: Pair) -> None:
    """The time is that of the whole answer: it does not run anew for each record."""
    client = hasty.secured()
    hasty.server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    sending = hasty.pool.submit(hasty.server.sendall, bytes(50_000_000))
    client.settimeout(1)
    started = clock.monotonic()
    while not sending.done() and clock.monotonic() - started < 20:
        clock.wait(0.004)
        # Once the server has given up, the rest of a record never comes.
        with suppress(TimeoutError):
            client.recv(16384)
    with pytest.raises(BrokenPipeError, match="did not take its answer in time"):
        sending.result(0)


def test_a_goodbye_tells_that_all_has_come(pair: Pair) -> None:
    """Else a client cannot tell a whole answer from one that was cut off; nobody waits for its own goodbye."""
    client = pair.secured()
    pair.server.sendall(b"all")
    pair.server.shutdown(socket.SHUT_WR)
    assert client.recv(100) == b"all"
    assert client.recv(100) == b""
    # What still comes is thrown away as it is.
    client.sendall(b"more")
    assert pair.server.recv(100) != b""


def test_a_client_that_says_goodbye(pair: Pair) -> None:
    client = pair.secured()
    client.sendall(b"x")
    client.setblocking(False)
    with pytest.raises(ssl.SSLWantReadError):
        client.unwrap()
    assert (pair.server.recv(10), pair.server.recv(10)) == (b"x", b"")
    pair.server.shutdown(socket.SHUT_WR)


def test_what_was_changed_on_the_way_is_not_read(pair: Pair) -> None:
    """No octet of it, and no answer either."""
    pair.secured()
    pair.far = socket.socket(fileno=socket.dup(pair.client.fileno())) if pair.client else pair.far
    pair.far.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
    assert pair.server.recv(100) == b""
    with pytest.raises(BrokenPipeError):
        pair.server.sendall(b"x")
    pair.far.close()


@pytest.mark.parametrize("how", ["hang_up", "stop_reading"])
def test_another_thread_may_end_a_connection(pair: Pair, how: str) -> None:
    """A server that ends: whoever waits for the client wakes up, within a handshake as within a request."""
    client = pair.secured()
    reading = pair.pool.submit(pair.server.recv, 100)
    getattr(pair.server, how)()
    assert reading.result(30) == b""
    if how == "hang_up":
        # Without a goodbye: it would use the encryption that the other thread is using.
        with pytest.raises(ssl.SSLError, match="EOF"):
            client.recv(1)


@pytest.mark.parametrize("how", ["hang_up", "stop_reading"])
def test_another_thread_may_end_a_handshake(pair: Pair, how: str) -> None:
    pair.far.sendall(hello()[:50])
    shaking = pair.shaking()
    while not pair.server._reading:
        clock.wait(PACE)
    getattr(pair.server, how)()
    assert cause(shaking) == ENDED


# Certificates and keys


def test_a_key_may_stand_with_its_certificate(folder: Path) -> None:
    both = folder / "both.pem"
    both.write_bytes((folder / "server.key").read_bytes() + (folder / "server.pem").read_bytes())
    assert server_context(both, None, "1.2")


def test_certificates_that_cannot_be_used(folder: Path) -> None:
    """Each tells the files."""
    certificate, key = folder / "server.pem", folder / "server.key"
    other, locked, nothing = folder / "other.key", folder / "locked.key", folder / "nothing.pem"
    private, pem = new_key("ec"), serialization.Encoding.PEM
    pkcs8 = serialization.PrivateFormat.PKCS8
    other.write_bytes(private.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    locked.write_bytes(entry().key.private_bytes(pem, pkcs8, serialization.BestAvailableEncryption(b"secret")))
    nothing.write_text("nothing")
    missing = folder / "missing.pem"
    for first, second, told in (
        (certificate, other, "the key is not that of the certificate for TLS"),
        (certificate, locked, "cannot be used for TLS"),
        (certificate, None, "cannot be used for TLS"),
        (nothing, key, "cannot be used for TLS"),
        (missing, key, "No such file or directory"),
        (certificate, missing, "No such file or directory"),
    ):
        with pytest.raises(CertificateError) as caught:
            server_context(first, second, "1.2")
        assert str(caught.value) == f"{first}, {second or first}: {told}"

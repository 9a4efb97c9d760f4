"""TLS over real connections: calls, what is refused, and that the deadlines for slow clients hold as they do for HTTP.

Nothing here measures speed: where a guard is missing, a test hangs, or takes minutes where seconds are due.
"""

from __future__ import annotations

import json
import select
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509

from ehbox_soap import clock
from ehbox_soap.cli import main
from ehbox_soap.client.errors import UnreachableError
from ehbox_soap.client.session import Session
from ehbox_soap.client.transport import Transport
from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.entries import KeyEntry, Keystore, supported
from ehbox_soap.pki.pkcs12 import write_pkcs12
from tests.http import people
from tests.http.conftest import People, Serve, copied, end
from tests.http.people import CONSULTATION, DOCTOR, PUBLICATION, STS
from tests.http.running import Connection, Running

pytestmark = pytest.mark.http

SECONDS = 2
HEAD = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n" % PUBLICATION.encode()
BODY = HEAD + b"Content-Length: 60000\r\n\r\n"
GET = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def secure(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of TLS with few threads and a short deadline; who does nothing wrong is served all the while."""
    settings = {"server.tls": "true", "server.tls_names": "boxes.example", "server.workers": "1"}
    settings |= {"server.threads": "4", "server.body_seconds": str(SECONDS)}
    server = Running(copied(template, tmp_path_factory.mktemp("tls") / "data"), settings)
    yield server
    end(server)


@contextmanager
def opened(server: Running, count: int, octets: bytes = b"", tls: bool = False) -> Iterator[list[Connection]]:
    """That many connections, each of which has sent this much, after a handshake or instead of one."""
    with ExitStack() as stack:
        made = (server.connect() if tls else Connection(server.address) for _ in range(count))
        connections = [stack.enter_context(each) for each in made]
        for each in connections:
            each.send(octets)
        yield connections


def hello(server: Running) -> bytes:
    """The beginning of a handshake."""
    context = server.tls()
    assert context is not None
    outgoing = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


def dribbled(connection: Connection, octets: bytes) -> float:
    """Sends byte after byte, and around again, until the server has something to say; the seconds until then."""
    started = clock.monotonic()
    at = 0
    while not select.select([connection.socket], [], [], 0.05)[0]:
        connection.send(octets[at : at + 1])
        at = (at + 1) % len(octets)
        assert clock.monotonic() - started < 60, "a client may dribble for ever"
    return clock.monotonic() - started


def test_calls(secure: Running, people_of_template: People) -> None:
    """From the STS to the box, octet for octet as a client sends them; an attachment of many records."""
    doctor, nurse = people_of_template.doctor.at(secure), people_of_template.nurse.at(secure)
    content = bytes(range(256)) * 2048
    sent = people.ask(secure, doctor.publish(people.letter(people.text(content))))
    read = people.ask(secure, nurse.read(sent.element.get("Id", "")))
    assert content in read.parts.values()


def test_addresses_are_told_with_https(secure: Running) -> None:
    """On the terminal and in ?wsdl."""
    assert secure.base.startswith("https://127.0.0.1:")
    for path in (PUBLICATION, CONSULTATION):
        assert f'location="{secure.base}{path}"'.encode() in secure.get(path + "?wsdl").body


def test_the_certificate_is_of_the_test_ca_for_this_machine(secure: Running) -> None:
    """And for the names that were asked for: each is what a client may call the server by."""
    context = secure.tls()
    assert context is not None
    for host in ("localhost", "127.0.0.1", "::1", "boxes.example"):
        with socket.create_connection(secure.address) as plain, context.wrap_socket(plain, server_hostname=host) as tls:
            assert tls.version() == "TLSv1.3"
    with socket.create_connection(secure.address) as plain, pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(plain, server_hostname="other.example")


def test_several_requests_on_a_connection(secure: Running) -> None:
    with secure.connect() as connection:
        for _ in range(3):
            connection.send(GET)
            assert connection.reply("GET").status == 200
        # In one record, the second waits where no selector sees it.
        connection.send(GET + GET)
        connection.send(GET)
        assert [connection.reply("GET").status for _ in range(3)] == [200] * 3


def test_a_last_answer_ends_with_a_goodbye(secure: Running) -> None:
    """A client can tell that nothing was cut off."""
    with secure.connect() as connection:
        connection.send(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert connection.reply("GET").closes
        assert connection.socket.recv(1) == b""


def test_a_client_that_speaks_http(secure: Running) -> None:
    """It is told what to do, in plain words; the log has no word of its own."""
    with Connection(secure.address) as connection:
        connection.send(b"GET /secret HTTP/1.1\r\nHost: x\r\n\r\n")
        reply = connection.reply("GET")
        assert (reply.status, reply.closes, reply.body) == (400, True, b"This port speaks TLS: use https.\n")
        assert connection.is_closed()
    (line,) = [line for line in secure.lines if line.get("cause") == "HTTP_REQUEST"]
    assert "secret" not in secure.errors
    assert (line["event"], line["level"]) == ("not TLS", "warning")


def test_a_client_that_speaks_nothing_known(secure: Running) -> None:
    with Connection(secure.address) as connection:
        connection.send(bytes(1000))
        # An alert, perhaps, and the end.
        while connection.octets.read(1):
            pass


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_old_versions_are_refused(secure: Running) -> None:
    context = secure.tls()
    assert context is not None
    context.set_ciphers("ALL:@SECLEVEL=0")
    for version, reason in ((ssl.TLSVersion.TLSv1_1, "TLSV1_ALERT_PROTOCOL_VERSION"), (ssl.TLSVersion.TLSv1_2, "")):
        context.minimum_version = context.maximum_version = version
        with socket.create_connection(secure.address) as plain:
            if not reason:
                context.wrap_socket(plain, server_hostname="localhost").close()
                continue
            with pytest.raises(ssl.SSLError) as caught:
                context.wrap_socket(plain, server_hostname="localhost")
            assert caught.value.reason == reason


# Slow clients


def test_clients_that_say_nothing_hold_no_thread(secure: Running, people_of_template: People) -> None:
    """Many times more of them than there are threads: before a handshake, and after one."""
    with opened(secure, 50), opened(secure, 20, tls=True):
        people.ask(secure, people_of_template.doctor.at(secure).box_info())


def test_threads_come_back_from_handshakes_that_never_end(secure: Running) -> None:
    """Each holds a thread, and nothing else, until the deadline."""
    beginning = hello(secure)[:100]
    with opened(secure, 4, beginning) as connections:
        assert secure.get("/livez").status == 200
        for each in connections:
            assert each.is_closed()


def test_a_dribbled_handshake_ends_at_the_deadline(secure: Running) -> None:
    """The time runs for all of it, not anew for every byte."""
    with Connection(secure.address) as connection:
        assert dribbled(connection, hello(secure)[:-1] + b"\x00") < 30


def test_a_dribbled_body_ends_at_the_deadline_with_a_fault(secure: Running) -> None:
    """As without TLS; a byte is a record of its own here."""
    context = secure.tls()
    assert context is not None
    # In TLS 1.3 tickets come after the handshake, whenever they come, and would be taken for an answer.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with Connection(secure.address, tls=context) as connection:
        connection.send(BODY)
        assert 1 < dribbled(connection, b"x") < 30
        reply = connection.reply()
        assert people.fault(reply).code == "SOA-03001"
        assert b"did not arrive whole in time" in reply.body
        assert reply.closes


def test_threads_come_back_from_slow_requests(secure: Running, people_of_template: People) -> None:
    """All threads are held by clients that began to send and stopped."""
    doctor = people_of_template.doctor.at(secure)
    with opened(secure, 2, HEAD, tls=True), opened(secure, 2, BODY, tls=True):
        people.ask(secure, doctor.box_info())


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_ending_does_not_wait_for_slow_clients(serve: Serve, by: signal.Signals) -> None:
    """In a handshake, in a request, before either: their deadline of a minute is not waited for."""
    server = serve({"server.tls": "true", "server.workers": "1"})
    with opened(server, 5, hello(server)[:50]), opened(server, 5, BODY, tls=True), opened(server, 5, tls=True):
        assert server.get("/livez").status == 200
        started = clock.monotonic()
        assert server.stop(by=by) == 0
        assert clock.monotonic() - started < 30


# Clients of this house


@pytest.fixture(scope="module")
def keystore(secure: Running, people_of_template: People) -> Path:
    """The doctor's, where the command looks for it."""
    connector = people_of_template.doctor.connector
    path = secure.folder / "pki" / "keystores" / f"{DOCTOR}.p12"
    path.parent.mkdir()
    entry = KeyEntry(supported(connector.key), connector.certificate)
    write_pkcs12(path, Keystore(entry), "ehbox-test", SystemChance())
    return path


def test_the_command_trusts_the_data_folder_s_authority(secure: Running, keystore: Path) -> None:
    """`ehbox` against the server of its data folder needs no more than the address."""
    told = CliRunner().invoke(main, ["ready", "--url", secure.base, "--data", str(secure.folder)])
    assert told.exit_code == 0, told.output
    asked = ["box", "--as", DOCTOR, "--url", secure.base, "--data", str(secure.folder), "--json"]
    box = CliRunner().invoke(main, asked)
    assert box.exit_code == 0, box.output
    assert json.loads(box.stdout)


def test_the_command_takes_an_authority_by_name(secure: Running, keystore: Path, tmp_path: Path) -> None:
    call = ["box", "--p12", str(keystore), "--url", secure.base, "--data", str(tmp_path)]
    root = secure.folder / "pki" / "root.pem"
    assert CliRunner().invoke(main, [*call, "--ca", str(root)]).exit_code == 0
    refused = CliRunner().invoke(main, call)
    assert refused.exit_code == 3
    assert "the server's certificate is not believed" in refused.stderr
    (tmp_path / "none.pem").write_text("none")
    wrong = CliRunner().invoke(main, [*call, "--ca", str(tmp_path / "none.pem")])
    assert (wrong.exit_code, "not a certificate in PEM" in wrong.stderr) == (2, True)
    assert CliRunner().invoke(main, ["ready", "--url", secure.base, "--data", str(tmp_path)]).exit_code == 3
    ready = ["ready", "--url", secure.base, "--data", str(tmp_path), "--ca", str(tmp_path / "none.pem")]
    assert CliRunner().invoke(main, ready).exit_code == 2


def test_the_client_library(secure: Running, keystore: Path) -> None:
    """Nothing was sent where the certificate is not believed, so nothing can have been lost."""
    root = secure.folder / "pki" / "root.pem"
    session = Session.from_pkcs12(keystore, "ehbox-test", secure.base + STS, ca=root)
    assert session.assertion().octets
    session.close()
    for url, ca, kind, told in (
        (secure.base, None, UnreachableError, "the server's certificate is not believed"),
        (secure.base.replace("https", "http"), root, UnreachableError, "TLS is spoken there: use https"),
    ):
        session = Session.from_pkcs12(keystore, "ehbox-test", url + STS, ca=ca)
        with pytest.raises(kind, match=told) as caught:
            session.assertion()
        # None of its kinds that means that something may have been done.
        assert type(caught.value) is kind
        session.close()
    for ask in (Transport(SystemChance()).is_ready, Transport(SystemChance()).load):
        with pytest.raises(UnreachableError, match="TLS is spoken there: use https"):
            ask(secure.base.replace("https", "http") + "/readyz")
    with pytest.raises(FileNotFoundError):
        Session.from_pkcs12(keystore, "ehbox-test", secure.base + STS, ca=root.with_name("missing.pem"))


def test_https_where_http_is_spoken(running: Running, keystore: Path) -> None:
    session = Session.from_pkcs12(keystore, "ehbox-test", running.base.replace("http", "https") + STS)
    with pytest.raises(UnreachableError, match="no TLS is spoken there: is it http"):
        session.assertion()
    session.close()


def test_a_certificate_of_one_s_own(serve: Serve, secure: Running, tmp_path: Path) -> None:
    """server.tls_certificate and server.tls_key; the test authority makes none then. Only TLS 1.3 here."""
    for name in ("server.pem", "server.key"):
        (tmp_path / name).write_bytes((secure.folder / "pki" / name).read_bytes())
    settings = {"server.tls": "true", "server.workers": "1", "server.threads": "2", "server.tls_minimum": "1.3"}
    settings |= {"server.tls_certificate": str(tmp_path / "server.pem"), "server.tls_key": str(tmp_path / "server.key")}
    server = serve(settings)
    started = clock.monotonic()
    with opened(server, 20, tls=True):
        assert server.get("/readyz").status == 200
        assert clock.monotonic() - started < 40, "whoever says nothing after a handshake holds a thread for a minute"
    assert not (server.folder / "pki" / "server.pem").exists()
    context = server.tls()
    assert context is not None
    with socket.create_connection(server.address) as plain, context.wrap_socket(plain, server_hostname="::1") as tls:
        shown = tls.getpeercert(binary_form=True)
    assert shown is not None
    expected = x509.load_pem_x509_certificate((tmp_path / "server.pem").read_bytes())
    assert x509.load_der_x509_certificate(shown) == expected
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(server.address) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="::1")

"""How `ehbox serve` begins and ends: addresses, ports that are taken, and that no test leaves a server behind."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.http.conftest import Serve
from tests.http.people import CONSULTATION, PUBLICATION, STS
from tests.http.running import PATIENCE, ROOT, Connection, Running, launch

pytestmark = pytest.mark.http


def failed(folder: Path, *arguments: str) -> tuple[int, str]:
    """A start that must fail: the exit code, and what it says."""
    folder.mkdir(exist_ok=True)
    process = launch(folder, "serve", f"--data={folder / 'data'}", *arguments)
    output, _ = process.communicate(timeout=PATIENCE)
    assert output == b"", "it said that it is ready"
    return process.returncode, (folder / "errors.log").read_text("utf-8")


def test_port_0_tells_the_address(serve: Serve) -> None:
    """`--port 0`; prints its addresses. Each of them is served."""
    server = serve()
    assert server.address[1] != 0
    assert server.process.stdout is not None
    told = " ".join(server.process.stdout.readline().decode() for _ in range(7)).split()
    around = [STS, "/EtkDepot/v1", "/Kgss/v1", "/AddressBook/v1"]
    expected = [PUBLICATION + "?wsdl", CONSULTATION + "?wsdl", *around, "/livez", "/readyz"]
    assert [each.removeprefix(server.base) for each in told if each.startswith("http")] == expected
    assert [server.get(each).status for each in expected] == [200, 200, *[405] * 4, 200, 200]


def test_a_busy_port_is_told_at_once(running: Running, tmp_path: Path) -> None:
    """A clear message and exit code 2; nothing is made in the data folder, and the first server goes on."""
    port = running.address[1]
    code, said = failed(tmp_path / "second", f"--port={port}")
    assert code == 2
    assert said.splitlines()[-1] == f"Error: cannot listen on port {port} of 127.0.0.1: Address already in use"
    assert "Traceback" not in said
    assert not (tmp_path / "second" / "data").exists()
    assert running.get("/livez").status == 200


def test_an_address_of_another_machine(tmp_path: Path) -> None:
    """192.0.2.0/24 is nobody's (RFC 5737)."""
    code, said = failed(tmp_path / "second", "--host=192.0.2.1", "--port=0")
    assert (code, "cannot listen on port 0 of 192.0.2.1" in said) == (2, True)


def test_plain_http_for_others_must_be_asked_for(tmp_path: Path) -> None:
    """Medical messages do not go over a network as they are by mistake; nothing is made in the data folder."""
    code, said = failed(tmp_path / "second", "--host=0.0.0.0", "--port=0")
    assert code == 2
    assert said.splitlines()[-1].startswith(
        "Error: others than this machine can reach 0.0.0.0: speak TLS there (--tls)"
    )
    assert not (tmp_path / "second" / "data").exists()


def test_a_certificate_that_is_none_is_told_before_any_worker_starts(tmp_path: Path) -> None:
    """Otherwise workers would die and be replaced."""
    (tmp_path / "ca.pem").write_text("no certificate")
    code, said = failed(tmp_path / "second", "--port=0", f"--set=security.authorities={tmp_path / 'ca.pem'}")
    assert code == 2
    assert said.splitlines()[-1] == f"Error: {tmp_path / 'ca.pem'}: not a certificate"


def test_two_servers_start_at_once_in_an_empty_folder(serve: Serve, tmp_path: Path) -> None:
    """One authority and one migrated store come of it, and both serve."""
    folder = tmp_path / "shared"
    folder.mkdir()
    other = launch(folder, "serve", "--port=0", f"--data={folder}")
    server = serve(folder=folder)
    assert other.stdout is not None
    assert other.stdout.readline().startswith(b"ehbox-soap ready on ")
    assert server.get("/readyz").status == 200
    other.send_signal(signal.SIGTERM)
    other.communicate(timeout=PATIENCE)
    assert other.returncode == 0
    assert server.get("/readyz").status == 200


def test_ipv6(serve: Serve) -> None:
    """The address is told in brackets, and stands so in ?wsdl."""
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
    server = serve({"server.host": "::1"})
    assert server.base.startswith("http://[::1]:")
    with Connection(("::1", server.address[1])) as connection:
        connection.send(f"GET {PUBLICATION}?wsdl HTTP/1.0\r\n\r\n".encode())
        assert f'location="{server.base}{PUBLICATION}"'.encode() in connection.reply("GET").body


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_no_server_outlives_the_tests(tmp_path: Path) -> None:
    """Also not when they are killed: here the tests are a process of its own."""
    code = (
        "import sys; from pathlib import Path; from tests.http.running import Running;"
        f"print(Running(Path({str(tmp_path)!r})).address[1], flush=True); sys.stdin.read()"
    )
    tests = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert tests.stdout is not None
    assert tests.stdin is not None
    with Connection(("127.0.0.1", int(tests.stdout.readline()))) as connection:
        connection.send(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.reply("GET").status == 200
        tests.kill()
        tests.wait()
        tests.stdout.close()
        tests.stdin.close()
        assert connection.is_closed()

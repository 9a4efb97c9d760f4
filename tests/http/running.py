"""A server in processes of its own, and connections to it that send any bytes.

Knows: how `ehbox serve` is started and ended, HTTP/1.1. Must not know: SOAP, what any answer should be.
"""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAUNCH, CLOCKED = (Path(__file__).with_name(name) for name in ("launch.py", "clocked.py"))
PATIENCE = 120.0
"""Seconds after which something hangs; nothing that works comes near it."""


def launch(
    folder: Path, *arguments: str, package: Path = ROOT, clocks: Path | None = None, files: int = 0
) -> subprocess.Popen[bytes]:
    """Starts `ehbox` with these arguments in `folder`, where its errors.log is; it cannot outlive this process. With
    `clocks` its time stands in that folder (clocked.py); with `files` its processes may have no more of them open."""
    begin = [LAUNCH, os.getpid(), package] if clocks is None else [CLOCKED, os.getpid(), package, clocks]
    limited = ["/bin/sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"] if files else []
    with (folder / "errors.log").open("ab") as errors:
        return subprocess.Popen(
            [*limited, sys.executable, *map(str, begin), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=folder,
        )


class Running:
    """A server whose data stand in `folder`; ready when this returns. Settings as "section.name"."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        package: Path = ROOT,
        clocks: Path | None = None,
        files: int = 0,
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        assigned = [f"--set={name}={value}" for name, value in (settings or {}).items()]
        words = ("serve", "--port=0", f"--data={folder}", *assigned)
        self.process = launch(folder, *words, package=package, clocks=clocks, files=files)
        self.killed = False
        self.told = self._first_line()
        host, _, port = self.told.rpartition("//")[2].rpartition(":")
        self.address = (host, int(port))
        self.base = self.told.rpartition(" ")[2]

    def _first_line(self) -> str:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline().decode().rstrip() if ready else ""
        if not line.startswith("ehbox-soap ready on "):
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            raise AssertionError(f"the server did not start: {line}\n{self.errors}")
        return line

    @property
    def errors(self) -> str:
        """Everything on standard error, of every start in this folder."""
        return (self.folder / "errors.log").read_text("utf-8")

    @property
    def lines(self) -> list[dict[str, object]]:
        """The log: every line on standard error, which must be JSON."""
        return [json.loads(line) for line in self.errors.splitlines()]

    @property
    def workers(self) -> list[int]:
        """Process ids of the workers."""
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ends the server by its process id and waits until the last of its processes has gone; the exit code."""
        if self.process.poll() is None:
            self.killed = by is signal.SIGKILL
            for worker in self.workers if self.killed else ():
                os.kill(worker, by)
            self.process.send_signal(by)
        code = self.process.wait(PATIENCE)
        assert self.process.stdout is not None
        if not self.process.stdout.closed:
            # The workers hold the other end: the last of them to go ends the stream.
            self.process.stdout.read()
            self.process.stdout.close()
        return code

    def connect(self, patience: float = PATIENCE) -> Connection:
        """A new connection."""
        return Connection(self.address, patience, self.tls())

    def tls(self) -> ssl.SSLContext | None:
        """How a client that trusts the folder's authority speaks TLS, where the server does."""
        if not self.base.startswith("https:"):
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.folder / "pki" / "root.pem")
        return context

    def get(self, target: str, method: str = "GET", headers: str = "", body: bytes = b"") -> Reply:
        """One request on a connection of its own."""
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: {self.host}\r\n{length}{headers}\r\n"
        with self.connect() as connection:
            connection.send(head.encode("latin-1") + body)
            return connection.reply(method)

    @property
    def host(self) -> str:
        """What a client puts into Host."""
        return "{}:{}".format(*self.address)


@dataclass(frozen=True)
class Reply:
    """What came back; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        """Whether the server said that it ends the connection."""
        return self.headers.get("connection") == "close"


class _Octets:
    """What a connection brings, as http.client wants it; it outlives each answer, which may bring some of the next."""

    def __init__(self, connection: socket.socket) -> None:
        self.file = connection.makefile("rb")
        self.readline, self.read, self.readinto = self.file.readline, self.file.read, self.file.readinto

    def makefile(self, mode: str) -> _Octets:
        return self

    def flush(self) -> None: ...

    def close(self) -> None: ...


class Connection:
    """One connection, whose bytes are the test's own."""

    def __init__(self, address: tuple[str, int], patience: float = PATIENCE, tls: ssl.SSLContext | None = None) -> None:
        self.socket = socket.create_connection(address, timeout=patience)
        if tls is not None:
            # An end without a goodbye is an error, not an end.
            self.socket = tls.wrap_socket(self.socket, server_hostname=address[0], suppress_ragged_eofs=False)
        self.octets = _Octets(self.socket)
        self.host = "{}:{}".format(*address)

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def reply(self, method: str = "POST") -> Reply:
        """The next answer, whole: http.client raises when it ends early."""
        response = http.client.HTTPResponse(self.octets, method=method)  # type: ignore[arg-type]  # all it asks of it
        response.begin()
        body = response.read()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def is_closed(self) -> bool:
        """Waits for the server to end the connection; True when it did without another byte."""
        try:
            return self.octets.read(1) == b""
        except (ConnectionResetError, ssl.SSLEOFError):
            return True

    def close(self) -> None:
        self.octets.file.close()
        self.socket.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""The server whose time a test sets and whose workers are watched: what it tells is true, else nothing could be seen
of an attack."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from tests.clocks import FileClock
from tests.door import START
from tests.http.running import ROOT
from tests.http.witness import Witness


def test_a_clock_that_several_read(tmp_path: Path) -> None:
    """Whoever sets it, on or back; to the microsecond."""
    set_here = FileClock(tmp_path / "clock", START)
    read_there = FileClock(tmp_path / "clock")
    assert read_there.now() == START
    set_here.advance(days=400, microseconds=1)
    assert read_there.now() == START + timedelta(days=400, microseconds=1)
    read_there.moment = START
    assert set_here.now() == START


def test_a_witness_tells_what_was_done_meanwhile(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "witness")
    assert witness.since() == {}
    witness.tell("canonical")
    with witness.watching() as seen:
        for text in ("one\ntwo", "three"):
            witness.tell("statement", text)
    assert seen == {"statement": ["one\ntwo", "three"]}
    assert witness.since() == {"canonical": [""], **seen}


def test_a_socket_that_a_worker_opens_is_told(tmp_path: Path) -> None:
    """In a process of its own: an audit hook stays for as long as its process does."""
    code = (
        "import socket, sys; from pathlib import Path; from tests.http.clocked import tell_sockets; "
        "from tests.http.witness import Witness; tell_sockets(Witness(Path(sys.argv[1]))); "
        "listening = socket.create_server(('127.0.0.1', 0)); socket.create_connection(listening.getsockname())"
    )
    witness = Witness(tmp_path / "witness")
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(witness.path)], cwd=ROOT, check=True)
    assert set(witness.since()["socket"]) == {"socket.getaddrinfo", "socket.connect"}

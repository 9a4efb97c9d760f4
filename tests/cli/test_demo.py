"""The demonstration: what it sends, that it notices what goes wrong, and the whole of it as a newcomer runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.consultation import Consultation
from ehbox_soap.demo.__main__ import DOCTOR, GONE, HERE, HOSPITAL, NURSE, main
from ehbox_soap.demo.job import Job
from ehbox_soap.demo.letters import letter, pdf
from ehbox_soap.demo.server import Running, StartError, _base
from ehbox_soap.demo.steps import Person, StepError
from ehbox_soap.demo.year import Time
from ehbox_soap.mailbox.retention import Upkeep
from ehbox_soap.wire import types
from tests.cli.conftest import URL, Command

ROOT = Path(__file__).resolve().parents[2]


def test_the_document_is_a_pdf_whose_cross_references_hold() -> None:
    octets = pdf(("a (b) \\ c",))
    assert octets.startswith(b"%PDF-1.4\n")
    assert octets.endswith(b"%%EOF\n")
    start = re.search(rb"startxref\n(\d+)\n", octets)
    assert start
    table = octets[int(start[1]) :].split(b"\n")
    assert table[:2] == [b"xref", b"0 6"]
    for number, line in enumerate(table[3:8], 1):
        assert octets[int(line[:10]) :].startswith(b"%d 0 obj\n" % number)
    length = re.search(rb"/Length (\d+) >>\nstream\n", octets)
    assert length
    assert octets[length.end() + int(length[1]) :].startswith(b"\nendstream")
    assert rb"(a \(b\) \\ c) Tj" in octets


def test_the_annexes_hold_what_careless_readers_change() -> None:
    _, text, binary = letter()
    assert b"\r\n" in text.data
    assert re.search(rb"[^\r]\n", text.data)
    assert set(range(256)) <= set(binary.data)


@pytest.fixture
def time(ehbox: Command) -> Time:
    """A year of the tests' clock."""
    door = ehbox.door

    def pass_a_year() -> None:
        door.mailbox_clock.advance(days=366)
        now = door.mailbox_clock.now()
        deque(Upkeep(now, door.now, door.house.rules, door.chance, 100, False).run(door.house.store.begin), maxlen=0)

    def be_true_again() -> None:
        door.mailbox_clock.moment = door.now

    return Time(pass_a_year, be_true_again)


@pytest.fixture
def people(ehbox: Command) -> tuple[Person, Person, Person]:
    """The three of the demonstration, with keystores."""
    found = []
    for box in (DOCTOR, NURSE, HOSPITAL):
        keystore = ehbox.data / "pki" / "keystores" / f"{box.id}.p12"
        ehbox.ok("etk", "import", keystore)
        found.append(Person(box.quality, box, keystore))
    return found[0], found[1], found[2]


def test_every_step_tells_its_status_and_time(people: tuple[Person, Person, Person], time: Time) -> None:
    told: list[str] = []
    Job(Addresses(URL), "ehbox-test", told.append, time).run(people[0], people[1:])
    assert len(told) == 39
    assert all(re.match(r"  (100|200|826|Success|done) +\d+ ms  ", line) for line in told)
    assert sum("finds an ERROR" in line for line in told) == 1
    assert sum("all equal" in line for line in told) == 4
    assert sum("sealed by SSIN 71031499894; a changed byte is found" in line for line in told) == 3


def test_a_changed_byte_is_noticed(
    people: tuple[Person, Person, Person], time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = Consultation.get_full_message

    def changed(port: Consultation, request: types.GetFullMessageRequest) -> types.GetFullMessageResponse:
        answer = genuine(port, request)
        assert answer.message is not None
        content = answer.message.content
        if not content.annexes:
            return answer
        data = content.annexes[1].content
        annexes = (content.annexes[0], replace(content.annexes[1], content=replace(data, data=data.data[:-1] + b"x")))
        return replace(answer, message=replace(answer.message, content=replace(content, annexes=annexes)))

    monkeypatch.setattr(Consultation, "get_full_message", changed)
    told: list[str] = []
    with pytest.raises(StepError):
        Job(Addresses(URL), "ehbox-test", told.append, time).run(people[0], people[1:])
    assert "FAILED" in told[-1]
    assert "the contents are not those that were sent" in told[-1]


def test_a_refused_step_ends_the_job(people: tuple[Person, Person, Person], time: Time) -> None:
    told: list[str] = []
    nobody = replace(people[1], box=types.BoxId("12345678901", "INSS", "NO_SUCH_QUALITY"))
    with pytest.raises(StepError):
        Job(Addresses(URL), "ehbox-test", told.append, time).run(people[0], (nobody,))
    assert "803" in told[-1]


def test_a_server_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-c", "print('no port for me')"], stdout=output)
    process.wait()
    with pytest.raises(StartError, match="no port for me"):
        _base(process, log)


def test_a_server_that_stays_up_is_where_a_client_is_pointed(
    ehbox: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Ended:
        def wait(self) -> int:
            raise KeyboardInterrupt

    @contextmanager
    def running() -> Iterator[Running]:
        yield Running(Addresses(URL), ehbox.data, Ended())  # type: ignore[arg-type]

    monkeypatch.setattr("ehbox_soap.demo.__main__.running", running)
    monkeypatch.setattr("ehbox_soap.demo.__main__._work", lambda _: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as end:
        main([], standalone_mode=False)
    told = capsys.readouterr().out
    assert end.value.code == 0
    assert f"\n{HERE} " in told
    assert f"\nendpoint.sts={URL}/IAM/Saml11TokenService/v1\n" in told
    assert GONE not in told


@pytest.mark.http
@pytest.mark.slow
@pytest.mark.smoke
def test_the_whole_demonstration_ends_with_0() -> None:
    command = [sys.executable, "-m", "ehbox_soap.demo", "--once"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "every step worked" in result.stdout
    # By then nobody can be pointed there any more.
    assert GONE in result.stdout
    assert HERE not in result.stdout
    base = re.search(r"ready on (http://127\.0\.0\.1:\d+)\n", result.stdout)
    assert base
    for line in (
        f"endpoint.sts={base[1]}/IAM/Saml11TokenService/v1",
        f"endpoint.etk={base[1]}/EtkDepot/v1",
        f"endpoint.kgss={base[1]}/Kgss/v1",
        f"endpoint.ehbox.publication.v3={base[1]}/ehBoxPublication/v3",
        f"endpoint.ehbox.consultation.v3={base[1]}/ehBoxConsultation/v3",
    ):
        assert line in result.stdout.splitlines()

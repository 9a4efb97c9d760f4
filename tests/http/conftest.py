"""Servers in processes of their own: one that stands for the whole run, and others for tests that need their own."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from ehbox_soap import assembly
from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.authority import Authority
from tests.door import settings_of
from tests.http import people
from tests.http.people import Caller
from tests.http.running import Running

LIMIT, SECONDS = 65536, 2
"""The strict server's largest body in bytes, and how long a request may take to arrive."""


class Serve(Protocol):
    """Starts a server of its own for a test; settings as "section.name", `clocks` and `files` as for `launch`."""

    def __call__(
        self,
        settings: Mapping[str, str] | None = None,
        folder: Path | None = None,
        clocks: Path | None = None,
        files: int = 0,
    ) -> Running: ...


@dataclass(frozen=True)
class People:
    """Two callers without assertions; their certificates are of the authority of every server here."""

    doctor: Caller
    nurse: Caller


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data folder, made at true time."""
    folder = tmp_path_factory.mktemp("http-template") / "data"
    assembly.prepare(settings_of(folder, {}))
    return folder


@pytest.fixture(scope="session")
def people_of_template(template: Path) -> People:
    """Keys and certificates, made once."""
    authority = Authority.open(template / "pki", SystemClock(), SystemChance())
    doctor = people.person(authority, people.DOCTOR, "doctor")
    return People(doctor, people.person(authority, people.NURSE, "nurse"))


@pytest.fixture(scope="session")
def running(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server that stands for the whole run, with the settings that ship but for boxes that no test fills."""
    roomy = {"mailbox.individual_box_bytes": "1000000000"}
    server = Running(copied(template, tmp_path_factory.mktemp("http") / "data"), roomy)
    yield server
    end(server)


@pytest.fixture(scope="session")
def doctor(running: Running, people_of_template: People) -> Caller:
    """The seed's doctor with an assertion of the standing server."""
    return people_of_template.doctor.at(running)


@pytest.fixture(scope="session")
def nurse(running: Running, people_of_template: People) -> Caller:
    """The seed's nurse with an assertion of the standing server."""
    return people_of_template.nurse.at(running)


@pytest.fixture(scope="session")
def strict(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a small limit and a short deadline, met quickly; who does nothing wrong is served all the while."""
    settings = {"server.max_body_bytes": str(LIMIT), "server.body_seconds": str(SECONDS), "server.workers": "1"}
    server = Running(copied(template, tmp_path_factory.mktemp("strict") / "data"), settings)
    yield server
    end(server)


@pytest.fixture(scope="session")
def caller(strict: Running, people_of_template: People) -> Caller:
    """The doctor, known to the strict server's STS."""
    return people_of_template.doctor.at(strict)


@pytest.fixture
def serve(template: Path, tmp_path: Path) -> Iterator[Serve]:
    """Servers that end with the test."""
    started: list[Running] = []

    def start(
        settings: Mapping[str, str] | None = None,
        folder: Path | None = None,
        clocks: Path | None = None,
        files: int = 0,
    ) -> Running:
        data = folder or copied(template, tmp_path / f"data{len(started)}")
        started.append(Running(data, settings, clocks=clocks, files=files))
        return started[-1]

    yield start
    for server in started:
        end(server)


def copied(template: Path, folder: Path) -> Path:
    """A data folder of a server's own."""
    shutil.copytree(template, folder)
    return folder


def end(server: Running) -> None:
    """Every server ends orderly unless it was killed, and has told nothing but requests."""
    code = server.stop()
    assert code == (-signal.SIGKILL if server.killed else 0), server.errors
    assert {str(line["level"]) for line in server.lines} <= {"info", "warning"}, server.errors

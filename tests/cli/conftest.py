"""The command run in this process against a whole server in this process: no socket, no true time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ehbox_soap.cli import main
from ehbox_soap.clock import SetClock
from ehbox_soap.commands.keystores import PASSWORD
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.pkcs12 import write_pkcs12
from ehbox_soap.security.subject import identity
from tests.door import Door, prepared
from tests.wiring import SESSIONS, answering

DOCTOR, NURSE, HOSPITAL = "71031499894", "85061999865", "71990133"
URL = "http://127.0.0.1:8080"


Run = Callable[..., Result]


@dataclass(frozen=True)
class Command:
    """Runs `ehbox` as a caller of one server would."""

    door: Door
    data: Path

    def __call__(self, *arguments: object, data: bool = True) -> Result:
        """`ehbox` with these arguments; the data folder is the server's."""
        folder = ("--data", str(self.data)) if data else ()
        return CliRunner().invoke(main, [str(each) for each in (*arguments, *folder)], prog_name="ehbox")

    def ok(self, *arguments: object, data: bool = True) -> str:
        """What it printed, after checking that it went well."""
        result = self(*arguments, data=data)
        assert result.exit_code == 0, result.output
        return result.stdout


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data folder with keystores of the three that call."""
    folder = prepared(tmp_path_factory.mktemp("cli") / "template")
    chance = SeededChance(23)
    authority = Authority.open(folder / "pki", SetClock(), chance)
    (folder / "pki" / "keystores").mkdir()
    for entry in (
        authority.person(DOCTOR, "Dora Voorbeeld", kind="ec"),
        authority.person(NURSE, "Nele Proefpersoon", kind="ec"),
        authority.organisation("NIHII-HOSPITAL", HOSPITAL, "Hôpital Exemple", kind="ec"),
    ):
        path = folder / "pki" / "keystores" / f"{identity(entry.certificate).number}.p12"
        write_pkcs12(path, authority.keystore(entry), PASSWORD, chance)
    return folder


@pytest.fixture(scope="session")
def door(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The server that all of these tests call."""
    opened = Door(tmp_path_factory.mktemp("cli") / "data", template, {"log.level": "ERROR"})
    yield opened
    opened.close()


@pytest.fixture
def ehbox(door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The command, whose connections end at the door and whose time is the door's."""
    monkeypatch.setattr(SESSIONS, answering(lambda: door.server, URL))
    for place in ("client.session", "commands.keystores", "commands.pki"):
        monkeypatch.setattr(f"ehbox_soap.{place}.SystemClock", lambda: door.clock)
    monkeypatch.chdir(tmp_path)
    return Command(door, door.folder)

"""serve, ready, settings, seed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from ehbox_soap import clock, config, serving
from ehbox_soap.cli import main
from ehbox_soap.config import Settings
from ehbox_soap.register import loading
from ehbox_soap.store.contact_records import PersonDetail
from ehbox_soap.store.records import Person
from ehbox_soap.store.register import Register
from tests.cli.conftest import DOCTOR, NURSE, Command

PERSON = """
[[person]]
inss = "{inss}"
last_name = "Nieuw"
first_name = "Noor"
"""


def test_settings_prints_the_shipped_file() -> None:
    assert CliRunner().invoke(main, ["settings"]).stdout == config.document()
    assert CliRunner().invoke(main, ["settings", "--reference"]).stdout == config.reference()


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """What `serve` was called with, instead of serving."""
    found: list[Settings] = []

    def serve(settings: Settings) -> int:
        found.append(settings)
        return 0

    monkeypatch.setattr(serving, "serve", serve)
    return found


def test_serve_needs_nothing(served: list[Settings]) -> None:
    assert CliRunner().invoke(main, ["serve"]).exit_code == 0
    assert served == [config.Settings()]


def test_serve_takes_file_environment_and_flags(
    served: list[Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[server]\nport = 1\nworkers = 3\n[mailbox]\ndirectory = "strict"\n', "utf-8")
    monkeypatch.setenv("EHBOX_SERVER__THREADS", "5")
    arguments = ["serve", "--config", str(file), "--data", "kept", "--host", "::1", "--port", "0"]
    result = CliRunner().invoke(main, [*arguments, "--set", "log.level = DEBUG", "--set", "server.workers=4"])
    assert result.exit_code == 0, result.output
    (settings,) = served
    server = settings.server
    assert (server.host, server.port, server.workers, server.threads) == ("::1", 0, 4, 5)
    assert settings.data.folder == Path("kept")
    assert (settings.mailbox.directory, settings.log.level) == ("strict", "DEBUG")


def test_serve_takes_flags_of_tls(served: list[Settings]) -> None:
    names = ["--tls-name", "a.example", "--tls-name", "192.0.2.7"]
    assert CliRunner().invoke(main, ["serve", "--tls", *names]).exit_code == 0
    assert CliRunner().invoke(main, ["serve", "--no-tls", "--plain-http"]).exit_code == 0
    first, second = (each.server for each in served)
    assert (first.tls, first.tls_names, first.plain_http) == (True, ("a.example", "192.0.2.7"), False)
    assert (second.tls, second.tls_names, second.plain_http) == (False, (), True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--set", "server.prot=1"), "server.prot"),
        (("--set", "server.port"), "section.name=value"),
        (("--set", "log.level=loud"), "log.level"),
        (("--port", "70000"), "70000"),
    ],
)
def test_a_setting_that_cannot_be_is_usage(served: list[Settings], arguments: tuple[str, ...], told: str) -> None:
    result = CliRunner().invoke(main, ["serve", *arguments])
    assert (result.exit_code, told in result.stderr) == (2, True)
    assert not served


def test_what_the_start_refuses_is_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(_: Settings) -> int:
        raise ValueError("own.pem: not a certificate")

    monkeypatch.setattr(serving, "serve", serve)
    result = CliRunner().invoke(main, ["serve"])
    assert (result.exit_code, "own.pem: not a certificate" in result.stderr) == (2, True)


def test_an_address_that_cannot_be_had_ends_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "serve", lambda _: 1)
    assert CliRunner().invoke(main, ["serve"]).exit_code == 3


@pytest.mark.parametrize("verb", [("serve",), ("seed", "one.toml")])
@pytest.mark.parametrize(
    ("database", "told"),
    [("sqlite:///one.toml/boxes", "the database cannot be used: unable to open"), ("nosuch://user:secret@host/b", "")],
)
def test_a_database_that_cannot_be_used_is_usage_and_its_password_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...], database: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.toml").write_text(PERSON.format(inss=DOCTOR), "utf-8")
    monkeypatch.setenv("EHBOX_DATA__DATABASE", database)
    result = CliRunner().invoke(main, list(verb))
    assert (result.exit_code, told in result.stderr) == (2, True)
    assert "secret" not in result.output


def test_ready_is_0_at_a_server_that_is(ehbox: Command) -> None:
    assert "is ready" in ehbox.ok("ready", data=False)


def test_ready_waits_as_long_as_it_is_told(ehbox: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: moments[0])
    monkeypatch.setattr(clock, "wait", lambda seconds: moments.__setitem__(0, moments[0] + seconds))
    result = ehbox("ready", "--url", "http://127.0.0.1:1", "--wait", "3", data=False)
    assert (result.exit_code, "is not ready" in result.stderr) == (3, True)
    assert moments[0] == pytest.approx(3, abs=0.21)


def test_seed_puts_people_into_the_register_of_a_running_server(ehbox: Command, tmp_path: Path) -> None:
    file = tmp_path / "more.toml"
    # 85061999865 with another name: a seed brings what is there up to date.
    file.write_text(PERSON.format(inss=NURSE) + '[[person.profession]]\nquality = "NURSE"\n', "utf-8")
    assert json.loads(ehbox.ok("seed", file, "--json")) == {"people": 1, "organisations": 0, "boxes": 0}
    assert ehbox.ok("seed", file) == "loaded 1 people, 0 organisations, 0 boxes\n"
    assert "Nieuw" in ehbox.ok("token", "--as", NURSE)


@pytest.mark.parametrize("broken", [sqlite3.OperationalError("disk full"), KeyboardInterrupt()], ids=["disk", "key"])
@pytest.mark.parametrize("after", [0, 2])
def test_a_load_that_breaks_off_tells_how_far_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: BaseException, after: int
) -> None:
    file, data = tmp_path / "three.toml", ("--data", str(tmp_path / "data"))
    file.write_text("".join(PERSON.format(inss=inss) for inss in (DOCTOR, NURSE, "79020299635")), "utf-8")
    monkeypatch.setattr(loading, "BATCH", 1)
    put, told = Register.put_people, list[object]()

    def put_people(self: Register, people: Sequence[tuple[Person, PersonDetail]]) -> None:
        if len(told) == after:
            raise broken
        told.append(people)
        put(self, people)

    with monkeypatch.context() as patch:
        patch.setattr(Register, "put_people", put_people)
        result = CliRunner().invoke(main, ["seed", str(file), *data])
    assert result.exit_code == (1 if isinstance(broken, KeyboardInterrupt) else 2)
    how_far = "2 of 3 entries are loaded and stay: load again, and the others come too\n"
    assert (how_far in result.stderr) is (after > 0)
    assert "entries are loaded" not in result.stdout
    assert CliRunner().invoke(main, ["dump", *data]).stdout.count("[[person]]") == after
    assert CliRunner().invoke(main, ["seed", str(file), *data]).exit_code == 0
    assert CliRunner().invoke(main, ["dump", *data]).stdout.count("[[person]]") == 3


def test_a_number_that_somebody_else_holds_is_usage_and_nothing_is_loaded(tmp_path: Path) -> None:
    data, profession = (
        ("--data", str(tmp_path / "data")),
        '[[person.profession]]\nquality = "NURSE"\nnihii = "19990116"\n',
    )
    for name, people in (("one", [DOCTOR]), ("two", ["79020299635", NURSE])):
        text = "".join(PERSON.format(inss=inss) for inss in people) + profession
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    assert CliRunner().invoke(main, ["seed", str(tmp_path / "one.toml"), *data]).exit_code == 0
    result = CliRunner().invoke(main, ["seed", str(tmp_path / "two.toml"), *data])
    assert (result.exit_code, "a NIHII belongs to two people" in result.stderr) == (2, True)
    assert "19990116" not in result.output
    assert CliRunner().invoke(main, ["dump", *data]).stdout.count("[[person]]") == 1


def test_a_seed_that_is_wrong_is_usage(ehbox: Command, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(PERSON.format(inss="12345678901"), "utf-8")
    result = ehbox("seed", file)
    assert (result.exit_code, "wrong.toml" in result.stderr) == (2, True)
    assert "12345678901" not in result.stderr


def test_a_seed_makes_the_data_folder_if_need_be(tmp_path: Path) -> None:
    file = tmp_path / "one.toml"
    file.write_text(PERSON.format(inss=DOCTOR), "utf-8")
    result = CliRunner().invoke(main, ["seed", str(file), "--data", str(tmp_path / "new")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "new" / "ehbox.sqlite").exists()

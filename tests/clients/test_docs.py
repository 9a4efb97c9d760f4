"""docs/clients.md: its commands, files, settings and addresses exist, and its examples run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ehbox_soap.cli import main
from ehbox_soap.clock import SetClock
from ehbox_soap.config import Settings
from ehbox_soap.ids import SeededChance, identifier
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.pkcs12 import write_pkcs12
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.names import CERTIFIED, IDENTIFICATION
from tests.door import STS, Door, assertion_of
from tests.wiring import SESSIONS, answering, ask

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "clients.md").read_text("utf-8")
URL = "http://127.0.0.1:8080"
DOCTOR = "71031499894"


@pytest.fixture
def door(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A working directory as the page's first commands leave it; its server answers at the page's address."""
    made = Door(tmp_path / "ehbox-data", template, {"log.level": "ERROR"})
    chance = SeededChance(23)
    authority = Authority.open(made.folder / "pki", SetClock(), chance)
    keystores = made.folder / "pki" / "keystores"
    keystores.mkdir()
    write_pkcs12(
        keystores / f"{DOCTOR}.p12", authority.keystore(authority.person(DOCTOR, "Test")), "ehbox-test", chance
    )
    monkeypatch.setattr(SESSIONS, answering(lambda: made.server, URL))
    monkeypatch.setattr("ehbox_soap.client.session.SystemClock", lambda: made.clock)
    monkeypatch.chdir(tmp_path)
    yield made
    made.close()


def test_the_examples_run(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(examples) == 1
    exec(compile(examples[0], "docs/clients.md", "exec"), {})
    assert capsys.readouterr().out == "DOCTOR 0 of 10485760\n"


def test_files_are_where_the_page_says(door: Door) -> None:
    named = {path for path in re.findall(r"ehbox-data/[\w./-]+", PAGE) if "." in path}
    assert named >= {f"ehbox-data/pki/keystores/{DOCTOR}.p12"}
    files = [f"ehbox-data/pki/{name}" for name in re.findall(r"`(\w+\.pem)`", PAGE)]
    assert len(files) >= 3
    assert [path for path in (*named, *files) if not Path(path).exists()] == []


def test_every_address_is_served(door: Door) -> None:
    """A POST of nothing at all is a fault of that port; elsewhere it is 404."""
    paths = set(re.findall(rf"{URL}(/[\w/]+)|`(/IAM/[\w/]+)`", PAGE))
    for path in {one or other for one, other in paths}:
        status = ask(door.server, "POST", f"{URL}{path}", {"content-type": "text/xml"}, b"<nothing/>").status
        assert (path, status) == (path, 500)


def _named(row: str) -> list[tuple[str, str]]:
    """The attributes of a row of the page's table, each (name, namespace); "the same" are a person's."""
    person, found = _cells("| a person |"), _cells(row)
    identity, certified = person[1] if found[1].strip() == "the same" else found[1], found[2]
    pairs = ((identity, IDENTIFICATION), (certified, CERTIFIED))
    return [(name, namespace) for cell, namespace in pairs for name in re.findall("`([^`]+)`", cell)]


def _cells(row: str) -> list[str]:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(row)]
    return line.split("|")[1:-1]


@pytest.mark.parametrize(
    ("row", "type", "number", "count"),
    [
        ("| a person |", "SSIN", "04022999310", 2),
        ("| a doctor |", "SSIN", DOCTOR, 4),
        ("| a nurse |", "SSIN", "85061999865", 4),
        ("| a hospital |", "NIHII-HOSPITAL", "71990133", 4),
        ("| an organisation by its CBE number |", "CBE", "0999999031", 3),
    ],
)
def test_the_sts_certifies_all_that_the_page_names(
    standing: Door, row: str, type: str, number: str, count: int
) -> None:
    authority = Authority.open(standing.template / "pki", SetClock(), SeededChance(29))
    if type == "SSIN":
        entry = authority.person(number, "Test", kind="ec")
    else:
        entry = authority.organisation(type, number, "Test", kind="ec")
    asked = _named(row)
    assert len(asked) == count
    model = Connector40(entry.key, entry.certificate, lambda: identifier(standing.chance))
    answer = standing.send(model.request_secure_token(STS, standing.now, [], asked))
    certified = assertion_of(answer)
    assert [name for name, _ in asked if f'AttributeName="{name}"' not in certified] == []


@pytest.mark.parametrize(("number", "count"), [(DOCTOR, 4), ("71990133", 3)], ids=["doctor", "hospital"])
def test_the_sts_certifies_what_the_connector_s_properties_ask(standing: Door, number: str, count: int) -> None:
    """Namespace, name, and of a claim the value; of the owner of the keystore that the properties name. A hospital's
    stand instead of those of the doctor."""
    doctor, hospital = (
        dict(line.split("=", 1) for line in block.splitlines() if line)
        for block in re.findall(r"^```properties\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    )
    stated = doctor if number == DOCTOR else hospital
    claims = [value.split(",") for name, value in stated.items() if ".samlattribute." in name]
    asked = [value.split(",") for name, value in stated.items() if ".samlattributedesignator." in name]
    assert {doctor[f"sessionmanager.{name}.keystore"] for name in ("identification", "holderofkey", "encryption")} == {
        f"{DOCTOR}.p12"
    }
    authority = Authority.open(standing.template / "pki", SetClock(), SeededChance(31))
    if number == DOCTOR:
        entry = authority.person(number, "Test")
    else:
        entry = authority.organisation("NIHII-HOSPITAL", number, "Test")
    model = Connector3(entry.key, entry.certificate, lambda: identifier(standing.chance))
    request = model.request_secure_token(
        doctor["endpoint.sts"].removeprefix(URL),
        standing.now,
        [(name, value) for _, name, value in claims],
        [(name, namespace) for namespace, name in asked],
    )
    certified = assertion_of(standing.send(request))
    assert len(asked) == count
    assert {value for *_, value in claims} == {number}
    assert [
        name for space, name in asked if f'AttributeName="{name}" AttributeNamespace="{space}"' not in certified
    ] == []


def _commands() -> Iterator[list[str]]:
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if line.startswith("ehbox "):
                yield line.partition("#")[0].rstrip(" &").split()[1:]
    for words in re.findall(r"`ehbox ([^`]+)`", PAGE):
        yield words.split()


def test_every_command_is_one() -> None:
    commands = list(_commands())
    assert len(commands) > 10
    for words in commands:
        command: click.Command = main
        rest = list(words)
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            found = command.get_command(click.Context(command), rest.pop(0))
            assert found is not None, words
            command = found
        options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
        assert {word for word in rest if word.startswith("--")} <= options, words


def test_every_setting_is_one() -> None:
    sections = Settings.model_fields
    named = re.findall(r"(?:`|--set )(\w+)\.(\w+)(?:`|=)", PAGE)
    settings = [(section, name) for section, name in named if section in sections and name != "pem"]
    assert ("security", "timestamp_seconds") in settings
    for section, name in settings:
        kind = sections[section].annotation
        assert kind is not None
        assert name in kind.model_fields, (section, name)


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (Path(__file__).resolve().parents[2] / "docs" / target).exists(), target

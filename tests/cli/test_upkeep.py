"""reset, dump, completion: what they take away and what they leave, and that what is dumped can be loaded."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from ehbox_soap import config, resources
from ehbox_soap.cli import main
from ehbox_soap.commands.completion import SHELLS
from ehbox_soap.register.seed import read_seed
from tests.cli.conftest import DOCTOR, HOSPITAL, NURSE, Command
from tests.door import Door

LETTERS = ("message", "part", "delivery", "destination", "publication")


@pytest.fixture
def own(template: Path, tmp_path: Path) -> Iterator[Door]:
    """A server of the test's own: these verbs take things away."""
    opened = Door(tmp_path / "data", template, {"log.level": "ERROR"})
    yield opened
    opened.close()


@pytest.fixture
def door(own: Door) -> Door:
    """The server that `ehbox` reaches."""
    return own


@pytest.fixture
def sent(ehbox: Command, tmp_path: Path) -> str:
    """The id of a letter of the doctor to the nurse and the hospital."""
    letter = tmp_path / "letter.txt"
    letter.write_bytes(b"a line\n")
    boxes = ("--to", f"INSS:{NURSE}:NURSE", "--to", f"NIHII:{HOSPITAL}:HOSPITAL")
    told = json.loads(ehbox.ok("send", "--as", DOCTOR, *boxes, "--document", letter, "--json"))
    found: str = told["id"]
    return found


def _listed(ehbox: Command, who: str, source: str = "INBOX") -> list[str]:
    rows: list[dict[str, Any]] = json.loads(ehbox.ok("list", "--as", who, "--source", source, "--json"))
    return [row["message_id"] for row in rows]


def _findings(ehbox: Command) -> object:
    return json.loads(ehbox("verify", "--json").stdout)["findings"]


def test_reset_of_all_leaves_a_first_start(ehbox: Command, sent: str) -> None:
    ehbox.ok("send", "--as", DOCTOR, "--to", "INSS:68072599721:DOCTOR", "--document", "letter.txt")
    register = ehbox.ok("dump")
    keys = ehbox.door.replay_keys()
    tokens = json.loads(ehbox.ok("etk", "list", "--json"))
    assert tokens
    removed = json.loads(ehbox.ok("reset", "--yes", "--json"))
    assert (removed["messages"], removed["deliveries"], removed["publications"]) == (2, 5, 2)
    contents = ehbox.door.contents()
    assert [contents[table] for table in LETTERS] == [[]] * len(LETTERS)
    assert ehbox.ok("dump") == register
    # Otherwise a call that was made before could be made again.
    assert ehbox.door.replay_keys() == keys
    # Their keystores stay too.
    assert json.loads(ehbox.ok("etk", "list", "--json")) == tokens
    assert _findings(ehbox) == []
    assert _listed(ehbox, NURSE) == []


def test_reset_of_a_box_leaves_the_other_side(ehbox: Command, sent: str) -> None:
    """DEL-2: the other side keeps its copy."""
    removed = json.loads(ehbox.ok("reset", "--box", f"INSS:{NURSE}:NURSE", "--yes", "--json"))
    assert removed == {"boxes": 0, "messages": 0, "deliveries": 1, "publications": 0}
    assert _listed(ehbox, NURSE) == []
    assert (_listed(ehbox, HOSPITAL), _listed(ehbox, DOCTOR, "SENTBOX")) == ([sent], [sent])
    assert json.loads(ehbox.ok("box", "--as", NURSE, "--json"))["current_size"] == 0
    assert _findings(ehbox) == []


def test_a_message_that_nobody_has_any_more_is_gone(ehbox: Command, sent: str) -> None:
    for box in (f"INSS:{NURSE}:NURSE", f"NIHII:{HOSPITAL}:HOSPITAL"):
        assert json.loads(ehbox.ok("reset", "--box", box, "--yes", "--json"))["messages"] == 0
    removed = json.loads(ehbox.ok("reset", "--box", f"INSS:{DOCTOR}:DOCTOR", "--yes", "--json"))
    assert (removed["messages"], removed["publications"]) == (1, 1)
    contents = ehbox.door.contents()
    assert [contents[table] for table in LETTERS] == [[]] * len(LETTERS)
    assert _findings(ehbox) == []


def test_a_box_that_was_reset_may_use_its_publication_ids_again(ehbox: Command, sent: str, tmp_path: Path) -> None:
    send = ("send", "--as", DOCTOR, "--to", f"INSS:{NURSE}:NURSE", "--document", "letter.txt", "--publication-id", "P1")
    ehbox.ok(*send)
    (tmp_path / "letter.txt").write_bytes(b"another\n")
    assert "849" in ehbox(*send).stderr
    ehbox.ok("reset", "--box", f"INSS:{DOCTOR}:DOCTOR", "--yes")
    ehbox.ok(*send)


def test_reset_asks(ehbox: Command, sent: str) -> None:
    folder = ("--data", str(ehbox.data))
    refused = CliRunner().invoke(main, ["reset", *folder], input="n\n")
    assert (refused.exit_code, "every box and the register" in refused.stderr) == (1, True)
    assert _listed(ehbox, NURSE) == [sent]
    agreed = CliRunner().invoke(main, ["reset", "--box", f"INSS:{NURSE}:NURSE", *folder], input="y\n")
    assert (agreed.exit_code, "this box" in agreed.stderr) == (0, True)
    assert _listed(ehbox, NURSE) == []


def test_a_reset_that_cannot_load_its_seeds_takes_nothing_away(
    ehbox: Command, sent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong.toml").write_text("[[person]]\n", "utf-8")
    monkeypatch.setenv("EHBOX_PEOPLE__SEEDS", str(tmp_path / "wrong.toml"))
    assert ehbox("reset", "--yes").exit_code == 2
    monkeypatch.delenv("EHBOX_PEOPLE__SEEDS")
    assert _listed(ehbox, NURSE) == [sent]


def test_reset_of_an_unknown_box_is_usage(ehbox: Command) -> None:
    result = ehbox("reset", "--box", "INSS:59091199772:NURSE", "--yes")
    assert (result.exit_code, "no such box" in result.stderr) == (2, True)


@pytest.mark.parametrize(("form", "more"), [("toml", ()), ("jsonl", ("--json",))])
def test_what_is_dumped_is_a_seed_that_gives_the_same_register(
    ehbox: Command, tmp_path: Path, form: str, more: tuple[str, ...]
) -> None:
    first = ehbox.ok("dump", *more)
    file = tmp_path / f"dumped.{form}"
    file.write_text(first, "utf-8")
    shipped = read_seed(resources.path("conf", "seed.toml"))
    dumped = read_seed(file)
    assert sorted(dumped.people, key=repr) == sorted(shipped.people, key=repr)
    assert sorted(dumped.organisations, key=repr) == sorted(shipped.organisations, key=repr)
    assert dumped.boxes == shipped.boxes
    # Loaded where nobody is, it gives the same again; loaded where they are, it changes nothing.
    other = ("--data", str(tmp_path / "other"))
    for folder in (other, other, ("--data", str(ehbox.data))):
        assert CliRunner().invoke(main, ["seed", str(file), *folder]).exit_code == 0
        assert CliRunner().invoke(main, ["dump", *more, *folder]).stdout == first


def test_names_of_every_kind_survive_a_dump(ehbox: Command, tmp_path: Path) -> None:
    name = 'D\'É "quoted" \\ back 日本 \U0001f600 \xa0x'.replace("\xa0", " ")
    entry = {"kind": "person", "inss": "90053099530", "last_name": name, "first_name": "#=[x]"}
    (tmp_path / "one.jsonl").write_text(json.dumps(entry), "utf-8")
    ehbox.ok("seed", tmp_path / "one.jsonl")
    (tmp_path / "all.toml").write_text(ehbox.ok("dump"), "utf-8")
    (person,) = (each for each in read_seed(tmp_path / "all.toml").people if each.inss == "90053099530")
    assert (person.last_name, person.first_name, person.language, person.professions) == (name, "#=[x]", None, ())


def test_boxes_are_dumped_without_contents(ehbox: Command, sent: str) -> None:
    found = {
        ":".join(each["address"][part] for part in ("type", "id", "quality")): each
        for each in json.loads(ehbox.ok("dump", "--boxes", "--json"))
    }
    nurse = found[f"INSS:{NURSE}:NURSE"]
    size = len(b"a line\n")
    assert (nurse["registered"], nurse["current_size"], nurse["max_size"]) == (True, size, None)
    (folder,) = nurse["folders"]
    assert (folder["folder"], folder["messages"], folder["size"]) == ("INBOX", 1, size)
    assert folder["oldest"] == folder["newest"] == ehbox.door.now.isoformat()
    assert found["NIHII:87990579:MEDICAL_HOUSE"]["max_size"] == 52428800
    text = ehbox.ok("dump", "--boxes")
    (row,) = (line for line in text.splitlines() if f"INSS:{NURSE}:NURSE" in line)
    assert row.split()[1:] == ["yes", str(size), "INBOX", "1", str(size), "2026-01-15", "2026-01-15"]
    assert "letter.txt" not in text
    assert sent not in text


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_prints_click_s_script(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert result.exit_code == 0
    assert f"_EHBOX_COMPLETE={shell}_complete" in result.stdout
    assert json.loads(CliRunner().invoke(main, ["completion", shell, "--json"]).stdout)["shell"] == shell


def test_bash_reads_the_script(tmp_path: Path) -> None:
    script = tmp_path / "ehbox"
    script.write_text(CliRunner().invoke(main, ["completion", "bash"]).stdout, "utf-8")
    done = subprocess.run(
        ["bash", "-c", 'source "$0" && complete -p ehbox', str(script)], capture_output=True, text=True, check=True
    )
    assert done.stdout.rstrip().endswith("ehbox")


def test_completion_offers_the_verbs() -> None:
    environment = {"_EHBOX_COMPLETE": "bash_complete", "COMP_WORDS": "ehbox ver", "COMP_CWORD": "1"}
    result = CliRunner().invoke(main, [], prog_name="ehbox", env=environment)
    assert result.stdout.split() == ["plain,verify"]


def test_every_verb_but_serve_answers_in_json() -> None:
    """serve tells its log in JSON by a setting."""

    def verbs(group: click.Group) -> Iterator[click.Command]:
        for verb in group.commands.values():
            yield from verbs(verb) if isinstance(verb, click.Group) else [verb]

    without = {verb.name for verb in verbs(main) if not any("--json" in option.opts for option in verb.params)}
    assert without == {"serve"}


def test_settings_and_ready_in_json(ehbox: Command) -> None:
    settings = json.loads(ehbox.ok("settings", "--json", data=False))
    assert settings["server"]["port"] == config.Settings().server.port
    assert json.loads(ehbox.ok("ready", "--json", data=False)) == {"url": "http://127.0.0.1:8080", "ready": True}

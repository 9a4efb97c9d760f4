"""clock, upkeep, usage, notify and worker: the verbs about time, counts and mails, on a store of their own."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ehbox_soap import config
from ehbox_soap.cli import main
from ehbox_soap.clock import SystemClock
from ehbox_soap.mailbox.usage import Meter, Use
from ehbox_soap.pseudonym import Pseudonyms
from ehbox_soap.store.engine import Store
from tests.mailbox.world import DOCTOR, NURSE_BOX, World, letter
from tests.mailbox.world import NURSE as NURSE_ATTRIBUTES

NURSE = "INSS:85061999865:NURSE"
ALLOWED = {"EHBOX_MAILBOX__CLOCK_SHIFT_ALLOWED": "true"}


@dataclass(frozen=True)
class Ehbox:
    """The command on one data folder."""

    data: Path

    def __call__(self, *arguments: object, **environment: str) -> Result:
        every = [*(str(each) for each in arguments), "--data", str(self.data)]
        return CliRunner(env={"EHBOX_LOG__LEVEL": "ERROR", **environment}).invoke(main, every, prog_name="ehbox")

    def told(self, *arguments: object, **environment: str) -> Any:
        """Its answer in JSON, after checking that it went well."""
        result = self(*arguments, "--json", **environment)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def ehbox(template: Path, tmp_path: Path) -> Ehbox:
    shutil.copytree(template, tmp_path / "data")
    return Ehbox(tmp_path / "data")


@pytest.fixture
def world(ehbox: Ehbox) -> Iterator[World]:
    """The mailbox of that folder, in true time."""
    made = World(Store.open(config.database_url(config.load(None, {"data.folder": str(ehbox.data)}))))
    made.clock.moment = SystemClock().now()
    yield made
    made.store.close()


def shift(ehbox: Ehbox) -> timedelta:
    return timedelta(seconds=ehbox.told("clock", "show", **ALLOWED)["shift_seconds"])


def test_clock_moves_by_spans_and_back(ehbox: Ehbox) -> None:
    assert shift(ehbox) == timedelta(0)
    for span, after in (
        ("366d", timedelta(days=366)),
        ("1d12h", timedelta(days=367, hours=12)),
        ("-30m", timedelta(days=367, hours=11, minutes=30)),
        ("10s", timedelta(days=367, hours=11, minutes=30, seconds=10)),
    ):
        # After -- nothing is an option, so that a span may begin with a minus.
        every = ["clock", "advance", "--data", str(ehbox.data), "--", span]
        result = CliRunner(env=ALLOWED).invoke(main, every, prog_name="ehbox")
        assert result.exit_code == 0, result.output
        assert shift(ehbox) == after
    told = ehbox.told("clock", "reset", **ALLOWED)
    assert told["true"] == told["mailbox"]
    assert shift(ehbox) == timedelta(0)


def test_clock_is_set_to_a_belgian_moment(ehbox: Ehbox) -> None:
    assert ehbox.told("clock", "set", "2050-07-01T12:00", **ALLOWED)["mailbox"].startswith("2050-07-01T10:00:0")
    assert ehbox.told("clock", "set", "2050-07-01T12:00Z", **ALLOWED)["mailbox"].startswith("2050-07-01T12:00:0")
    assert "2050-07-01 14:00" in ehbox("clock", "show", **ALLOWED).stdout


@pytest.mark.parametrize("arguments", [("set", "2027-01-01"), ("advance", "1d"), ("reset",)])
def test_clock_is_not_shifted_where_that_is_not_allowed(ehbox: Ehbox, arguments: tuple[str, ...]) -> None:
    ehbox.told("clock", "advance", "1d", **ALLOWED)
    result = ehbox("clock", *arguments)
    assert result.exit_code == 2
    assert "mailbox.clock_shift_allowed is false" in result.stderr
    # The server would not follow the shift either.
    assert ehbox.told("clock", "show")["shift_seconds"] == 0
    assert shift(ehbox) == timedelta(days=1)


@pytest.mark.parametrize("arguments", [("advance", "1y"), ("advance", ""), ("set", "soon"), ("advance", "99999d")])
def test_clock_explains_what_it_cannot_read(ehbox: Ehbox, arguments: tuple[str, ...]) -> None:
    result = ehbox("clock", *arguments, **ALLOWED)
    assert result.exit_code == 2
    assert shift(ehbox) == timedelta(0)


def test_upkeep_after_a_year_that_passed_in_a_second(ehbox: Ehbox, world: World) -> None:
    world.send(DOCTOR, letter(NURSE_BOX))
    assert ehbox.told("upkeep", **ALLOWED)["aged"] == 0
    ehbox.told("clock", "advance", "365d", **ALLOWED)
    foreseen = ehbox.told("upkeep", "--dry-run", **ALLOWED)
    assert (foreseen["dry_run"], foreseen["aged"], foreseen["publications"]) == (True, 2, 1)
    assert ehbox.told("upkeep", **ALLOWED) == {**foreseen, "dry_run": False}
    assert ehbox.told("upkeep", **ALLOWED)["aged"] == 0
    assert "a year old (LIFE-2)" in ehbox("upkeep", "--dry-run").stdout
    assert "nothing was removed" in ehbox("upkeep", "--dry-run").stdout


def test_usage_tells_callers_by_their_pseudonyms(ehbox: Ehbox, world: World) -> None:
    pseudonyms = Pseudonyms.of_folder(ehbox.data, world.chance)
    nurse, doctor = pseudonyms.of(*NURSE.split(":")), pseudonyms.of("INSS", "71031499894", "DOCTOR")
    meter = Meter("advise")
    with world.store.begin() as transaction:
        for _ in range(8):
            meter.count(Use(nurse, "getMessagesList", True), transaction, world.clock.now())
        for _ in range(9):
            meter.count(Use(doctor, "getFullMessage", True, message="a" * 12), transaction, world.clock.now())
    told = ehbox.told("usage")
    assert [(row["caller"], row["calls"], row["limit"], row["passed"]) for row in told["calls"]] == sorted(
        [(nurse, 8, 6, 1), (doctor, 9, 6, 1)]
    )
    assert told["repeated"] == [{"caller": doctor, "messages": 1, "passed": 2}]
    only = ehbox.told("usage", "--box", NURSE)
    assert [row["caller"] for row in only["calls"]] == [nurse]
    assert only["repeated"] == []
    assert "USE-4" in ehbox("usage").stdout
    assert "6 an hour" in ehbox("usage").stdout
    assert "85061999865" not in ehbox("usage").stdout


def test_use_5_usage_tells_of_what_is_not_deleted_and_not_read(ehbox: Ehbox, world: World) -> None:
    message_id = world.send(DOCTOR, letter(NURSE_BOX)).id
    assert ehbox.told("usage")["kept"] == []
    world.read(NURSE_ATTRIBUTES, message_id)
    (kept,) = ehbox.told("usage", "--box", NURSE)["kept"]
    assert (kept["read"], kept["receipts"]) == (1, 0)


def mails(ehbox: Ehbox) -> list[str]:
    """The texts of the mails that the worker wrote into the data folder."""
    found = [message_from_bytes(path.read_bytes(), policy=default) for path in (ehbox.data / "mail").glob("*.eml")]
    return [str(mail.get_content()) for mail in found]


def test_notify_mails_a_code_that_confirms(ehbox: Ehbox, world: World) -> None:
    assert ehbox.told("notify", "set", NURSE, "nele@example.org") == {"state": "asked"}
    ehbox.told("worker", "--once")
    (said,) = mails(ehbox)
    found = re.search(r": (\w{8})", said)
    assert found
    assert ehbox("notify", "confirm", NURSE, "another0").exit_code == 1
    assert ehbox.told("notify", "confirm", NURSE, found[1]) == {"state": "confirmed"}
    world.send(DOCTOR, letter(NURSE_BOX))
    ehbox.told("worker", "--once")
    assert len(mails(ehbox)) == 2
    assert "no more mails" in ehbox("notify", "off", NURSE).stdout
    world.send(DOCTOR, letter(NURSE_BOX))
    ehbox.told("worker", "--once")
    assert len(mails(ehbox)) == 2
    assert "there was no address" in ehbox("notify", "off", NURSE).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("set", NURSE, "no address"),
        ("set", NURSE, "a@b@c"),
        ("set", NURSE, "a@example.org, b@example.org"),
        ("set", NURSE, "a" * 250 + "@example.org"),
        ("set", "INSS:123:NURSE", "a@example.org"),
        ("set", "INSS:85061999865:HOSPITAL", "a@example.org"),
    ],
)
def test_notify_explains_what_it_cannot_use(ehbox: Ehbox, arguments: tuple[str, ...]) -> None:
    assert ehbox("notify", *arguments).exit_code == 2


@pytest.mark.parametrize("arguments", [("upkeep",), ("usage",), ("clock", "show"), ("worker", "--once")])
def test_without_a_store_they_say_so(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = Ehbox(tmp_path / "nothing")(*arguments)
    assert result.exit_code == 2
    assert "there is no store" in result.stderr

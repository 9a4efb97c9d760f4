"""A bar stands on a terminal's standard error while something takes long; standard output never knows of it."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from ehbox_soap import resources
from ehbox_soap.cli import main
from ehbox_soap.commands.database import load_seeds, made
from ehbox_soap.commands.options import settings_of
from ehbox_soap.commands.progress import progress
from ehbox_soap.register.seed import read_seed

SEED = resources.path("conf", "seed.toml")
ERASED = "\x1b[2K"
LABELS = {
    ("verify",): "verifying",
    ("reset", "--yes"): "emptying",
    ("seed", str(SEED)): "loading",
    ("dump", "--boxes"): "reading",
    ("upkeep",): "upkeep",
}
VERBS = pytest.mark.parametrize("verb", LABELS, ids=lambda verb: verb[0])


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A terminal as standard error; what was shown on it stands in the list afterwards."""
    leader, follower = os.openpty()
    shown: list[str] = []
    reader = threading.Thread(target=lambda: shown.append(_arriving(leader)))
    with os.fdopen(follower, "w", encoding="utf-8") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        patch.setenv("TERM", "xterm")
        reader.start()
        try:
            yield shown
        finally:
            stream.close()
            reader.join()


def _arriving(leader: int) -> str:
    """Read at once, or who writes would wait; its end is an error where nobody can write any more."""
    arrived = b""
    with os.fdopen(leader, "rb", buffering=0) as stream, suppress(OSError):
        while piece := stream.read(65536):
            arrived += piece
    return arrived.decode()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the seed's people and boxes."""
    folder = tmp_path_factory.mktemp("progress")
    with made(settings_of(None, folder)) as store:
        load_seeds([read_seed(SEED)], store)
    return folder


def run(verb: Sequence[str], data: Path, *more: str) -> None:
    """The verb, in this process and with its own standard streams."""
    main([*verb, *more, "--data", str(data)], prog_name="ehbox", standalone_mode=False)


@VERBS
def test_a_terminal_is_told_how_far_it_is(
    verb: tuple[str, ...], data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with terminal(monkeypatch) as seen:
        run(verb, data)
    (shown,) = seen
    assert LABELS[verb] in shown
    assert re.search(r"\d+/(\d+|\?)", shown), "how many, of how many"
    assert shown.endswith(ERASED), "it is gone when it is done"
    assert "\x1b" not in capsys.readouterr().out


def test_a_bar_ends_at_its_end(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = read_seed(SEED)
    with terminal(monkeypatch) as shown:
        run(("seed", str(SEED)), data)
    assert f"{seed.entries}/{seed.entries}" in shown[0]


@VERBS
def test_a_program_that_wants_json_sees_no_bar(
    verb: tuple[str, ...], data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with terminal(monkeypatch) as shown:
        run(verb, data, "--json")
    assert shown == [""]
    json.loads(capsys.readouterr().out)


@VERBS
@pytest.mark.parametrize("colour", [None, "1"])
def test_what_is_no_terminal_gets_no_bar(
    verb: tuple[str, ...],
    colour: str | None,
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not even where the environment asks for colours."""
    if colour is not None:
        monkeypatch.setenv("FORCE_COLOR", colour)
    run(verb, data)
    assert capsys.readouterr().err == ""


def test_what_is_printed_meanwhile_stays_on_standard_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with terminal(monkeypatch) as shown:
        for number in progress("counting", [1, 2], 2):
            print("row", number)
    assert capsys.readouterr().out == "row 1\nrow 2\n"
    assert "row" not in shown[0]


def test_what_goes_wrong_ends_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("the second")

    with terminal(monkeypatch) as shown, pytest.raises(ValueError, match="the second"):
        list(progress("counting", failing(), 2))
    assert shown[0].endswith(ERASED)

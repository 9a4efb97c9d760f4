"""The fuzzing's own promises: how many inputs, that each is counted, that one which works for long is noticed."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from hypothesis import reject
from hypothesis import strategies as st

from ehbox_soap import clock
from tests.front.calls import box_info
from tests.fuzz import runs
from tests.fuzz.layers import LAYERS, tried
from tests.fuzz.requests import TARGETS, Scene
from tests.fuzz.told import told
from tests.fuzz.verdict import PATIENCE_SECONDS, sent

OCTETS = st.binary(min_size=8, max_size=8)


def test_a_usual_run_is_twenty_thousand_inputs_a_quarter_of_them_whole_requests() -> None:
    assert (runs.WHOLE_WAY, runs.USUAL) == (5_000, 20_000)


@pytest.mark.parametrize("inputs", [0, 1, 100, 20_000, 1_000_000])
def test_any_number_is_shared_out_in_the_same_proportions(inputs: int) -> None:
    usual = [*TARGETS.values(), TARGETS["values"], *LAYERS.values()]
    shares = [runs.share(each, inputs) for _, each in usual]
    assert min(shares) >= 1
    assert 0 <= sum(shares) - (inputs or runs.USUAL) < len(usual)


def test_a_long_run_is_many_batches_and_each_input_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "BATCH", 10)
    seen: set[bytes] = set()

    def noted(octets: bytes, _: object) -> str:
        seen.add(octets)
        return "good"

    assert runs.fuzzed(35, True, OCTETS, noted) == {"good": 35}
    # hypothesis likes some octets: batches that were all the same would be ten inputs.
    assert len(seen) > 15


def test_a_run_of_fewer_inputs_than_were_wanted_fails() -> None:
    """As one whose inputs are rejected nearly always."""
    calls = count()

    def rejected(octets: bytes, _: object) -> str:
        if next(calls):
            reject()
        return "good"

    with pytest.raises(AssertionError):
        runs.fuzzed(20, True, OCTETS, rejected)


def test_the_same_inputs_are_one_batch() -> None:
    with pytest.raises(AssertionError):
        runs.fuzzed(runs.BATCH + 1, False, OCTETS, lambda *_: "good")


def test_what_was_tried_last_is_known_where_the_process_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "BUILD", tmp_path / "build")
    last = []

    def tried(octets: bytes, say: runs.Say) -> str:
        say("first, and longer than what follows")
        say(octets.hex())
        (diary,) = (tmp_path / "build").iterdir()
        assert diary.name == f"fuzz-ended-{os.getpid()}.txt"
        last.append(diary.read_text() == f"{octets.hex()}\n")
        return "good"

    runs.fuzzed(20, True, OCTETS, tried)
    assert all(last)
    assert list((tmp_path / "build").iterdir()) == []
    with pytest.raises(ZeroDivisionError):
        runs.fuzzed(20, True, OCTETS, lambda *_: str(1 // 0))
    assert list((tmp_path / "build").iterdir()) == [], "a test that fails tells by itself"


HANGING = """
from pathlib import Path
from hypothesis import strategies
from tests.fuzz import runs

def hangs(octets, say):
    say("the input that hangs")
    while True:
        pass

runs.BUILD, runs.HANGS_SECONDS = Path({build!r}), 0.1
runs.fuzzed(1, True, strategies.binary(), hangs)
"""


def test_an_input_that_hangs_ends_its_process_and_is_left_with_where(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HANGING.format(build=str(tmp_path))]
    ended = subprocess.run(command, cwd=runs.BUILD.parent, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 1, ended.stderr
    (left,) = tmp_path.iterdir()
    assert left.name.startswith("fuzz-ended-")
    text = left.read_text()
    assert text.startswith("the input that hangs\n")
    assert "in hangs" in text


def test_how_many_went_which_way_is_told() -> None:
    recorded = [("fuzzed", ["by readers", 3]), ("fuzzed", ["whole", 600]), ("fuzzed", ["whole", 450]), ("other", 1)]
    assert told(recorded) == "fuzzed by 1053 inputs: 3 by readers, 1050 whole"
    assert told([("other", 1)]) == ""


def test_a_reader_that_works_for_long_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    _working(monkeypatch)
    with pytest.raises(AssertionError):
        tried(lambda _: None, b"")


def test_a_request_that_works_for_long_is_noticed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    request = box_info(scene.door, scene.people.nurse)
    _working(monkeypatch)
    with pytest.raises(AssertionError):
        sent(scene.door, request)


def _working(monkeypatch: pytest.MonkeyPatch) -> None:
    """From one look at it to the next, more work than any input may make."""
    looks = count()
    monkeypatch.setattr(clock, "worked", lambda: next(looks) * 2 * PATIENCE_SECONDS)

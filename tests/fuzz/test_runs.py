"""The fuzzing's own promises: how many inputs, that each is counted, that one which works for long is noticed."""

from __future__ import annotations

from itertools import count

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

    def noted(octets: bytes) -> str:
        seen.add(octets)
        return "good"

    assert runs.fuzzed(35, True, OCTETS, noted) == {"good": 35}
    # hypothesis likes some octets: batches that were all the same would be ten inputs.
    assert len(seen) > 15


def test_a_run_of_fewer_inputs_than_were_wanted_fails() -> None:
    """As one whose inputs are rejected nearly always."""
    calls = count()

    def rejected(octets: bytes) -> str:
        if next(calls):
            reject()
        return "good"

    with pytest.raises(AssertionError):
        runs.fuzzed(20, True, OCTETS, rejected)


def test_the_same_inputs_are_one_batch() -> None:
    with pytest.raises(AssertionError):
        runs.fuzzed(runs.BATCH + 1, False, OCTETS, repr)


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

"""Whatever goes into a reader, only what it says comes out: each room below the front door by itself, cheaply.

The same inputs each time, some sixteen thousand; any number of new ones by scripts/fuzz.
"""

from __future__ import annotations

import faulthandler
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from tests.fuzz.layers import LAYERS, tried
from tests.fuzz.shares import HANGS_SECONDS, share

ENOUGH = {"publication", "consultation", "address book", "etk depot", "kgss", "kgss contents", "envelopes", "multipart"}
"""Where a good part of the inputs must get through, else the edits are too wild to reach anything."""


@pytest.mark.parametrize("name", LAYERS)
def test_only_what_a_reader_says(name: str, fuzz_inputs: int) -> None:
    layer, usual = LAYERS[name]
    outcomes: Counter[str] = Counter()

    @settings(
        max_examples=share(usual, fuzz_inputs),
        derandomize=not fuzz_inputs,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(st.binary(min_size=8, max_size=40))
    def fuzz(octets: bytes) -> None:
        note(repr(octets))
        # An input that hangs ends the process with a trace of where it hung.
        faulthandler.dump_traceback_later(HANGS_SECONDS, exit=True)
        try:
            outcomes[tried(layer, octets)] += 1
        finally:
            faulthandler.cancel_dump_traceback_later()

    fuzz()
    print(name, dict(outcomes.most_common()))
    assert len(outcomes) > 1
    if name in ENOUGH:
        assert outcomes["good"] * 20 > sum(outcomes.values()), outcomes


@pytest.mark.parametrize("name", LAYERS)
def test_what_is_edited_is_good(name: str) -> None:
    """Without any edit: what the readers take, so that an edit is all that can be refused."""
    layer, _ = LAYERS[name]
    assert tried(layer, b"") == "good"


@pytest.mark.parametrize(
    "error", [ValueError("x"), IndexError(), RecursionError()], ids=lambda error: type(error).__name__
)
def test_another_exception_is_noticed(error: Exception) -> None:
    def broken(_: object) -> None:
        raise error

    with pytest.raises(type(error)):
        tried(broken, b"")

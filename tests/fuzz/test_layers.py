"""Whatever goes into a reader, only what it says comes out: each room below the front door by itself, cheaply.

The same inputs each time, fifteen thousand; any number of new ones by scripts/fuzz.
"""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from tests.fuzz.layers import LAYERS, tried
from tests.fuzz.runs import Say, fuzzed, share
from tests.fuzz.told import PROPERTY, Record

ENOUGH = {"publication", "consultation", "address book", "etk depot", "kgss", "kgss contents", "envelopes", "multipart"}
"""Where a good part of the inputs must get through, else the edits are too wild to reach anything."""


@pytest.mark.parametrize("name", LAYERS)
def test_only_what_a_reader_says(name: str, fuzz_inputs: int, record_property: Record) -> None:
    layer, usual = LAYERS[name]

    def read(octets: bytes, say: Say) -> str:
        say(repr(octets))
        return tried(layer, octets)

    outcomes = fuzzed(share(usual, fuzz_inputs), bool(fuzz_inputs), st.binary(min_size=8, max_size=40), read)
    print(name, outcomes.total(), dict(outcomes.most_common()))
    record_property(PROPERTY, ["to a reader below it", outcomes.total()])
    if not fuzz_inputs:
        # Of the usual inputs it is known; of a few new ones all may be refused.
        assert len(outcomes) > 1
        assert name not in ENOUGH or outcomes["good"] * 20 > outcomes.total(), outcomes


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

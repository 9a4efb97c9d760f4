"""Only answers and mapped faults come out of the front door, whatever goes in (rules.md, Faults).

Five thousand inputs, the same ones each time, that go the whole way of a request in the process, from its bytes to
those of its answer; any number of new ones by scripts/fuzz. The rooms below are fuzzed by test_layers.py.
"""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from tests.fuzz.requests import TARGETS, Scene
from tests.fuzz.runs import Say, fuzzed, share
from tests.fuzz.told import PROPERTY, Record
from tests.fuzz.verdict import sent


@pytest.mark.parametrize("target", TARGETS)
def test_only_answers_and_mapped_faults(target: str, scene: Scene, fuzz_inputs: int, record_property: Record) -> None:
    record_property(PROPERTY, ["the whole way of a request", fuzzed_by(target, scene, fuzz_inputs)])


def test_only_answers_and_mapped_faults_on_postgresql(
    postgresql_scene: Scene, fuzz_inputs: int, record_property: Record
) -> None:
    """Its integers and texts are narrower than SQLite's."""
    record_property(PROPERTY, ["the whole way of a request", fuzzed_by("values", postgresql_scene, fuzz_inputs)])


def fuzzed_by(target: str, scene: Scene, inputs: int) -> int:
    """How many requests were sent."""
    make, usual = TARGETS[target]
    door = scene.foreign if target == "security" else scene.door

    def answered(data: st.DataObject, say: Say) -> str:
        request = make(scene, data.draw)
        say(f"{request.path} {dict(request.headers)} {request.body!r}")
        return sent(door, request)

    outcomes = fuzzed(share(usual, inputs), bool(inputs), st.data(), answered)
    print(f"the whole way, {target}", outcomes.total(), dict(outcomes.most_common()))
    return outcomes.total()

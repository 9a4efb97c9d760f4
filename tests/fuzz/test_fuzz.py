"""Only answers and mapped faults come out of the front door, whatever goes in (rules.md, Faults).

Some three thousand inputs, the same ones each time; any number of new ones by scripts/fuzz. The rooms below are
fuzzed by test_layers.py.
"""

from __future__ import annotations

import faulthandler
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from tests.fuzz.requests import TARGETS, Scene
from tests.fuzz.shares import HANGS_SECONDS, share
from tests.fuzz.verdict import sent


@pytest.mark.parametrize("target", TARGETS)
def test_only_answers_and_mapped_faults(target: str, scene: Scene, fuzz_inputs: int) -> None:
    fuzzed(target, scene, fuzz_inputs)


def test_only_answers_and_mapped_faults_on_postgresql(postgresql_scene: Scene, fuzz_inputs: int) -> None:
    """Its integers and texts are narrower than SQLite's."""
    fuzzed("values", postgresql_scene, fuzz_inputs)


def fuzzed(target: str, scene: Scene, inputs: int) -> None:
    """An input that hangs ends the process with a trace of where it hung."""
    make, usual = TARGETS[target]
    outcomes: Counter[str] = Counter()

    @settings(
        max_examples=share(usual, inputs),
        derandomize=not inputs,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(st.data())
    def fuzz(data: st.DataObject) -> None:
        faulthandler.dump_traceback_later(HANGS_SECONDS, exit=True)
        try:
            request = make(scene, data.draw)
            note(f"{request.path} {dict(request.headers)} {request.body!r}")
            outcomes[sent(scene.foreign if target == "security" else scene.door, request)] += 1
        finally:
            faulthandler.cancel_dump_traceback_later()

    fuzz()
    print(target, dict(outcomes.most_common()))

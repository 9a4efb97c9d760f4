"""How a target is fuzzed: its share of the inputs, each with its own time to hang in, counted by what came out.

Knows: hypothesis, the targets' shares. Must not know: what is tried, what may come out. Inputs go one of two ways: the
whole way of a request, from its bytes to those of its answer, or to a reader below the front door.
"""

from __future__ import annotations

import faulthandler
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from tests.fuzz.layers import LAYERS
from tests.fuzz.requests import TARGETS

T = TypeVar("T")
Say = Callable[[object], None]
BUILD = Path(__file__).resolve().parents[2] / "build"
WHOLE_WAY = sum(usual for _, usual in TARGETS.values()) + TARGETS["values"][1]
"""How many of a usual run's inputs are whole requests; those of the values go to both databases."""
USUAL = WHOLE_WAY + sum(usual for _, usual in LAYERS.values())
BATCH = 2500
"""hypothesis keeps each input of a batch in mind, so that none comes twice: a long run has many batches."""
HANGS_SECONDS = 300
"""By the wall; how much an input may work is the verdict's to say, so that a busy machine is no mistake of ours."""


def share(usual: int, inputs: int) -> int:
    """How many of `inputs` are those of a target that has `usual` of a usual run, rounded up; 0 asks for those."""
    return -(-usual * (inputs or USUAL) // USUAL)


def fuzzed(wanted: int, new: bool, strategy: st.SearchStrategy[T], tried: Callable[[T, Say], str]) -> Counter[str]:
    """What came of so many inputs; `new` ones, or the same each time, which are one batch at most. `tried` says what
    it is about to try."""
    outcomes: Counter[str] = Counter()

    def counted(chosen: T, diary: BinaryIO) -> None:
        def say(text: object) -> None:
            diary.seek(0)
            diary.truncate()
            diary.write(f"{text}\n".encode("utf-8", "backslashreplace"))
            note(str(text))

        faulthandler.dump_traceback_later(HANGS_SECONDS, exit=True, file=diary)
        try:
            outcomes[tried(chosen, say)] += 1
        finally:
            faulthandler.cancel_dump_traceback_later()

    assert new or wanted <= BATCH, "batches that are not new are one and the same"
    with _diary() as diary:
        for begun in range(0, wanted, BATCH):
            _batch(min(BATCH, wanted - begun), new, strategy, lambda chosen: counted(chosen, diary))
    assert outcomes.total() >= wanted, outcomes
    return outcomes


@contextmanager
def _diary() -> Iterator[BinaryIO]:
    """A file that stays only where the process does not: what it tried last, and where it hung if it did. What a test
    prints ends with its process."""
    BUILD.mkdir(exist_ok=True)
    path = BUILD / f"fuzz-ended-{os.getpid()}.txt"
    try:
        with path.open("wb", buffering=0) as opened:
            yield opened
    finally:
        path.unlink()


def _batch(size: int, new: bool, strategy: st.SearchStrategy[T], tried: Callable[[T], None]) -> None:
    @settings(
        max_examples=size,
        derandomize=not new,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=new,
    )
    @given(strategy)
    def fuzz(chosen: T) -> None:
        tried(chosen)

    fuzz()

"""Slow and greedy clients of all kinds at once (docs/reliability.md): who does no harm is served."""

from __future__ import annotations

import pytest

from proofs import greedy
from tests.reliability.conftest import NewPlace

pytestmark = [pytest.mark.http, pytest.mark.slow]


def test_others_are_served(new_place: NewPlace) -> None:
    each = 24
    found = greedy.borne(new_place("sqlite"), each, seed=11, rounds=2)
    assert found.findings == ()
    assert found.faults == 0, found.seen
    assert found.calls == found.seen["answered"] > 8
    before, meanwhile, _ = found.loads
    # Those that dribble or do not read hold a thread each, and those that say nothing none.
    assert 2 * each <= meanwhile.threads < before.threads + 3 * each

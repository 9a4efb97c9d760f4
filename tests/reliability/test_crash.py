"""kill -9 at any moment (docs/reliability.md): what was answered is there, once and whole; nothing is there by half."""

from __future__ import annotations

import pytest

from proofs.crash import crash
from proofs.places import Place

pytestmark = [pytest.mark.http, pytest.mark.slow]


def test_nothing_is_lost_by_kills(a_place: Place) -> None:
    found = crash(a_place, cycles=10, seed=6)
    assert found.verdict.findings == ()
    assert found.verdict.answered > 20
    assert set(found.kills) == {"worker", "companion", "all"}

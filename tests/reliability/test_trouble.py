"""A database in trouble under load (docs/reliability.md): only faults, no false success, and then served again."""

from __future__ import annotations

import pytest

from proofs import trouble
from proofs.trouble import Troubled
from tests.reliability.conftest import NewPlace

pytestmark = [pytest.mark.http, pytest.mark.slow]


def check(found: Troubled) -> None:
    assert found.verdict.findings == ()
    assert found.codes == {"code 100", "fault SOA-02002"}, found.seen


def test_connections_that_are_cut(new_place: NewPlace) -> None:
    found = trouble.cut(new_place("postgresql"), seed=7)
    check(found)
    assert found.times == 50

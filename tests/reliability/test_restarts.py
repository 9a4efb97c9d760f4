"""Orderly restarts under load (docs/reliability.md): no request in flight is dropped."""

from __future__ import annotations

import pytest

from proofs import restarts
from proofs.places import Place
from proofs.restarts import Restarted
from tests.reliability.conftest import NewPlace

pytestmark = [pytest.mark.http, pytest.mark.slow]


def check(found: Restarted) -> None:
    assert found.verdict.findings == ()
    assert found.broken == 0, found.seen
    assert found.verdict.unknown == found.verdict.refused == 0
    assert {each for each in found.seen if each.startswith("fault")} == set()
    assert found.verdict.answered > 10


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_new_workers_for_old(new_place: NewPlace, database: str) -> None:
    check(restarts.reload(new_place(database), count=2, seed=4))


def test_a_server_ends_and_another_begins(new_place: NewPlace) -> None:
    check(restarts.end_and_begin(new_place("sqlite"), count=1, seed=5))


def test_two_servers_on_one_database_are_replaced_in_turn(new_place: NewPlace) -> None:
    place: Place = new_place("postgresql")
    check(restarts.roll(place, count=2, seed=6))

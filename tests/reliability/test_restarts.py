"""Orderly restarts under load (docs/reliability.md): no request in flight is dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proofs import restarts
from proofs.judge import Verdict
from proofs.places import Place
from proofs.restarts import Restarted
from tests.reliability.conftest import NewPlace

pytestmark = [pytest.mark.http, pytest.mark.slow]


def check(found: Restarted) -> None:
    assert found.well, (found.seen, found.verdict)
    assert {each for each in found.seen if each.startswith("fault")} == set()
    assert found.verdict.answered > 10


BEST = Verdict(answered=3, unknown=0, unknown_there=0, refused=0, parts=3, receipts=3, findings=())


@pytest.mark.parametrize("worse", [{"unknown": 1}, {"refused": 1}, {"findings": ("one",)}])
def test_a_letter_that_was_not_answered_is_not_well(worse: dict[str, Any]) -> None:
    assert Restarted(1, {}, 1.0, BEST).well
    assert not Restarted(1, {}, 1.0, replace(BEST, **worse)).well
    assert not Restarted(1, {"broken": 1}, 1.0, BEST).well


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_new_workers_for_old(new_place: NewPlace, database: str) -> None:
    check(restarts.reload(new_place(database), count=2, seed=4))


def test_a_server_ends_and_another_begins(new_place: NewPlace) -> None:
    check(restarts.end_and_begin(new_place("sqlite"), count=1, seed=5))


def test_two_servers_on_one_database_are_replaced_in_turn(new_place: NewPlace) -> None:
    place: Place = new_place("postgresql")
    check(restarts.roll(place, count=2, seed=6))

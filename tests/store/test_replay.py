"""Replay keys: unique until they end, across connections (SOA-01001)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from ehbox_soap.errors import SoapFault
from ehbox_soap.store.engine import Store
from ehbox_soap.store.tables import replay_key

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def remember(store: Store, key: str, until: datetime, now: datetime, own_transaction: bool) -> None:
    if own_transaction:
        store.remember_replay(key, until, now)
    else:
        with store.begin() as transaction:
            transaction.replay.remember(key, until, now)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_a_known_key_is_refused_until_it_ends(store: Store, first: bool, second: bool) -> None:
    remember(store, "key", NOW + MINUTE, NOW, first)
    with pytest.raises(SoapFault) as caught:
        remember(store, "key", NOW + 2 * MINUTE, NOW + MINUTE - timedelta(microseconds=1), second)
    assert caught.value.code == "SOA-01001"
    assert caught.value.reason.startswith("replay")
    remember(store, "other", NOW + MINUTE, NOW, second)
    remember(store, "key", NOW + 2 * MINUTE, NOW + MINUTE, second)


def test_an_ended_key_is_free_although_it_has_not_left_yet(store: Store) -> None:
    for n in range(20):
        store.remember_replay(f"older {n}", NOW - timedelta(seconds=1), NOW - MINUTE)
    store.remember_replay("key", NOW, NOW - MINUTE)
    store.remember_replay("key", NOW + MINUTE, NOW)
    with pytest.raises(SoapFault):
        store.remember_replay("key", NOW + MINUTE, NOW)


def test_a_key_is_forgotten_with_its_transaction(store: Store) -> None:
    with pytest.raises(KeyError), store.begin() as transaction:  # noqa: PT012
        transaction.replay.remember("key", NOW + MINUTE, NOW)
        raise KeyError
    store.remember_replay("key", NOW + MINUTE, NOW)


def test_one_of_many_threads_is_first(store: Store) -> None:
    def call(n: int) -> bool:
        try:
            remember(store, "key", NOW + MINUTE, NOW, own_transaction=n % 2 == 0)
        except SoapFault:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(call, range(16))) == 1


def test_ended_keys_leave_a_few_at_a_time(store: Store) -> None:
    def count() -> int:
        with store.begin(write=False) as transaction:
            counted = select(func.count()).select_from(replay_key)
            return transaction._connection.execute(counted).scalar_one()

    for n in range(30):
        store.remember_replay(f"old {n}", NOW, NOW - MINUTE)
    assert count() == 30
    store.remember_replay("new 0", NOW + MINUTE, NOW)
    assert 30 - 10 < count() < 30
    for n in range(1, 10):
        store.remember_replay(f"new {n}", NOW + MINUTE, NOW)
    assert count() == 10

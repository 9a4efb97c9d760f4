"""Mails in hand: a lease keeps others away until it ends, and its holder from settling what another one took over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.outbox import Lease, NewMail

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NURSE = Address.of("INSS", "85061999865", "NURSE")


def lease(name: str, begins: datetime = NOW) -> Lease:
    return Lease(name, begins, begins + timedelta(seconds=100))


def add(store: Store, event: str, due_at: datetime = NOW) -> bool:
    with store.begin() as transaction:
        key = transaction.boxes.ensure([NURSE]).key
        return transaction.outbox.add(NewMail(event, event * 8, "FULL", "a@example.org", key), due_at)


def taken(store: Store, by: Lease, now: datetime = NOW, count: int = 10) -> list[int]:
    with store.begin() as transaction:
        return [record.key for record in transaction.outbox.take(by, now, count)]


def test_an_event_causes_one_mail(store: Store) -> None:
    assert add(store, "one")
    assert not add(store, "one")
    (key,) = taken(store, lease("a"))
    with store.begin() as transaction:
        assert transaction.outbox.settle(key, lease("a"), NOW, refused=False)
    # Also once it was sent.
    assert not add(store, "one")
    assert taken(store, lease("b")) == []


def test_the_longest_due_come_first_and_none_too_early(store: Store) -> None:
    for number in (3, 1, 2):
        add(store, f"e{number}", NOW + number * SECOND)
    with store.begin(write=False) as transaction:
        assert not transaction.outbox.is_due(NOW, NOW)
        assert transaction.outbox.is_due(NOW + SECOND, NOW)
    assert taken(store, lease("a"), NOW + 2 * SECOND) == [2, 3]
    assert taken(store, lease("a"), NOW + 3 * SECOND) == [1]


def test_a_lease_keeps_others_away_until_it_ends(store: Store) -> None:
    add(store, "one")
    first = lease("a")
    (key,) = taken(store, first)
    for moment, is_due in ((NOW, False), (first.ends - SECOND, False), (first.ends, True)):
        with store.begin(write=False) as transaction:
            assert transaction.outbox.is_due(NOW, moment) is is_due
        assert taken(store, lease("b", moment)) == ([key] if is_due else [])


def test_who_lost_its_lease_changes_nothing(store: Store) -> None:
    add(store, "one")
    first = lease("a")
    second = lease("b", first.ends)
    (key,) = taken(store, first)
    assert taken(store, second) == [key]
    with store.begin() as transaction:
        assert not transaction.outbox.settle(key, first, NOW, refused=True)
        transaction.outbox.postpone([key], first, NOW, tried=True)
        assert transaction.outbox.open() == 1
        assert not transaction.outbox.is_due(NOW, second.begins)
        assert transaction.outbox.settle(key, second, NOW, refused=False)
        assert not transaction.outbox.settle(key, second, NOW, refused=True)
        assert transaction.outbox.open() == 0


def test_a_postponed_mail_counts_its_tries(store: Store) -> None:
    add(store, "one")
    for tried, attempts in ((True, 0), (False, 1), (True, 1), (True, 2)):
        with store.begin() as transaction:
            (record,) = transaction.outbox.take(lease("a"), NOW, 1)
            assert record.attempts == attempts
            transaction.outbox.postpone([record.key], lease("a"), NOW, tried=tried)

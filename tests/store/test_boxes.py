"""Boxes by their names, and how two become one (BOX-2, BOX-4, LIFE-4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ehbox_soap.store.boxes import is_silent
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address, PublicationRecord
from ehbox_soap.store.tables import box
from ehbox_soap.store.transaction import Transaction

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
BY_INSS = Address.of("INSS", "71031499894", "DOCTOR")
BY_NIHII = Address.of("NIHII", "19990116004", "DOCTOR")
OTHER = Address.of("INSS", "68072599721", "DOCTOR")


def test_box_2_a_nihii_is_kept_by_its_first_8_digits() -> None:
    assert BY_NIHII.id == "19990116"
    assert Address.of("NIHII", "19990116", "DOCTOR") == BY_NIHII
    assert Address.of("NIHII", "71089914", "HOSPITAL").sub_type == "HOSPITAL"


def test_a_box_is_made_once(store: Store) -> None:
    with store.begin() as transaction:
        made = transaction.boxes.ensure([BY_INSS])
        assert transaction.boxes.ensure([BY_INSS]) == made
        assert transaction.boxes.find([BY_INSS]) == (made,)
        assert made.address == BY_INSS
        assert not made.registered


def test_a_new_name_is_a_name_of_the_same_box(store: Store) -> None:
    with store.begin() as transaction:
        made = transaction.boxes.ensure([BY_NIHII])
        linked = transaction.boxes.ensure([BY_INSS, BY_NIHII])
        assert linked.key == made.key
        assert linked.address == BY_INSS
        assert transaction.boxes.find([BY_NIHII]) == (linked,)
        assert set(transaction.boxes.names(made.key)) == {BY_INSS, BY_NIHII}


def test_two_boxes_that_turn_out_to_be_one_are_joined_with_all_they_have(store: Store) -> None:
    with store.begin() as transaction:
        by_nihii, by_inss = transaction.boxes.ensure([BY_NIHII], registered=True), transaction.boxes.ensure([BY_INSS])
        transaction.boxes.limit(by_nihii.key, 77)
        transaction.boxes.called([by_nihii.key], NOW)
        record = PublicationRecord("A" * 13, b"x" * 32, NOW)
        assert transaction.publications.remember(by_nihii.key, "ONE", record, NOW - timedelta(days=1))
        assert transaction.publications.remember(by_nihii.key, "BOTH", record, NOW - timedelta(days=1))
        assert transaction.publications.remember(by_inss.key, "BOTH", record, NOW - timedelta(days=1))
        assert transaction.boxes.find([BY_INSS, BY_NIHII]) == (by_inss, transaction.boxes.get(by_nihii.key))
        joined = transaction.boxes.ensure([BY_INSS, BY_NIHII])
        assert joined.key == by_nihii.key
        assert (joined.registered, joined.max_size, joined.address) == (True, 77, BY_INSS)
        assert transaction.boxes.find([BY_INSS, BY_NIHII]) == (joined,)
        assert transaction.publications.find(joined.key, "ONE") == record
        assert transaction.publications.find(joined.key, "BOTH") == record
        assert transaction.boxes.of_quality("DOCTOR") == (joined,)
        assert last_call(transaction, joined.key) == NOW


def test_two_people_never_share_a_box(store: Store) -> None:
    with store.begin() as transaction:
        first = transaction.boxes.ensure([BY_INSS, BY_NIHII])
        second = transaction.boxes.ensure([OTHER, BY_NIHII])
        assert second.key != first.key
        assert transaction.boxes.find([OTHER, BY_NIHII]) == (second,)
        assert transaction.boxes.find([BY_NIHII]) == (first,)


def test_another_quality_is_another_box(store: Store) -> None:
    with store.begin() as transaction:
        doctor = transaction.boxes.ensure([BY_INSS])
        citizen = transaction.boxes.ensure([Address.of("INSS", BY_INSS.id, "CITIZEN")])
        assert doctor.key != citizen.key
        assert transaction.boxes.of_quality("CITIZEN") == (citizen,)


def last_call(transaction: Transaction, key: int) -> datetime | None:
    called: datetime | None = transaction._connection.execute(
        select(box.c.last_call_at).where(box.c.box_key == key)
    ).scalar_one()
    return called


@pytest.mark.parametrize(("minutes", "kept"), [(0, False), (59, False), (61, True)])
def test_life_4_the_last_call_is_kept_to_the_hour(store: Store, minutes: int, kept: bool) -> None:
    with store.begin() as transaction:
        key = transaction.boxes.ensure([BY_INSS]).key
        assert last_call(transaction, key) is None
        transaction.boxes.called([key], NOW)
        transaction.boxes.called([key], NOW + timedelta(minutes=minutes))
        assert last_call(transaction, key) == NOW + timedelta(minutes=minutes if kept else 0)


def test_life_4_a_call_of_another_belgian_day_is_kept_whatever_the_hour(store: Store) -> None:
    """Inactivity counts Belgian days: midnight there is at 23:00 UTC in winter."""
    midnight = datetime(2026, 1, 15, 23, tzinfo=UTC)
    before, after = midnight - timedelta(minutes=1), midnight + timedelta(minutes=1)
    with store.begin() as transaction:
        key = transaction.boxes.ensure([BY_INSS]).key
        for moment, kept in ((before, before), (midnight, midnight), (after, midnight)):
            assert is_silent(transaction.boxes.get(key), moment) is (moment == kept)
            transaction.boxes.called([key], moment)
            assert last_call(transaction, key) == kept


def test_pub_2_a_publication_id_is_remembered_once_until_it_may_be_forgotten(store: Store) -> None:
    record = PublicationRecord("A" * 13, b"x" * 32, NOW)
    with store.begin() as transaction:
        key = transaction.boxes.ensure([BY_INSS]).key
        assert transaction.publications.find(key, "ONE") is None
        assert transaction.publications.remember(key, "ONE", record, NOW - timedelta(days=1))
        assert not transaction.publications.remember(key, "ONE", record, NOW - timedelta(microseconds=1))
        later = PublicationRecord("B" * 13, b"y" * 32, NOW + timedelta(days=365))
        assert transaction.publications.remember(key, "ONE", later, NOW)
        assert transaction.publications.find(key, "ONE") == later

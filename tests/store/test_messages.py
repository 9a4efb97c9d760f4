"""Messages and deliveries: how folders are paged, what is counted, what the database itself refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, OperationalError

from ehbox_soap.ids import SeededChance
from ehbox_soap.store import message_writing
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import (
    Address,
    DestinationRecord,
    Heading,
    MessageRecord,
    PartRecord,
    SenderRecord,
)
from ehbox_soap.store.message_writing import LARGE
from ehbox_soap.store.messages import PAGE
from ehbox_soap.store.tables import box, delivery, message, part
from ehbox_soap.store.transaction import Transaction

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
NURSE = Address.of("INSS", "85061999865", "NURSE")
DOCTOR = Address.of("INSS", "71031499894", "DOCTOR")


def a_message(transaction: Transaction, size: int = 3) -> MessageRecord:
    sender = transaction.boxes.ensure([DOCTOR])
    recipient = transaction.boxes.ensure([NURSE])
    heading = Heading(
        publication_id="PUBLICATION",
        content_type="DOCUMENT",
        sender=SenderRecord(sender.key, "Voorbeeld"),
        application_name=None,
        is_important=False,
        is_encrypted=False,
        published_at=NOW,
        publication_date=NOW.date(),
        expiration_date=NOW.date() + timedelta(days=365),
        size=size,
        title="Title",
        mime_type="text/plain",
        has_free_informations=False,
        has_annex=False,
        patient_inss=None,
    )
    parts = (PartRecord(None, b"abc", False, "a.txt", "text/plain"), PartRecord(b"t", b"", True, "b", "c"))
    return MessageRecord(heading, (DestinationRecord(NURSE, recipient.key),), parts)


def numbered() -> Callable[[], str]:
    numbers = iter(range(1, 10_000))
    return lambda: f"{next(numbers):013}"


def delivered(store: Store, count: int, new_id: Callable[[], str] | None = None) -> int:
    """Messages in the nurse's INBOX, a minute apart; the key of the box."""
    new_id = new_id or numbered()
    with store.begin() as transaction:
        new = a_message(transaction)
        nurse = transaction.boxes.ensure([NURSE])
        for n in range(count):
            added = transaction.messages.add(new, new_id)
            transaction.messages.deliver(added.key, 3, {nurse.key: 0}, NOW + n * timedelta(minutes=1))
    return nurse.key


def test_a_list_is_one_range_of_the_index_and_never_a_sort(store: Store) -> None:
    key = delivered(store, 50)
    with store.begin(write=False) as transaction:
        if transaction._connection.dialect.name != "sqlite":
            pytest.skip("this plan is SQLite's")
        page = PAGE.params(key=key, folder="INBOX", start=10, count=100)
        query = page.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        plan = [row.detail for row in transaction._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert plan == ["SEARCH delivery USING INDEX ix_delivery_folder (box_key=? AND folder=?)"]


def test_a_list_reads_no_part_of_a_message(store: Store) -> None:
    key = delivered(store, 3)
    statements: list[str] = []
    with store.begin(write=False) as transaction:
        connection = transaction._connection
        event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
        rows = transaction.messages.listed(transaction.messages.page(key, "INBOX", 0, 100))
    assert len(rows) == 3
    assert statements
    assert not any(" part" in statement for statement in statements)
    assert len(statements) == 3


@pytest.mark.parametrize("size", [LARGE - 1, LARGE, LARGE + 1, 3 * LARGE])
def test_parts_of_any_size_come_back_as_they_were_in_their_order(store: Store, size: int) -> None:
    """SQLite writes what is large by itself."""
    octets = SeededChance(size).octets(size)
    parts = (
        PartRecord(None, octets, True, "a.bin", "x/y"),
        PartRecord(b"t", b"small", False, "b", "c"),
        PartRecord(b"u", octets[::-1], False, "d", "e"),
        PartRecord(b"v", b"", True, "f", "g"),
    )
    with store.begin() as transaction:
        added = transaction.messages.add(replace(a_message(transaction), parts=parts), numbered())
    with store.begin(write=False) as transaction:
        assert transaction.messages.full(added.key).message.parts == parts


def test_sqlite_a_large_part_that_cannot_be_written_is_an_error_of_the_database(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edge of the house turns those into SOA-02002; the message is not there in part."""
    with store.begin(write=False) as transaction:
        if transaction._connection.dialect.name != "sqlite":
            pytest.skip("PostgreSQL takes a part like any other value")
    large = (PartRecord(None, bytes(LARGE), True, "a.bin", "x/y"),)
    monkeypatch.setattr(message_writing, "_DATA", ("part", "nowhere"))
    with pytest.raises(OperationalError), store.begin() as transaction:
        transaction.messages.add(replace(a_message(transaction), parts=large), numbered())
    monkeypatch.undo()
    with store.begin() as transaction:
        added = transaction.messages.add(replace(a_message(transaction), parts=large), numbered())
        assert transaction.messages.full(added.key).message.parts == large


def test_the_second_of_two_messages_with_one_id_gets_another(store: Store) -> None:
    ids = iter(["A" * 13, "A" * 13, "A" * 13, "B" * 13])
    with store.begin() as transaction:
        new = a_message(transaction)
        first = transaction.messages.add(new, lambda: next(ids))
        second = transaction.messages.add(new, lambda: next(ids))
    assert (first.message_id, second.message_id) == ("A" * 13, "B" * 13)


def test_a_broken_source_of_ids_does_not_go_on_for_ever(store: Store) -> None:
    with store.begin() as transaction:
        new = a_message(transaction)
        transaction.messages.add(new, lambda: "A" * 13)
        with pytest.raises(RuntimeError, match="message id"):
            transaction.messages.add(new, lambda: "A" * 13)


def test_a_page_is_newest_first_also_within_one_moment(store: Store) -> None:
    with store.begin() as transaction:
        new = a_message(transaction)
        nurse = transaction.boxes.ensure([NURSE])
        new_id = numbered()
        for moment in (NOW, NOW + timedelta(days=1), NOW, NOW - timedelta(days=1)):
            added = transaction.messages.add(new, new_id)
            transaction.messages.deliver(added.key, 3, {nurse.key: 0}, moment)
        page = transaction.messages.page(nurse.key, "INBOX", 0, 10)
        rows = transaction.messages.listed(page)
        assert [int(row.message_id) for row in rows] == [2, 3, 1, 4]
        assert [int(row.message_id) for row in transaction.messages.listed(page[1:3])] == [3, 1]
        assert transaction.messages.count(nurse.key, "INBOX") == 4


def test_a_delivery_to_many_boxes_goes_in_batches(store: Store) -> None:
    """More boxes than a statement of SQLite may have parameters."""
    with store.begin() as transaction:
        added = transaction.messages.add(a_message(transaction), numbered())
        keys = [transaction.boxes.ensure([Address.of("INSS", f"{n:011}", "NURSE")]).key for n in range(1200)]
        transaction.messages.deliver(added.key, 3, dict.fromkeys(keys, 0), NOW)
        assert {each.current_size for each in transaction.boxes.of_quality("NURSE") if each.key in keys} == {3}
        counted = select(func.count()).select_from(delivery).where(delivery.c.message_key == added.key)
        assert transaction._connection.execute(counted).scalar_one() == 1200


WRONG: dict[str, Any] = {
    "unknown folder": update(delivery).values(folder="ELSEWHERE"),
    "a received message in a sent folder": update(delivery).values(folder="SENTBOX"),
    "a sent message in the inbox": update(delivery).values(sent=True),
    "in the inbox, never published": update(delivery).values(published_at=None),
    "in stand-by, published": update(delivery).values(folder="STANDBY"),
    "no box": update(delivery).values(box_key=10_000),
    "no destination": update(delivery).values(position=5),
    "a short MessageId": update(message).values(message_id="short"),
    "unknown content type": update(message).values(content_type="LETTER"),
    "expires before publication": update(message).values(expiration_date=NOW.date() - timedelta(days=1)),
    "negative size of a message": update(message).values(size=-1),
    "negative size of a box": update(box).values(current_size=-1),
    "an annex without title": update(part).where(part.c.position == 1).values(title=None),
    "a document with a title of bytes": update(part).where(part.c.position == 0).values(title=b""),
    "a box that still has deliveries goes": box.delete(),
    "a message that still stands somewhere goes": message.delete(),
}


@pytest.mark.parametrize("case", WRONG)
def test_the_database_itself_refuses_what_cannot_be(store: Store, case: str) -> None:
    delivered(store, 1)
    with pytest.raises(IntegrityError), store.begin() as transaction:
        transaction._connection.execute(WRONG[case])


def test_a_message_stands_once_on_each_side_of_a_box(store: Store) -> None:
    key = delivered(store, 1)
    with store.begin() as transaction:
        (first,) = transaction.messages.page(key, "INBOX", 0, 2)
        transaction.messages.file_sent(first.message_key, key, NOW)
    with pytest.raises(IntegrityError), store.begin() as transaction:
        transaction.messages.deliver(first.message_key, 3, {key: 0}, NOW)


def test_stand_by_history_and_deleted_have_their_place(store: Store) -> None:
    """BOX-10, PUB-11, DEL-2: folders that no list shows."""
    key = delivered(store, 3)
    with store.begin() as transaction:
        page = transaction.messages.page(key, "INBOX", 0, 3)
        moves: tuple[dict[str, str | None], ...] = (
            {"folder": "STANDBY", "published_at": None},
            {"folder": "HISTORY"},
            {"folder": "DELETED"},
        )
        for each, values in zip(page, moves, strict=True):
            moved = update(delivery).where(delivery.c.delivery_key == each.key).values(values)
            transaction._connection.execute(moved)
        assert transaction.messages.page(key, "INBOX", 0, 3) == ()
        assert transaction.messages.count(key, "STANDBY") == 1


def test_moments_are_kept_from_the_first_time(store: Store) -> None:
    key = delivered(store, 2)
    then, later = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    with store.begin() as transaction:
        page = transaction.messages.page(key, "INBOX", 0, 2)
        transaction.messages.mark_received(page[:1], then)
        transaction.messages.mark_received(page, later)
        transaction.messages.mark_read(page[1], then)
        transaction.messages.mark_read(page[1], later)
        first, second = transaction.messages.page(key, "INBOX", 0, 2)
    assert (first.received_at, first.read_at) == (then, None)
    assert (second.received_at, second.read_at) == (later, then)


def test_nothing_happens_to_a_message_before_it_is_published(store: Store) -> None:
    """ACK-1: a call that began before the sender's, and waited for the box, has an earlier moment than the message."""
    key, before = delivered(store, 3), NOW - timedelta(milliseconds=5)
    waiting = delivery.c.ordered_at == NOW
    with store.begin() as transaction:
        page = transaction.messages.page(key, "INBOX", 0, 3)
        connection = transaction._connection
        connection.execute(update(delivery).where(waiting).values(folder="STANDBY", published_at=None))
        transaction.deliveries.enter([page[2].key], before)
        transaction.messages.mark_received(page[:2], before)
        transaction.messages.mark_read(page[0], before)
        found = {each.key: each for each in transaction.messages.page(key, "INBOX", 0, 3)}
        entered = connection.execute(select(delivery.c.published_at).where(waiting)).scalar_one()
    assert entered == NOW
    assert found[page[0].key].received_at == found[page[0].key].read_at == NOW + timedelta(minutes=2)
    assert found[page[1].key].received_at == NOW + timedelta(minutes=1)


def test_what_goes_in_comes_out(store: Store) -> None:
    with store.begin() as transaction:
        new = a_message(transaction)
        added = transaction.messages.add(new, numbered())
    with store.begin(write=False) as transaction:
        full = transaction.messages.full(added.key)
    assert full.message_id == added.message_id
    assert full.message == replace(new, parts=new.parts)
    assert full.sender == DOCTOR


def test_deleting_a_message_takes_its_parts_with_it(store: Store) -> None:
    with store.begin() as transaction:
        added = transaction.messages.add(a_message(transaction), numbered())
        transaction._connection.execute(message.delete().where(message.c.message_key == added.key))
        assert transaction._connection.execute(select(func.count()).select_from(part)).scalar_one() == 0


def test_a_sent_delivery_has_no_moments(store: Store) -> None:
    key = delivered(store, 1)
    with store.begin(write=False) as transaction:
        (first,) = transaction.messages.page(key, "INBOX", 0, 1)
    sent = {"box_key": key, "folder": "SENTBOX", "ordered_at": NOW, "message_key": first.message_key, "position": 0}
    with pytest.raises(IntegrityError), store.begin() as transaction:
        transaction._connection.execute(insert(delivery).values(**sent, sent=True, read_at=NOW))

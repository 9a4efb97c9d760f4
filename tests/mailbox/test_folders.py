"""Lists and full messages: LIST-1, LIST-2, FULL-1, ACK-1."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from ehbox_soap.errors import Refusal
from ehbox_soap.store.engine import Store
from ehbox_soap.store.tables import box
from ehbox_soap.wire import types
from tests.mailbox.world import (
    CITIZEN,
    CITIZEN_BOX,
    DOCTOR,
    DOCTOR_BOX,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    Attributes,
    World,
    letter,
)

Source = types.Source


def send_many(world: World, count: int) -> list[str]:
    """Their ids, newest first; some have the same moment."""
    sent = []
    for n in range(count):
        sent.append(world.send(DOCTOR, letter(NURSE_BOX)).id or "")
        if n % 3:
            world.pass_time(seconds=1)
    return sent[::-1]


def test_list_1_most_recent_first(world: World) -> None:
    newest_first = send_many(world, 7)
    assert world.ids(NURSE) == newest_first
    assert world.ids(DOCTOR, Source.SENTBOX) == newest_first


def test_list_1_the_folders_are_apart(world: World) -> None:
    sent = world.send(DOCTOR, letter(DOCTOR_BOX, NURSE_BOX))
    assert world.ids(DOCTOR, Source.INBOX) == [sent.id]
    assert world.ids(DOCTOR, Source.SENTBOX) == [sent.id]
    assert world.ids(DOCTOR, Source.BININBOX) == []
    assert world.ids(DOCTOR, Source.BINSENTBOX) == []
    assert world.ids(NURSE, Source.SENTBOX) == []


def test_list_1_a_sent_message_is_one_row_with_its_first_destination(world: World) -> None:
    world.send(DOCTOR, letter(HOSPITAL_BOX, NURSE_BOX, CITIZEN_BOX))
    (row,) = world.listed(DOCTOR, Source.SENTBOX).messages
    assert row.destination == types.Destination(HOSPITAL_BOX)


def test_list_1_a_received_message_shows_the_boxs_own_destination(world: World) -> None:
    destinations = (
        types.Destination(HOSPITAL_BOX),
        types.Destination(NURSE_BOX, types.User("85041310259", "Nele", "P")),
    )
    world.send(DOCTOR, replace(letter(), destinations=destinations))
    assert world.listed(NURSE).messages[0].destination == destinations[1]


def test_list_1_a_box_sent_to_twice_shows_the_first_of_its_destinations(world: World) -> None:
    users = [types.User("85041310259", name, "P") for name in ("First", "Second")]
    destinations = tuple(types.Destination(NURSE_BOX, user) for user in users)
    world.send(DOCTOR, replace(letter(), destinations=destinations))
    (row,) = world.listed(NURSE).messages
    assert row.destination == destinations[0]


def last_call(world: World, quality: str) -> datetime | None:
    with world.store.begin(write=False) as transaction:
        return transaction._connection.execute(
            select(box.c.last_call_at).where(box.c.quality == quality)
        ).scalar_one_or_none()


def test_life_4_every_call_that_writes_is_a_call_of_the_box(world: World) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    start = world.clock.now()
    assert last_call(world, "DOCTOR") == start
    assert last_call(world, "NURSE") is None
    world.info(NURSE)
    assert last_call(world, "NURSE") is None
    world.listed(NURSE)
    assert last_call(world, "NURSE") == start
    world.pass_time(hours=2)
    world.read(NURSE, sent.id)
    assert last_call(world, "NURSE") == world.clock.now()


@pytest.mark.parametrize(
    ("start", "end", "rows"),
    [
        (1, None, range(100)),
        (1, 100, range(100)),
        (1, 120, range(100)),
        (101, 200, range(100, 105)),
        (3, 3, range(2, 3)),
        (2, 5, range(1, 5)),
        (105, None, range(104, 105)),
        (106, None, range(0)),
        (2**31 - 1, 2**31 - 1, range(0)),
    ],
)
def test_list_2_the_range_counts_from_1_and_is_cut_to_100(
    listbox: tuple[World, list[str]], start: int, end: int | None, rows: range
) -> None:
    world, newest_first = listbox
    answer = world.listed(NURSE, start=start, end=end)
    assert answer.status.code == "100"
    assert answer.source == Source.INBOX
    assert [row.message_id for row in answer.messages] == [newest_first[n] for n in rows]


@pytest.fixture(scope="module")
def listbox(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, list[str]]:
    """A box with 105 messages, for tests that only look."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('list') / 'ehbox.db'}")
    store.migrate()
    world = World(store)
    return world, send_many(world, 105)


@pytest.mark.parametrize(("start", "end", "place"), [(2, 1, "EndIndex"), (0, None, "StartIndex")])
def test_list_2_an_end_before_the_start_is_842(world: World, start: int, end: int | None, place: str) -> None:
    with pytest.raises(Refusal) as caught:
        world.listed(NURSE, start=start, end=end)
    assert (caught.value.status.code, caught.value.place) == ("842", place)


def test_list_2_history_is_no_folder(world: World) -> None:
    with pytest.raises(Refusal, match="842"):
        world.listed(NURSE, Source.HISTORY)


@pytest.mark.parametrize("source", [Source.INBOX, Source.HISTORY])
def test_full_1_a_recipient_reads_from_the_inbox(world: World, source: Source) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    assert world.read(NURSE, sent.id, source).message_id == sent.id


@pytest.mark.parametrize("source", [Source.SENTBOX, Source.HISTORY])
def test_full_1_a_sender_reads_from_the_sentbox(world: World, source: Source) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    assert world.read(DOCTOR, sent.id, source).message_id == sent.id


@pytest.mark.parametrize(("who", "source"), [(NURSE, Source.INBOX), (DOCTOR, Source.SENTBOX)])
def test_full_1_a_message_is_also_read_from_the_bins(world: World, who: Attributes, source: Source) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    world.move(who, source, sent.id)
    assert world.ids(who, source) == []
    assert world.ids(who, Source(f"BIN{source.value}")) == [sent.id]
    assert world.read(who, sent.id, source).message_id == sent.id


def test_full_1_a_letter_to_oneself_is_read_from_history_as_its_recipient(world: World) -> None:
    sent = world.send(DOCTOR, letter(DOCTOR_BOX))
    world.read(DOCTOR, sent.id, Source.SENTBOX)
    assert moments(world, "DOCTOR") == (None, None)
    world.read(DOCTOR, sent.id, Source.HISTORY)
    assert moments(world, "DOCTOR") == (None, world.clock.now())


def test_full_1_content_goes_out_as_it_came(world: World) -> None:
    document = letter().content.document
    attached = types.Document("T", types.Content(b"x", attached=True), "a.bin", "plain/text", None)
    assert not document.content.attached
    for part in (document, attached):
        digest = "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=" if part is attached else document.digest
        content = types.MessageContent(
            types.Document(part.title, part.content, part.download_file_name, part.mime_type, digest)
        )
        sent = world.send(DOCTOR, letter(NURSE_BOX, content=content))
        assert world.read(NURSE, sent.id).content.document.content == part.content


@pytest.mark.parametrize(
    ("who", "source"),
    [
        (NURSE, Source.SENTBOX),
        (DOCTOR, Source.INBOX),
        (CITIZEN, Source.INBOX),
        (CITIZEN, Source.SENTBOX),
        (CITIZEN, Source.HISTORY),
    ],
)
def test_full_1_somebody_elses_or_from_elsewhere_is_841(world: World, who: Attributes, source: Source) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    with pytest.raises(Refusal) as caught:
        world.read(who, sent.id, source)
    assert (caught.value.status.code, caught.value.place) == ("841", "MessageId")


def test_full_1_an_unknown_id_is_841(world: World) -> None:
    with pytest.raises(Refusal, match="841"):
        world.read(NURSE, "A" * 13)


def moments(world: World, quality: str) -> tuple[datetime | None, datetime | None]:
    with world.store.begin(write=False) as transaction:
        (box,) = transaction.boxes.of_quality(quality)
        (delivery,) = transaction.messages.page(box.key, "INBOX", 0, 10)
        return delivery.received_at, delivery.read_at


def test_ack_1_received_by_the_first_list_and_read_by_the_first_full_message(world: World) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    start = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
    assert moments(world, "NURSE") == (None, None)
    world.pass_time(minutes=1)
    world.listed(NURSE)
    world.pass_time(minutes=1)
    world.read(NURSE, sent.id)
    world.pass_time(minutes=1)
    world.listed(NURSE)
    world.read(NURSE, sent.id)
    assert moments(world, "NURSE") == (start.replace(minute=1), start.replace(minute=2))


def test_ack_1_the_senders_own_calls_are_no_reception(world: World) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    world.listed(DOCTOR, Source.SENTBOX)
    world.read(DOCTOR, sent.id, Source.SENTBOX)
    world.listed(NURSE, start=2)
    assert moments(world, "NURSE") == (None, None)

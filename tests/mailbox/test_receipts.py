"""Receipts and the moments they are about: ACK-1 to ACK-4."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ehbox_soap.errors import Refusal
from ehbox_soap.wire import types
from tests.mailbox.world import (
    CITIZEN,
    CITIZEN_BOX,
    DOCTOR,
    DOCTOR_BOX,
    HOSPITAL,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    World,
    asking,
    letter,
)

Source = types.Source
START = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def acknowledgments(world: World) -> list[tuple[str, types.BoxId | None, str, datetime]]:
    """What the doctor's receipts say, the oldest first."""
    found = []
    for message_id in world.ids(DOCTOR)[::-1]:
        said = world.read(DOCTOR, message_id).content.acknowledgment
        assert said is not None
        found.append((said.ack_type, said.recipient, said.message_id, said.moment))
    return found


def test_ack_2_each_event_of_each_recipient_is_one_receipt(world: World) -> None:
    sent = world.send(DOCTOR, asking(letter(NURSE_BOX, HOSPITAL_BOX), publication=True, received=True, read=True))
    for who in (NURSE, HOSPITAL):
        for _ in range(2):
            world.pass_time(minutes=1)
            world.listed(who)
            world.pass_time(minutes=1)
            world.read(who, sent.id)
    assert acknowledgments(world) == [
        ("PUBLISHED", NURSE_BOX, sent.id, START),
        ("PUBLISHED", HOSPITAL_BOX, sent.id, START),
        ("RECEIVED", NURSE_BOX, sent.id, START + timedelta(minutes=1)),
        ("READ", NURSE_BOX, sent.id, START + timedelta(minutes=2)),
        ("RECEIVED", HOSPITAL_BOX, sent.id, START + timedelta(minutes=5)),
        ("READ", HOSPITAL_BOX, sent.id, START + timedelta(minutes=6)),
    ]


@pytest.mark.parametrize("kind", ["publication", "received", "read"])
def test_ack_2_only_what_was_asked_for_is_receipted(world: World, kind: str) -> None:
    sent = world.send(DOCTOR, asking(letter(NURSE_BOX), **{kind: True}))
    world.listed(NURSE)
    world.read(NURSE, sent.id)
    expected = {"publication": "PUBLISHED", "received": "RECEIVED", "read": "READ"}[kind]
    assert [each[0] for each in acknowledgments(world)] == [expected]


def test_ack_2_nothing_asked_nothing_receipted(world: World) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    world.listed(NURSE)
    world.read(NURSE, sent.id)
    assert world.ids(DOCTOR) == []


def test_ack_2_a_destination_sent_twice_is_one_recipient(world: World) -> None:
    world.send(DOCTOR, asking(letter(NURSE_BOX, NURSE_BOX), publication=True))
    assert len(world.ids(DOCTOR)) == 1


def test_ack_2_a_letter_to_oneself_is_receipted_too(world: World) -> None:
    """The list that causes the receipt does not contain it yet."""
    sent = world.send(DOCTOR, asking(letter(DOCTOR_BOX), received=True))
    assert world.ids(DOCTOR) == [sent.id]
    receipt, _ = world.ids(DOCTOR)
    said = world.read(DOCTOR, receipt).content.acknowledgment
    assert said == types.Acknowledgment(sent.id or "", "RECEIVED", START, DOCTOR_BOX)


def test_ack_2_the_event_and_its_receipt_are_one_transaction(world: World) -> None:
    """A receipt that cannot be written undoes the reception: later it is receipted, and only once."""
    world.send(DOCTOR, asking(letter(NURSE_BOX), received=True))
    system_box, world.rules = world.rules.system_box, replace(world.rules, system_box="broken")
    with pytest.raises(ValueError, match="not enough values"):
        world.listed(NURSE)
    world.configure(system_box=system_box)
    assert world.ids(DOCTOR) == []
    world.pass_time(hours=1)
    world.listed(NURSE)
    assert [(each[0], each[3]) for each in acknowledgments(world)] == [("RECEIVED", START + timedelta(hours=1))]


def test_ack_3_a_receipt_is_a_full_message(world: World) -> None:
    world.configure(system_name="The system")
    sent = world.send(DOCTOR, asking(letter(NURSE_BOX), read=True))
    world.read(NURSE, sent.id)
    (row,) = world.listed(DOCTOR).messages
    message = world.read(DOCTOR, row.message_id)
    system = types.Sender(types.BoxId("0809394427", "CBE", "INSTITUTION"), "The system")
    assert (row.sender, message.sender) == (system, system)
    assert message.destinations == (types.Destination(DOCTOR_BOX),)
    assert row.specification.content_type is message.specification.content_type is types.ContentType.ACKNOWLEDGMENT
    document = message.content.document
    assert row.content == types.ContentInfo(document.title, "text/plain", False, False)
    assert document.title
    assert document.download_file_name
    assert document.mime_type == "text/plain"
    assert not document.content.attached
    text = document.content.data.decode()
    for language in ("Le message", "Het bericht", "The message"):
        assert f"{language} {sent.id} " in text
    assert "INSS 85061999865 NURSE" in text
    assert "15/01/2026 10:00:00" in text, "Belgian time"


def test_ack_3_a_receipt_counts_in_size_and_causes_none(world: World) -> None:
    sent = world.send(DOCTOR, asking(letter(NURSE_BOX), publication=True))
    (row,) = world.listed(DOCTOR).messages
    message = world.read(DOCTOR, row.message_id)
    size = len(message.content.document.content.data)
    assert row.info.size == message.info.size == world.info(DOCTOR).current_size == size
    assert (message.info.publication_date, message.info.expiration_date) == (
        START.date(),
        START.date() + timedelta(days=365),
    )
    assert world.ids(DOCTOR) == [row.message_id]
    assert sent.id is not None


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("EHP 1990000123 INSTITUTION_EHP", types.BoxId("1990000123", "EHP", "INSTITUTION_EHP")),
        ("NIHII 71089914 HOSPITAL", HOSPITAL_BOX),
    ],
)
def test_ack_3_the_systems_box_can_be_set(world: World, box: str, expected: types.BoxId) -> None:
    world.configure(system_box=box)
    world.send(DOCTOR, asking(letter(NURSE_BOX), publication=True))
    (row,) = world.listed(DOCTOR).messages
    assert row.sender.box == expected


def test_ack_4_a_row_per_recipient_with_its_moments(world: World) -> None:
    user = types.User("85041310259", "Nele", "Proefpersoon")
    destinations = (types.Destination(HOSPITAL_BOX, user), types.Destination(NURSE_BOX), types.Destination(CITIZEN_BOX))
    sent = world.send(DOCTOR, replace(letter(), destinations=destinations))
    world.pass_time(minutes=1)
    world.listed(NURSE)
    world.listed(CITIZEN)
    world.pass_time(minutes=1)
    world.read(CITIZEN, sent.id)
    received, read = START + timedelta(minutes=1), START + timedelta(minutes=2)
    assert world.statuses(DOCTOR, sent.id) == (
        types.AcknowledgmentRow(types.Destination(HOSPITAL_BOX, user), START),
        types.AcknowledgmentRow(types.Destination(NURSE_BOX), START, received),
        types.AcknowledgmentRow(types.Destination(CITIZEN_BOX), START, received, read),
    )


def test_ack_4_the_moments_outlive_what_the_recipient_does(world: World) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    world.read(NURSE, sent.id)
    world.delete(NURSE, Source.INBOX, sent.id)
    assert world.statuses(DOCTOR, sent.id) == (
        types.AcknowledgmentRow(types.Destination(NURSE_BOX), START, None, START),
    )


@pytest.mark.parametrize(("start", "end", "rows"), [(1, None, 3), (1, 1, 1), (2, 3, 2), (3, 300, 1), (2, None, 2)])
def test_ack_4_is_paged_as_a_list(world: World, start: int, end: int | None, rows: int) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX, HOSPITAL_BOX, CITIZEN_BOX))
    everyone = world.statuses(DOCTOR, sent.id)
    assert world.statuses(DOCTOR, sent.id, start, end) == everyone[start - 1 :][:rows]
    assert len(everyone[start - 1 :][:rows]) == rows


@pytest.mark.parametrize(
    ("start", "end", "code", "place"),
    [(4, None, "841", "StartIndex"), (0, None, "842", "StartIndex"), (2, 1, "842", "EndIndex")],
)
def test_ack_4_a_range_without_rows_is_refused(
    world: World, start: int, end: int | None, code: str, place: str
) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX, HOSPITAL_BOX, CITIZEN_BOX))
    with pytest.raises(Refusal) as caught:
        world.statuses(DOCTOR, sent.id, start, end)
    assert (caught.value.status.code, caught.value.place) == (code, place)


def test_ack_4_an_unknown_message_or_somebody_elses_is_841(world: World) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    for who, message_id in ((DOCTOR, "A" * 13), (NURSE, sent.id), (HOSPITAL, sent.id)):
        with pytest.raises(Refusal) as caught:
            world.statuses(who, message_id)
        assert (caught.value.status.code, caught.value.place) == ("841", "MessageId")


def test_ack_4_from_the_bin_it_is_told_and_deleted_it_is_unknown(world: World) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    world.move(DOCTOR, Source.SENTBOX, sent.id)
    assert len(world.statuses(DOCTOR, sent.id)) == 1
    world.delete(DOCTOR, Source.BINSENTBOX, sent.id)
    with pytest.raises(Refusal, match="841"):
        world.statuses(DOCTOR, sent.id)

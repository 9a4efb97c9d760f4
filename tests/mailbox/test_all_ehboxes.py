"""The list over all boxes of the caller: LIST-3."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import folders
from ehbox_soap.wire import types
from tests.mailbox.world import (
    CERTIFIED,
    DOCTOR,
    DOCTOR_BOX,
    HOSPITAL,
    HOSPITAL_BOX,
    IDENTIFICATION,
    NURSE,
    NURSE_BOX,
    Attributes,
    World,
    asking,
    certified,
    letter,
    one,
    person,
)

Source = types.Source
NURSE_AND_DOCTOR = person(
    NURSE_BOX.id,
    certified("urn:be:fgov:person:ssin:nurse:boolean"),
    certified("urn:be:fgov:person:ssin:doctor:boolean"),
)
AS_DOCTOR = replace(NURSE_BOX, quality="DOCTOR")
IN_HOSPITAL: Attributes = (*HOSPITAL, *NURSE_AND_DOCTOR)


def listed(
    world: World, who: Attributes, source: Source = Source.INBOX, start: int = 1, end: int | None = None
) -> types.GetMessagesListResponse:
    request = types.GetAllEhboxesMessagesListRequest(source, start, end)
    return world.call(folders.get_all_ehboxes_messages_list, who, request)


def send(world: World, count: int) -> list[str]:
    """By turns to each of the three boxes, newest first; two at each moment."""
    boxes = (HOSPITAL_BOX, NURSE_BOX, AS_DOCTOR)
    sent = []
    for n in range(count):
        sent.append(one(world.send(DOCTOR, letter(boxes[n % 3])).id))
        world.pass_time(seconds=n % 2)
    return sent[::-1]


def test_list_3_all_boxes_merged_by_date(world: World) -> None:
    sent = send(world, 7)
    answer = listed(world, IN_HOSPITAL)
    assert isinstance(answer, types.GetAllEhboxesMessagesListResponse)
    assert (answer.status.code, answer.source) == ("100", Source.INBOX)
    assert [row.message_id for row in answer.messages] == sent
    assert [row.destination.box for row in answer.messages[-3:]] == [AS_DOCTOR, NURSE_BOX, HOSPITAL_BOX]


def test_list_3_only_the_boxes_of_the_assertion(world: World) -> None:
    send(world, 6)
    world.send(NURSE, letter(DOCTOR_BOX))
    boxes = {row.destination.box for row in listed(world, NURSE_AND_DOCTOR).messages}
    assert boxes == {NURSE_BOX, AS_DOCTOR}
    assert {row.destination.box for row in listed(world, NURSE).messages} == {NURSE_BOX}


@pytest.mark.parametrize(
    ("start", "end", "rows"),
    [
        (1, None, range(100)),
        (1, 120, range(100)),
        (101, None, range(100, 110)),
        (3, 9, range(2, 9)),
        (111, 120, range(0)),
    ],
)
def test_list_3_is_paged_as_list_2(world: World, start: int, end: int | None, rows: range) -> None:
    sent = send(world, 110)
    found = listed(world, IN_HOSPITAL, start=start, end=end)
    assert [row.message_id for row in found.messages] == [sent[n] for n in rows]


@pytest.mark.parametrize(
    ("source", "start", "end", "place"),
    [(Source.INBOX, 0, None, "StartIndex"), (Source.INBOX, 5, 4, "EndIndex"), (Source.HISTORY, 1, None, "Source")],
)
def test_list_3_a_range_that_is_none_is_842(
    world: World, source: Source, start: int, end: int | None, place: str
) -> None:
    with pytest.raises(Refusal) as caught:
        listed(world, IN_HOSPITAL, source, start, end)
    assert (caught.value.status.code, caught.value.place) == ("842", place)


@pytest.mark.parametrize("source", [Source.INBOX, Source.BININBOX, Source.SENTBOX, Source.BINSENTBOX])
def test_list_3_each_folder(world: World, source: Source) -> None:
    world.send(NURSE_AND_DOCTOR, letter(AS_DOCTOR))
    sent = world.send(NURSE_AND_DOCTOR, replace(letter(NURSE_BOX), box_id=AS_DOCTOR)).id
    if source.startswith("BIN"):
        for box, folder in ((NURSE_BOX, Source.INBOX), (AS_DOCTOR, Source.SENTBOX)):
            world.move(NURSE_AND_DOCTOR, folder, sent, box_id=box)
    found = [row.message_id for row in listed(world, NURSE_AND_DOCTOR, source).messages]
    assert (sent in found) == (source.startswith("BIN") or source in (Source.INBOX, Source.SENTBOX))
    assert len(found) == (1 if source.startswith("BIN") else 2)


def test_ack_1_a_list_over_all_boxes_receives_too(world: World) -> None:
    request = asking(letter(NURSE_BOX, AS_DOCTOR), received=True)
    sent = world.send(HOSPITAL, request).id
    listed(world, NURSE_AND_DOCTOR)
    listed(world, NURSE_AND_DOCTOR)
    assert all(row.received == world.clock.now() for row in world.statuses(HOSPITAL, sent))
    assert len(world.ids(HOSPITAL)) == 2


def test_list_3_a_letter_to_two_of_the_boxes_is_two_rows(world: World) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX, AS_DOCTOR)).id
    rows = listed(world, NURSE_AND_DOCTOR).messages
    assert [row.message_id for row in rows] == [sent, sent]
    assert {row.destination.box for row in rows} == {NURSE_BOX, AS_DOCTOR}


def test_list_3_the_organisation_and_the_person_in_it(world: World) -> None:
    """BOX-6: the person without a certified quality is a citizen."""
    attributes: Attributes = (
        *HOSPITAL,
        (IDENTIFICATION, "urn:be:fgov:person:ssin", NURSE_BOX.id),
        (CERTIFIED, "urn:be:fgov:person:ssin:nurse:boolean", "false"),
    )
    as_citizen = replace(NURSE_BOX, quality="CITIZEN")
    sent = [one(world.send(DOCTOR, letter(box)).id) for box in (HOSPITAL_BOX, as_citizen, NURSE_BOX)]
    assert {row.message_id for row in listed(world, attributes).messages} == set(sent[:2])

"""Moving and deleting: MOVE-1, MOVE-2, DEL-1, DEL-2."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import moving
from ehbox_soap.store.tables import delivery, message, part
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
    Attributes,
    World,
    annex,
    asking,
    document,
    letter,
    one,
    sized,
)

Source = types.Source
WAYS = [
    (NURSE, Source.INBOX, Source.BININBOX),
    (DOCTOR, Source.SENTBOX, Source.BINSENTBOX),
]


@pytest.mark.parametrize(("who", "source", "bin"), WAYS)
def test_move_1_into_the_bin_and_out_of_it(world: World, who: Attributes, source: Source, bin: Source) -> None:
    first = world.send(DOCTOR, letter(NURSE_BOX)).id
    world.pass_time(minutes=1)
    second = world.send(DOCTOR, letter(NURSE_BOX)).id
    size = world.info(who).current_size
    assert world.move(who, source, first) == types.MoveMessageResponse(world.move(who, bin).status)
    assert (world.ids(who, source), world.ids(who, bin)) == ([second], [first])
    assert world.info(who).current_size == size, "the bins count too (BOX-9)"
    assert world.move(who, bin, first).status.code == "100"
    assert (world.ids(who, source), world.ids(who, bin)) == ([second, first], []), "at its old place (LIST-1)"


def test_del_1_nothing_is_deleted_from_the_history_alone(world: World) -> None:
    """The contract has no such Source for it; who calls past the contract is refused."""
    message_id = one(world.send(DOCTOR, letter(NURSE_BOX)).id)
    with pytest.raises(Refusal, match="841"):
        world.delete(NURSE, Source.HISTORY, message_id)
    assert world.ids(NURSE) == [message_id]


@pytest.mark.parametrize("source", [each for each in Source if each is not Source.HISTORY])
@pytest.mark.parametrize("destination", [each for each in Source if each is not Source.HISTORY])
def test_move_1_other_ways_are_843(world: World, source: Source, destination: Source) -> None:
    sent = world.send(DOCTOR, letter(DOCTOR_BOX))
    before = {each: world.ids(DOCTOR, each) for each in Source if each is not Source.HISTORY}
    request = types.MoveMessageRequest(source, destination, (one(sent.id),))
    if {source, destination} in ({Source.INBOX, Source.BININBOX}, {Source.SENTBOX, Source.BINSENTBOX}):
        world.call(moving.move_message, DOCTOR, request)
        return
    with pytest.raises(Refusal) as caught:
        world.call(moving.move_message, DOCTOR, request)
    assert (caught.value.status.code, caught.value.place) == ("843", "Destination")
    assert {each: world.ids(DOCTOR, each) for each in before} == before


def test_move_2_what_cannot_be_moved_comes_back_and_the_rest_is_done(world: World) -> None:
    mine, binned = world.send(DOCTOR, letter(NURSE_BOX)).id, world.send(DOCTOR, letter(NURSE_BOX)).id
    others = world.send(DOCTOR, letter(HOSPITAL_BOX)).id
    world.move(NURSE, Source.INBOX, binned)
    answer = world.move(NURSE, Source.INBOX, others, mine, "A" * 13, binned)
    assert answer.status.code == "841"
    assert answer.message_ids == (others, "A" * 13, binned)
    assert sorted(world.ids(NURSE, Source.BININBOX)) == sorted([one(mine), one(binned)])
    assert world.ids(HOSPITAL) == [others]


def test_move_2_an_id_named_twice_is_moved_once(world: World) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX)).id
    assert world.move(NURSE, Source.INBOX, sent, sent).status.code == "100"
    assert world.move(NURSE, Source.INBOX, sent, sent).message_ids == (sent,)


def test_move_1_a_hundred_at_once(world: World) -> None:
    sent = [world.send(DOCTOR, letter(NURSE_BOX)).id for _ in range(100)]
    assert world.move(NURSE, Source.INBOX, *sent).status.code == "100"
    assert world.ids(NURSE) == []
    assert world.delete(NURSE, Source.BININBOX, *sent).status.code == "100"
    assert world.info(NURSE).current_size == 0


@pytest.mark.parametrize("where", [Source.INBOX, Source.BININBOX])
def test_del_2_the_recipient_deletes_for_good_and_the_sender_keeps_it(world: World, where: Source) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX, HOSPITAL_BOX)).id
    if where is Source.BININBOX:
        world.move(NURSE, Source.INBOX, sent)
    assert world.delete(NURSE, where, sent) == types.DeleteMessageResponse(world.delete(HOSPITAL, where).status)
    for source in (Source.INBOX, Source.BININBOX):
        assert world.ids(NURSE, source) == []
    for source in Source:
        with pytest.raises(Refusal, match="841"):
            world.read(NURSE, sent, source)
    assert world.info(NURSE).current_size == 0
    assert world.ids(HOSPITAL) == world.ids(DOCTOR, Source.SENTBOX) == [sent]
    assert world.read(DOCTOR, sent, Source.SENTBOX).content.document.content.data == document().content.data


@pytest.mark.parametrize("where", [Source.SENTBOX, Source.BINSENTBOX])
def test_del_2_the_sender_deletes_for_good_and_the_recipient_keeps_it(world: World, where: Source) -> None:
    sent = world.send(DOCTOR, letter(NURSE_BOX)).id
    if where is Source.BINSENTBOX:
        world.move(DOCTOR, Source.SENTBOX, sent)
    world.delete(DOCTOR, where, sent)
    assert world.ids(DOCTOR, Source.SENTBOX) == world.ids(DOCTOR, Source.BINSENTBOX) == []
    assert world.read(NURSE, sent).content.document.content.data == document().content.data
    assert world.info(NURSE).current_size == len(document().content.data)


def test_del_1_what_cannot_be_deleted_comes_back_and_the_rest_is_done(world: World) -> None:
    mine, binned = world.send(DOCTOR, letter(NURSE_BOX)).id, world.send(DOCTOR, letter(NURSE_BOX)).id
    world.move(NURSE, Source.INBOX, binned)
    answer = world.delete(NURSE, Source.INBOX, "B" * 13, mine, binned, "B" * 13)
    assert answer.status.code == "841"
    assert answer.message_ids == ("B" * 13, binned)
    assert (world.ids(NURSE), world.ids(NURSE, Source.BININBOX)) == ([], [binned])
    assert world.delete(NURSE, Source.INBOX, mine).message_ids == (mine,)


def test_del_2_a_letter_to_oneself_leaves_each_side_by_itself(world: World) -> None:
    sent = world.send(DOCTOR, letter(DOCTOR_BOX)).id
    world.delete(DOCTOR, Source.SENTBOX, sent)
    assert (world.ids(DOCTOR), world.ids(DOCTOR, Source.SENTBOX)) == ([sent], [])
    world.delete(DOCTOR, Source.INBOX, sent)
    assert kept(world) == (0, 0, 0)


def kept(world: World) -> tuple[int, ...]:
    """How many messages, parts and deliveries the store has."""
    with world.store.begin(write=False) as transaction:
        counts = (select(func.count()).select_from(table) for table in (message, part, delivery))
        return tuple(transaction._connection.execute(each).scalar_one() for each in counts)


def test_del_2_the_content_leaves_with_the_last_who_has_it_and_not_before(world: World) -> None:
    content = types.MessageContent(document(), annexes=(annex(b"an annex"),))
    sent = world.send(DOCTOR, letter(NURSE_BOX, HOSPITAL_BOX, content=content)).id
    assert kept(world) == (1, 2, 3)
    for who, where in ((NURSE, Source.INBOX), (DOCTOR, Source.SENTBOX)):
        world.delete(who, where, sent)
        assert kept(world)[:2] == (1, 2)
        assert world.read(HOSPITAL, sent).content.annexes[0].content.data == b"an annex"
    world.move(HOSPITAL, Source.INBOX, sent)
    assert kept(world)[:2] == (1, 2)
    world.delete(HOSPITAL, Source.BININBOX, sent)
    assert kept(world) == (0, 0, 0)


def test_del_2_a_receipt_leaves_with_its_only_reader(world: World) -> None:
    world.send(DOCTOR, asking(letter(NURSE_BOX), publication=True))
    (receipt,) = world.ids(DOCTOR)
    assert kept(world)[0] == 2
    world.delete(DOCTOR, Source.INBOX, receipt)
    assert kept(world)[0] == 1


def test_del_2_what_waits_keeps_the_content(world: World) -> None:
    """The sender has deleted it: the box that it waits for is the last to have it."""
    world.configure(individual_box_bytes=10)
    world.send(DOCTOR, sized(10, NURSE_BOX))
    first = world.ids(NURSE)
    waiting = world.send(DOCTOR, sized(7, NURSE_BOX)).id
    world.delete(DOCTOR, Source.SENTBOX, waiting)
    world.delete(NURSE, Source.INBOX, *first)
    assert world.read(NURSE, waiting).content.document.content.data == b"x" * 7


def test_box_6_moving_and_deleting_in_another_box(world: World) -> None:
    sent = world.send(NURSE, letter(DOCTOR_BOX, CITIZEN_BOX)).id
    for call in (world.move, world.delete):
        with pytest.raises(Refusal) as caught:
            call(CITIZEN, Source.INBOX, sent, box_id=DOCTOR_BOX)
        assert (caught.value.status.code, caught.value.place) == ("810", "BoxId")
    assert world.ids(DOCTOR) == [sent]

"""Stand-by: BOX-10."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import stand_by
from ehbox_soap.mailbox.occasion import held
from ehbox_soap.mailbox.retention import Upkeep
from ehbox_soap.store.message_records import Address
from ehbox_soap.wire import types
from tests.mailbox.world import DOCTOR, HOSPITAL, HOSPITAL_BOX, NURSE, NURSE_BOX, World, asking, news, one, sized

Source = types.Source
START = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def small(world: World) -> World:
    """Every box of a person holds 100 bytes."""
    world.configure(individual_box_bytes=100)
    return world


def send(world: World, size: int) -> str:
    """From the hospital to the nurse, a minute after the one before."""
    world.pass_time(minutes=1)
    return one(world.send(HOSPITAL, sized(size, NURSE_BOX)).id)


def state(world: World) -> tuple[list[str], int, int]:
    """The nurse's INBOX, how many messages wait, and CurrentSize."""
    info = world.info(NURSE)
    return world.ids(NURSE), info.messages_in_stand_by, info.current_size


def test_box_10_what_would_pass_max_size_waits_unseen(small: World) -> None:
    first, waiting = send(small, 60), send(small, 41)
    assert state(small) == ([first], 1, 60)
    for source in (Source.BININBOX, Source.SENTBOX):
        assert small.ids(NURSE, source) == []
    for source in Source:
        with pytest.raises(Refusal, match="841"):
            small.read(NURSE, waiting, source)
    assert small.ids(HOSPITAL, Source.SENTBOX) == [waiting, first]


def test_box_10_max_size_itself_is_not_past_it(small: World) -> None:
    first, second = send(small, 60), send(small, 40)
    assert state(small) == ([second, first], 0, 100)


def test_box_10_each_recipient_has_its_own_room(small: World) -> None:
    send(small, 60)
    sent = small.send(DOCTOR, sized(60, NURSE_BOX, HOSPITAL_BOX)).id
    assert small.ids(HOSPITAL) == [sent]
    assert small.info(NURSE).messages_in_stand_by == 1


def test_box_10_they_enter_in_order_of_arrival_when_room_is_made(small: World) -> None:
    first, second = send(small, 80), send(small, 50)
    third, fourth = send(small, 50), send(small, 50)
    small.pass_time(hours=1)
    small.delete(NURSE, Source.INBOX, first)
    assert state(small) == ([third, second], 1, 100)
    small.delete(NURSE, Source.INBOX, third)
    assert state(small) == ([fourth, second], 0, 100)


def test_box_10_one_that_finds_no_room_holds_up_no_smaller_one(small: World) -> None:
    one_half, other_half = send(small, 50), send(small, 50)
    large, little = send(small, 90), send(small, 40)
    small.delete(NURSE, Source.INBOX, one_half)
    assert state(small) == ([little, other_half], 1, 90)
    small.delete(NURSE, Source.INBOX, other_half, little)
    assert state(small) == ([large], 0, 90)


def test_box_10_a_message_that_fits_passes_by_one_that_waits(small: World) -> None:
    first, _, third = send(small, 60), send(small, 60), send(small, 30)
    assert state(small) == ([third, first], 1, 90)


def test_box_10_the_bin_counts_and_moving_makes_no_room(small: World) -> None:
    first, waiting = send(small, 60), send(small, 60)
    small.move(NURSE, Source.INBOX, first)
    assert small.info(NURSE).messages_in_stand_by == 1
    small.delete(NURSE, Source.BININBOX, first)
    assert state(small) == ([waiting], 0, 60)


def test_box_10_deleting_what_was_sent_makes_no_room(small: World) -> None:
    first = send(small, 60)
    own = small.send(NURSE, sized(60, HOSPITAL_BOX)).id
    send(small, 60)
    small.delete(NURSE, Source.SENTBOX, own)
    assert state(small) == ([first], 1, 60)


def test_box_10_a_message_larger_than_the_box_waits_for_a_larger_box(small: World) -> None:
    sent = send(small, 101)
    assert state(small) == ([], 1, 0)
    small.configure(individual_box_bytes=101)
    enter(small)
    assert state(small) == ([sent], 0, 101)


def enter(world: World) -> int:
    """What upkeep does for a box whose limit was raised."""
    with world.store.begin() as transaction:
        (box,) = transaction.boxes.find([Address.of("INSS", NURSE_BOX.id, "NURSE")])
        held(transaction, lambda: (None, stand_by.concerned([box.key], transaction)))
        return stand_by.enter([box.key], world.occasion(transaction))


def test_box_10_a_raised_limit_lets_in_what_fits(small: World) -> None:
    first, second, third = send(small, 60), send(small, 60), send(small, 60)
    small.configure(individual_box_bytes=120)
    assert enter(small) == 1
    assert state(small) == ([second, first], 1, 120)
    with small.store.begin() as transaction:
        transaction.boxes.limit(transaction.boxes.find([Address.of("INSS", NURSE_BOX.id, "NURSE")])[0].key, 180)
    assert enter(small) == 1
    assert state(small) == ([third, second, first], 0, 180)
    assert small.info(NURSE).max_size == 180


def test_box_10_it_is_published_when_it_enters(small: World) -> None:
    """The moments of ACK-1 and the PublicationReceipt of ACK-2 are of the entering, not of the sending."""
    first = send(small, 60)
    waiting = small.send(DOCTOR, asking(sized(60, NURSE_BOX), publication=True)).id
    assert small.statuses(DOCTOR, waiting) == (types.AcknowledgmentRow(types.Destination(NURSE_BOX)),)
    assert small.ids(DOCTOR) == []
    small.configure(individual_box_bytes=1000)
    small.pass_time(days=1)
    small.delete(NURSE, Source.INBOX, first)
    published = START + timedelta(days=1, minutes=1)
    assert small.statuses(DOCTOR, waiting) == (types.AcknowledgmentRow(types.Destination(NURSE_BOX), published),)
    (receipt,) = small.ids(DOCTOR)
    said = small.read(DOCTOR, receipt).content.acknowledgment
    assert said == types.Acknowledgment(one(waiting), "PUBLISHED", published, NURSE_BOX)


def test_box_10_a_receipt_waits_too_when_the_senders_box_is_full(world: World) -> None:
    """ACK-3: receipts count in size; what waits enters once the doctor has deleted something."""
    full = world.send(NURSE, sized(1000, types.BoxId("71031499894", "INSS", "DOCTOR"))).id
    world.configure(individual_box_bytes=1000)
    world.send(DOCTOR, asking(sized(10, HOSPITAL_BOX), publication=True, received=True))
    world.listed(HOSPITAL)
    assert world.ids(DOCTOR) == [full]
    assert world.info(DOCTOR).messages_in_stand_by == 2
    world.delete(DOCTOR, Source.INBOX, full)
    kinds = [world.read(DOCTOR, each).content.acknowledgment for each in world.ids(DOCTOR)]
    assert [kind and kind.ack_type for kind in kinds] == ["RECEIVED", "PUBLISHED"]


def test_box_10_a_receipt_of_what_enters_may_need_the_room_itself(small: World) -> None:
    """A letter to oneself: once it is in, its receipt takes the rest of the room before the next one is tried."""
    full = small.send(HOSPITAL, sized(100, NURSE_BOX)).id
    own = small.send(NURSE, asking(sized(1, NURSE_BOX), publication=True)).id
    other = small.send(HOSPITAL, sized(90, NURSE_BOX)).id
    small.configure(individual_box_bytes=400)
    small.delete(NURSE, Source.INBOX, full)
    with small.store.begin(write=False) as transaction:
        (box,) = transaction.boxes.of_quality("NURSE")
        assert transaction.boxes.counted_size(box.key) == box.current_size <= 400
    assert own in small.ids(NURSE)
    assert (other in small.ids(NURSE)) == (small.info(NURSE).messages_in_stand_by == 0)


def test_box_10_many_wait_and_enter_by_pages(small: World) -> None:
    full = send(small, 100)
    waiting = [one(small.send(HOSPITAL, sized(1, NURSE_BOX)).id) for _ in range(250)]
    small.configure(individual_box_bytes=230)
    small.delete(NURSE, Source.INBOX, full)
    assert small.info(NURSE).messages_in_stand_by == 20
    entered = [row.message_id for start in (1, 101, 201) for row in small.listed(NURSE, start=start).messages]
    assert entered == waiting[:230][::-1]


def test_pub_11_a_version_that_expired_in_stand_by_was_deleted_by_nobody(small: World) -> None:
    small.configure(expiration_days=2)
    first = small.send(HOSPITAL, news("N", b"x" * 60, NURSE_BOX)).id
    small.send(HOSPITAL, news("N", b"x" * 101, NURSE_BOX))
    small.pass_time(days=2)
    for _ in Upkeep(small.clock.now(), small.clock.now(), small.rules, small.chance).run(small.store.begin):
        pass
    assert state(small) == ([first], 0, 60)
    third = small.send(HOSPITAL, news("N", b"x" * 61, NURSE_BOX)).id
    assert state(small) == ([third], 0, 61)

"""Events at the same moment: each happens once, whole, and none waits for another for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial
from threading import Barrier

import pytest

from ehbox_soap.errors import Refusal
from ehbox_soap.ids import SystemChance
from ehbox_soap.mailbox import out_of_office
from ehbox_soap.store.boxes import Boxes
from ehbox_soap.store.message_records import Address, BoxRecord
from ehbox_soap.wire import types
from tests.mailbox.world import (
    DOCTOR,
    DOCTOR_BOX,
    DOCTOR_BY_NIHII,
    HOSPITAL,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    World,
    asking,
    letter,
    news,
    one,
    sized,
)

Source = types.Source


@pytest.fixture(autouse=True)
def chance(world: World) -> None:
    """A seeded one may not be asked by two threads at once."""
    world.chance = SystemChance()


def at_once(calls: Iterable[Callable[[], object]]) -> list[object]:
    """Their results; all begin together, and each may be refused."""
    waiting = list(calls)
    barrier = Barrier(len(waiting))

    def run(call: Callable[[], object]) -> object:
        barrier.wait(timeout=60)
        try:
            return call()
        except Refusal as refusal:
            return refusal.status.code

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(run, waiting))


def kinds(world: World) -> Counter[str]:
    """The doctor's receipts."""
    said = [world.read(DOCTOR, row.message_id).content.acknowledgment for row in world.listed(DOCTOR).messages]
    return Counter(each.ack_type for each in said if each is not None)


def sizes_hold(world: World) -> None:
    with world.store.begin(write=False) as transaction:
        for quality in ("DOCTOR", "NURSE", "HOSPITAL"):
            for box in transaction.boxes.of_quality(quality):
                assert box.current_size == transaction.boxes.counted_size(box.key)


def test_ack_2_two_readers_of_one_message_produce_one_receipt(world: World) -> None:
    sent = world.send(DOCTOR, asking(letter(NURSE_BOX), received=True, read=True)).id
    readers: list[Callable[[], object]] = [lambda: world.read(NURSE, sent)] * 4
    at_once(readers + [lambda: world.listed(NURSE)] * 4)
    assert kinds(world) == {"RECEIVED": 1, "READ": 1}
    sizes_hold(world)


def test_receipts_that_cross_do_not_wait_for_each_other(world: World) -> None:
    """Everybody receives from everybody at the same moment: each call writes into all three boxes."""
    people = ((DOCTOR, DOCTOR_BOX), (NURSE, NURSE_BOX), (HOSPITAL, HOSPITAL_BOX))
    for who, own in people:
        for _ in range(3):
            others = [box for _, box in people if box is not own]
            world.send(who, asking(letter(*others), publication=True, received=True, read=True))
    calls = [partial(world.listed, who) for who, _ in people] * 3
    assert all(isinstance(each, types.GetMessagesListResponse) for each in at_once(calls))
    for who, _ in people:
        rows = world.listed(who).messages
        assert Counter(row.specification.content_type.value for row in rows) == {"DOCUMENT": 6, "ACKNOWLEDGMENT": 12}
    sizes_hold(world)


def test_a_move_and_a_delete_of_the_same_message_end_in_one_of_two_outcomes(world: World) -> None:
    for _ in range(5):
        sent = world.send(DOCTOR, letter(NURSE_BOX)).id
        moved, deleted = at_once(
            [
                partial(world.move, NURSE, Source.INBOX, sent),
                partial(world.delete, NURSE, Source.INBOX, sent),
            ]
        )
        assert isinstance(moved, types.MoveMessageResponse)
        assert isinstance(deleted, types.DeleteMessageResponse)
        outcome = (moved.status.code, deleted.status.code, world.ids(NURSE, Source.BININBOX))
        assert outcome in (("100", "841", [sent]), ("841", "100", []))
        assert world.ids(NURSE) == []
        world.delete(NURSE, Source.BININBOX, sent)
        sizes_hold(world)


def test_del_2_the_last_two_let_go_at_once(world: World) -> None:
    """Whoever is second removes the content."""
    for _ in range(5):
        sent = world.send(DOCTOR, letter(NURSE_BOX)).id
        at_once(
            [
                partial(world.delete, NURSE, Source.INBOX, sent),
                partial(world.delete, DOCTOR, Source.SENTBOX, sent),
            ]
        )
        with world.store.begin(write=False) as transaction:
            assert transaction.messages.content_type(one(sent)) is None


def test_pub_11_an_update_during_a_read_gives_the_old_or_the_new_one_whole(world: World) -> None:
    def content(n: int) -> bytes:
        return bytes([n]) * 1000 * (n + 1)

    def update(n: int) -> str:
        return one(world.send(DOCTOR, news("NEWS", content(n), NURSE_BOX)).id)

    published = {update(0): 0}

    def read() -> tuple[str, bytes, int]:
        while True:
            (row,) = world.listed(NURSE).messages
            with suppress(Refusal):
                message = world.read(NURSE, row.message_id)
                return message.message_id, message.content.document.content.data, message.info.size

    updates = [partial(update, n) for n in range(1, 7)]
    done = at_once([*updates, *[read] * 6])
    published |= {str(message_id): n for n, message_id in enumerate(done[:6], start=1)}
    for seen in done[6:]:
        assert isinstance(seen, tuple)
        message_id, data, size = seen
        assert data == content(published[message_id])
        assert size == len(data)
    (left,) = world.ids(NURSE)
    history = world.history(NURSE, left)
    assert history[0] == left
    assert set(history) == set(published)
    assert world.info(NURSE).current_size == len(content(published[left]))


def test_box_10_a_box_never_holds_more_than_max_size(world: World) -> None:
    """While messages come in, others leave; in the end nothing waits that would fit."""
    world.configure(individual_box_bytes=100)
    first = [one(world.send(DOCTOR, sized(25, NURSE_BOX)).id) for _ in range(4)]
    sends = [partial(world.send, (DOCTOR, HOSPITAL)[n % 2], sized(20 + n, NURSE_BOX)) for n in range(8)]
    at_once([*sends, *(partial(world.delete, NURSE, Source.INBOX, each) for each in first)])
    sizes_hold(world)
    info = world.info(NURSE)
    assert info.current_size <= 100
    assert info.messages_in_stand_by + len(world.ids(NURSE)) == 8
    with world.store.begin(write=False) as transaction:
        (box,) = transaction.boxes.of_quality("NURSE")
        smallest = min(each.message.size for each in transaction.deliveries.waiting(box.key))
    assert info.current_size + smallest > 100


def test_box_5_several_workers_reach_nobody_twice(world: World) -> None:
    world.configure(all_publishers=("DOCTOR",))
    with world.store.begin() as transaction:
        for n in range(130):
            transaction.boxes.ensure([Address.of("INSS", f"{n:011}", "MIDWIFE")])
    everybody = types.BoxId("ALL", "INSS", "MIDWIFE")
    sent = [one(world.send(DOCTOR, asking(letter(everybody), publication=True)).id) for _ in range(2)]
    at_once([lambda: world.fan_out(batch=10)] * 4)
    for message_id in sent:
        rows = [row for start in (1, 101) for row in world.statuses(DOCTOR, message_id, start)]
        assert len({row.recipient.box.id for row in rows}) == len(rows) == 130
    with world.store.begin(write=False) as transaction:
        (doctor,) = transaction.boxes.of_quality("DOCTOR")
        assert transaction.messages.count(doctor.key, "INBOX") == 260


def test_box_4_first_calls_make_boxes_in_one_order_whoever_sends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender's too: of two who write to each other neither holds the box that the other waits for."""
    made: list[str] = []
    whole = Boxes.ensure

    def ensure(self: Boxes, addresses: Sequence[Address], *, registered: bool = False) -> BoxRecord:
        made.append(addresses[0].id)
        return whole(self, addresses, registered=registered)

    monkeypatch.setattr(Boxes, "ensure", ensure)
    for who, to in ((NURSE, (HOSPITAL_BOX, DOCTOR_BOX)), (DOCTOR, (NURSE_BOX, HOSPITAL_BOX, DOCTOR_BY_NIHII))):
        made.clear()
        world.send(who, letter(*to))
        assert made == [DOCTOR_BOX.id, NURSE_BOX.id, HOSPITAL_BOX.id]


def test_ooo_1_two_periods_that_overlap_are_not_both_kept(world: World) -> None:
    request = types.InsertOoORequest(date(2026, 2, 1), date(2026, 2, 5))
    codes = at_once([lambda: world.call(out_of_office.insert_ooo, NURSE, request).status.code] * 4)
    assert Counter(codes) == {"100": 1, "845": 3}

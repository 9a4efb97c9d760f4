"""ALL of a quality, LIST-3, and the ERROR messages: BOX-5, PUB-11, PUB-12."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import hypothesis
import pytest
from sqlalchemy import func, select

from ehbox_soap.mailbox import fan_out, notices, words
from ehbox_soap.store.event_tables import fan_out as fan_out_table
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.records import Person, Profession
from ehbox_soap.store.tables import delivery
from ehbox_soap.wire import types
from tests.mailbox.world import (
    DOCTOR,
    DOCTOR_BOX,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    World,
    asking,
    letter,
    news,
    one,
)

Source = types.Source
EVERYBODY = types.BoxId("ALL", "INSS", "MIDWIFE")
MANY = 257
MOST = 50_000
"""With `--hypothesis-profile=thorough`."""


@pytest.fixture
def crowd(world: World) -> World:
    """257 midwives; doctors may publish to all of them."""
    make(world, 0, MANY)
    world.configure(all_publishers=("DOCTOR",))
    return world


def make(world: World, first: int, count: int) -> list[int]:
    with world.store.begin() as transaction:
        names = [Address.of("INSS", f"{n:011}", "MIDWIFE") for n in range(first, first + count)]
        return [transaction.boxes.ensure([name]).key for name in names]


def reached(world: World, message_id: str | None) -> Counter[int]:
    """By box of a midwife: how often she has the message."""
    with world.store.begin(write=False) as transaction:
        sizes = {box.key: box.current_size for box in transaction.boxes.of_quality("MIDWIFE")}
        found = [
            key
            for key in sizes
            if transaction.messages.find(key, one(message_id), ("INBOX", "BININBOX", "STANDBY")) is not None
        ]
        for key, size in sizes.items():
            assert size == transaction.boxes.counted_size(key)
        return Counter(found)


def open_fan_outs(world: World) -> int:
    with world.store.begin(write=False) as transaction:
        return transaction._connection.execute(select(func.count()).select_from(fan_out_table)).scalar_one()


@pytest.mark.parametrize(("count", "rows"), [(100, 0), (101, 1)])
def test_box_5_up_to_a_hundred_boxes_the_call_reaches_itself(world: World, count: int, rows: int) -> None:
    make(world, 0, count)
    world.configure(all_publishers=("DOCTOR",))
    sent = world.send(DOCTOR, letter(EVERYBODY)).id
    assert open_fan_outs(world) == rows
    assert len(reached(world, sent)) == (0 if rows else count)
    world.fan_out()
    assert len(reached(world, sent)) == count
    assert open_fan_outs(world) == 0


def test_box_5_the_call_itself_writes_one_row_however_many_boxes(crowd: World) -> None:
    sent = crowd.send(DOCTOR, letter(EVERYBODY, HOSPITAL_BOX))
    assert sent.status.code == "100"
    assert open_fan_outs(crowd) == 1
    with crowd.store.begin(write=False) as transaction:
        assert transaction._connection.execute(select(func.count()).select_from(delivery)).scalar_one() == 2
    assert crowd.fan_out(batch=100) == 3
    assert reached(crowd, sent.id).total() == MANY


def test_box_5_a_batch_a_transaction_in_order_and_restartable(world: World) -> None:
    """Stopped anywhere, also in the middle of a transaction, none is lost and none reached twice."""
    thorough = hypothesis.settings.default is not None and hypothesis.settings.default.max_examples >= 500
    count = MOST if thorough else MANY
    make(world, 0, count)
    world.configure(all_publishers=("DOCTOR",))
    sent = world.send(DOCTOR, letter(EVERYBODY)).id
    assert open_fan_outs(world) == 1
    world.fan_out(batch=100, times=1)
    assert reached(world, sent).total() == 100
    with pytest.raises(ZeroDivisionError):
        die_in_the_middle(world)
    assert reached(world, sent).total() == 100
    world.fan_out(batch=100)
    assert set(reached(world, sent).values()) == {1}
    assert reached(world, sent).total() == count


def die_in_the_middle(world: World) -> None:
    """A batch is done, and not committed."""
    with world.store.begin() as transaction:
        assert fan_out.work_off(world.occasion(transaction), 100)
        raise ZeroDivisionError


def test_box_5_the_boxes_of_that_moment_and_no_later_one(crowd: World) -> None:
    sent = crowd.send(DOCTOR, letter(EVERYBODY)).id
    later = make(crowd, 1000, 3)
    crowd.fan_out()
    found = reached(crowd, sent)
    assert found.total() == MANY
    assert not found.keys() & set(later)


def test_box_5_one_that_is_named_beside_all_is_reached_once(crowd: World) -> None:
    own = types.BoxId("00000000007", "INSS", "MIDWIFE")
    sent = crowd.send(DOCTOR, letter(EVERYBODY, own, EVERYBODY)).id
    assert reached(crowd, sent).total() == 1
    crowd.fan_out(batch=50)
    assert reached(crowd, sent).total() == MANY


def test_box_5_two_boxes_that_became_one_meanwhile_are_reached_once(crowd: World) -> None:
    """A midwife's NIHII box existed at that moment, her INSS box came later: she still gets it, once."""
    with crowd.store.begin() as transaction:
        transaction.boxes.ensure([Address.of("NIHII", "99999999", "MIDWIFE")])
    sent = crowd.send(DOCTOR, letter(EVERYBODY)).id
    names = [Address.of("INSS", "99999999999", "MIDWIFE"), Address.of("NIHII", "99999999", "MIDWIFE")]
    with crowd.store.begin() as transaction:
        transaction.boxes.ensure(names[:1])
    with crowd.store.begin() as transaction:
        joined = transaction.boxes.ensure(names).key
    crowd.fan_out()
    assert reached(crowd, sent)[joined] == 1
    assert reached(crowd, sent).total() == MANY + 1


def test_box_5_the_sender_may_have_deleted_it_meanwhile(crowd: World) -> None:
    sent = crowd.send(DOCTOR, letter(EVERYBODY)).id
    crowd.delete(DOCTOR, Source.SENTBOX, sent)
    crowd.fan_out(batch=100)
    assert reached(crowd, sent).total() == MANY


def test_box_5_receipts_come_with_each_batch(crowd: World) -> None:
    crowd.send(DOCTOR, asking(letter(EVERYBODY), publication=True))
    assert crowd.ids(DOCTOR) == []
    crowd.fan_out(batch=50, times=1)
    assert len(crowd.ids(DOCTOR)) == 50


def test_pub_11_a_new_version_replaces_the_old_one_by_batches_too(crowd: World) -> None:
    old = crowd.send(DOCTOR, news("ALL-NEWS", b"old", EVERYBODY)).id
    crowd.fan_out()
    new = crowd.send(DOCTOR, news("ALL-NEWS", b"newer", HOSPITAL_BOX)).id
    assert (reached(crowd, old).total(), reached(crowd, new).total()) == (MANY, 0)
    crowd.fan_out(batch=100, times=1)
    assert (reached(crowd, old).total(), reached(crowd, new).total()) == (MANY - 100, 100)
    crowd.fan_out(batch=100)
    assert (reached(crowd, old).total(), reached(crowd, new).total()) == (0, MANY)


def test_pub_11_a_version_that_overtakes_an_earlier_one_on_its_way_reaches_everybody(crowd: World) -> None:
    """What was still to be delivered of the earlier one is delivered of the newest."""
    first = crowd.send(DOCTOR, news("ALL-NEWS", b"1", EVERYBODY)).id
    crowd.fan_out(batch=100, times=1)
    second = crowd.send(DOCTOR, news("ALL-NEWS", b"2", HOSPITAL_BOX)).id
    crowd.fan_out(batch=100, times=1)
    third = crowd.send(DOCTOR, news("ALL-NEWS", b"3", EVERYBODY)).id
    crowd.fan_out(batch=100)
    assert reached(crowd, first).total() == reached(crowd, second).total() == 0
    assert reached(crowd, third).total() == MANY


def registered(world: World, count: int) -> list[Person]:
    people = [Person(f"{n:011}", "V", "M", professions=(Profession("MIDWIFE"),)) for n in range(count)]
    doctor = Person(DOCTOR_BOX.id, "V", "D", professions=(Profession("DOCTOR"),))
    with world.store.begin() as transaction:
        for each in (*people, doctor):
            transaction.register.put_person(each)
    return people


def test_box_5_in_the_strict_directory_all_are_the_registered_ones(world: World) -> None:
    make(world, 500, 3)
    registered(world, 4)
    world.configure(all_publishers=("DOCTOR",), directory="strict")
    assert reached(world, world.send(DOCTOR, letter(EVERYBODY)).id).total() == 4


def test_pub_12_a_target_of_all_that_disappeared_is_told_to_the_sender(world: World) -> None:
    people = registered(world, 150)
    world.configure(all_publishers=("DOCTOR",), directory="strict")
    sent = world.send(DOCTOR, replace(letter(EVERYBODY), publication_id="GONE")).id
    world.fan_out(batch=50, times=1)
    with world.store.begin() as transaction:
        for leaving in (people[3], people[120], people[130]):
            transaction.register.put_person(replace(leaving, professions=()))
    with world.store.begin() as transaction:
        transaction.register.put_person(people[130])
    world.fan_out(batch=50)
    assert reached(world, sent).total() == 149
    (error,) = world.ids(DOCTOR)
    assert world.read(DOCTOR, error).content.error == types.ErrorNotice(
        code="862",
        messages=words.TARGET_GONE.texts,
        destinations=(types.BoxId("00000000120", "INSS", "MIDWIFE"),),
        publication_id="GONE",
    )


def test_pub_12_in_the_open_directory_nobody_disappears(world: World) -> None:
    people = registered(world, 150)
    world.configure(all_publishers=("DOCTOR",))
    sent = world.send(DOCTOR, letter(EVERYBODY)).id
    with world.store.begin() as transaction:
        transaction.register.put_person(replace(people[120], professions=()))
    world.fan_out()
    assert reached(world, sent).total() == 150
    assert world.ids(DOCTOR) == []


def tell(world: World, failures: tuple[str, ...] = ()) -> None:
    with world.store.begin() as transaction:
        doctor, nurse = (transaction.boxes.ensure([Address.of("INSS", box.id, box.quality)]).key for box in BOXES)
        failure = words.MAIL_REFUSED if failures else words.STAND_BY_EXPIRED
        transaction.boxes.hold([doctor])
        destinations = () if failures else (nurse,)
        notices.error(failure, doctor, "PUB-12", world.occasion(transaction), destinations, failures)


BOXES = (DOCTOR_BOX, NURSE_BOX)


def test_pub_12_an_error_is_a_full_message(world: World) -> None:
    tell(world)
    (row,) = world.listed(DOCTOR).messages
    message = world.read(DOCTOR, row.message_id)
    assert row.specification.content_type is message.specification.content_type is types.ContentType.ERROR
    assert row.sender == types.Sender(types.BoxId("0809394427", "CBE", "INSTITUTION"), "eHealth")
    assert row.content is not None
    document = message.content.document
    assert (row.content.title, row.content.mime_type) == (document.title, document.mime_type)
    assert document.mime_type == "text/plain"
    assert document.download_file_name
    text = document.content.data.decode()
    for line in (*words.STAND_BY_EXPIRED.texts, "PUB-12", "INSS 85061999865 NURSE"):
        assert line in text
    assert message.content.error == types.ErrorNotice("860", words.STAND_BY_EXPIRED.texts, (NURSE_BOX,), (), "PUB-12")
    assert world.info(DOCTOR).current_size == row.info.size == len(document.content.data)


def test_pub_12_an_error_may_tell_of_failures(world: World) -> None:
    tell(world, ("first@example.org", "second@example.org"))
    (error,) = world.ids(DOCTOR)
    assert world.read(DOCTOR, error).content.error == types.ErrorNotice(
        "861", words.MAIL_REFUSED.texts, (), ("first@example.org", "second@example.org"), "PUB-12"
    )


def test_pub_12_what_the_mailbox_sent_itself_fails_silently(world: World) -> None:
    with world.store.begin() as transaction:
        occasion = world.occasion(transaction)
        system = notices.system_box(occasion).key
        notices.error(words.STAND_BY_EXPIRED, system, "X", occasion)
        assert transaction.messages.count(system, "INBOX") == transaction.messages.count(system, "STANDBY") == 0


def test_a_new_version_of_a_news_leaves_no_fan_out_behind(crowd: World) -> None:
    crowd.send(DOCTOR, news("ALL-NEWS", b"1", EVERYBODY))
    crowd.send(DOCTOR, news("ALL-NEWS", b"2", EVERYBODY))
    crowd.fan_out(batch=100)
    assert open_fan_outs(crowd) == 0


def test_a_nurse_is_no_midwife(crowd: World) -> None:
    crowd.send(DOCTOR, letter(EVERYBODY))
    crowd.fan_out()
    assert crowd.ids(NURSE) == []

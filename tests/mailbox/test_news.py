"""NEWS and its versions: PUB-11, HIST-1, FULL-1 of HISTORY."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox.retention import Upkeep
from ehbox_soap.wire import types
from tests.mailbox.test_moving import kept
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
    asking,
    letter,
    news,
    one,
    sized,
)

Source = types.Source
START = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def publish(world: World, data: bytes, *boxes: types.BoxId) -> str:
    """The doctor's NEWS, a day after the version before."""
    world.pass_time(days=1)
    return one(world.send(DOCTOR, news("NEWS-1", data, *boxes)).id)


def said(world: World, who: Attributes, message_id: str, source: Source = Source.INBOX) -> bytes:
    return world.read(who, message_id, source).content.document.content.data


def test_pub_11_a_new_version_replaces_the_old_one(world: World) -> None:
    """A MessageId, a date and a size of its own, unread; on both sides the old one is in no folder any more."""
    old = publish(world, b"old", NURSE_BOX, HOSPITAL_BOX)
    world.listed(NURSE)
    world.read(NURSE, old)
    new = publish(world, b"newer", NURSE_BOX, HOSPITAL_BOX)
    assert new != old
    for who, source in ((NURSE, Source.INBOX), (HOSPITAL, Source.INBOX), (DOCTOR, Source.SENTBOX)):
        assert world.ids(who, source) == [new]
        with pytest.raises(Refusal, match="841"):
            world.read(who, old, source)
    row = world.listed(NURSE).messages[0]
    assert (row.info.size, row.info.publication_date) == (5, (START + timedelta(days=2)).date())
    assert world.info(NURSE).current_size == world.info(HOSPITAL).current_size == 5
    assert said(world, NURSE, new) == b"newer"
    assert world.read(NURSE, new).publication_id == "NEWS-1"


def test_pub_11_receipts_are_made_anew(world: World) -> None:
    first, second = (asking(news("NEWS-1", each, NURSE_BOX), read=True) for each in (b"old", b"new"))
    old = world.send(DOCTOR, first).id
    world.read(NURSE, old)
    new = world.send(DOCTOR, second).id
    assert [row.read for row in world.statuses(DOCTOR, new)] == [None]
    world.read(NURSE, new)
    receipts = [world.read(DOCTOR, each).content.acknowledgment for each in world.ids(DOCTOR)]
    assert [each and each.message_id for each in receipts] == [new, old]
    assert [row.read for row in world.statuses(DOCTOR, old)] == [START], "the moments of the old one are its own"


def test_pub_11_from_the_bin_it_comes_back_to_the_inbox(world: World) -> None:
    old = publish(world, b"old", NURSE_BOX)
    world.move(NURSE, Source.INBOX, old)
    world.move(DOCTOR, Source.SENTBOX, old)
    new = publish(world, b"new!", NURSE_BOX)
    assert (world.ids(NURSE), world.ids(NURSE, Source.BININBOX)) == ([new], [])
    assert (world.ids(DOCTOR, Source.SENTBOX), world.ids(DOCTOR, Source.BINSENTBOX)) == ([new], [])
    assert world.info(NURSE).current_size == 4


def test_pub_11_reaches_new_recipients_and_those_it_no_longer_names(world: World) -> None:
    old = publish(world, b"old", NURSE_BOX)
    new = publish(world, b"new", HOSPITAL_BOX)
    assert world.ids(HOSPITAL) == world.ids(NURSE) == [new]
    assert world.listed(NURSE).messages[0].destination == types.Destination(NURSE_BOX), "told of its own box"
    assert {row.recipient.box for row in world.statuses(DOCTOR, new)} == {NURSE_BOX, HOSPITAL_BOX}
    assert [row.recipient.box for row in world.statuses(DOCTOR, old)] == [NURSE_BOX]


def test_pub_11_a_user_of_another_destination_is_not_told_to_who_is_no_longer_named(world: World) -> None:
    publish(world, b"old", NURSE_BOX)
    user = types.User("85041310259", "Nele", "Proefpersoon")
    request = replace(news("NEWS-1", b"new"), destinations=(types.Destination(HOSPITAL_BOX, user),))
    new = world.send(DOCTOR, request).id
    assert world.listed(NURSE).messages[0].destination == types.Destination(NURSE_BOX)
    rows = {row.recipient for row in world.statuses(DOCTOR, new)}
    assert rows == {types.Destination(HOSPITAL_BOX, user), types.Destination(NURSE_BOX)}


def test_pub_11_leaves_alone_those_who_deleted_it_for_good(world: World) -> None:
    old = publish(world, b"old", NURSE_BOX, HOSPITAL_BOX)
    world.delete(NURSE, Source.INBOX, old)
    for data in (b"new", b"newest"):
        new = publish(world, data, NURSE_BOX, HOSPITAL_BOX)
        assert world.ids(NURSE) == []
        assert world.ids(HOSPITAL) == [new]
    assert [row.recipient.box for row in world.statuses(DOCTOR, new)] == [HOSPITAL_BOX]
    assert world.info(NURSE).current_size == 0


def test_pub_11_leaves_them_alone_even_when_nobody_has_it_any_more(world: World) -> None:
    """Its content is gone from the store; who deleted it is still known."""
    old = publish(world, b"old", NURSE_BOX)
    world.delete(NURSE, Source.INBOX, old)
    world.delete(DOCTOR, Source.SENTBOX, old)
    assert kept(world) == (1, 0, 2)
    new = publish(world, b"new", NURSE_BOX, HOSPITAL_BOX)
    assert world.ids(NURSE) == []
    assert world.ids(HOSPITAL) == world.ids(DOCTOR, Source.SENTBOX) == [new]


def test_pub_11_what_is_left_of_a_news_is_forgotten_with_its_publication_id(world: World) -> None:
    for who in (b"one", b"two"):
        world.send(DOCTOR, news(who.decode(), who, NURSE_BOX))
    for message_id in world.ids(NURSE):
        world.delete(NURSE, Source.INBOX, message_id)
        world.delete(DOCTOR, Source.SENTBOX, message_id)
    with world.store.begin() as transaction:
        assert transaction.messages.forget(START, 10) == 0
        assert transaction.messages.forget(START + timedelta(seconds=1), 1) == 1
        assert transaction.messages.forget(START + timedelta(seconds=1), 10) == 1
    assert kept(world) == (0, 0, 0)


@pytest.mark.parametrize("rule", ["LIFE-3", "LIFE-4"])
def test_pub_11_what_had_its_time_counts_as_deleted_for_good(world: World, rule: str) -> None:
    """Ours: a later version passes by who lost the earlier one to upkeep, and reaches who still has it."""
    world.configure(expiration_days=5 if rule == "LIFE-3" else 365)
    first = publish(world, b"one", NURSE_BOX, HOSPITAL_BOX)
    if rule == "LIFE-3":
        said(world, NURSE, first)
        world.move(NURSE, Source.INBOX, first)
        world.pass_time(days=6)
    for _ in range(0 if rule == "LIFE-3" else 2):
        world.pass_time(days=60)
        for active in (DOCTOR, HOSPITAL):
            world.ids(active)
    now = world.clock.now()
    list(Upkeep(now, now, world.rules, world.chance).run(world.store.begin))
    second = publish(world, b"two", NURSE_BOX, HOSPITAL_BOX)
    assert world.ids(NURSE) == world.ids(NURSE, Source.BININBOX) == []
    assert world.ids(HOSPITAL) == [second]


@pytest.mark.parametrize("first", ["DOCUMENT", "NEWS"])
def test_pub_2_a_publication_id_of_the_other_content_type_is_used(world: World, first: str) -> None:
    requests = {
        "DOCUMENT": replace(letter(NURSE_BOX), publication_id="SAME"),
        "NEWS": news("SAME", letter().content.document.content.data, NURSE_BOX),
    }
    sent = world.send(DOCTOR, requests.pop(first)).id
    (other,) = requests.values()
    with pytest.raises(Refusal) as caught:
        world.send(DOCTOR, other)
    assert (caught.value.status.code, caught.value.place) == ("849", "PublicationId")
    assert world.ids(NURSE) == [sent]


def test_pub_11_a_publication_id_of_a_document_that_is_gone_is_used_all_the_same(world: World) -> None:
    sent = world.send(DOCTOR, replace(letter(NURSE_BOX), publication_id="SAME")).id
    world.delete(DOCTOR, Source.SENTBOX, sent)
    world.delete(NURSE, Source.INBOX, sent)
    with pytest.raises(Refusal, match="849"):
        world.send(DOCTOR, news("SAME", b"news", NURSE_BOX))


def test_pub_11_the_same_news_again_is_a_version_too(world: World) -> None:
    """PUB-3's window is for DOCUMENTs."""
    first, second = (world.send(DOCTOR, news("NEWS-1", b"same", NURSE_BOX)).id for _ in range(2))
    assert first != second
    assert world.ids(NURSE) == [second]


def test_pub_11_another_box_has_its_own_news(world: World) -> None:
    mine = publish(world, b"mine", CITIZEN_BOX)
    other = world.send(NURSE, news("NEWS-1", b"other", CITIZEN_BOX)).id
    assert set(world.ids(CITIZEN)) == {mine, other}


def test_pub_11_without_a_publication_id_each_news_is_a_new_one(world: World) -> None:
    for _ in range(2):
        world.send(DOCTOR, replace(news("", b"news", NURSE_BOX), publication_id=None))
    assert len(world.ids(NURSE)) == 2


def test_pub_11_news_to_oneself(world: World) -> None:
    old = publish(world, b"old", DOCTOR_BOX)
    new = publish(world, b"new", DOCTOR_BOX)
    assert world.ids(DOCTOR) == world.ids(DOCTOR, Source.SENTBOX) == [new]
    for source in (Source.INBOX, Source.SENTBOX):
        assert world.history(DOCTOR, new, source) == (new, old)


def test_hist_1_all_versions_newest_first(world: World) -> None:
    versions = [publish(world, f"version {n}".encode(), NURSE_BOX) for n in range(4)][::-1]
    for who, source in ((NURSE, Source.INBOX), (DOCTOR, Source.SENTBOX), (NURSE, Source.HISTORY)):
        for message_id in versions:
            assert list(world.history(who, message_id, source)) == versions


def test_hist_1_a_document_and_a_receipt_have_their_own_id(world: World) -> None:
    request = asking(replace(letter(NURSE_BOX), publication_id="SAME"), publication=True)
    sent = world.send(DOCTOR, request).id
    (receipt,) = world.ids(DOCTOR)
    assert world.history(NURSE, sent) == world.history(DOCTOR, sent, Source.SENTBOX) == (sent,)
    assert world.history(DOCTOR, receipt) == (receipt,)


def test_hist_1_a_box_is_told_of_the_versions_that_it_received(world: World) -> None:
    old = publish(world, b"old", NURSE_BOX)
    new = publish(world, b"new", NURSE_BOX, HOSPITAL_BOX)
    assert world.history(HOSPITAL, new) == (new,)
    with pytest.raises(Refusal, match="841"):
        world.read(HOSPITAL, old, Source.HISTORY)


@pytest.mark.parametrize(("who", "source"), [(NURSE, Source.SENTBOX), (DOCTOR, Source.INBOX), (HOSPITAL, Source.INBOX)])
def test_hist_1_an_unknown_message_is_841(world: World, who: Attributes, source: Source) -> None:
    message_id = publish(world, b"news", NURSE_BOX)
    with pytest.raises(Refusal) as caught:
        world.history(who, message_id, source)
    assert (caught.value.status.code, caught.value.place) == ("841", "MessageId")


def test_full_1_history_gives_an_earlier_version(world: World) -> None:
    old, new = publish(world, b"old", NURSE_BOX), publish(world, b"new", NURSE_BOX)
    for who in (NURSE, DOCTOR):
        assert said(world, who, old, Source.HISTORY) == b"old"
        assert said(world, who, new, Source.HISTORY) == b"new"


def test_del_2_who_deletes_a_news_deletes_its_history(world: World) -> None:
    old, new = publish(world, b"old", NURSE_BOX, HOSPITAL_BOX), publish(world, b"new", NURSE_BOX, HOSPITAL_BOX)
    world.delete(NURSE, Source.INBOX, new)
    for message_id in (old, new):
        with pytest.raises(Refusal, match="841"):
            world.read(NURSE, message_id, Source.HISTORY)
        assert said(world, HOSPITAL, message_id, Source.HISTORY)
    world.delete(HOSPITAL, Source.INBOX, new)
    world.delete(DOCTOR, Source.SENTBOX, new)
    assert kept(world)[1] == 0, "the content of both versions is gone"


def small(world: World) -> None:
    world.configure(individual_box_bytes=10)


def test_box_10_a_version_that_needs_more_room_waits_and_the_old_one_stays(world: World) -> None:
    small(world)
    old, new = publish(world, b"12345678", NURSE_BOX), publish(world, b"12345678901", NURSE_BOX)
    assert world.ids(NURSE) == [old]
    assert world.info(NURSE).messages_in_stand_by == 1
    assert world.history(NURSE, old) == (old,)
    world.delete(NURSE, Source.INBOX, old)
    assert world.info(NURSE).messages_in_stand_by == 1
    world.configure(individual_box_bytes=11)
    own = world.send(HOSPITAL, sized(0, NURSE_BOX)).id
    world.delete(NURSE, Source.INBOX, own)
    assert world.ids(NURSE) == [new]


def test_box_10_the_room_of_what_it_replaces_is_its_own(world: World) -> None:
    small(world)
    publish(world, b"12345678", NURSE_BOX)
    new = publish(world, b"1234567890", NURSE_BOX)
    assert world.ids(NURSE) == [new]
    assert world.info(NURSE).current_size == 10


def test_box_10_a_waiting_version_replaces_the_old_one_when_it_enters(world: World) -> None:
    small(world)
    other = world.send(HOSPITAL, sized(5, NURSE_BOX)).id
    old, new = publish(world, b"12345", NURSE_BOX), publish(world, b"1234567", NURSE_BOX)
    assert world.ids(NURSE) == [old, other]
    world.delete(NURSE, Source.INBOX, other)
    assert world.ids(NURSE) == [new]
    assert world.info(NURSE).current_size == 7
    assert world.history(NURSE, new) == (new, old)


def test_box_10_a_waiting_version_gives_way_to_a_newer_one(world: World) -> None:
    small(world)
    old, waiting = publish(world, b"12345", NURSE_BOX), publish(world, b"12345678901", NURSE_BOX)
    new = publish(world, b"1234567890", NURSE_BOX)
    assert world.ids(NURSE) == [new]
    assert world.info(NURSE).messages_in_stand_by == 0
    assert world.history(NURSE, new) == (new, old)
    with pytest.raises(Refusal, match="841"):
        world.read(NURSE, waiting, Source.HISTORY)
    assert world.history(DOCTOR, new, Source.SENTBOX) == (new, waiting, old)
    assert [row.published for row in world.statuses(DOCTOR, waiting)] == [None]


def test_box_10_a_smaller_version_makes_room_for_what_waits(world: World) -> None:
    small(world)
    publish(world, b"1234567890", NURSE_BOX)
    waiting = world.send(HOSPITAL, asking(sized(4, NURSE_BOX), publication=True)).id
    assert world.info(NURSE).messages_in_stand_by == 1
    new = publish(world, b"123456", NURSE_BOX)
    assert set(world.ids(NURSE)) == {new, waiting}
    assert world.info(NURSE).current_size == 10
    assert len(world.ids(HOSPITAL)) == 1, "its receipt"

"""LIFE-1 to LIFE-5 at their boundaries, and what an upkeep does besides: stand-by, memories, batches, dry runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from ehbox_soap.mailbox import boxes, moving
from ehbox_soap.mailbox.checking import fingerprint
from ehbox_soap.mailbox.retention import Counts, Upkeep
from ehbox_soap.store.tables import message, part
from ehbox_soap.store.transaction import Transaction
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
    document,
    letter,
)

Source = types.Source
INBOX, BININBOX, SENTBOX, BINSENTBOX = Source.INBOX, Source.BININBOX, Source.SENTBOX, Source.BINSENTBOX
SECOND = timedelta(seconds=1)
# 15 January 2026 in Belgium; its midnight is 23:00 UTC.
START = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def upkeep_of(world: World, *, batch: int = 500, sent_cleanup: bool = False) -> Upkeep:
    now = world.clock.now()
    return Upkeep(now, now, world.rules, world.chance, batch=batch, sent_cleanup=sent_cleanup)


def keep(world: World, *, batch: int = 500, sent_cleanup: bool = False) -> Counts:
    """Does an upkeep, after a dry run that must have foreseen every removal; nothing may be wrong afterwards."""
    upkeep = upkeep_of(world, batch=batch, sent_cleanup=sent_cleanup)
    with world.store.begin(write=False) as transaction:
        foreseen = upkeep.foresee(transaction)
    counts = Counts()
    for name, count in upkeep.run(world.store.begin):
        assert name in ("entered", "warned") or count <= batch
        counts.add(name, count)
    unforeseen = {"entered": counts.entered, "news": counts.news, "warned": counts.warned}
    assert replace(foreseen, **unforeseen) == counts
    healthy(world)
    return counts


def healthy(world: World) -> None:
    with world.store.begin(write=False) as transaction:
        assert [step for step in transaction.whole.verify(fingerprint) if step.findings] == []


def move(world: World, who: Attributes, message_id: str | None, source: Source, to: Source) -> None:
    with called(world, who) as (caller, transaction):
        request = types.MoveMessageRequest(source, to, (message_id or "",))
        answer = moving.move_message(request, caller, transaction, world.clock.now(), world.rules)
    assert answer.status.code == "100"


def delete(world: World, who: Attributes, message_id: str | None, source: Source) -> None:
    with called(world, who) as (caller, transaction):
        request = types.DeleteMessageRequest(source, (message_id or "",))
        answer = moving.delete_message(request, caller, transaction, world.clock.now(), world.rules, world.chance)
    assert answer.status.code == "100"


@contextmanager
def called(world: World, who: Attributes) -> Iterator[tuple[boxes.Caller, Transaction]]:
    with world.store.begin() as transaction:
        yield boxes.identify(who, world.names, transaction, world.rules), transaction


def stored(world: World) -> int:
    """How many messages are kept at all."""
    with world.store.begin(write=False) as transaction:
        return int(transaction._connection.execute(select(func.count()).select_from(message)).scalar_one())


def at(world: World, year: int, month: int, day: int, hour: int = 9) -> None:
    world.clock.moment = datetime(year, month, day, hour, tzinfo=UTC)


def standing(world: World, who: Attributes, source: Source) -> list[str]:
    """What stands in a folder, told without a call."""
    with world.store.begin(write=False) as transaction:
        own = boxes.identify(who, world.names, transaction, world.rules).boxes[0]
        return [
            listed.message_id
            for record in own.records
            for listed in transaction.messages.listed(transaction.messages.page(record.key, source.value, 0, 100))
        ]


@pytest.mark.parametrize("read", [True, False], ids=["read", "unread"])
@pytest.mark.parametrize("binned", [True, False], ids=["in the bin", "in the inbox"])
def test_life_2_a_message_is_gone_a_year_after_publication(world: World, read: bool, binned: bool) -> None:
    message_id = world.send(DOCTOR, letter(NURSE_BOX)).id
    world.clock.moment = START + timedelta(days=364)
    if read:
        world.read(NURSE, message_id)
    if binned:
        move(world, NURSE, message_id, INBOX, BININBOX)
    for who in (NURSE, DOCTOR):
        world.ids(who)
    assert keep(world) == Counts()
    world.clock.moment = datetime(2027, 1, 14, 23, 0, tzinfo=UTC) - SECOND
    assert keep(world).aged == 0
    world.clock.moment += SECOND
    counts = keep(world)
    # The recipient's place and the sender's.
    assert (counts.aged, counts.binned, stored(world)) == (2, 0, 0)
    assert world.ids(NURSE, BININBOX if binned else INBOX) == world.ids(DOCTOR, SENTBOX) == []
    assert world.info(NURSE).current_size == 0


def test_life_3_gone_once_expired_and_read_and_in_the_bin(world: World) -> None:
    world.configure(expiration_days=10)
    ids = [world.send(DOCTOR, letter(NURSE_BOX)).id for _ in range(4)]
    both, read, binned, neither = ids
    for each in (both, read):
        world.read(NURSE, each)
    for each in (both, binned):
        move(world, NURSE, each, INBOX, BININBOX)
    world.clock.moment = datetime(2026, 1, 24, 23, 0, tzinfo=UTC) - SECOND
    assert keep(world) == Counts()
    world.clock.moment += SECOND
    assert keep(world) == Counts(binned=1)
    assert world.ids(NURSE, BININBOX) == [binned]
    assert world.ids(NURSE) == [neither, read]
    # The sender's copies, and its knowledge of the moments, stay.
    assert len(world.ids(DOCTOR, SENTBOX)) == 4
    assert world.info(NURSE).current_size == 3 * len(document().content.data)


def test_life_3_the_room_lets_in_what_waits(world: World) -> None:
    """BOX-10: expiry makes room, and what enters is Published then."""
    world.configure(expiration_days=10, individual_box_bytes=30)
    first = world.send(DOCTOR, letter(NURSE_BOX)).id
    world.read(NURSE, first)
    move(world, NURSE, first, INBOX, BININBOX)
    world.pass_time(days=5)
    second = world.send(DOCTOR, letter(NURSE_BOX)).id
    assert (world.ids(NURSE), world.info(NURSE).messages_in_stand_by) == ([], 1)
    world.pass_time(days=5)
    assert keep(world) == Counts(binned=1)
    assert (world.ids(NURSE), world.info(NURSE).messages_in_stand_by) == ([second], 0)


def test_pub_12_what_expires_in_stand_by_is_told_to_its_sender(world: World) -> None:
    world.configure(expiration_days=10, individual_box_bytes=30)
    world.send(DOCTOR, letter(NURSE_BOX))
    request = replace(letter(NURSE_BOX, HOSPITAL_BOX, CITIZEN_BOX), publication_id="waits")
    world.send(CITIZEN, letter(CITIZEN_BOX))
    world.send(HOSPITAL, request)
    world.clock.moment = datetime(2026, 1, 24, 23, 0, tzinfo=UTC) - SECOND
    assert keep(world) == Counts()
    assert len(world.ids(HOSPITAL)) == 1
    world.clock.moment += SECOND
    assert keep(world) == Counts(waited=2)
    (row,) = [each for each in world.listed(HOSPITAL).messages if each.specification.content_type.value == "ERROR"]
    told = world.read(HOSPITAL, row.message_id).content.error
    assert told is not None
    assert (told.code, told.publication_id) == ("860", "waits")
    assert list(told.destinations) == [NURSE_BOX, CITIZEN_BOX]
    assert world.info(NURSE).messages_in_stand_by == world.info(CITIZEN).messages_in_stand_by == 0
    assert keep(world) == Counts()


def test_box_10_a_raised_limit_lets_in_what_waits(world: World) -> None:
    world.configure(individual_box_bytes=30)
    for _ in range(3):
        world.send(DOCTOR, letter(NURSE_BOX))
    assert keep(world) == Counts()
    world.configure(individual_box_bytes=50)
    assert keep(world) == Counts(entered=1)
    world.configure(individual_box_bytes=1000)
    assert keep(world) == Counts(entered=1)
    assert len(world.ids(NURSE)) == 3


def test_life_4_without_a_call_for_three_months_the_messages_are_removed(world: World) -> None:
    world.send(DOCTOR, letter(NURSE_BOX, CITIZEN_BOX))
    world.send(NURSE, letter(CITIZEN_BOX))
    binned = world.ids(NURSE)[0]
    move(world, NURSE, binned, INBOX, BININBOX)
    at(world, 2026, 3, 1)
    world.send(DOCTOR, letter(NURSE_BOX))
    world.ids(CITIZEN)
    # The nurse's last call was on 15 January, the doctor's and the citizen's on 1 March.
    world.clock.moment = datetime(2026, 4, 14, 22, 0, tzinfo=UTC) - SECOND
    assert keep(world) == Counts()
    world.clock.moment += SECOND
    assert keep(world) == Counts(inactive=3)
    assert world.ids(NURSE) == world.ids(NURSE, BININBOX) == world.ids(NURSE, SENTBOX) == []
    assert len(world.ids(CITIZEN)) == 2
    assert len(world.ids(DOCTOR, SENTBOX)) == 2


def test_life_4_a_call_keeps_the_messages(world: World) -> None:
    world.send(DOCTOR, letter(NURSE_BOX))
    at(world, 2026, 4, 10)
    for who in (NURSE, DOCTOR):
        world.ids(who)
    at(world, 2026, 7, 9)
    assert keep(world) == Counts()
    at(world, 2026, 7, 10)
    assert keep(world).inactive == 2


def test_life_4_a_box_that_was_never_used_counts_from_its_oldest_message(world: World) -> None:
    world.send(DOCTOR, letter(NURSE_BOX))
    at(world, 2026, 3, 1)
    world.send(DOCTOR, letter(NURSE_BOX))
    at(world, 2026, 4, 14)
    assert keep(world) == Counts()
    at(world, 2026, 4, 15)
    assert keep(world) == Counts(inactive=2)


def test_life_4_what_arrives_in_a_silent_box_is_not_gone_at_once(world: World) -> None:
    world.ids(NURSE)
    at(world, 2026, 6, 1)
    message_id = world.send(DOCTOR, letter(NURSE_BOX)).id
    assert keep(world) == Counts()
    at(world, 2026, 8, 31)
    world.ids(DOCTOR)
    assert keep(world) == Counts()
    assert standing(world, NURSE, INBOX) == [message_id]
    at(world, 2026, 9, 1)
    assert keep(world) == Counts(inactive=1)


def test_life_4_an_interrupted_removal_goes_on(world: World) -> None:
    """The oldest message of a box, by which it is seen to be inactive, leaves last."""
    for day in range(5):
        world.clock.moment = START + timedelta(days=20 * day)
        world.send(DOCTOR, letter(NURSE_BOX))
    at(world, 2026, 4, 16)
    world.ids(DOCTOR)
    for _, _ in zip(range(3), upkeep_of(world, batch=2).run(world.store.begin), strict=False):
        healthy(world)
    steps = upkeep_of(world, batch=2).run(world.store.begin)
    while next(steps) != ("inactive", 2):
        pass
    steps.close()
    assert len(standing(world, NURSE, INBOX)) == 3
    assert keep(world, batch=2) == Counts(inactive=3)


def test_life_5_sent_messages_stay_unless_configured(world: World) -> None:
    world.send(DOCTOR, letter(NURSE_BOX))
    binned = world.send(DOCTOR, letter(NURSE_BOX)).id
    move(world, DOCTOR, binned, SENTBOX, BINSENTBOX)
    at(world, 2026, 2, 14, 23)
    world.clock.moment -= SECOND
    assert keep(world, sent_cleanup=True) == Counts()
    at(world, 2026, 2, 15, 22)
    assert keep(world, sent_cleanup=True) == Counts()
    at(world, 2026, 2, 15, 23)
    assert keep(world, sent_cleanup=False) == Counts()
    assert keep(world, sent_cleanup=True) == Counts(sent=2)
    assert world.ids(DOCTOR, SENTBOX) == world.ids(DOCTOR, BINSENTBOX) == []
    assert len(world.ids(NURSE)) == 2


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_a_batch_is_a_transaction_and_an_interruption_loses_nothing(world: World, batch: int) -> None:
    """LIFE-2, LIFE-3 and PUB-12 together: however often it is interrupted, the end is the same."""
    world.configure(expiration_days=10, individual_box_bytes=70)
    for _ in range(2):
        binned = world.send(DOCTOR, letter(CITIZEN_BOX)).id
        world.read(CITIZEN, binned)
        move(world, CITIZEN, binned, INBOX, BININBOX)
    for _ in range(5):
        world.send(HOSPITAL, letter(NURSE_BOX, HOSPITAL_BOX))
    world.pass_time(days=11)
    for who in (NURSE, DOCTOR, CITIZEN, HOSPITAL):
        world.ids(who)
    total = Counts()
    while True:
        steps = upkeep_of(world, batch=batch).run(world.store.begin)
        some = next((step for step in steps if step[1]), None)
        steps.close()
        healthy(world)
        if some is None:
            break
        assert some[1] <= batch
        total.add(*some)
    assert total == Counts(waited=2, binned=2)
    errors = [each for each in world.listed(HOSPITAL).messages if each.specification.content_type.value == "ERROR"]
    assert len(errors) == 2
    world.clock.moment = START + timedelta(days=365 + 11)
    keep(world, batch=batch)
    assert stored(world) == 0


def test_a_dry_run_changes_nothing(world: World) -> None:
    world.send(DOCTOR, letter(NURSE_BOX))
    world.pass_time(days=365)
    with world.store.begin(write=False) as transaction:
        foreseen = upkeep_of(world).foresee(transaction)
    assert (foreseen.aged, foreseen.publications) == (2, 1)
    assert stored(world) == 1
    assert len(standing(world, NURSE, INBOX)) == 1


def test_pub_2_a_publication_id_is_forgotten_after_a_year(world: World) -> None:
    world.send(DOCTOR, replace(letter(NURSE_BOX), publication_id="once"))
    world.clock.moment = START + timedelta(days=365) - SECOND
    assert keep(world).publications == 0
    world.clock.moment += SECOND
    assert keep(world).publications == 1
    assert world.send(DOCTOR, replace(letter(NURSE_BOX), publication_id="once")).status.code == "100"


def test_replay_keys_are_forgotten_by_true_time(world: World) -> None:
    world.store.remember_replay("key", START + timedelta(minutes=5), START)
    for true_now, forgotten in ((START + timedelta(minutes=5) - SECOND, 0), (START + timedelta(minutes=5), 1)):
        upkeep = Upkeep(START + timedelta(days=900), true_now, world.rules, world.chance)
        assert dict(upkeep.run(world.store.begin))["replay_keys"] == forgotten


def test_counters_are_forgotten_after_a_month(world: World) -> None:
    with world.store.begin() as transaction:
        transaction.usage.count("a" * 12, "getMessagesList", START, individual=True)
    world.clock.moment = START + timedelta(days=31) - SECOND
    assert keep(world) == Counts()
    world.clock.moment += SECOND
    assert keep(world) == Counts(counters=1)


def test_a_news_that_everybody_deleted_is_known_for_a_year(world: World) -> None:
    """PUB-11: who deleted it is not bothered by the next version."""
    specification = types.ContentSpecification(types.ContentType.NEWS)
    news = replace(letter(NURSE_BOX), specification=specification, publication_id="news")
    message_id = world.send(DOCTOR, news).id
    delete(world, NURSE, message_id, INBOX)
    delete(world, DOCTOR, message_id, SENTBOX)
    world.clock.moment = START + timedelta(days=364)
    assert (keep(world).news, stored(world)) == (0, 1)
    world.clock.moment = START + timedelta(days=365)
    assert (keep(world).news, stored(world)) == (1, 0)


def test_life_3_the_earlier_versions_of_a_news_leave_with_it(world: World) -> None:
    world.configure(expiration_days=10)
    specification = types.ContentSpecification(types.ContentType.NEWS)
    news = replace(letter(NURSE_BOX), specification=specification, publication_id="news")
    world.send(DOCTOR, news)
    second = world.send(DOCTOR, replace(news, content=types.MessageContent(document(b"a newer letter")))).id
    world.read(NURSE, second)
    move(world, NURSE, second, INBOX, BININBOX)
    delete(world, DOCTOR, second, SENTBOX)
    world.pass_time(days=10)
    assert keep(world) == Counts(binned=1)
    with world.store.begin(write=False) as transaction:
        # Nobody has either of them any more, so their contents are gone.
        assert transaction._connection.execute(select(part)).all() == []
        own = boxes.identify(NURSE, world.names, transaction, world.rules).boxes[0]
        assert transaction.messages.count(own.records[0].key, "HISTORY") == 0


def test_every_count_says_what_it_counts() -> None:
    told = list(Counts(aged=3).told())
    assert len(told) == len(astuple(Counts()))
    assert ("a year old (LIFE-2)", 3) in told


def test_boxes_of_nobody_else_are_touched(world: World) -> None:
    """LIFE-4 is about one box: who is active keeps what the silent one sent."""
    world.send(NURSE, letter(DOCTOR_BOX))
    at(world, 2026, 4, 20)
    world.ids(DOCTOR)
    assert keep(world) == Counts(inactive=1)
    assert len(world.ids(DOCTOR)) == 1

"""Counted calls and the shifted clock on the whole way: USE-1 to 5 refuse with SOA-02002 and take no lock."""

from __future__ import annotations

from datetime import timedelta

from tests.door import CONSULTATION, Client, Door
from tests.front.calls import ask, box_info, fault, publish
from tests.front.cast import NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import Inline, send_message
from tests.listening import traced_store


def listed(door: Door, client: Client) -> str:
    """What getMessagesList answers, as a status."""
    return ask(door, client.connector.get_messages_list(CONSULTATION, door.now, client.assertion)).code


def test_enforced_limits_refuse_with_soa_02002(fresh: Fresh, people: Cast) -> None:
    door = fresh({"usage.mode": "enforce"})
    for _ in range(6):
        assert listed(door, people.nurse) == "100"
    request = people.nurse.connector.get_messages_list(CONSULTATION, door.now, people.nurse.assertion)
    assert fault(door, request).code == "SOA-02002"
    assert fault(door, request).reason == "called more often than the platform asks for (USE-1)"
    assert listed(door, people.doctor) == "100"
    door.mailbox_clock.advance(hours=1)
    assert listed(door, people.nurse) == "100"


def test_advice_is_the_default_and_refuses_nothing(fresh: Fresh, people: Cast) -> None:
    door = fresh()
    for _ in range(8):
        assert listed(door, people.nurse) == "100"
    with door.house.store.begin(write=False) as transaction:
        (row,) = transaction.usage.counts()
    assert (row.call, row.calls, row.individual) == ("getMessagesList", 8, True)
    assert len(row.caller) == 12


def test_a_reading_call_is_counted_while_another_transaction_reads(fresh: Fresh, people: Cast) -> None:
    """getBoxInfo is counted in a transaction of its own: its own reading one could not write."""
    door = fresh()
    with door.house.store.begin(write=False):
        ask(door, box_info(door, people.nurse))
        ask(door, box_info(door, people.nurse))
    with door.house.store.begin(write=False) as transaction:
        assert [(row.call, row.calls) for row in transaction.usage.counts()] == [("getBoxInfo", 2)]


def test_a_writing_call_is_counted_last(fresh: Fresh, people: Cast) -> None:
    """Calls of one caller wait for each other from its count to the commit: nothing of the call stands in between."""
    door = fresh()
    with traced_store(door.house.store) as statements:
        ask(door, publish(door, people.doctor, send_message(Inline([NURSE_BOX]))))
    counts = [at for at, text in enumerate(statements) if "usage_count" in text]
    assert counts
    assert [text.split()[0] for text in statements[counts[0] :]] == ["UPDATE", "INSERT", "COMMIT"]
    with traced_store(door.house.store) as statements:
        ask(door, publish(door, people.doctor, send_message(Inline([NURSE_BOX]))))
    assert [text.split()[0] for text in statements[-2:]] == ["UPDATE", "COMMIT"]
    assert "usage_count" in statements[-2]


def test_a_message_that_is_not_read_any_more_stays_unread(fresh: Fresh, people: Cast) -> None:
    """USE-2, enforced: a call is counted after its work, which goes with it; `fault` compares the whole store."""
    door, nurse = fresh({"usage.mode": "enforce"}), people.nurse
    sent = [ask(door, publish(door, people.doctor, send_message(Inline([NURSE_BOX])))) for _ in range(2)]
    first, second = (each.element.get("Id", "") for each in sent)
    for _ in range(6):
        ask(door, nurse.connector.get_full_message(CONSULTATION, door.now, nurse.assertion, first))
    told = fault(door, nurse.connector.get_full_message(CONSULTATION, door.now, nurse.assertion, second))
    assert (told.code, told.reason) == ("SOA-02002", "called more often than the platform asks for (USE-2)")


def test_nothing_is_counted_where_it_is_off(fresh: Fresh, people: Cast) -> None:
    door = fresh({"usage.mode": "off"})
    listed(door, people.nurse)
    ask(door, box_info(door, people.nurse))
    with door.house.store.begin(write=False) as transaction:
        assert list(transaction.usage.counts()) == []


def test_the_shift_of_the_store_moves_the_mailbox_and_not_the_security(fresh: Fresh, people: Cast) -> None:
    door = fresh({"mailbox.clock_shift_allowed": "true"})
    with door.house.store.begin() as transaction:
        transaction.clock.set_shift(timedelta(days=300, microseconds=1))
    listed(door, people.nurse)
    with door.house.store.begin(write=False) as transaction:
        assert door.house.mailbox_now(transaction) == door.now + timedelta(days=300, microseconds=1)
        (row,) = transaction.usage.counts()
    assert row.period == door.now + timedelta(days=300)


def test_the_shift_is_not_even_read_where_it_is_not_allowed(fresh: Fresh, people: Cast) -> None:
    door = fresh()
    with door.house.store.begin() as transaction:
        transaction.clock.set_shift(timedelta(days=300))
    with door.house.store.begin(write=False) as transaction:
        assert door.house.mailbox_now(transaction) == door.now

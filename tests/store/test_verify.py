"""`verify` goes through every message: a page at a time, and by an index for what is remembered of each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from ehbox_soap.mailbox.checking import fingerprint
from ehbox_soap.store import verify
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import PublicationRecord
from tests.store.plans import executed, plan, scans
from tests.store.test_messages import NOW, a_message, numbered

COUNT = 5


def filled(store: Store) -> None:
    """Some messages of one box, each remembered by its PublicationId."""
    new_id = numbered()
    with store.begin() as transaction:
        for n in range(COUNT):
            new = a_message(transaction)
            new = replace(new, heading=replace(new.heading, publication_id=f"PUBLICATION{n}"))
            added = transaction.messages.add(new, new_id)
            record = PublicationRecord(added.message_id, bytes(32), NOW)
            box = new.heading.sender.box_key
            assert transaction.publications.remember(box, new.heading.publication_id, record, NOW)


def found(store: Store) -> dict[str, int]:
    with store.begin(write=False) as transaction:
        made = list(transaction.whole.verify(fingerprint))
    return {step.check: len(step.findings) for step in made if step.check == "contents"}


def test_every_page_is_looked_at(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the fingerprints is right, on no page."""
    monkeypatch.setattr(verify, "_AT_A_TIME", 2)
    filled(store)
    assert found(store) == {"contents": COUNT}


def test_what_is_remembered_of_a_message_is_found_by_its_key(store: Store) -> None:
    """By the box alone each message of a sender would be held against all that are remembered of that sender."""
    filled(store)
    with store.begin(write=False) as transaction:
        connection = transaction._connection
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        with executed(connection) as statements:
            list(transaction.whole.verify(fingerprint))
        told = [plan(connection, *each) for each in statements if "LEFT OUTER JOIN publication" in each[0]]
    assert told
    for each in told:
        (line,) = [line for line in each.splitlines() if "publication" in line and "publication_id" in line]
        assert "box_key" in line
        assert not scans(each)

"""Delivering a message: into the boxes, with the receipts that are owed for it (ACK-2, BOX-10, PUB-11).

Knows: what follows from a message entering a box. Must not know: which boxes it is for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ehbox_soap.mailbox import inbox, receipts, stand_by
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.store.event_records import EnteringRecord
from ehbox_soap.store.transaction import Transaction


def concerned(
    sender_key: int, content_type: str, recipients: Collection[int], transaction: Transaction
) -> frozenset[int]:
    """The boxes to hold before `deliver`, by key: the sender's and the recipients'.

    A new version of a NEWS may be smaller than what it replaces and so let others in: then their senders' too.
    """
    keys = frozenset((sender_key, *recipients))
    return stand_by.concerned(keys, transaction) if content_type == "NEWS" else keys


def deliver(message: EnteringRecord, recipients: Mapping[int, int], occasion: Occasion) -> None:
    """Puts a message into boxes: by box key, the place of the destination that reaches the box."""
    put = inbox.put(message, recipients, occasion)
    receipts.published(message, put.entered, occasion)
    stand_by.enter(put.freed, occasion)

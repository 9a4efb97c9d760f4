"""What waits for room in a box, and lets it in once there is some (BOX-10).

Knows: the order of arrival. Must not know: how the room was made: deleting, expiry and a raised limit all call `enter`.
"""

from __future__ import annotations

from collections.abc import Iterable

from ehbox_soap.mailbox import notifications, receipts
from ehbox_soap.mailbox.inbox import fits, listed
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.store.event_records import WaitingRecord
from ehbox_soap.store.transaction import Transaction


def concerned(box_keys: Iterable[int], transaction: Transaction) -> frozenset[int]:
    """The boxes to hold before `enter`: these, and those of the senders who may get receipts by it."""
    keys = frozenset(box_keys)
    return keys | transaction.deliveries.awaited_by(keys)


def enter(box_keys: Iterable[int], occasion: Occasion) -> int:
    """Lets into each of these boxes what finds room, tried in order of arrival; how many messages.

    They are Published now, and their receipts are sent now. Whatever is let in or not, nothing that fits waits. All
    boxes that `concerned` names must be held.
    """
    return sum(_enter(key, occasion) for key in sorted(set(box_keys)))


def _enter(box_key: int, occasion: Occasion) -> int:
    deliveries = occasion.transaction.deliveries
    entered = 0
    page = deliveries.waiting(box_key)
    while page:
        entered += sum(_try(box_key, each, occasion) for each in page)
        page = deliveries.waiting(box_key, page[-1])
    return entered


def _try(box_key: int, waiting: WaitingRecord, occasion: Occasion) -> bool:
    transaction, message = occasion.transaction, waiting.message
    earlier = transaction.deliveries.versions(message, [box_key]) if message.content_type == "NEWS" else {}
    standing = listed(earlier.get(box_key, ()))
    # Asked anew each time: a receipt of the one before may stand in this very box.
    if not fits(transaction.boxes.get(box_key), message.size - sum(each.size for each in standing), occasion.rules):
        return False
    transaction.deliveries.relocate([each.delivery_key for each in standing], "HISTORY")
    transaction.deliveries.enter([waiting.delivery_key], occasion.now)
    receipts.published(message, (box_key,), occasion)
    notifications.entered(message, (box_key,), occasion)
    return True

"""Delivering to many boxes, a batch at a time, after the call that sent the message (BOX-5, PUB-11).

Knows: which boxes are next, and what to tell of those that are gone. Must not know: who runs it, how often.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ehbox_soap.mailbox import delivery, destinations, notices, words
from ehbox_soap.mailbox.occasion import Occasion, held
from ehbox_soap.mailbox.ours import FAN_OUT_BATCH
from ehbox_soap.store.event_records import EnteringRecord, FanOutRecord


@dataclass(frozen=True, slots=True)
class _Batch:
    """The boxes that are next, by key, and those of them that the message has not reached another way."""

    fan_out: FanOutRecord
    message: EnteringRecord
    boxes: tuple[int, ...]
    fresh: tuple[int, ...]


def work_off(occasion: Occasion, batch: int = FAN_OUT_BATCH) -> bool:
    """Deals with the next `batch` boxes of the oldest open fan-out; False if none is open.

    Call it until then, each time in a transaction of its own: stopped anywhere, it goes on where it was, and no box
    is reached twice. Several processes may call it at once.
    """
    transaction = occasion.transaction
    oldest = transaction.fan_outs.next()
    if oldest is None:
        return False

    def look() -> tuple[_Batch | None, Iterable[int]]:
        found = _next(oldest.key, batch, occasion)
        if found is None:
            return None, ()
        message = found.message
        return found, delivery.concerned(message.sender_key, message.content_type, found.fresh, transaction)

    found = held(transaction, look)
    if found is not None:
        delivery.deliver(found.message, dict.fromkeys(found.fresh, found.fan_out.position), occasion)
        if len(found.boxes) < batch:
            _finish(found, occasion)
        else:
            transaction.fan_outs.advance(found.fan_out.key, found.boxes[-1])
    return True


def _next(key: int, batch: int, occasion: Occasion) -> _Batch | None:
    """None if another process has finished it meanwhile."""
    transaction = occasion.transaction
    fan_out = transaction.fan_outs.get(key)
    if fan_out is None:
        return None
    message = transaction.messages.entering(fan_out.message_key)
    if fan_out.quality is None:
        boxes = transaction.deliveries.holders(
            message.sender_key, message.publication_id, batch, after=fan_out.done_key, before=message.key
        )
    else:
        last = fan_out.last_key
        boxes = destinations.all_boxes(
            fan_out.quality, batch, transaction, occasion.rules, after=fan_out.done_key, last=last
        )
    reached = transaction.messages.reached(message.key, boxes)
    return _Batch(fan_out, message, boxes, tuple(key for key in boxes if key not in reached))


def _finish(found: _Batch, occasion: Occasion) -> None:
    """Forgets it, and tells the sender of those that left the register on the way to them (PUB-12)."""
    transaction, message = occasion.transaction, found.message
    missed = transaction.fan_outs.missed(found.fan_out.key) if occasion.rules.directory == "strict" else ()
    transaction.fan_outs.close(found.fan_out.key)
    if missed:
        notices.error(words.TARGET_GONE, message.sender_key, message.publication_id, occasion, destinations=missed)
    # Everybody may have deleted it while it was on its way.
    transaction.messages.release([message.key])

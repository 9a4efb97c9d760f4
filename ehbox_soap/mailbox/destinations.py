"""The destinations of a message: every check that they must pass, and the boxes they are (BOX-1 to 5, PUB-8).

Knows: the order of checks. Must not know: what is sent. Nothing is written before every check has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from ehbox_soap import qualities
from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.ours import ALL, FAN_OUT_AT_ONCE
from ehbox_soap.mailbox.records import stated
from ehbox_soap.numbers import check_digits_hold, is_number
from ehbox_soap.store.deliveries import NOT_YET
from ehbox_soap.store.message_records import Address, BoxRecord
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types


def check(
    destinations: Sequence[types.Destination], sender_quality: str, transaction: Transaction, rules: MailboxRules
) -> tuple[Address, ...]:
    """The addresses of the destinations, in their order.

    Raises Refusal 804, 805, 803, 802 or 814 in that order, naming the first destination that fails the check (PUB-8).
    """
    boxes = [destination.box for destination in destinations]
    for code, element, passes in (
        ("804", "Type", _type_exists),
        ("805", "SubType", _sub_type_fits),
        ("803", "Quality", _combination_exists),
    ):
        for place, box in enumerate(boxes, start=1):
            if not passes(box):
                raise Refusal(code, f"DestinationContext[{place}]/{element}")
    for place, box in enumerate(boxes, start=1):
        if not _addressed(box, transaction, rules):
            raise Refusal("802", f"DestinationContext[{place}]/Id")
    for place, box in enumerate(boxes, start=1):
        if box.id == ALL and sender_quality not in rules.all_publishers:
            raise Refusal("814", f"DestinationContext[{place}]/Quality")
    _warn(boxes)
    return tuple(Address.of(box.type, box.id, box.quality) for box in boxes)


def is_box(box: types.BoxId, transaction: Transaction, rules: MailboxRules) -> bool:
    """Whether it is one box that exists: no check of PUB-8 would refuse it, and it is not ALL."""
    if box.id == ALL or not (_type_exists(box) and _sub_type_fits(box) and _combination_exists(box)):
        return False
    return _addressed(box, transaction, rules)


def _type_exists(box: types.BoxId) -> bool:
    return box.type in qualities.TYPES


def _sub_type_fits(box: types.BoxId) -> bool:
    """Some quality has that Type with that SubType; left out or empty is the one that is implied (BOX-1)."""
    return not box.sub_type or any((row.type, row.sub_type) == (box.type, box.sub_type) for row in qualities.ALL)


def _combination_exists(box: types.BoxId) -> bool:
    return qualities.find(box.quality, box.type, box.sub_type or None) is not None


def _addressed(box: types.BoxId, transaction: Transaction, rules: MailboxRules) -> bool:
    """BOX-3 and BOX-4: well formed in the open directory, registered in the strict one."""
    if box.id == ALL:
        return True
    if not is_number(box.type, box.id):
        return False
    if rules.directory == "open":
        return True
    if box.type == "INSS" and not check_digits_hold(box.id):
        return False
    return any(found.registered for found in transaction.boxes.find([Address.of(box.type, box.id, box.quality)]))


def _warn(boxes: Sequence[types.BoxId]) -> None:
    """BOX-3: how many INSS do not hold; only the open directory lets any come this far."""
    wrong = sum(box.type == "INSS" and box.id != ALL and not check_digits_hold(box.id) for box in boxes)
    if wrong:
        structlog.get_logger().warning("check digits of an INSS do not hold", rule="BOX-3", destinations=wrong)


def boxes_of(
    own: Sequence[Address], addresses: Sequence[Address], transaction: Transaction
) -> tuple[BoxRecord, tuple[BoxRecord | None, ...]]:
    """The sender's box and each destination's, made or joined if need be (BOX-2, BOX-4); None for the Id ALL.

    `own` are the names of the sender's box; it may be a destination too.
    """
    boxes: dict[Address, BoxRecord | None] = {}
    # In one order whatever the message's is: two messages that make the same boxes never wait for each other.
    for address in sorted({*own, *addresses}, key=lambda each: (each.type, each.id, each.quality)):
        if address in boxes:
            continue
        if address in own:
            sender = transaction.boxes.ensure(own)
            boxes.update(dict.fromkeys(own, sender))
        else:
            boxes[address] = None if address.id == ALL else transaction.boxes.ensure([address])
    return sender, tuple(boxes[address] for address in addresses)


@dataclass(frozen=True, slots=True)
class Reached:
    """Every box that is reached at once, with the place (from 0) of the first destination that reaches it, and the
    places and qualities of ALL whose boxes are reached later (BOX-5)."""

    boxes: dict[int, int]
    later: tuple[tuple[int, str], ...]


def reach(
    addresses: Sequence[Address], boxes: Sequence[BoxRecord | None], transaction: Transaction, rules: MailboxRules
) -> Reached:
    """The boxes of the destinations; those of ALL only if there are few: many would hold up the call (BOX-5)."""
    reached: dict[int, int] = {}
    later: list[tuple[int, str]] = []
    for place, (address, box) in enumerate(zip(addresses, boxes, strict=True)):
        if box is not None:
            reached.setdefault(box.key, place)
            continue
        everyone = all_boxes(address.quality, FAN_OUT_AT_ONCE + 1, transaction, rules)
        if len(everyone) > FAN_OUT_AT_ONCE:
            later.append((place, address.quality))
            continue
        for key in everyone:
            reached.setdefault(key, place)
    return Reached(reached, tuple(later))


def all_boxes(
    quality: str, limit: int, transaction: Transaction, rules: MailboxRules, *, after: int = 0, last: int = NOT_YET
) -> tuple[int, ...]:
    """At most `limit` boxes of a quality by key, behind `after` and up to `last`, as far as they exist (BOX-4)."""
    registered = rules.directory == "strict"
    return transaction.fan_outs.targets(quality, after, last, limit, registered=registered)


def state(destination: types.Destination, address: Address, box: BoxRecord | None) -> types.Destination:
    """A destination as answers state it: its box as the register has it, User and Mandate as sent (BOX-1, PUB-7)."""
    known = box.address if box is not None else address
    return types.Destination(stated(known), destination.user, destination.mandate)

"""How a message comes to stand in boxes: in the INBOX, or in stand-by where it finds no room (BOX-10, PUB-11).

Knows: room, and what a new version of a NEWS replaces. Must not know: receipts, who sent it. The boxes must be held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ehbox_soap.mailbox import notifications
from ehbox_soap.mailbox.boxes import MailboxRules, max_size
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.store.event_records import EnteringRecord, VersionRecord
from ehbox_soap.store.message_records import BoxRecord

_LISTED = ("INBOX", "BININBOX")


@dataclass(frozen=True, slots=True)
class Put:
    """The boxes whose INBOX it entered, and those among them that now have more room than before."""

    entered: tuple[int, ...]
    freed: tuple[int, ...]


@dataclass(slots=True)
class _Plan:
    entering: dict[int, int] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    freed: list[int] = field(default_factory=list)
    replaced: list[VersionRecord] = field(default_factory=list)
    overtaken: list[VersionRecord] = field(default_factory=list)


def fits(box: BoxRecord, gain: int, rules: MailboxRules) -> bool:
    """Whether a message by which the box grows by so many bytes does not take CurrentSize past MaxSize (BOX-10)."""
    return gain <= 0 or box.current_size + gain <= max_size(box, rules)


def listed(versions: Iterable[VersionRecord]) -> tuple[VersionRecord, ...]:
    """Those of the versions that the recipient sees, and that count in CurrentSize."""
    return tuple(each for each in versions if each.folder in _LISTED)


def put(message: EnteringRecord, recipients: Mapping[int, int], occasion: Occasion) -> Put:
    """Puts a message into boxes: by box key, the place of the destination that reaches the box.

    A new version of a NEWS replaces the one that stands there, and passes by those who deleted it (PUB-11).
    """
    transaction = occasion.transaction
    boxes = transaction.boxes.several(recipients)
    versions = transaction.deliveries.versions(message, recipients) if message.content_type == "NEWS" else {}
    plan = _Plan()
    for key, place in recipients.items():
        earlier = versions.get(key, ())
        if not earlier or earlier[0].folder != "DELETED":
            _decide(plan, message, boxes[key], place, earlier, occasion.rules)
    # What never entered is no version that the recipient had: it leaves no trace in the history.
    transaction.deliveries.relocate([each.delivery_key for each in plan.overtaken], "DELETED")
    transaction.deliveries.relocate([each.delivery_key for each in plan.replaced], "HISTORY")
    transaction.messages.deliver(message.key, message.size, plan.entering, occasion.now)
    transaction.deliveries.wait(message.key, plan.waiting, occasion.now)
    notifications.entered(message, plan.entering, occasion)
    if plan.overtaken:
        transaction.messages.release(each.message_key for each in plan.overtaken)
    return Put(tuple(plan.entering), tuple(plan.freed))


def _decide(
    plan: _Plan,
    message: EnteringRecord,
    box: BoxRecord,
    place: int,
    earlier: tuple[VersionRecord, ...],
    rules: MailboxRules,
) -> None:
    standing = listed(earlier)
    gain = message.size - sum(each.size for each in standing)
    if fits(box, gain, rules):
        plan.entering[box.key] = place
        plan.replaced += standing
        if gain < 0:
            plan.freed.append(box.key)
    else:
        plan.waiting[box.key] = place
    plan.overtaken += (each for each in earlier if each.folder == "STANDBY")

"""Moving messages between folders, and deleting them for good (MOVE-1, MOVE-2, DEL-1, DEL-2).

Knows: which moves are allowed, and what leaves with a message. Must not know: XML, SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ehbox_soap.errors import Refusal
from ehbox_soap.ids import Chance
from ehbox_soap.mailbox import stand_by
from ehbox_soap.mailbox.answers import refused, success
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, occupy, own_box
from ehbox_soap.mailbox.occasion import Occasion, held
from ehbox_soap.store.event_records import StandingRecord
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types

Source = types.Source

_MOVES = frozenset(
    {
        (Source.INBOX, Source.BININBOX),
        (Source.BININBOX, Source.INBOX),
        (Source.SENTBOX, Source.BINSENTBOX),
        (Source.BINSENTBOX, Source.SENTBOX),
    }
)
_RECEIVED = (Source.INBOX, Source.BININBOX)


def move_message(
    request: types.MoveMessageRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,  # noqa: ARG001  (every operation is called alike)
) -> types.MoveMessageResponse:
    """Moves what can be moved (MOVE-1); what stands elsewhere comes back with 841 (MOVE-2).

    Raises Refusal 810 for BoxId and 843 for a way that there is not.
    """
    own = own_box(caller, request.box_id)
    if (request.source, request.destination) not in _MOVES:
        raise Refusal("843", "Destination")
    box = occupy(own, transaction, now)
    found = transaction.deliveries.standing(box.key, request.message_ids, request.source.value)
    transaction.deliveries.relocate([each.delivery_key for each in found], request.destination.value)
    return types.MoveMessageResponse(*_outcome(request.message_ids, found))


def delete_message(
    request: types.DeleteMessageRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,
    chance: Chance,
) -> types.DeleteMessageResponse:
    """Deletes for good what stands there (DEL-2); what does not comes back with 841 (DEL-1).

    The room that is made lets in what waits (BOX-10). Raises Refusal 810 for BoxId.
    """
    own = own_box(caller, request.box_id)
    if request.source is Source.HISTORY:
        raise Refusal("841", "Source")
    key = transaction.boxes.ensure(own.certified).key

    def look() -> tuple[tuple[StandingRecord, ...], Iterable[int]]:
        found = transaction.deliveries.standing(key, request.message_ids, request.source.value)
        return found, stand_by.concerned([key], transaction) if request.source in _RECEIVED else [key]

    found = held(transaction, look)
    transaction.boxes.called([key], now)
    remove(key, found, Occasion(transaction, now, rules, chance), sent=request.source not in _RECEIVED)
    return types.DeleteMessageResponse(*_outcome(request.message_ids, found))


def remove(box_key: int, standing: Sequence[StandingRecord], occasion: Occasion, *, sent: bool) -> None:
    """Takes messages out of a box for good, from its received or its sent folders, and lets in what then finds room.

    The earlier versions of a NEWS leave with it (DEL-2). The boxes that stand_by.concerned names for this one must be
    held, if messages leave its received folders.
    """
    deliveries = occasion.transaction.deliveries
    leaving = {each.delivery_key: each for each in standing}
    for each in standing:
        if each.content_type == "NEWS":
            leaving.update((version.delivery_key, version) for version in deliveries.history(each.delivery_key))
    deliveries.relocate(sorted(leaving), "SENTDELETED" if sent else "DELETED")
    occasion.transaction.messages.release({each.message_key for each in leaving.values()})
    if leaving and not sent:
        stand_by.enter([box_key], occasion)


def _outcome(asked: Sequence[str], done: Iterable[StandingRecord]) -> tuple[types.Status, tuple[str, ...]]:
    """The Status, and the ids that stay behind, each once, in the order of the request."""
    found = {each.message_id for each in done}
    missing = tuple(dict.fromkeys(message_id for message_id in asked if message_id not in found))
    return (refused(Refusal("841", "MessageId")), missing) if missing else (success(), ())

"""The folders of a box: what is listed, what is read whole (LIST-1 to 3, FULL-1, ACK-1).

Knows: folders, and what a recipient's looking means. Must not know: XML, SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ehbox_soap.errors import Refusal
from ehbox_soap.ids import Chance
from ehbox_soap.mailbox import receipts, records
from ehbox_soap.mailbox.answers import success
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, OwnBox, own_box
from ehbox_soap.mailbox.occasion import Occasion, held
from ehbox_soap.mailbox.paging import page
from ehbox_soap.store.event_records import AskedRecord
from ehbox_soap.store.message_records import DeliveryRecord
from ehbox_soap.store.receipts import AckType
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types

Source = types.Source

# FULL-1: where a message may stand to be read by a Source. HISTORY finds a current version too; earlier ones are
# those of a NEWS.
_READ_FROM: dict[types.Source, tuple[str, ...]] = {
    Source.INBOX: ("INBOX", "BININBOX"),
    Source.BININBOX: ("INBOX", "BININBOX"),
    Source.SENTBOX: ("SENTBOX", "BINSENTBOX"),
    Source.BINSENTBOX: ("SENTBOX", "BINSENTBOX"),
    Source.HISTORY: ("INBOX", "BININBOX", "HISTORY", "SENTBOX", "BINSENTBOX", "SENTHISTORY"),
}


def get_messages_list(
    request: types.GetMessagesListRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,
    chance: Chance,
) -> types.GetMessagesListResponse:
    """A page of a folder, newest first (LIST-1, LIST-2); what is in it is received now (ACK-1, ACK-2).

    Raises Refusal 810 for BoxId and 842 for the range.
    """
    own = own_box(caller, request.box_id)
    rows = _list(request, [own], Occasion(transaction, now, rules, chance))
    return types.GetMessagesListResponse(success(), request.source, rows)


def get_all_ehboxes_messages_list(
    request: types.GetAllEhboxesMessagesListRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,
    chance: Chance,
) -> types.GetAllEhboxesMessagesListResponse:
    """The same over all boxes of the caller, merged by date (LIST-3). Raises Refusal 842 for the range."""
    rows = _list(request, caller.boxes, Occasion(transaction, now, rules, chance))
    return types.GetAllEhboxesMessagesListResponse(success(), request.source, rows)


def _list(
    request: types.GetMessagesListRequest | types.GetAllEhboxesMessagesListRequest,
    owns: Sequence[OwnBox],
    occasion: Occasion,
) -> tuple[types.ListedMessage, ...]:
    if request.source is Source.HISTORY:
        raise Refusal("842", "Source")
    skip, count = page(request.start_index, request.end_index)
    transaction = occasion.transaction
    keys = [transaction.boxes.ensure(own.certified).key for own in owns]

    def look() -> tuple[tuple[Sequence[DeliveryRecord], Sequence[AskedRecord]], Iterable[int]]:
        found = transaction.messages.page_over(keys, request.source.value, skip, count)
        fresh = [each for each in found if each.received_at is None]
        asked = _asked(fresh, "RECEIVED", transaction)
        return (found, asked), (*keys, *(each.sender_key for each in asked))

    found, asked = held(transaction, look)
    transaction.boxes.called(keys, occasion.now)
    received = transaction.messages.mark_received(found, occasion.now)
    rows = transaction.messages.listed(found)
    receipts.tell((each for each in asked if each.delivery_key in received), "RECEIVED", occasion)
    return tuple(map(records.listed_message, rows))


def get_full_message(
    request: types.GetFullMessageRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,
    chance: Chance,
) -> types.GetFullMessageResponse:
    """A message whole, with its contents as they came (FULL-1); its recipient has read it now (ACK-1, ACK-2).

    Raises Refusal 810 for BoxId and 841 for a message that does not stand there.
    """
    key = transaction.boxes.ensure(own_box(caller, request.box_id).certified).key

    def look() -> tuple[tuple[DeliveryRecord | None, Sequence[AskedRecord]], Iterable[int]]:
        found = transaction.messages.find(key, request.message_id, _READ_FROM[request.source])
        unread = [found] if found is not None and found.read_at is None else []
        asked = _asked(unread, "READ", transaction)
        return (found, asked), (key, *(each.sender_key for each in asked))

    found, asked = held(transaction, look)
    if found is None:
        raise Refusal("841", "MessageId")
    transaction.boxes.called([key], now)
    is_read_now = transaction.messages.mark_read(found, now)
    message = records.full_message(transaction.messages.full(found.message_key), to_sender=found.sent)
    if is_read_now:
        receipts.tell(asked, "READ", Occasion(transaction, now, rules, chance))
    return types.GetFullMessageResponse(success(), message)


def _asked(deliveries: Sequence[DeliveryRecord], event: AckType, transaction: Transaction) -> tuple[AskedRecord, ...]:
    keys = [each.key for each in deliveries if not each.sent]
    return transaction.receipts.asked(keys, event) if keys else ()

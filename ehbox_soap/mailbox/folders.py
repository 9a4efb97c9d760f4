"""The folders of a box: what is listed, what is read whole (LIST-1, LIST-2, FULL-1, ACK-1).

Knows: ranges and folders. Must not know: XML, SQL.
"""

from __future__ import annotations

from datetime import datetime

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import ours, records
from ehbox_soap.mailbox.answers import success
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, occupy, own_box
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
    Source.HISTORY: ("INBOX", "BININBOX", "SENTBOX", "BINSENTBOX"),
}


def get_messages_list(
    request: types.GetMessagesListRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,  # noqa: ARG001  (every operation is called alike)
) -> types.GetMessagesListResponse:
    """A page of a folder, newest first (LIST-1, LIST-2); what is in it is received now (ACK-1).

    Raises Refusal 810 for BoxId and 842 for the range.
    """
    own = own_box(caller, request.box_id)
    if request.source is Source.HISTORY:
        raise Refusal("842", "Source")
    if request.start_index < 1:
        raise Refusal("842", "StartIndex")
    if request.end_index is not None and request.end_index < request.start_index:
        raise Refusal("842", "EndIndex", "at least StartIndex")
    skip, count = ours.page(request.start_index, request.end_index)
    box = occupy(own, transaction, now)
    deliveries = transaction.messages.page(box.key, request.source.value, skip, count)
    transaction.messages.mark_received(deliveries, now)
    rows = transaction.messages.listed(deliveries)
    return types.GetMessagesListResponse(success(), request.source, tuple(map(records.listed_message, rows)))


def get_full_message(
    request: types.GetFullMessageRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,  # noqa: ARG001  (every operation is called alike)
) -> types.GetFullMessageResponse:
    """A message whole, with its contents as they came (FULL-1); its recipient has read it now (ACK-1).

    Raises Refusal 810 for BoxId and 841 for a message that does not stand there.
    """
    box = occupy(own_box(caller, request.box_id), transaction, now)
    delivery = transaction.messages.find(box.key, request.message_id, _READ_FROM[request.source])
    if delivery is None:
        raise Refusal("841", "MessageId")
    transaction.messages.mark_read(delivery, now)
    message = records.full_message(transaction.messages.full(delivery.message_key), to_sender=delivery.sent)
    return types.GetFullMessageResponse(success(), message)

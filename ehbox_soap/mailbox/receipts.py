"""The receipts that senders asked for, and the moments of their messages (ACK-2, ACK-4).

Knows: which event owes whom a receipt. Must not know: how an ACKNOWLEDGMENT is made. The senders' boxes must be held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox import notices, records
from ehbox_soap.mailbox.answers import success
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, own_box
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.mailbox.paging import page
from ehbox_soap.store.event_records import AskedRecord, EnteringRecord
from ehbox_soap.store.receipts import AckType
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types

_SENT = ("SENTBOX", "BINSENTBOX", "SENTHISTORY")


def published(message: EnteringRecord, box_keys: Collection[int], occasion: Occasion) -> None:
    """A receipt for each box that the message entered now, if its sender asked for PublicationReceipts."""
    if message.publication_receipt and box_keys:
        tell(occasion.transaction.receipts.of_boxes(message.key, tuple(box_keys)), "PUBLISHED", occasion)


def tell(asked: Iterable[AskedRecord], event: AckType, occasion: Occasion) -> None:
    """A receipt of the event for each of these deliveries."""
    for each in asked:
        notices.acknowledge(each, event, occasion)


def get_message_acknowledgments_status(
    request: types.GetMessageAcknowledgmentsStatusRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,  # noqa: ARG001  (every operation is called alike)
    rules: MailboxRules,  # noqa: ARG001
) -> types.GetMessageAcknowledgmentsStatusResponse:
    """The moments of a page of the recipients of a message that the box sent (ACK-4), by reading only.

    Raises Refusal 810 for BoxId, 842 for the range, 841 for a message that the box does not have in its sent folders
    and past the last recipient: clients take 100 without a row for an error.
    """
    own = own_box(caller, request.box_id)
    start, count = page(request.start_index, request.end_index)
    for box in own.records:
        sent = transaction.messages.find(box.key, request.message_id, _SENT)
        if sent is not None:
            rows = transaction.receipts.statuses(sent.message_key, start, count)
            if not rows:
                raise Refusal("841", "StartIndex")
            return types.GetMessageAcknowledgmentsStatusResponse(success(), tuple(map(records.status_row, rows)))
    raise Refusal("841", "MessageId")

"""The versions of a NEWS (HIST-1).

Knows: where the versions of a message may stand. Must not know: how one replaces another, XML, SQL.
"""

from __future__ import annotations

from datetime import datetime

from ehbox_soap.errors import Refusal
from ehbox_soap.mailbox.answers import success
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, own_box
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types

Source = types.Source

_RECEIVED, _SENT = ("INBOX", "BININBOX", "HISTORY"), ("SENTBOX", "BINSENTBOX", "SENTHISTORY")
_FOLDERS: dict[types.Source, tuple[str, ...]] = {
    Source.INBOX: _RECEIVED,
    Source.BININBOX: _RECEIVED,
    Source.SENTBOX: _SENT,
    Source.BINSENTBOX: _SENT,
    Source.HISTORY: _RECEIVED + _SENT,
}


def get_message_history(
    request: types.GetHistoryRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,  # noqa: ARG001  (every operation is called alike)
    rules: MailboxRules,  # noqa: ARG001
) -> types.GetHistoryResponse:
    """The ids of all versions that the box has, newest first, the current one included; by reading only.

    A message that is no NEWS has its own id. Raises Refusal 810 for BoxId and 841 for a message that is not there.
    """
    own = own_box(caller, request.box_id)
    for box in own.records:
        found = transaction.messages.find(box.key, request.message_id, _FOLDERS[request.source])
        if found is not None:
            versions = tuple(each.message_id for each in transaction.deliveries.history(found.key))
            return types.GetHistoryResponse(success(), versions or (request.message_id,))
    raise Refusal("841", "MessageId")

"""The Status of an answer, in the three languages, and the answer that carries nothing else.

Knows: which answer belongs to which request. Must not know: why a request is refused. No text holds a value of it.
"""

from __future__ import annotations

from ehbox_soap.errors import STATUS, Refusal, StatusCode
from ehbox_soap.wire import types

_ANSWERS: dict[type[types.Request], type[types.Answer]] = {
    types.SendMessageRequest: types.SendMessageResponse,
    types.GetMessagesListRequest: types.GetMessagesListResponse,
    types.GetAllEhboxesMessagesListRequest: types.GetAllEhboxesMessagesListResponse,
    types.GetFullMessageRequest: types.GetFullMessageResponse,
    types.GetHistoryRequest: types.GetHistoryResponse,
    types.GetBoxInfoRequest: types.GetBoxInfoResponse,
    types.GetMessageAcknowledgmentsStatusRequest: types.GetMessageAcknowledgmentsStatusResponse,
    types.MoveMessageRequest: types.MoveMessageResponse,
    types.DeleteMessageRequest: types.DeleteMessageResponse,
    types.InsertOoORequest: types.InsertOoOResponse,
    types.GetOoOListRequest: types.GetOoOListResponse,
    types.DeleteOoORequest: types.DeleteOoOResponse,
}


def success() -> types.Status:
    """Status 100."""
    return _status(STATUS["100"], "")


def refused(refusal: Refusal) -> types.Status:
    """The Status of a refusal: its code's text, then the element and its place, then the rule's figure (PUB-8)."""
    where = ", ".join(filter(None, (refusal.place, refusal.limit)))
    return _status(refusal.status, f": {where}" if where else "")


def refused_answer(request: types.Request, refusal: Refusal) -> types.Answer:
    """The operation's own answer, with nothing but the Status of the refusal."""
    return _ANSWERS[type(request)](refused(refusal))


def _status(row: StatusCode, tail: str) -> types.Status:
    texts = (("EN", row.en), ("FR", row.fr), ("NL", row.nl))
    return types.Status(row.code, tuple((lang, text + tail) for lang, text in texts))

"""The tables of the publication service: sendMessage and its answer.

Knows: the elements of publication:protocol:v3, in the order of the schema. Must not know: what is done with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ehbox_soap.wire.content import (
    ADDRESS,
    ADDRESSEE,
    ANNEX,
    BOX_ID,
    COPY_MAIL_TO,
    CUSTOM_METAS,
    DIGEST,
    DOCUMENT,
    MANDATE,
    METAS,
    SPECIFICATION,
    STATUS,
    content,
)
from ehbox_soap.wire.elements import Record
from ehbox_soap.wire.fields import Attribute, Inline, Many, Maybe, One, Within
from ehbox_soap.wire.simple import BOOLEAN, DATE, FALSE
from ehbox_soap.wire.types import (
    Annex,
    Destination,
    Document,
    MessageContent,
    Receipts,
    Recipient,
    SendMessageRequest,
    SendMessageResponse,
)

NAMESPACE = "urn:be:fgov:ehealth:ehbox:publication:protocol:v3"

_DESTINATION = Record(
    Destination, *ADDRESS, Maybe("Mandate", "mandate", MANDATE), Maybe("OoOProcessed", "ooo_processed", BOOLEAN)
)
_CONTENT = Record(MessageContent, *content(Record(Document, *DOCUMENT, DIGEST), Record(Annex, *ANNEX, DIGEST)))
_RECEIPTS = Record(
    Receipts,
    One("PublicationReceipt", "publication", FALSE),
    One("ReceivedReceipt", "received", FALSE),
    One("ReadReceipt", "read", FALSE),
)
_SEND_MESSAGE_REQUEST = Record(
    SendMessageRequest,
    Attribute("PublicationId", "publication_id"),
    Maybe("BoxId", "box_id", BOX_ID),
    Many("DestinationContext", "destinations", _DESTINATION),
    Within(
        "ContentContext",
        One("Content", "content", _CONTENT),
        Within("ContentSpecification", Inline("specification", SPECIFICATION), Inline("receipts", _RECEIPTS)),
        CUSTOM_METAS,
    ),
    METAS,
    COPY_MAIL_TO,
)
_RECIPIENT = Record(
    Recipient,
    Inline("destination", ADDRESSEE),
    Maybe("AbsentFrom", "absent_from", DATE),
    Maybe("AbsentTo", "absent_to", DATE),
    Many("Substitute", "substitutes", BOX_ID),
)
_SEND_MESSAGE_RESPONSE = Record(
    SendMessageResponse,
    Attribute("Id", "id"),
    Attribute("SentPublicationId", "sent_publication_id"),
    One("Status", "status", STATUS),
    Many("Recipient", "recipients", _RECIPIENT),
)

REQUESTS: Mapping[type, Record[Any]] = {SendMessageRequest: _SEND_MESSAGE_REQUEST}
ANSWERS: Mapping[type, Record[Any]] = {SendMessageResponse: _SEND_MESSAGE_RESPONSE}

"""The tables of the consultation service: eleven requests and their answers.

Knows: the elements of consultation:protocol:v3, in the order of the schema. Must not know: what is done with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ehbox_soap.wire import types
from ehbox_soap.wire.content import (
    ACKNOWLEDGMENT,
    ADDRESS,
    ADDRESSEE,
    ANNEX,
    BOX_ID,
    COPY_MAIL_TO,
    CUSTOM_METAS,
    DOCUMENT,
    ERROR,
    MANDATE,
    METAS,
    SENDER,
    SPECIFICATION,
    STATUS,
    content,
)
from ehbox_soap.wire.elements import Field, Record
from ehbox_soap.wire.fields import Attribute, Inline, Many, Maybe, One, Within
from ehbox_soap.wire.simple import BASE64, BOOLEAN, DATE, INTEGER, MOMENT, SOURCE, TEXT

NAMESPACE = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"

# Requests. The schema's defaults fill elements that are sent empty; one left out keeps the dataclass's default.

_BOX = Maybe("BoxId", "box_id", BOX_ID)
_SOURCE = One("Source", "source", SOURCE)
_SOURCE_OR_INBOX = One("Source", "source", SOURCE.default("INBOX"))
_RANGE: tuple[Field, ...] = (
    Maybe("StartIndex", "start_index", INTEGER.default("1")),
    Maybe("EndIndex", "end_index", INTEGER.default("100")),
)
_MESSAGE_ID = One("MessageId", "message_id", TEXT)
_MESSAGE_IDS = Many("MessageId", "message_ids", TEXT)
_OOO_IDS = Many("OoOId", "ooo_ids", TEXT)
_PERIOD: tuple[Field, ...] = (
    One("StartDate", "start_date", DATE),
    One("EndDate", "end_date", DATE),
    Many("Substitute", "substitutes", BOX_ID),
)

REQUESTS: Mapping[type, Record[Any]] = {
    record.kind: record
    for record in (
        Record[Any](types.GetBoxInfoRequest, _BOX),
        Record[Any](types.GetMessagesListRequest, _BOX, _SOURCE_OR_INBOX, *_RANGE),
        Record[Any](types.GetAllEhboxesMessagesListRequest, _SOURCE_OR_INBOX, *_RANGE),
        Record[Any](types.GetFullMessageRequest, _BOX, _SOURCE_OR_INBOX, _MESSAGE_ID),
        Record[Any](types.GetHistoryRequest, _BOX, _SOURCE_OR_INBOX, _MESSAGE_ID),
        Record[Any](types.GetMessageAcknowledgmentsStatusRequest, _BOX, _MESSAGE_ID, *_RANGE),
        Record[Any](types.MoveMessageRequest, _BOX, _SOURCE, One("Destination", "destination", SOURCE), _MESSAGE_IDS),
        Record[Any](types.DeleteMessageRequest, _BOX, _SOURCE, _MESSAGE_IDS),
        Record[Any](types.InsertOoORequest, _BOX, *_PERIOD),
        Record[Any](types.GetOoOListRequest, _BOX),
        Record[Any](types.DeleteOoORequest, _BOX, _OOO_IDS),
    )
}

# Answers. Each begins with its Status, and a refusal ends there.

_STATUS = One("Status", "status", STATUS)
_INFO = Record(
    types.MessageInfo,
    One("PublicationDate", "publication_date", DATE),
    One("ExpirationDate", "expiration_date", DATE),
    One("Size", "size", INTEGER),
)
_CONTENT_INFO = Record(
    types.ContentInfo,
    Maybe("EncryptableINSSPatient", "patient_inss", BASE64),
    One("Title", "title", TEXT),
    One("MimeType", "mime_type", TEXT),
    One("HasFreeInformations", "has_free_informations", BOOLEAN),
    One("HasAnnex", "has_annex", BOOLEAN),
)
_LISTED_MESSAGE = Record(
    types.ListedMessage,
    _MESSAGE_ID,
    One("Destination", "destination", ADDRESSEE),
    One("Sender", "sender", SENDER),
    One("MessageInfo", "info", _INFO),
    Maybe("ContentInfo", "content", _CONTENT_INFO),
    One("ContentSpecification", "specification", SPECIFICATION),
    CUSTOM_METAS,
)
_LIST: tuple[Field, ...] = (_STATUS, Maybe("Source", "source", SOURCE), Many("Message", "messages", _LISTED_MESSAGE))

_CONTENT = Record(
    types.MessageContent,
    *content(Record(types.Document, *DOCUMENT), Record(types.Annex, *ANNEX)),
    Maybe("Acknowledgment", "acknowledgment", ACKNOWLEDGMENT),
    Maybe("Error", "error", ERROR),
)
_FULL_MESSAGE = Record(
    types.FullMessage,
    One("Sender", "sender", SENDER),
    Within(
        "Message",
        # The id is an attribute and the PublicationId an element: the reverse of sendMessage.
        Attribute("MessageId", "message_id", required=True),
        Maybe("PublicationId", "publication_id", TEXT),
        Many(
            "DestinationContext",
            "destinations",
            Record(types.Destination, *ADDRESS, Maybe("Mandate", "mandate", MANDATE)),
        ),
        Within(
            "ContentContext",
            One("Content", "content", _CONTENT),
            One("ContentSpecification", "specification", SPECIFICATION),
            CUSTOM_METAS,
        ),
        METAS,
        COPY_MAIL_TO,
    ),
    One("MessageInfo", "info", _INFO),
)
_BOX_INFO = Record(
    types.BoxInfo,
    One("BoxId", "box", BOX_ID),
    One("NbrMessagesInStandBy", "messages_in_stand_by", INTEGER),
    One("CurrentSize", "current_size", INTEGER),
    One("MaxSize", "max_size", INTEGER),
)
_ACKNOWLEDGMENT_ROW = Record(
    types.AcknowledgmentRow,
    One("Recipient", "recipient", ADDRESSEE),
    Maybe("Published", "published", MOMENT),
    Maybe("Received", "received", MOMENT),
    Maybe("Read", "read", MOMENT),
)
_SUBSTITUTE = Record(
    types.Substitute,
    Inline("box", BOX_ID),
    Maybe("AbsentFrom", "absent_from", DATE),
    Maybe("AbsentTo", "absent_to", DATE),
)
_OOO = Record(types.OoO, One("OoOId", "ooo_id", TEXT), *_PERIOD)

ANSWERS: Mapping[type, Record[Any]] = {
    record.kind: record
    for record in (
        Record[Any](types.GetBoxInfoResponse, _STATUS, Inline("info", _BOX_INFO, when="BoxId")),
        Record[Any](types.GetMessagesListResponse, *_LIST),
        Record[Any](types.GetAllEhboxesMessagesListResponse, *_LIST),
        Record[Any](types.GetFullMessageResponse, _STATUS, Inline("message", _FULL_MESSAGE, when="Message")),
        Record[Any](types.GetHistoryResponse, _STATUS, _MESSAGE_IDS),
        Record[Any](
            types.GetMessageAcknowledgmentsStatusResponse,
            _STATUS,
            Many("Row", "rows", _ACKNOWLEDGMENT_ROW, within="AcknowledgmentsStatus"),
        ),
        Record[Any](types.MoveMessageResponse, _STATUS, _MESSAGE_IDS),
        Record[Any](types.DeleteMessageResponse, _STATUS, _MESSAGE_IDS),
        Record[Any](
            types.InsertOoOResponse, Attribute("Id", "id"), _STATUS, Many("Substitute", "substitutes", _SUBSTITUTE)
        ),
        Record[Any](types.GetOoOListResponse, _STATUS, Many("OoO", "periods", _OOO)),
        Record[Any](types.DeleteOoOResponse, _STATUS, _OOO_IDS),
    )
}

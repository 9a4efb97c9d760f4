"""What travels, as values: one frozen dataclass for each thing the contract names.

Knows: the names and shapes of the eHealthBox v3 schemas. Must not know: lxml, bytes on the wire, the mailbox.
Binary fields hold decoded bytes. Dates are Belgian calendar dates, moments are aware datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Source(StrEnum):
    """The folders of a box, as the wire names them (LIST-1); HISTORY only in getFullMessage and getMessageHistory."""

    INBOX = "INBOX"
    SENTBOX = "SENTBOX"
    BININBOX = "BININBOX"
    BINSENTBOX = "BINSENTBOX"
    HISTORY = "HISTORY"


class ContentType(StrEnum):
    """ContentSpecification/ContentType; a client may send the first two (PUB-1)."""

    DOCUMENT = "DOCUMENT"
    NEWS = "NEWS"
    ACKNOWLEDGMENT = "ACKNOWLEDGMENT"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class BoxId:
    """BoxIdType, and the address in EhboxIdentifierType: who a box belongs to (BOX-1)."""

    id: str
    type: str
    quality: str
    sub_type: str | None = None


@dataclass(frozen=True, slots=True)
class User:
    """EhboxIdentifierType/User: a person within an organisation."""

    inss: str
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Mandate:
    """MandateType: on whose behalf a destination reads."""

    id: str
    type: str
    sub_type: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """DestinationContextType. `ooo_processed` exists in requests only (None: not stated)."""

    box: BoxId
    user: User | None = None
    mandate: Mandate | None = None
    ooo_processed: bool | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """SenderType (BOX-11)."""

    box: BoxId
    name: str
    first_name: str | None = None
    person_in_organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a document or annex. `attached`: came, and goes, as a swaRef attachment (FULL-1)."""

    data: bytes
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """PublicationDocumentType and ConsultationDocumentType; `digest` (base64 text) exists in requests only."""

    title: str
    content: Content
    download_file_name: str
    mime_type: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Annex:
    """PublicationAnnexType and ConsultationAnnexType; the title is encryptable, so bytes."""

    title: bytes
    content: Content
    download_file_name: str
    mime_type: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class FreeText:
    """FreeInformationsType/EncryptableFreeText."""

    text: bytes


@dataclass(frozen=True, slots=True)
class FreeTable:
    """FreeInformationsType/Table: rows of (left, right) cells."""

    rows: tuple[tuple[bytes, bytes], ...]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class OldFreeInformation:
    """FreeInformationsType/EncryptableOldFreeInformation."""

    data: bytes
    render: str


FreeInformations = FreeText | FreeTable | OldFreeInformation


@dataclass(frozen=True, slots=True)
class CustomMeta:
    """CustomMetaType."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Meta:
    """MetaType."""

    type: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContentSpecification:
    """ContentSpecificationType of core; the receipts that a publication asks for stand in Receipts."""

    content_type: ContentType
    application_name: str | None = None
    is_important: bool = False
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Receipts:
    """Which ACKNOWLEDGMENT messages the sender asks for (ACK-2)."""

    publication: bool = False
    received: bool = False
    read: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """AcknowledgmentType; `ack_type` is PUBLISHED, RECEIVED or READ."""

    message_id: str
    ack_type: str
    moment: datetime
    recipient: BoxId | None = None


@dataclass(frozen=True, slots=True)
class ErrorNotice:
    """ErrorType of ehbox core: what an ERROR message says (PUB-12). One of destinations and failures at most."""

    code: str
    messages: tuple[str, ...]
    destinations: tuple[BoxId, ...] = ()
    failures: tuple[str, ...] = ()
    publication_id: str | None = None


@dataclass(frozen=True, slots=True)
class MessageContent:
    """PublicationContentType and ConsultationContentType."""

    document: Document
    free_informations: FreeInformations | None = None
    patient_inss: bytes | None = None
    annexes: tuple[Annex, ...] = ()
    acknowledgment: Acknowledgment | None = None
    error: ErrorNotice | None = None


# Requests


@dataclass(frozen=True, slots=True)
class SendMessageRequest:
    """PublicationMessageType."""

    destinations: tuple[Destination, ...]
    content: MessageContent
    specification: ContentSpecification
    receipts: Receipts = Receipts()
    custom_metas: tuple[CustomMeta, ...] = ()
    metas: tuple[Meta, ...] = ()
    copy_mail_to: tuple[str, ...] = ()
    box_id: BoxId | None = None
    publication_id: str | None = None


@dataclass(frozen=True, slots=True)
class GetMessagesListRequest:
    """GetMessagesListRequestType. `end_index` None: left out or empty, which LIST-2 reads as start + 99."""

    source: Source = Source.INBOX
    start_index: int = 1
    end_index: int | None = None
    box_id: BoxId | None = None


@dataclass(frozen=True, slots=True)
class GetAllEhboxesMessagesListRequest:
    """GetAllEhboxesMessagesListRequestType."""

    source: Source = Source.INBOX
    start_index: int = 1
    end_index: int | None = None


@dataclass(frozen=True, slots=True)
class GetFullMessageRequest:
    """MessageRequestType, of GetFullMessageRequest."""

    message_id: str
    source: Source = Source.INBOX
    box_id: BoxId | None = None


@dataclass(frozen=True, slots=True)
class GetHistoryRequest:
    """MessageRequestType, of GetHistoryRequest."""

    message_id: str
    source: Source = Source.INBOX
    box_id: BoxId | None = None


@dataclass(frozen=True, slots=True)
class GetBoxInfoRequest:
    """GetBoxInfoRequestType."""

    box_id: BoxId | None = None


@dataclass(frozen=True, slots=True)
class GetMessageAcknowledgmentsStatusRequest:
    """GetMessageAcknowledgmentsStatusRequestType."""

    message_id: str
    start_index: int = 1
    end_index: int | None = None
    box_id: BoxId | None = None


@dataclass(frozen=True, slots=True)
class MoveMessageRequest:
    """MoveMessageRequestType."""

    source: Source
    destination: Source
    message_ids: tuple[str, ...]
    box_id: BoxId | None = None


@dataclass(frozen=True, slots=True)
class DeleteMessageRequest:
    """DeleteMessageRequestType."""

    source: Source
    message_ids: tuple[str, ...]
    box_id: BoxId | None = None


@dataclass(frozen=True, slots=True)
class InsertOoORequest:
    """InsertOoORequestType; both dates included."""

    start_date: date
    end_date: date
    substitutes: tuple[BoxId, ...] = ()
    box_id: BoxId | None = None


@dataclass(frozen=True, slots=True)
class GetOoOListRequest:
    """GetOoOListRequestType."""

    box_id: BoxId | None = None


@dataclass(frozen=True, slots=True)
class DeleteOoORequest:
    """DeleteOoORequestType."""

    ooo_ids: tuple[str, ...]
    box_id: BoxId | None = None


Request = (
    SendMessageRequest
    | GetMessagesListRequest
    | GetAllEhboxesMessagesListRequest
    | GetFullMessageRequest
    | GetHistoryRequest
    | GetBoxInfoRequest
    | GetMessageAcknowledgmentsStatusRequest
    | MoveMessageRequest
    | DeleteMessageRequest
    | InsertOoORequest
    | GetOoOListRequest
    | DeleteOoORequest
)


# Answers


@dataclass(frozen=True, slots=True)
class Status:
    """StatusType of commons: `messages` are (Lang, text) pairs, Lang in upper case."""

    code: str
    messages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """SendMessageResponse/Recipient (PUB-9, PUB-10). Both absence dates or neither."""

    destination: Destination
    absent_from: date | None = None
    absent_to: date | None = None
    substitutes: tuple[BoxId, ...] = ()


@dataclass(frozen=True, slots=True)
class SendMessageResponse:
    """`id` is the 13-character message id."""

    status: Status
    id: str | None = None
    sent_publication_id: str | None = None
    recipients: tuple[Recipient, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """MessageInfoType; size in bytes (BOX-9)."""

    publication_date: date
    expiration_date: date
    size: int


@dataclass(frozen=True, slots=True)
class ContentInfo:
    """ContentInfoType: what a list row tells of the content."""

    title: str
    mime_type: str
    has_free_informations: bool
    has_annex: bool
    patient_inss: bytes | None = None


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """GetMessageListResponseType/Message: one row of a list."""

    message_id: str
    destination: Destination
    sender: Sender
    info: MessageInfo
    specification: ContentSpecification
    content: ContentInfo | None = None
    custom_metas: tuple[CustomMeta, ...] = ()


@dataclass(frozen=True, slots=True)
class GetMessagesListResponse:
    """GetMessageListResponseType. A refusal has a status only: `source` None."""

    status: Status
    source: Source | None = None
    messages: tuple[ListedMessage, ...] = ()


class GetAllEhboxesMessagesListResponse(GetMessagesListResponse):
    """The same type under its own element."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class FullMessage:
    """Sender, ConsultationMessageType and MessageInfoType of one message."""

    message_id: str
    sender: Sender
    destinations: tuple[Destination, ...]
    content: MessageContent
    specification: ContentSpecification
    info: MessageInfo
    publication_id: str | None = None
    custom_metas: tuple[CustomMeta, ...] = ()
    metas: tuple[Meta, ...] = ()
    copy_mail_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GetFullMessageResponse:
    status: Status
    message: FullMessage | None = None


@dataclass(frozen=True, slots=True)
class BoxInfo:
    """INFO-1; sizes in bytes."""

    box: BoxId
    messages_in_stand_by: int
    current_size: int
    max_size: int


@dataclass(frozen=True, slots=True)
class GetBoxInfoResponse:
    status: Status
    info: BoxInfo | None = None


@dataclass(frozen=True, slots=True)
class GetHistoryResponse:
    status: Status
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AcknowledgmentRow:
    """One recipient's moments (ACK-4); None: not yet."""

    recipient: Destination
    published: datetime | None = None
    received: datetime | None = None
    read: datetime | None = None


@dataclass(frozen=True, slots=True)
class GetMessageAcknowledgmentsStatusResponse:
    status: Status
    rows: tuple[AcknowledgmentRow, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveMessageResponse:
    """`message_ids`: those that could not be moved (MOVE-2)."""

    status: Status
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteMessageResponse:
    """`message_ids`: those that could not be deleted (DEL-1)."""

    status: Status
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Substitute:
    """SubstituteType; the dates where the substitute is absent too (OOO-1)."""

    box: BoxId
    absent_from: date | None = None
    absent_to: date | None = None


@dataclass(frozen=True, slots=True)
class InsertOoOResponse:
    """`id` is the OoOId (OOO-2)."""

    status: Status
    id: str | None = None
    substitutes: tuple[Substitute, ...] = ()


@dataclass(frozen=True, slots=True)
class OoO:
    """One period of absence; both dates included."""

    ooo_id: str
    start_date: date
    end_date: date
    substitutes: tuple[BoxId, ...] = ()


@dataclass(frozen=True, slots=True)
class GetOoOListResponse:
    status: Status
    periods: tuple[OoO, ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteOoOResponse:
    """`ooo_ids`: those that are unknown (OOO-3)."""

    status: Status
    ooo_ids: tuple[str, ...] = ()


Answer = (
    SendMessageResponse
    | GetMessagesListResponse
    | GetFullMessageResponse
    | GetHistoryResponse
    | GetBoxInfoResponse
    | GetMessageAcknowledgmentsStatusResponse
    | MoveMessageResponse
    | DeleteMessageResponse
    | InsertOoOResponse
    | GetOoOListResponse
    | DeleteOoOResponse
)


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """One Message of a SystemError: xml:lang and text."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class SystemError:
    """SystemError of urn:be:fgov:ehealth:errors:soa:v1, the detail of every fault."""

    id: str
    origin: str
    code: str
    messages: tuple[ErrorMessage, ...] = field(default=())
    environment: str = "Simulation"

"""The answers of both ports, and the detail of a fault, as values.

Knows: the answer types of the protocol schemas. Must not know: lxml, bytes on the wire, the mailbox. Every answer
may stand with a Status alone: that is a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from ehbox_soap.wire.types.content import (
    BoxId,
    ContentSpecification,
    CustomMeta,
    Destination,
    MessageContent,
    Meta,
    Sender,
    Source,
)


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

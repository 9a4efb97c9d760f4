"""The requests of both ports, as values.

Knows: the request types of the protocol schemas. Must not know: lxml, bytes on the wire, the mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ehbox_soap.wire.types.content import (
    BoxId,
    ContentSpecification,
    CustomMeta,
    Destination,
    MessageContent,
    Meta,
    Receipts,
    Source,
)


@dataclass(frozen=True, slots=True)
class SendMessageRequest:
    """PublicationMessageType."""

    destinations: tuple[Destination, ...]
    content: MessageContent
    specification: ContentSpecification
    receipts: Receipts = field(default_factory=Receipts)
    custom_metas: tuple[CustomMeta, ...] = ()
    metas: tuple[Meta, ...] = ()
    copy_mail_to: tuple[str, ...] = ()
    box_id: BoxId | None = None
    publication_id: str | None = None


@dataclass(frozen=True, slots=True)
class GetMessagesListRequest:
    """GetMessagesListRequestType. `end_index` None: left out, which LIST-2 reads as start + 99 (empty: 100)."""

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

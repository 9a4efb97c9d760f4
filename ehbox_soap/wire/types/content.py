"""The parts that requests and answers are made of: addresses, contents, metadata.

Knows: the shapes of the core schemas. Must not know: lxml, bytes on the wire, the mailbox. Binary fields hold decoded
bytes. Dates are Belgian calendar dates, moments are aware datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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

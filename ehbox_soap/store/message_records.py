"""What the store keeps of boxes and messages, as values.

Knows: the shapes that go into and come out of the tables. Must not know: SQL, the wire's types, the rules.
An address holds a NIHII by its first 8 digits (BOX-2). Sizes are bytes, moments aware, dates Belgian.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from ehbox_soap import qualities


@dataclass(frozen=True, slots=True)
class Address:
    """One name of a box (BOX-1); the Id ALL names every box of a quality (BOX-5)."""

    type: str
    id: str
    quality: str
    sub_type: str | None = None

    @classmethod
    def of(cls, type: str, id: str, quality: str) -> Address:
        """The address in the form that is kept: a NIHII cut to its first 8 digits, the SubType that is implied."""
        return cls(type, id[:8] if type == "NIHII" else id, quality, qualities.implied_sub_type(quality, type))


@dataclass(frozen=True, slots=True)
class BoxRecord:
    """A box that exists. `address` is how answers state it; `max_size` None: the limit of its kind (BOX-8).

    `last_call_at` is when it was last used, as far as that is kept (LIFE-4): another moment makes no other box.
    """

    key: int
    address: Address
    registered: bool
    max_size: int | None
    current_size: int
    last_call_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A person within the organisation that a message is sent to; `inss` has 11 characters."""

    inss: str
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class MandateRecord:
    """On whose behalf a destination reads."""

    id: str
    type: str
    sub_type: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class DestinationRecord:
    """A destination as sent; `box_key` None for the Id ALL. Read back, `address` is the box's own."""

    address: Address
    box_key: int | None
    user: UserRecord | None = None
    mandate: MandateRecord | None = None


@dataclass(frozen=True, slots=True)
class SenderRecord:
    """Who sent (BOX-11)."""

    box_key: int
    name: str
    first_name: str | None = None
    person_in_organisation: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptsRecord:
    """Which receipts the sender asked for (ACK-2)."""

    publication: bool = False
    received: bool = False
    read: bool = False


@dataclass(frozen=True, slots=True)
class PartRecord:
    """A document (`title` None) or an annex."""

    title: bytes | None
    data: bytes
    attached: bool
    download_file_name: str
    mime_type: str


@dataclass(frozen=True, slots=True)
class FreeRecord:
    """Free information: `form` TEXT, TABLE or OLD; `title` only of a table, `render` only of the old form."""

    form: str
    rows: tuple[tuple[bytes, bytes | None], ...]
    title: str | None = None
    render: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list row and a full message both tell, and what rules ask about."""

    publication_id: str
    content_type: str
    sender: SenderRecord
    application_name: str | None
    is_important: bool
    is_encrypted: bool
    published_at: datetime
    publication_date: date
    expiration_date: date
    size: int
    title: str
    mime_type: str
    has_free_informations: bool
    has_annex: bool
    patient_inss: bytes | None
    receipts: ReceiptsRecord = ReceiptsRecord()


@dataclass(frozen=True, slots=True)
class AcknowledgmentRecord:
    """What an ACKNOWLEDGMENT says (ACK-3): `ack_type` PUBLISHED, RECEIVED or READ of the message with that id."""

    acknowledged: str
    recipient: DestinationRecord
    ack_type: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """What an ERROR says (PUB-12); it has destinations or failures, not both."""

    code: str
    messages: tuple[str, ...]
    destinations: tuple[DestinationRecord, ...] = ()
    failures: tuple[str, ...] = ()
    publication_id: str | None = None


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """A message whole: the heading and all that only a full message holds. `parts` begins with the document."""

    heading: Heading
    destinations: tuple[DestinationRecord, ...]
    parts: tuple[PartRecord, ...]
    free_information: FreeRecord | None = None
    custom_metas: tuple[tuple[str, str], ...] = ()
    metas: tuple[tuple[str, tuple[str, ...]], ...] = ()
    copy_mail_to: tuple[str, ...] = ()
    acknowledgment: AcknowledgmentRecord | None = None
    error: ErrorRecord | None = None


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message's key in the store and its MessageId on the wire."""

    key: int
    message_id: str


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A message's place in one box; `sent` in the sender's. `position` is the destination it came through."""

    key: int
    message_key: int
    folder: str
    position: int
    sent: bool
    received_at: datetime | None
    read_at: datetime | None
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """One row of a list, without any part; `sender` is the address of the sender's box."""

    message_id: str
    heading: Heading
    sender: Address
    destination: DestinationRecord
    custom_metas: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FullRecord:
    """A whole message, read back."""

    message_id: str
    message: MessageRecord
    sender: Address


@dataclass(frozen=True, slots=True)
class PublicationRecord:
    """What is remembered of a PublicationId (PUB-2, PUB-3); `fingerprint` has 32 bytes."""

    message_id: str
    fingerprint: bytes
    published_at: datetime

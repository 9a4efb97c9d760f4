"""What the store tells of events: who asked for a receipt, what waits, which versions there are, who is absent.

Knows: the shapes that come out of the tables. Must not know: SQL, the wire's types, the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .message_records import Address, DestinationRecord


@dataclass(frozen=True, slots=True)
class EnteringRecord:
    """What a box needs to know of a message that is to enter it."""

    key: int
    message_id: str
    sender_key: int
    publication_id: str
    content_type: str
    size: int
    publication_receipt: bool


@dataclass(frozen=True, slots=True)
class AskedRecord:
    """A delivery whose sender asked for a receipt of the event (ACK-2)."""

    delivery_key: int
    recipient: DestinationRecord
    message_id: str
    sender_key: int


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """The moments of one recipient (ACK-4)."""

    recipient: DestinationRecord
    published_at: datetime | None
    received_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """A message that stands in a folder of a box."""

    delivery_key: int
    message_key: int
    message_id: str
    content_type: str


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version of a NEWS in one box (PUB-11); `size` in bytes."""

    delivery_key: int
    box_key: int
    message_key: int
    folder: str
    size: int


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """A delivery in stand-by (BOX-10)."""

    delivery_key: int
    arrived_at: datetime
    message: EnteringRecord


@dataclass(frozen=True, slots=True)
class AbsenceRecord:
    """A period of absence of a box, both dates included (OOO-1)."""

    ooo_id: str
    box_key: int
    start: date
    end: date
    substitutes: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class FanOutRecord:
    """Deliveries still to be made: to the boxes of a quality, or (None) where an earlier version of the NEWS stands.

    Boxes up to `done_key` have been dealt with; boxes after `last_key` did not exist at the moment of the call.
    """

    key: int
    message_key: int
    position: int
    quality: str | None
    done_key: int
    last_key: int

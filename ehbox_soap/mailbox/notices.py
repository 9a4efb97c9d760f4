"""The messages that the mailbox itself sends: ACKNOWLEDGMENT and ERROR (ACK-3, PUB-12).

Knows: what such a message is made of. Must not know: which event it tells of, or why something failed. The boxes that
receive them must be held.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from ehbox_soap.clock import brussels_date
from ehbox_soap.ids import identifier
from ehbox_soap.mailbox import inbox, words
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.mailbox.ours import NOTICE_MIME_TYPE
from ehbox_soap.store.event_records import AskedRecord, EnteringRecord
from ehbox_soap.store.message_records import (
    AcknowledgmentRecord,
    Address,
    BoxRecord,
    DestinationRecord,
    ErrorRecord,
    Heading,
    MessageRecord,
    PartRecord,
    SenderRecord,
)
from ehbox_soap.store.receipts import AckType


def acknowledge(asked: AskedRecord, event: AckType, occasion: Occasion) -> None:
    """Tells the sender of a message that it was published to, received or read by one recipient (ACK-2)."""
    said = AcknowledgmentRecord(asked.message_id, asked.recipient, event, occasion.now)
    notice = words.acknowledgment(asked.message_id, event, _named(asked.recipient.address), occasion.now)
    _send("ACKNOWLEDGMENT", notice, asked.sender_key, occasion, acknowledgment=said)


def error(
    failure: words.Failure,
    sender_key: int,
    publication_id: str | None,
    occasion: Occasion,
    destinations: Iterable[int] = (),
    failures: Iterable[str] = (),
) -> None:
    """Tells the sender of a message what failed after it was accepted (PUB-12).

    `destinations` are the keys of the boxes it failed for, or `failures` say what failed: not both. What the mailbox
    itself sent fails silently.
    """
    transaction = occasion.transaction
    if sender_key == system_box(occasion).key:
        return
    keys = list(dict.fromkeys(destinations))
    # In the order they failed, whatever order the database has.
    found = transaction.boxes.several(keys)
    boxes = [found[key] for key in keys if key in found]
    said = ErrorRecord(
        code=failure.code,
        messages=failure.texts,
        destinations=tuple(DestinationRecord(box.address, box.key) for box in boxes),
        failures=tuple(failures),
        publication_id=publication_id,
    )
    lines = [*(_named(box.address) for box in boxes), *said.failures]
    notice = words.error(failure, publication_id, lines)
    _send("ERROR", notice, sender_key, occasion, error_said=said)


def system_box(occasion: Occasion) -> BoxRecord:
    """The box that such messages come from, made if it is needed for the first time."""
    return occasion.transaction.boxes.ensure([occasion.rules.system_address])


def _send(
    content_type: str,
    notice: words.Notice,
    to: int,
    occasion: Occasion,
    acknowledgment: AcknowledgmentRecord | None = None,
    error_said: ErrorRecord | None = None,
) -> None:
    transaction, chance = occasion.transaction, occasion.chance
    data = notice.text.encode()
    receiver = transaction.boxes.get(to)
    heading = _heading(content_type, notice, len(data), occasion)
    record = MessageRecord(
        heading=heading,
        destinations=(DestinationRecord(receiver.address, to),),
        parts=(PartRecord(None, data, False, notice.file_name, NOTICE_MIME_TYPE),),
        acknowledgment=acknowledgment,
        error=error_said,
    )
    stored = transaction.messages.add(record, lambda: identifier(chance))
    entering = EnteringRecord(
        key=stored.key,
        message_id=stored.message_id,
        sender_key=heading.sender.box_key,
        publication_id=heading.publication_id,
        content_type=content_type,
        size=heading.size,
        publication_receipt=False,
    )
    inbox.put(entering, {to: 0}, occasion)


def _heading(content_type: str, notice: words.Notice, size: int, occasion: Occasion) -> Heading:
    published = brussels_date(occasion.now)
    return Heading(
        publication_id=identifier(occasion.chance),
        content_type=content_type,
        sender=SenderRecord(system_box(occasion).key, occasion.rules.system_name),
        application_name=None,
        is_important=False,
        is_encrypted=False,
        published_at=occasion.now,
        publication_date=published,
        expiration_date=published + timedelta(days=occasion.rules.expiration_days),
        size=size,
        title=notice.title,
        mime_type=NOTICE_MIME_TYPE,
        has_free_informations=False,
        has_annex=False,
        patient_inss=None,
    )


def _named(address: Address) -> str:
    return " ".join(filter(None, (address.type, address.id, address.sub_type, address.quality)))

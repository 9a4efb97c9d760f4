"""sendMessage: what is checked in which order, and what stands where afterwards (PUB-1 to 8, 10).

Knows: the rules of publication. Must not know: XML, SQL, how attachments travel.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ehbox_soap.clock import brussels_date
from ehbox_soap.errors import Refusal, SoapFault
from ehbox_soap.ids import Chance, identifier
from ehbox_soap.mailbox import destinations, records
from ehbox_soap.mailbox.answers import success
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, OwnBox, own_box
from ehbox_soap.mailbox.ours import REMEMBERED, message_size
from ehbox_soap.mailbox.sender import sender
from ehbox_soap.store.message_records import Address, BoxRecord, Heading, MessageRecord, PublicationRecord, SenderRecord
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types


@dataclass(frozen=True, slots=True)
class _Checked:
    """A request that passed every check that looks at nothing but itself and the boxes."""

    request: types.SendMessageRequest
    own: OwnBox
    addresses: tuple[Address, ...]
    size: int
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class _Boxes:
    """Where a message goes from and to; None for the Id ALL."""

    sender: BoxRecord
    destinations: tuple[BoxRecord | None, ...]


def send_message(
    request: types.SendMessageRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,
    chance: Chance,
) -> types.SendMessageResponse:
    """Publishes a DOCUMENT, or refuses it whole (PUB-8, PUB-10).

    Raises Refusal 810, 840, 804, 805, 803, 802, 814, 801, 816 or 849: checked in that order, each over all
    destinations, before anything is written. Raises SoapFault SOA-02001 for NEWS.
    """
    checked = _check(request, caller, transaction, rules)
    message_id = _first_message_id(checked, transaction, now, rules)
    publication_id = request.publication_id
    boxes = _place(checked, transaction)
    if message_id is None or publication_id is None:
        message_id, publication_id = _publish(checked, boxes, caller, transaction, now, rules, chance)
    return types.SendMessageResponse(
        status=success(),
        id=message_id,
        sent_publication_id=publication_id,
        recipients=tuple(
            types.Recipient(destinations.state(sent, address, box))
            for sent, address, box in zip(request.destinations, checked.addresses, boxes.destinations, strict=True)
        ),
    )


def _check(
    request: types.SendMessageRequest, caller: Caller, transaction: Transaction, rules: MailboxRules
) -> _Checked:
    """The order of PUB-8, as far as the PublicationId."""
    own = own_box(caller, request.box_id)
    _check_content_type(request.specification.content_type)
    addresses = destinations.check(request.destinations, own.address.quality, transaction, rules)
    size = message_size(request.content)
    if size > rules.max_message_bytes:
        raise Refusal("801", "ContentContext/Content", f"at most {rules.max_message_bytes} bytes")
    _check_digests(request.content)
    contents = (part.content.data for part in records.parts(request.content))
    return _Checked(request, own, addresses, size, fingerprint(addresses, contents))


def _check_content_type(content_type: types.ContentType) -> None:
    """PUB-1."""
    if content_type is types.ContentType.NEWS:
        raise SoapFault("SOA-02001", "NEWS is not built yet")
    if content_type is not types.ContentType.DOCUMENT:
        raise Refusal("840", "ContentSpecification/ContentType")


def _check_digests(content: types.MessageContent) -> None:
    """PUB-5: the attachments are outside the signature, only the digests in the Body protect them."""
    for place, part in enumerate(records.parts(content)):
        if _digest(part.digest) != hashlib.sha256(part.content.data).digest():
            raise Refusal("816", f"Annex[{place}]/Digest" if place else "Document/Digest")


def _digest(text: str | None) -> bytes | None:
    """The bytes of a Digest; some clients break the base64 into lines."""
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def fingerprint(addresses: Sequence[Address], contents: Iterable[bytes]) -> bytes:
    """PUB-3: what two DOCUMENTs of one PublicationId must share to be the same: recipients, and digests of contents."""
    lines = [" ".join((address.type, address.id, address.quality)) for address in addresses]
    lines += [hashlib.sha256(content).hexdigest() for content in contents]
    return hashlib.sha256("\n".join(lines).encode()).digest()


def _first_message_id(checked: _Checked, transaction: Transaction, now: datetime, rules: MailboxRules) -> str | None:
    """The MessageId of the same DOCUMENT sent before within the window (PUB-3); None if nothing was.

    Raises Refusal 849 if the box used the PublicationId for another one within a year (PUB-2).
    """
    if checked.request.publication_id is None:
        return None
    for box in checked.own.records:
        known = transaction.publications.find(box.key, checked.request.publication_id)
        if known is None or now - known.published_at >= REMEMBERED:
            continue
        window = timedelta(seconds=rules.repeat_window_seconds)
        if window and now - known.published_at <= window and known.fingerprint == checked.fingerprint:
            return known.message_id
        raise Refusal("849", "PublicationId", f"remembered for {REMEMBERED.days} days")
    return None


def _place(checked: _Checked, transaction: Transaction) -> _Boxes:
    """The boxes, made or joined if need be (BOX-2, BOX-4); the sender's first, because it may be a destination too."""
    box = transaction.boxes.ensure(checked.own.certified)
    return _Boxes(box, destinations.boxes_of(checked.addresses, transaction))


def _publish(
    checked: _Checked,
    boxes: _Boxes,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,
    chance: Chance,
) -> tuple[str, str]:
    """Writes the message and puts it into every box; its MessageId and PublicationId (PUB-7, PUB-10)."""
    box = boxes.sender
    reached = destinations.recipients(checked.addresses, boxes.destinations, transaction)
    transaction.boxes.hold([box.key, *reached])
    transaction.boxes.called(box.key, now)
    publication_id = checked.request.publication_id or _new_publication_id(box.key, transaction, chance)
    heading = _heading(checked, sender(caller, box, transaction), publication_id, now, rules)
    message = transaction.messages.add(_message(checked, heading, boxes.destinations), lambda: identifier(chance))
    transaction.messages.deliver(message.key, checked.size, reached, now)
    transaction.messages.file_sent(message.key, box.key, now)
    remembered = PublicationRecord(message.message_id, checked.fingerprint, now)
    if not transaction.publications.remember(box.key, publication_id, remembered, now - REMEMBERED):
        raise Refusal("849", "PublicationId", "used by another call at the same moment")
    return message.message_id, publication_id


def _new_publication_id(box_key: int, transaction: Transaction, chance: Chance) -> str:
    """PUB-2: the server makes the one that is missing."""
    made = identifier(chance)
    while transaction.publications.find(box_key, made) is not None:
        made = identifier(chance)
    return made


def _heading(
    checked: _Checked, sent_by: SenderRecord, publication_id: str, now: datetime, rules: MailboxRules
) -> Heading:
    content, specification = checked.request.content, checked.request.specification
    published = brussels_date(now)
    return Heading(
        publication_id=publication_id,
        content_type=specification.content_type.value,
        sender=sent_by,
        application_name=specification.application_name,
        is_important=specification.is_important,
        is_encrypted=specification.is_encrypted,
        published_at=now,
        publication_date=published,
        # LIFE-1
        expiration_date=published + timedelta(days=rules.expiration_days),
        size=checked.size,
        title=content.document.title,
        mime_type=content.document.mime_type,
        has_free_informations=content.free_informations is not None,
        has_annex=bool(content.annexes),
        patient_inss=content.patient_inss,
        receipts=records.receipts_record(checked.request.receipts),
    )


def _message(checked: _Checked, heading: Heading, boxes: tuple[BoxRecord | None, ...]) -> MessageRecord:
    request = checked.request
    return MessageRecord(
        heading=heading,
        destinations=tuple(
            records.destination_record(sent, address, None if box is None else box.key)
            for sent, address, box in zip(request.destinations, checked.addresses, boxes, strict=True)
        ),
        parts=records.parts_records(request.content),
        free_information=records.free_record(request.content.free_informations),
        custom_metas=tuple((meta.key, meta.value) for meta in request.custom_metas),
        metas=tuple((meta.type, meta.values) for meta in request.metas),
        copy_mail_to=request.copy_mail_to,
    )

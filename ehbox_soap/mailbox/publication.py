"""sendMessage: what stands where after a message was accepted (PUB-6 to 11).

Knows: how a message is published. Must not know: XML, SQL, how attachments travel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ehbox_soap.clock import brussels_date
from ehbox_soap.errors import Overtaken
from ehbox_soap.ids import Chance, identifier
from ehbox_soap.mailbox import delivery, destinations, notifications, out_of_office, records
from ehbox_soap.mailbox.answers import success
from ehbox_soap.mailbox.boxes import Caller, MailboxRules
from ehbox_soap.mailbox.checking import Checked, check, first_message_id
from ehbox_soap.mailbox.occasion import Occasion, held
from ehbox_soap.mailbox.ours import FAN_OUT_AT_ONCE, REMEMBERED
from ehbox_soap.mailbox.sender import sender
from ehbox_soap.store.event_records import EnteringRecord
from ehbox_soap.store.message_records import BoxRecord, Heading, MessageRecord, PublicationRecord, SenderRecord
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types


@dataclass(frozen=True, slots=True)
class _Boxes:
    """Where a message goes from and to; None for the Id ALL."""

    sender: BoxRecord
    destinations: tuple[BoxRecord | None, ...]


@dataclass(frozen=True, slots=True)
class _Reach:
    """The boxes that are reached at once, by key, with the place of a destination; and what is reached later: the
    places with the quality of ALL (BOX-5), or with None for those who have an earlier version (PUB-11)."""

    boxes: dict[int, int]
    later: tuple[tuple[int, str | None], ...]


def send_message(
    request: types.SendMessageRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,
    rules: MailboxRules,
    chance: Chance,
) -> types.SendMessageResponse:
    """Publishes a DOCUMENT or NEWS, or refuses it whole (PUB-8, PUB-10), or warns of the absent with 826 (PUB-9).

    Raises Refusal 810, 840, 804, 805, 803, 802, 814, 801, 816 or 849: checked in that order, each over all
    destinations, before anything is written. Overtaken where another call publishes under the same PublicationId at
    the same moment (PostgreSQL only): what to answer is only known once that one has ended.
    """
    checked = check(request, caller, transaction, rules)
    message_id, publication_id = first_message_id(checked, transaction, now, rules), request.publication_id
    if message_id is None:
        warning = out_of_office.warning(request.destinations, checked.addresses, transaction, now)
        if warning is not None:
            return warning
    boxes = _Boxes(*destinations.boxes_of(checked.own.certified, checked.addresses, transaction))
    if message_id is None or publication_id is None:
        occasion = Occasion(transaction, now, rules, chance)
        message_id, publication_id = _publish(checked, boxes, caller, occasion)
    return types.SendMessageResponse(
        status=success(),
        id=message_id,
        sent_publication_id=publication_id,
        recipients=tuple(
            types.Recipient(destinations.state(sent, address, box))
            for sent, address, box in zip(request.destinations, checked.addresses, boxes.destinations, strict=True)
        ),
    )


def _publish(checked: Checked, boxes: _Boxes, caller: Caller, occasion: Occasion) -> tuple[str, str]:
    """Writes the message and puts it where it belongs; its MessageId and PublicationId (PUB-7, PUB-10)."""
    transaction, now, chance = occasion.transaction, occasion.now, occasion.chance
    box = boxes.sender

    def look() -> tuple[_Reach, Iterable[int]]:
        found = _reach(checked, boxes, occasion)
        content_type = checked.request.specification.content_type.value
        return found, delivery.concerned(box.key, content_type, found.boxes, transaction)

    reach = held(transaction, look)
    transaction.boxes.called([box.key], now)
    publication_id = checked.request.publication_id or _new_publication_id(box.key, transaction, chance)
    heading = _heading(checked, sender(caller, box, transaction), publication_id, occasion)
    stored = transaction.messages.add(_message(checked, heading, boxes.destinations), lambda: identifier(chance))
    entering = EnteringRecord(
        key=stored.key,
        message_id=stored.message_id,
        sender_key=box.key,
        publication_id=publication_id,
        content_type=heading.content_type,
        size=checked.size,
        publication_receipt=heading.receipts.publication,
    )
    _remember(checked, entering, occasion)
    if checked.is_news:
        transaction.deliveries.relocate(transaction.deliveries.sent_versions(entering), "SENTHISTORY")
        transaction.fan_outs.pass_on(entering)
    transaction.messages.file_sent(stored.key, box.key, now)
    notifications.copies(stored.key, box.key, checked.request.copy_mail_to, occasion)
    delivery.deliver(entering, reach.boxes, occasion)
    for place, quality in reach.later:
        transaction.fan_outs.add(stored.key, place, quality)
    return stored.message_id, publication_id


def _reach(checked: Checked, boxes: _Boxes, occasion: Occasion) -> _Reach:
    transaction = occasion.transaction
    found = destinations.reach(checked.addresses, boxes.destinations, transaction, occasion.rules)
    later: list[tuple[int, str | None]] = list(found.later)
    if checked.is_news and checked.request.publication_id is not None:
        news = (boxes.sender.key, checked.request.publication_id)
        holders = transaction.deliveries.holders(*news, FAN_OUT_AT_ONCE + 1)
        if len(holders) > FAN_OUT_AT_ONCE:
            later.append((0, None))
        else:
            for key in holders:
                found.boxes.setdefault(key, 0)
    return _Reach(found.boxes, tuple(later))


def _remember(checked: Checked, message: EnteringRecord, occasion: Occasion) -> None:
    """PUB-2; a NEWS may use its PublicationId again (PUB-11), which is only asked once the sender's box is held."""
    publications, now = occasion.transaction.publications, occasion.now
    key, publication_id = message.sender_key, message.publication_id
    remembered = PublicationRecord(message.message_id, checked.fingerprint, now)
    if publications.remember(key, publication_id, remembered, now - REMEMBERED):
        return
    known = publications.find(key, publication_id) if checked.is_news else None
    if known is None or occasion.transaction.messages.content_type(known.message_id) != message.content_type:
        raise Overtaken("849", "PublicationId", "used by another call at the same moment")
    publications.renew(key, publication_id, remembered)


def _new_publication_id(box_key: int, transaction: Transaction, chance: Chance) -> str:
    """PUB-2: the server makes the one that is missing."""
    made = identifier(chance)
    while transaction.publications.find(box_key, made) is not None:
        made = identifier(chance)
    return made


def _heading(checked: Checked, sent_by: SenderRecord, publication_id: str, occasion: Occasion) -> Heading:
    content, specification = checked.request.content, checked.request.specification
    published = brussels_date(occasion.now)
    return Heading(
        publication_id=publication_id,
        content_type=specification.content_type.value,
        sender=sent_by,
        application_name=specification.application_name,
        is_important=specification.is_important,
        is_encrypted=specification.is_encrypted,
        published_at=occasion.now,
        publication_date=published,
        # LIFE-1
        expiration_date=published + timedelta(days=occasion.rules.expiration_days),
        size=checked.size,
        title=content.document.title,
        mime_type=content.document.mime_type,
        has_free_informations=content.free_informations is not None,
        has_annex=bool(content.annexes),
        patient_inss=content.patient_inss,
        receipts=records.receipts_record(checked.request.receipts),
    )


def _message(checked: Checked, heading: Heading, boxes: tuple[BoxRecord | None, ...]) -> MessageRecord:
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

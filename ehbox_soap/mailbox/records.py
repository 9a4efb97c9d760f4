"""The wire's values as the store keeps them, and back.

Knows: both shapes. Must not know: any rule, SQL, XML.
"""

from __future__ import annotations

from ehbox_soap.store.event_records import StatusRecord
from ehbox_soap.store.message_records import (
    AcknowledgmentRecord,
    Address,
    DestinationRecord,
    ErrorRecord,
    FreeRecord,
    FullRecord,
    Heading,
    ListedRecord,
    MandateRecord,
    PartRecord,
    ReceiptsRecord,
    SenderRecord,
    UserRecord,
)
from ehbox_soap.wire import types


def stated(address: Address) -> types.BoxId:
    """A box as answers state it (BOX-1)."""
    return types.BoxId(id=address.id, type=address.type, quality=address.quality, sub_type=address.sub_type)


def destination_record(sent: types.Destination, address: Address, box_key: int | None) -> DestinationRecord:
    """A destination as sent, with the box that it is (None for the Id ALL)."""
    user = mandate = None
    if sent.user is not None:
        user = UserRecord(sent.user.inss, sent.user.first_name, sent.user.last_name)
    if sent.mandate is not None:
        mandate = MandateRecord(sent.mandate.id, sent.mandate.type, sent.mandate.sub_type, sent.mandate.name)
    return DestinationRecord(address, box_key, user, mandate)


def parts(content: types.MessageContent) -> tuple[types.Document | types.Annex, ...]:
    """What has bytes and a digest: the document, then the annexes."""
    return (content.document, *content.annexes)


def parts_records(content: types.MessageContent) -> tuple[PartRecord, ...]:
    """The document and the annexes, without their digests: those stand in requests only."""
    return tuple(
        PartRecord(
            title=part.title if isinstance(part, types.Annex) else None,
            data=part.content.data,
            attached=part.content.attached,
            download_file_name=part.download_file_name,
            mime_type=part.mime_type,
        )
        for part in parts(content)
    )


def free_record(free: types.FreeInformations | None) -> FreeRecord | None:
    """FreeInformations in its form (PUB-7)."""
    match free:
        case types.FreeText(text):
            return FreeRecord("TEXT", ((text, None),))
        case types.FreeTable(rows, title):
            return FreeRecord("TABLE", rows, title=title)
        case types.OldFreeInformation(data, render):
            return FreeRecord("OLD", ((data, None),), render=render)
        case None:
            return None


def receipts_record(receipts: types.Receipts) -> ReceiptsRecord:
    """Which receipts are asked for (ACK-2)."""
    return ReceiptsRecord(receipts.publication, receipts.received, receipts.read)


def listed_message(row: ListedRecord) -> types.ListedMessage:
    """A row of a list (LIST-1)."""
    heading = row.heading
    return types.ListedMessage(
        message_id=row.message_id,
        destination=_destination(row.destination),
        sender=_sender(row.sender, heading.sender),
        info=_info(heading),
        specification=_specification(heading),
        content=types.ContentInfo(
            title=heading.title,
            mime_type=heading.mime_type,
            has_free_informations=heading.has_free_informations,
            has_annex=heading.has_annex,
            patient_inss=heading.patient_inss,
        ),
        custom_metas=tuple(types.CustomMeta(key, value) for key, value in row.custom_metas),
    )


def full_message(row: FullRecord, *, to_sender: bool) -> types.FullMessage:
    """`to_sender` tells whether it is read from the sender's side, which alone is told of CopyMailTo (PUB-7)."""
    heading = row.message.heading
    return types.FullMessage(
        message_id=row.message_id,
        sender=_sender(row.sender, heading.sender),
        destinations=tuple(_destination(each) for each in row.message.destinations),
        content=_content(row),
        specification=_specification(heading),
        info=_info(heading),
        publication_id=heading.publication_id,
        custom_metas=tuple(types.CustomMeta(key, value) for key, value in row.message.custom_metas),
        metas=tuple(types.Meta(kind, values) for kind, values in row.message.metas),
        copy_mail_to=row.message.copy_mail_to if to_sender else (),
    )


def status_row(row: StatusRecord) -> types.AcknowledgmentRow:
    return types.AcknowledgmentRow(_destination(row.recipient), row.published_at, row.received_at, row.read_at)


def _destination(kept: DestinationRecord) -> types.Destination:
    user = mandate = None
    if kept.user is not None:
        user = types.User(kept.user.inss, kept.user.first_name, kept.user.last_name)
    if kept.mandate is not None:
        mandate = types.Mandate(kept.mandate.id, kept.mandate.type, kept.mandate.sub_type, kept.mandate.name)
    return types.Destination(stated(kept.address), user, mandate)


def _sender(address: Address, kept: SenderRecord) -> types.Sender:
    return types.Sender(stated(address), kept.name, kept.first_name, kept.person_in_organisation)


def _info(heading: Heading) -> types.MessageInfo:
    return types.MessageInfo(heading.publication_date, heading.expiration_date, heading.size)


def _specification(heading: Heading) -> types.ContentSpecification:
    return types.ContentSpecification(
        content_type=types.ContentType(heading.content_type),
        application_name=heading.application_name,
        is_important=heading.is_important,
        is_encrypted=heading.is_encrypted,
    )


def _content(row: FullRecord) -> types.MessageContent:
    document, *annexes = row.message.parts
    return types.MessageContent(
        document=types.Document(
            title=row.message.heading.title,
            content=types.Content(document.data, document.attached),
            download_file_name=document.download_file_name,
            mime_type=document.mime_type,
        ),
        free_informations=_free(row.message.free_information),
        patient_inss=row.message.heading.patient_inss,
        acknowledgment=_acknowledgment(row.message.acknowledgment),
        error=_error(row.message.error),
        annexes=tuple(
            types.Annex(
                title=annex.title or b"",
                content=types.Content(annex.data, annex.attached),
                download_file_name=annex.download_file_name,
                mime_type=annex.mime_type,
            )
            for annex in annexes
        ),
    )


def _acknowledgment(kept: AcknowledgmentRecord | None) -> types.Acknowledgment | None:
    if kept is None:
        return None
    return types.Acknowledgment(kept.acknowledged, kept.ack_type, kept.happened_at, stated(kept.recipient.address))


def _error(kept: ErrorRecord | None) -> types.ErrorNotice | None:
    if kept is None:
        return None
    destinations = tuple(stated(each.address) for each in kept.destinations)
    return types.ErrorNotice(kept.code, kept.messages, destinations, kept.failures, kept.publication_id)


def _free(kept: FreeRecord | None) -> types.FreeInformations | None:
    if kept is None:
        return None
    first = kept.rows[0][0] if kept.rows else b""
    match kept.form:
        case "TEXT":
            return types.FreeText(first)
        case "OLD":
            return types.OldFreeInformation(first, kept.render or "")
    return types.FreeTable(tuple((left, right or b"") for left, right in kept.rows), kept.title)

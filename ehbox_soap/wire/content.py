"""The tables that publication and consultation share: addresses, content, free information, metas, status.

Knows: the types of ehbox core, in the order of the schema. Must not know: messages, operations.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.wire import base64text
from ehbox_soap.wire.attachments import Attachments, Parts
from ehbox_soap.wire.elements import Children, Field, OneOf, Record
from ehbox_soap.wire.fields import Attribute, Inline, Many, Maybe, One, Text
from ehbox_soap.wire.simple import BASE64, CONTENT_TYPE, FALSE, MOMENT, TEXT
from ehbox_soap.wire.types import (
    Acknowledgment,
    Annex,
    BoxId,
    Content,
    ContentSpecification,
    CustomMeta,
    Destination,
    Document,
    ErrorNotice,
    FreeTable,
    FreeText,
    Mandate,
    Meta,
    OldFreeInformation,
    Sender,
    Status,
    User,
)

ATTACHED, INLINE = "EncryptableBinaryContent", "EncryptableTextContent"


class ContentChoice:
    """The choice between swaRef and inline base64 of a document or annex (FULL-1: what came one way goes so)."""

    def read(self, children: Children, values: dict[str, Any], parts: Parts) -> None:
        reference, inline = children.first(ATTACHED), children.first(INLINE)
        if reference is not None:
            values["content"] = Content(parts.take(ATTACHED, reference.text or ""), attached=True)
        elif inline is not None:
            values["content"] = Content(_decode(inline))
        else:
            raise SoapFault("SOA-03006", f"{ATTACHED} or {INLINE}: missing element")

    def write(self, element: etree._Element, record: Any, attachments: Attachments) -> None:
        content: Content = record.content
        child = etree.SubElement(element, ATTACHED if content.attached else INLINE)
        if content.attached:
            child.text = attachments.put(record.mime_type, content.data)
        else:
            child.text = base64text.encode(content.data)


def _decode(element: etree._Element) -> bytes:
    try:
        return base64text.decode(element.text or "")
    except ValueError:
        raise SoapFault("SOA-03007", f"{INLINE}: not base64") from None


class Cells:
    """A Row of a Table: two cells."""

    TAGS = ("EncryptableLeftCell", "EncryptableRightCell")

    def read(self, element: etree._Element, parts: Parts) -> tuple[bytes, bytes]:
        values: dict[str, Any] = {}
        children = Children(element)
        for tag in self.TAGS:
            One(tag, tag, BASE64).read(children, values, parts)
        return values[self.TAGS[0]], values[self.TAGS[1]]

    def write(self, element: etree._Element, value: tuple[bytes, bytes], attachments: Attachments) -> None:
        for tag, cell in zip(self.TAGS, value, strict=True):
            BASE64.write(etree.SubElement(element, tag), cell, attachments)


class LocalisedString:
    """A Message of a Status: (Lang, text). Lang is optional to the schema, NA without it."""

    def read(self, element: etree._Element, parts: Parts) -> tuple[str, str]:
        return element.get("Lang", "NA"), element.text or ""

    def write(self, element: etree._Element, value: tuple[str, str], attachments: Attachments) -> None:
        element.set("Lang", value[0])
        element.text = value[1]


STATUS = Record(Status, One("Code", "code", TEXT), Many("Message", "messages", LocalisedString()))

BOX_ID = Record(
    BoxId,
    One("Id", "id", TEXT),
    One("Type", "type", TEXT),
    Maybe("SubType", "sub_type", TEXT),
    One("Quality", "quality", TEXT),
)
USER = Record(
    User,
    Text("inss", TEXT),
    Attribute("FirstName", "first_name", required=True),
    Attribute("LastName", "last_name", required=True),
)
# EhboxIdentifierType; what is derived from it adds fields after these.
ADDRESS: tuple[Field, ...] = (Inline("box", BOX_ID), Maybe("User", "user", USER))
ADDRESSEE = Record(Destination, *ADDRESS)
MANDATE = Record(
    Mandate,
    One("Id", "id", TEXT),
    One("Type", "type", TEXT),
    Maybe("SubType", "sub_type", TEXT),
    Maybe("Name", "name", TEXT),
)
SENDER = Record(
    Sender,
    Inline("box", BOX_ID),
    One("Name", "name", TEXT),
    Maybe("FirstName", "first_name", TEXT),
    Maybe("PersonInOrganisation", "person_in_organisation", TEXT),
)

# DocumentType and AnnexType of both services; publication adds the Digest.
FILE: tuple[Field, ...] = (
    ContentChoice(),
    One("DownloadFileName", "download_file_name", TEXT),
    One("MimeType", "mime_type", TEXT),
)
DOCUMENT: tuple[Field, ...] = (One("Title", "title", TEXT), *FILE)
ANNEX: tuple[Field, ...] = (One("EncryptableTitle", "title", BASE64), *FILE)
DIGEST = One("Digest", "digest", TEXT)

FREE_INFORMATIONS = OneOf(
    ("EncryptableFreeText", FreeText, Record(FreeText, Text("text", BASE64))),
    ("Table", FreeTable, Record(FreeTable, Attribute("Title", "title"), Many("Row", "rows", Cells()))),
    (
        "EncryptableOldFreeInformation",
        OldFreeInformation,
        Record(OldFreeInformation, Text("data", BASE64), Attribute("Render", "render", required=True)),
    ),
)


def content(document: Record[Document], annex: Record[Annex]) -> tuple[Field, ...]:
    """The fields of a message's content that both services have, given their own document and annex."""
    return (
        One("Document", "document", document),
        Maybe("FreeInformations", "free_informations", FREE_INFORMATIONS),
        Maybe("EncryptableINSSPatient", "patient_inss", BASE64),
        Many("Annex", "annexes", annex),
    )


SPECIFICATION = Record(
    ContentSpecification,
    Maybe("ApplicationName", "application_name", TEXT),
    One("ContentType", "content_type", CONTENT_TYPE),
    One("IsImportant", "is_important", FALSE),
    One("IsEncrypted", "is_encrypted", FALSE),
)
CUSTOM_METAS = Many(
    "CustomMeta", "custom_metas", Record(CustomMeta, One("Key", "key", TEXT), One("Value", "value", TEXT))
)
METAS = Many("Meta", "metas", Record(Meta, One("Type", "type", TEXT), Many("Value", "values", TEXT)))
COPY_MAIL_TO = Many("CopyMailTo", "copy_mail_to", TEXT)


# Where an EhboxIdentifierType never has a User, the table of the box is enough.
ACKNOWLEDGMENT = Record(
    Acknowledgment,
    One("MessageId", "message_id", TEXT),
    Maybe("Recipient", "recipient", BOX_ID),
    One("AckType", "ack_type", TEXT),
    One("DateTime", "moment", MOMENT),
)
ERROR = Record(
    ErrorNotice,
    Attribute("PublicationId", "publication_id"),
    One("Code", "code", TEXT),
    Many("Message", "messages", TEXT),
    Many("Destination", "destinations", BOX_ID),
    Many("Failure", "failures", TEXT),
)

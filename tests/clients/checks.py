"""What in the content of a mailbox's answer breaks a client, a check each (wire.md, Answers: what breaks a client).

Knows: the eleven points as far as they are about the answer's element, and which client falls over which. Must not
know: HTTP, attachments, faults (connector40_reader.py), the project but for its schemas, as a client's own copy.
A point that names no client holds for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

from lxml import etree

from tests.clients.names import ADDRESS_BOOK, CONSULTATION, ERRORS, PUBLICATION

ClientName = Literal["C", "E", "M", "F"]
"""The clients of wire.md by their letters."""
LANGUAGES = frozenset({"FR", "NL", "EN", "DE", "NA"})
_LARGEST = 2**31 - 1
_SCHEMAS = {
    PUBLICATION: "ehealthbox/ehbox-publication-protocol-v3.xsd",
    CONSULTATION: "ehealthbox/ehbox-consultation-protocol-v3.xsd",
    ERRORS: "ehealthbox/ehealth-errors-soa-v1.xsd",
    ADDRESS_BOOK: "addressbook/ehealth-addressbook-protocol-v1.xsd",
}
_FOLDER = Path(__file__).resolve().parents[2] / "xsd"
_DATES = ("PublicationDate", "ExpirationDate", "StartDate", "EndDate", "AbsentFrom", "AbsentTo")
_NEEDED = ("Title", "DownloadFileName", "MimeType")
_CONTENTS = ("EncryptableTextContent", "EncryptableBinaryContent")
_MESSAGE_ID = re.compile("[A-Za-z0-9]{13}")


class Broken(Exception):
    """What a client could not have read, in words."""


def check(holds: object, broken: str) -> None:
    """Raises Broken unless it holds."""
    if not holds:
        raise Broken(broken)


def check_content(element: etree._Element, client: ClientName | None) -> None:
    """All that concerns the client; None: every client at once. Raises Broken."""
    for clients, one in _CHECKS:
        if client is None or client in clients:
            one(element)


def check_schema(element: etree._Element) -> None:
    """Its own copy of the XSD: one unknown element or attribute is fatal."""
    namespace = etree.QName(element).namespace or ""
    check(namespace in _SCHEMAS, "an element of an unknown namespace")
    try:
        _schema(namespace).assertValid(element)
    except etree.DocumentInvalid as error:
        raise Broken(f"XSD: {error}") from error


@cache
def _schema(namespace: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_FOLDER / _SCHEMAS[namespace])))


def _prefix(element: etree._Element) -> None:
    """2"""
    check(element.prefix is not None and None not in element.nsmap, "a default xmlns on the answer's element")
    check(all("{" not in str(each.tag) for each in element.iterdescendants()), "a qualified child")


def _status(element: etree._Element) -> None:
    """3"""
    messages = element.findall("Status/Message")
    check(messages, "a Status without Message")
    check(all(message.get("Lang") in LANGUAGES for message in messages), "a Lang that is not in upper case")


def _message_ids(element: etree._Element) -> None:
    """4: wherever the client reads one, 13 letters and digits."""
    found = [each.text or "" for each in element.iter("MessageId")]
    if _is(element, "GetFullMessage"):
        found += [each.get("MessageId", "") for each in element.iterfind("Message")]
        check(element.find("Message/MessageId") is None, "a MessageId that is an element of Message")
        check(element.find("Message[@PublicationId]") is None, "a PublicationId that is an attribute")
    check(all(map(_MESSAGE_ID.fullmatch, found)), "a message id that is not 13 letters and digits")


def _dates(element: etree._Element) -> None:
    """5"""
    found = [each.text or "" for each in element.iter(*_DATES)]
    date = re.compile(r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?")
    check(all(map(date.fullmatch, found)), "a moment where a date is due")


def _sizes(element: etree._Element) -> None:
    """5"""
    check(all(re.fullmatch("[0-9]+", each.text or "") for each in element.iter("Size")), "a Size that is no integer")


def _small_sizes(element: etree._Element) -> None:
    """5: they are read into 32 bits, those of a box too."""
    found = element.iter("Size", "CurrentSize", "MaxSize")
    check(all(int(each.text or 0) <= _LARGEST for each in found), "a Size of 2 GiB or more")


def _documents(element: etree._Element) -> None:
    """6: any message in full has a Document, and that all of its parts."""
    for content in element.iterfind("Message/ContentContext/Content"):
        document = content.find("Document")
        check(document is not None, "a message without a Document")
        names = [] if document is None else [each.tag for each in document if each.text]
        check(all(name in names for name in _NEEDED), "a Document without all of its parts")
        # Empty is a content too: what was sent without an octet comes back without one.
        contents = [] if document is None else [each.tag for each in document if each.tag in _CONTENTS]
        check(len(contents) == 1, "a Document without exactly one content")


def _acknowledgment_rows(element: etree._Element) -> None:
    """10"""
    if _is(element, "GetMessageAcknowledgmentsStatus") and _is_success(element):
        check(element.find("AcknowledgmentsStatus/Row") is not None, "code 100 without a row of acknowledgments")


def _list_rows(element: etree._Element) -> None:
    """10"""
    for row in element.iterfind("Message[ContentSpecification]"):
        kind = row.findtext("ContentSpecification/ContentType")
        if kind in ("DOCUMENT", "NEWS", "ERROR"):
            check(row.find("ContentInfo") is not None, f"a list row of a {kind} without ContentInfo")


def _ids_of_answers(element: etree._Element) -> None:
    """11"""
    if not _is_success(element):
        return
    if _is(element, "SendMessage"):
        check(_MESSAGE_ID.fullmatch(element.get("Id", "")), "a message id that is not 13 letters and digits")
    if _is(element, "InsertOoO"):
        check(element.get("Id"), "an InsertOoOResponse whose Id is no OoOId")


def _is(element: etree._Element, operation: str) -> bool:
    return etree.QName(element).localname == f"{operation}Response"


def _is_success(element: etree._Element) -> bool:
    return element.findtext("Status/Code") == "100"


_ALL = "CEMF"
_CHECKS: tuple[tuple[str, Callable[[etree._Element], None]], ...] = (
    (_ALL, _prefix),
    ("C", check_schema),
    (_ALL, _status),
    (_ALL, _message_ids),
    (_ALL, _dates),
    (_ALL, _sizes),
    ("M", _small_sizes),
    (_ALL, _documents),
    ("F", _acknowledgment_rows),
    (_ALL, _list_rows),
    (_ALL, _ids_of_answers),
)
"""Whom a check concerns, and the check. The schema comes early: what it finds has a name and a line."""

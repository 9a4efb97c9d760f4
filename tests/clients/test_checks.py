"""Each point of wire.md's "Answers: what breaks a client" by number, and which clients it breaks: those catch it, the
others read the same answer. The spellings of each point are in test_connector40_reader.py."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.clients.connector40_reader import Broken, Fault, read
from tests.clients.names import CONSULTATION
from tests.clients.test_connector40_reader import (
    ACKNOWLEDGMENTS,
    CONTENT_INFO,
    FAULT,
    FULL,
    ID,
    LISTED,
    SENT,
    STATUS,
    Http,
)

ALL = "CEMF"
INSERTED = Http(f'<c:InsertOoOResponse xmlns:c="{CONSULTATION}" Id="7">{STATUS}</c:InsertOoOResponse>')
PERIODS = Http(
    f'<c:GetOoOListResponse xmlns:c="{CONSULTATION}">{STATUS}<OoO><OoOId>7</OoOId><StartDate>2026-01-15+01:00'
    "</StartDate><EndDate>2026-01-16+01:00</EndDate></OoO></c:GetOoOListResponse>"
)
BOX = Http(
    f'<c:GetBoxInfoResponse xmlns:c="{CONSULTATION}">{STATUS}<BoxId><Id>1</Id><Type>INSS</Type>'
    "<Quality>DOCTOR</Quality></BoxId><NbrMessagesInStandBy>0</NbrMessagesInStandBy><CurrentSize>12</CurrentSize><MaxSize>10485760</MaxSize>"
    "</c:GetBoxInfoResponse>"
)
ROW = (
    "<AcknowledgmentsStatus><Row><Recipient><Id>1</Id><Type>INSS</Type><Quality>DOCTOR</Quality></Recipient></Row>"
    "</AcknowledgmentsStatus>"
)
DOCUMENT = re.findall("<Document>.*</Document>", FULL.content)[0]
INLINE = "<EncryptableTextContent>YQ==</EncryptableTextContent>"
FINE = (SENT, LISTED, FULL, BOX, INSERTED, PERIODS, ACKNOWLEDGMENTS.changed("</Status>", f"</Status>{ROW}"))


@dataclass(frozen=True)
class Row:
    """One answer that breaks the clients named; `found` is what they say of it, the schema aside."""

    point: int
    clients: str
    found: str
    http: Http


ROWS = (
    Row(1, "C", "white space between Body and its element", Http(f"\n  {SENT.content}\n")),
    Row(2, ALL, "a default xmlns", SENT.changed("xmlns:p=", "xmlns=").changed("p:Send", "Send")),
    Row(2, ALL, "a default xmlns", LISTED.changed("xmlns:c=", f'xmlns="{CONSULTATION}" xmlns:c=')),
    Row(2, ALL, "a qualified child", SENT.changed("Recipient>", "p:Recipient>")),
    Row(2, "C", "XSD: Element 'Extra'", SENT.changed("<Recipient>", "<Extra/><Recipient>")),
    Row(2, "C", "attribute 'Extra'", SENT.changed("<Recipient>", '<Recipient Extra="1">')),
    Row(3, ALL, "a Lang that is not in upper case", SENT.changed('Lang="EN"', 'Lang="en"')),
    Row(3, ALL, "a Lang that is not in upper case", SENT.changed('Lang="EN"', 'Lang="IT"')),
    Row(3, ALL, "a Status without Message", SENT.changed('<Message Lang="EN">Success</Message>', "")),
    Row(4, ALL, "a message id that is not 13", LISTED.changed(ID, ID[:-1])),
    Row(4, ALL, "a message id that is not 13", LISTED.changed(ID, f"{ID}4")),
    Row(4, ALL, "a message id that is not 13", FULL.changed(ID, f"{ID[:-1]}-")),
    Row(4, ALL, "a message id that is not 13", FULL.changed(f' MessageId="{ID}"', "")),
    Row(4, ALL, "a MessageId that is an element", FULL.changed("<Publ", f"<MessageId>{ID}</MessageId><Publ")),
    Row(4, ALL, "a PublicationId that is an attribute", FULL.changed("<Message M", '<Message PublicationId="VS" M')),
    Row(5, ALL, "a moment where a date is due", LISTED.changed("2027-01-15+01:00", "2027-01-15T09:00:00+01:00")),
    Row(5, ALL, "a moment where a date is due", PERIODS.changed("2026-01-16+01:00", "2026-01-16T00:00:00+01:00")),
    Row(5, ALL, "a Size that is no integer", LISTED.changed("<Size>12<", "<Size>1.2E1<")),
    Row(5, "M", "a Size of 2 GiB or more", LISTED.changed("<Size>12<", f"<Size>{2**31}<")),
    Row(5, "M", "a Size of 2 GiB or more", BOX.changed("Size>12<", f"Size>{2**31}<")),
    Row(5, "M", "a Size of 2 GiB or more", BOX.changed("10485760", f"{2**31}")),
    Row(6, ALL, "a message without a Document", FULL.changed(DOCUMENT, "")),
    Row(6, ALL, "a Document without all of its parts", FULL.changed("<Title>t</Title>", "")),
    Row(6, ALL, "a Document without all of its parts", FULL.changed("<DownloadFileName>t.txt</DownloadFileName>", "")),
    Row(6, ALL, "a Document without all of its parts", FULL.changed("<MimeType>text/plain</MimeType>", "")),
    Row(6, ALL, "exactly one content", FULL.changed("<Downl", f"{INLINE}<Downl")),
    Row(7, ALL, "a Content-ID without brackets", FULL.changed("<1@here>", "1@here")),
    Row(7, ALL, "a boundary that is not quoted", FULL.changed('boundary="b"', "boundary=b")),
    Row(7, ALL, "a . in a Content-ID", FULL.changed("1@here", "1+1@here")),
    Row(7, ALL, "a cid: without its part", FULL.changed("cid:1@here", "cid:2@here")),
    Row(8, ALL, "HTTP status 202", SENT.with_status(202)),
    Row(8, ALL, "content type application/xop.xml", SENT.changed("text/xml", "application/xop+xml")),
    Row(9, ALL, "Origin is qualified", FAULT.changed("Origin>", "e:Origin>")),
    Row(9, ALL, "Code is qualified", FAULT.changed("Code>", "e:Code>")),
    Row(9, ALL, "Message is qualified", FAULT.changed("<Message", "<e:Message").changed("</Message", "</e:Message")),
    Row(9, ALL, "Environment is not qualified", FAULT.changed("e:Environment", "Environment")),
    Row(9, ALL, "without a known Environment", FAULT.changed("<e:Environment>Simulation</e:Environment>", "")),
    Row(10, "F", "code 100 without a row", ACKNOWLEDGMENTS),
    Row(10, ALL, "a list row of a DOCUMENT without ContentInfo", LISTED.changed(CONTENT_INFO, "")),
    Row(10, ALL, "a list row of a NEWS without", LISTED.changed(CONTENT_INFO, "").changed("DOCUMENT", "NEWS")),
    Row(10, ALL, "a list row of a ERROR without", LISTED.changed(CONTENT_INFO, "").changed("DOCUMENT", "ERROR")),
    Row(11, ALL, "a message id that is not 13", SENT.changed(f' Id="{ID}"', ' Id="VS2KGCNX"')),
    Row(11, ALL, "whose Id is no OoOId", INSERTED.changed(' Id="7"', "")),
)  # fmt: skip


def _read(http: Http, client: str) -> object:
    return read(http.status, {"Content-Type": http.content_type}, http.octets(), client)  # type: ignore[arg-type]


def test_every_point_has_a_row() -> None:
    assert {row.point for row in ROWS} == set(range(1, 12))


@pytest.mark.parametrize("client", ALL)
def test_what_is_fine_is_read_by_every_client(client: str) -> None:
    for http in FINE:
        _read(http, client)
    with pytest.raises(Fault):
        _read(FAULT, client)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.point}: {row.found}")
def test_the_clients_that_it_breaks_catch_it_and_the_others_read_on(row: Row) -> None:
    for client in ALL:
        if client not in row.clients:
            _read(row.http, client)
            continue
        # The connector validates: the schema may be the first to notice, and says it in its own words.
        found = f"{row.found}|XSD: " if client == "C" else row.found
        with pytest.raises(Broken, match=found):
            _read(row.http, client)

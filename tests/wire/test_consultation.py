"""Consultation: requests as clients write them, answers as clients take them, literal by literal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree

from ehbox_soap.clock import BRUSSELS
from ehbox_soap.ids import SeededChance
from ehbox_soap.wire import codec, xml
from ehbox_soap.wire import types as t
from ehbox_soap.wire.contract import Contract
from tests.wire.checks import CANARY, refused

PORT = Contract.load("ehealthbox").consultation
CONS = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"


def decode(name: str, inner: str) -> Any:
    element = xml.parse(f'<ns2:{name} xmlns:ns2="{CONS}">{inner}</ns2:{name}>'.encode())
    PORT.validate_request(element)
    return codec.decode_request(element, {})


def encode(answer: Any) -> str:
    element, _ = codec.encode_answer(answer, SeededChance())
    PORT.validate_answer(element)
    return etree.tostring(element, encoding="unicode")


@pytest.mark.parametrize(
    ("inner", "request_"),
    [
        ("<Source>INBOX</Source>", t.GetMessagesListRequest()),
        ("<Source/>", t.GetMessagesListRequest()),
        ("<Source>BINSENTBOX</Source>", t.GetMessagesListRequest(t.Source.BINSENTBOX)),
        (
            "<Source>SENTBOX</Source><StartIndex>101</StartIndex><EndIndex>200</EndIndex>",
            t.GetMessagesListRequest(t.Source.SENTBOX, 101, 200),
        ),
        ("<Source/><StartIndex/><EndIndex/>", t.GetMessagesListRequest(t.Source.INBOX, 1, 100)),
        ("<Source/><StartIndex> +007\n</StartIndex>", t.GetMessagesListRequest(start_index=7)),
        (
            "<BoxId><Id>1</Id><Type>INSS</Type><Quality>NURSE</Quality></BoxId><Source/>",
            t.GetMessagesListRequest(box_id=t.BoxId("1", "INSS", "NURSE")),
        ),
    ],
)
def test_a_page_with_the_schemas_defaults(inner: str, request_: t.GetMessagesListRequest) -> None:
    """LIST-2: EndIndex left out is not the schema's 100, which only fills an empty element."""
    assert decode("GetMessagesListRequest", inner) == request_


def test_the_history_is_asked_for_by_an_element_of_another_name() -> None:
    assert PORT.operation(xml.parse(f'<x:GetHistoryRequest xmlns:x="{CONS}"/>'.encode())).name == "getMessageHistory"
    found = decode("GetHistoryRequest", "<Source/><MessageId>0123456789abc</MessageId>")
    assert found == t.GetHistoryRequest("0123456789abc")


@pytest.mark.parametrize("zone", ["", "Z", "+01:00", "-14:00", "+14:00"])
def test_dates_of_an_absence_mean_the_calendar_date_as_written(zone: str) -> None:
    """OOO-1; the clients write any zone on Belgian dates."""
    inner = f"<StartDate>2026-11-21{zone}</StartDate><EndDate> 2026-11-30{zone}\n</EndDate>"
    assert decode("InsertOoORequest", inner) == t.InsertOoORequest(date(2026, 11, 21), date(2026, 11, 30))


@pytest.mark.parametrize("year", ["12026", "-2026", "0000"])
def test_a_date_that_the_schema_allows_and_no_calendar_has(year: str) -> None:
    element = xml.parse(
        f'<c:InsertOoORequest xmlns:c="{CONS}"><StartDate>{year}-11-21</StartDate><EndDate>2026-01-01</EndDate>'
        "</c:InsertOoORequest>".encode()
    )
    with refused("SOA-03006", "StartDate: "):
        PORT.validate_request(element)
        codec.decode_request(element, {})


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("", "Source: missing element"),
        (f"<Source>{CANARY}</Source>", "Source: not a valid Source"),
        ("<Source/><StartIndex>1_0</StartIndex>", "StartIndex: not a valid int"),
        (f"<Source/><StartIndex>{'9' * 5000}</StartIndex>", "StartIndex: not a valid int"),
        ("<BoxId><Id>1</Id></BoxId><Source/>", "Type: missing element"),
    ],
)
def test_what_was_not_validated_is_still_no_surprise(inner: str, reason: str) -> None:
    """A fault, not an error of ours, even without the schema in front."""
    element = xml.parse(f'<c:GetMessagesListRequest xmlns:c="{CONS}">{inner}</c:GetMessagesListRequest>'.encode())
    with refused("SOA-03006", reason):
        codec.decode_request(element, {})


OK = t.Status("100", (("EN", "Success"),))
STATUS = '<Status><Code>100</Code><Message Lang="EN">Success</Message></Status>'
BOX = t.BoxId("71089914", "NIHII", "HOSPITAL", "HOSPITAL")
BOX_XML = "<Id>71089914</Id><Type>NIHII</Type><SubType>HOSPITAL</SubType><Quality>HOSPITAL</Quality>"
SENDER = t.Sender(t.BoxId("1", "INSS", "DOCTOR"), "Peeters", "Ann")
SENDER_XML = (
    "<Sender><Id>1</Id><Type>INSS</Type><Quality>DOCTOR</Quality><Name>Peeters</Name><FirstName>Ann</FirstName>"
    "</Sender>"
)
INFO = t.MessageInfo(date(2026, 3, 28), date(2027, 3, 28), 2147483647)
INFO_XML = (
    "<MessageInfo><PublicationDate>2026-03-28+01:00</PublicationDate><ExpirationDate>2027-03-28+02:00"
    "</ExpirationDate><Size>2147483647</Size></MessageInfo>"
)
SPECIFICATION = t.ContentSpecification(t.ContentType.DOCUMENT)
SPECIFICATION_XML = (
    "<ContentSpecification><ContentType>DOCUMENT</ContentType><IsImportant>false</IsImportant>"
    "<IsEncrypted>false</IsEncrypted></ContentSpecification>"
)


@pytest.mark.parametrize("kind", [t.GetMessagesListResponse, t.GetAllEhboxesMessagesListResponse])
def test_a_list_as_clients_take_it(kind: type[t.GetMessagesListResponse]) -> None:
    """LIST-1, LIST-3; dates with Brussels' zone of that very day, summer time included (LIFE-6)."""
    row = t.ListedMessage(
        "0123456789abc",
        t.Destination(BOX),
        SENDER,
        INFO,
        SPECIFICATION,
        t.ContentInfo("t", "text/plain", has_free_informations=False, has_annex=True, patient_inss=b"1"),
        (t.CustomMeta("k", "v"),),
    )
    assert encode(kind(OK, t.Source.INBOX, (row,))) == (
        f'<cons:{kind.__name__} xmlns:cons="{CONS}">{STATUS}<Source>INBOX</Source>'
        f"<Message><MessageId>0123456789abc</MessageId><Destination>{BOX_XML}</Destination>{SENDER_XML}{INFO_XML}"
        "<ContentInfo><EncryptableINSSPatient>MQ==</EncryptableINSSPatient><Title>t</Title>"
        "<MimeType>text/plain</MimeType><HasFreeInformations>false</HasFreeInformations><HasAnnex>true</HasAnnex>"
        f"</ContentInfo>{SPECIFICATION_XML}<CustomMeta><Key>k</Key><Value>v</Value></CustomMeta></Message>"
        f"</cons:{kind.__name__}>"
    )


def test_past_the_end_a_list_has_its_source_and_no_rows() -> None:
    """LIST-2."""
    assert encode(t.GetMessagesListResponse(OK, t.Source.SENTBOX)).endswith(
        f"{STATUS}<Source>SENTBOX</Source></cons:GetMessagesListResponse>"
    )


def test_a_full_message_as_clients_take_it() -> None:
    """FULL-1; wire.md, answers 4: MessageId is an attribute of Message, PublicationId an element."""
    message = t.FullMessage(
        "0123456789abc",
        SENDER,
        (t.Destination(BOX),),
        t.MessageContent(
            t.Document("t", t.Content(b"hello", attached=True), "f.pdf", "application/pdf"),
            annexes=(t.Annex(b"a", t.Content(b"in line"), "a.txt", "text/plain"),),
        ),
        SPECIFICATION,
        INFO,
        "VS2KGCNX",
    )
    element, parts = codec.encode_answer(t.GetFullMessageResponse(OK, message), SeededChance())
    PORT.validate_answer(element)
    ((part),) = parts
    assert (part.content_type, part.data) == ("application/pdf", b"hello")
    assert etree.tostring(element, encoding="unicode") == (
        f'<cons:GetFullMessageResponse xmlns:cons="{CONS}">{STATUS}{SENDER_XML}'
        '<Message MessageId="0123456789abc"><PublicationId>VS2KGCNX</PublicationId>'
        f"<DestinationContext>{BOX_XML}</DestinationContext><ContentContext><Content><Document><Title>t</Title>"
        f"<EncryptableBinaryContent>cid:{part.content_id}</EncryptableBinaryContent>"
        "<DownloadFileName>f.pdf</DownloadFileName><MimeType>application/pdf</MimeType></Document>"
        "<Annex><EncryptableTitle>YQ==</EncryptableTitle><EncryptableTextContent>aW4gbGluZQ==</EncryptableTextContent>"
        "<DownloadFileName>a.txt</DownloadFileName><MimeType>text/plain</MimeType></Annex></Content>"
        f"{SPECIFICATION_XML}</ContentContext></Message>{INFO_XML}</cons:GetFullMessageResponse>"
    )


def full(content: t.MessageContent) -> str:
    message = t.FullMessage("0123456789abc", SENDER, (t.Destination(BOX),), content, SPECIFICATION, INFO)
    return encode(t.GetFullMessageResponse(OK, message))


DOCUMENT = t.Document("t", t.Content(b""), "f", "text/plain")
CONTENT = t.MessageContent(DOCUMENT)


def test_a_full_message_without_its_id_is_not_read() -> None:
    """FULL-1: a client that asked for one must not take it for another."""
    message = t.FullMessage("0123456789abc", SENDER, (t.Destination(BOX),), CONTENT, SPECIFICATION, INFO)
    element, _ = codec.encode_answer(t.GetFullMessageResponse(OK, message), SeededChance())
    del element[-2].attrib["MessageId"]
    with refused("SOA-03006", "MessageId: missing attribute"):
        codec.decode_answer(element, {})


def test_moments_carry_brussels_zone_and_milliseconds() -> None:
    """LIFE-6, in winter and in summer."""
    winter = datetime(2026, 1, 15, 23, 30, 0, 123999, tzinfo=UTC)
    notice = t.Acknowledgment("0123456789abc", "READ", winter, BOX)
    assert (
        "<Acknowledgment><MessageId>0123456789abc</MessageId>"
        f"<Recipient>{BOX_XML}</Recipient><AckType>READ</AckType>"
        "<DateTime>2026-01-16T00:30:00.123+01:00</DateTime></Acknowledgment></Content>"
    ) in full(t.MessageContent(DOCUMENT, acknowledgment=notice))
    summer = t.Acknowledgment("0123456789abc", "READ", datetime(2026, 7, 15, 9, 0, tzinfo=UTC))
    assert "<DateTime>2026-07-15T11:00:00.000+02:00</DateTime>" in full(
        t.MessageContent(DOCUMENT, acknowledgment=summer)
    )


def test_a_moment_without_zone_is_a_mistake_of_ours() -> None:
    naive = datetime(2026, 1, 15)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        full(t.MessageContent(DOCUMENT, acknowledgment=t.Acknowledgment("0123456789abc", "READ", naive)))


def test_an_error_notice() -> None:
    """PUB-12."""
    notice = t.ErrorNotice("999", ("fr", "nl"), (BOX,), publication_id="VS2KGCNX")
    assert (
        '<Error PublicationId="VS2KGCNX"><Code>999</Code><Message>fr</Message><Message>nl</Message>'
        f"<Destination>{BOX_XML}</Destination></Error></Content>"
    ) in full(t.MessageContent(DOCUMENT, error=notice))


def test_an_error_notice_of_a_mail_that_failed() -> None:
    notice = t.ErrorNotice("999", ("fr",), failures=("a", "b"))
    assert (
        "<Error><Code>999</Code><Message>fr</Message><Failure>a</Failure><Failure>b</Failure></Error></Content>"
    ) in full(t.MessageContent(DOCUMENT, error=notice))


def test_box_info() -> None:
    """INFO-1."""
    assert encode(t.GetBoxInfoResponse(OK, t.BoxInfo(BOX, 2, 3, 10485760))) == (
        f'<cons:GetBoxInfoResponse xmlns:cons="{CONS}">{STATUS}<BoxId>{BOX_XML}</BoxId>'
        "<NbrMessagesInStandBy>2</NbrMessagesInStandBy><CurrentSize>3</CurrentSize><MaxSize>10485760</MaxSize>"
        "</cons:GetBoxInfoResponse>"
    )


def test_acknowledgments_without_rows_have_no_table() -> None:
    """ACK-4: the schema wants a Row in AcknowledgmentsStatus."""
    assert encode(t.GetMessageAcknowledgmentsStatusResponse(OK)).endswith(
        f"{STATUS}</cons:GetMessageAcknowledgmentsStatusResponse>"
    )
    row = t.AcknowledgmentRow(t.Destination(BOX), datetime(2026, 1, 15, 9, 0, tzinfo=BRUSSELS))
    assert (
        f"<AcknowledgmentsStatus><Row><Recipient>{BOX_XML}</Recipient>"
        "<Published>2026-01-15T09:00:00.000+01:00</Published></Row></AcknowledgmentsStatus>"
    ) in encode(t.GetMessageAcknowledgmentsStatusResponse(OK, (row,)))


def test_the_id_of_an_absence_is_the_answers_id() -> None:
    """OOO-2."""
    substitute = t.Substitute(t.BoxId("1", "INSS", "NURSE"), date(2026, 7, 1), date(2026, 7, 2))
    assert encode(t.InsertOoOResponse(OK, "oooid", (substitute,))) == (
        f'<cons:InsertOoOResponse xmlns:cons="{CONS}" Id="oooid">{STATUS}'
        "<Substitute><Id>1</Id><Type>INSS</Type><Quality>NURSE</Quality><AbsentFrom>2026-07-01+02:00</AbsentFrom>"
        "<AbsentTo>2026-07-02+02:00</AbsentTo></Substitute></cons:InsertOoOResponse>"
    )


def test_an_answer_of_another_server_is_read() -> None:
    """Moments without zone or with any number of fraction digits, dates in UTC, Status without Lang."""
    inner = (
        "<Status><Code>100</Code><Message>ok</Message></Status><AcknowledgmentsStatus><Row>"
        "<Recipient><Id>1</Id><Type>INSS</Type><Quality>NURSE</Quality></Recipient>"
        "<Published>2026-01-15T10:00:00</Published><Received>2026-01-15T09:00:00.5Z</Received>"
        "<Read>2026-01-15T10:00:00.000+01:00</Read></Row></AcknowledgmentsStatus>"
    )
    name = "GetMessageAcknowledgmentsStatusResponse"
    found: Any = codec.decode_answer(xml.parse(f'<c:{name} xmlns:c="{CONS}">{inner}</c:{name}>'.encode()), {})
    nine = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
    assert found.status == t.Status("100", (("NA", "ok"),))
    assert (found.rows[0].published, found.rows[0].read) == (nine, nine)
    assert found.rows[0].received == nine.replace(microsecond=500_000)

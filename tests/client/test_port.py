"""The two services through zeep: requests are of the WSDL, answers come back as values, refusals as exceptions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from ehbox_soap import resources
from ehbox_soap.client.consultation import Consultation
from ehbox_soap.client.errors import AnswerError, RequestError, StatusError, UnreachableError
from ehbox_soap.client.publication import Publication, digest
from ehbox_soap.wire import types
from tests.client.conftest import (
    CONSULTATION_URL,
    PUBLICATION_URL,
    STS_URL,
    Asked,
    Caller,
    Service,
    Told,
    assertion,
    envelope,
    token_answer,
    verifier,
)

PUBLICATION = "urn:be:fgov:ehealth:ehbox:publication:protocol:v3"
CONSULTATION = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"
STATUS = '<Status><Code>100</Code><Message Lang="EN">Success</Message></Status>'
BOX = "<Id>85061999865</Id><Type>INSS</Type><Quality>NURSE</Quality>"
SENT = (
    f'<p:SendMessageResponse xmlns:p="{PUBLICATION}" Id="abcDEF0123456" SentPublicationId="P1">{STATUS}'
    f"<Recipient>{BOX}</Recipient></p:SendMessageResponse>"
)
NURSE = types.BoxId("85061999865", "INSS", "NURSE")
DATA = b"%PDF-1.4\r\n\x00\xff\r\n--"


def _file(data: bytes, attached: bool) -> types.Content:
    return types.Content(data, attached)


def letter(attached: bool) -> types.SendMessageRequest:
    """A message that uses every element of PublicationMessageType."""
    document = types.Document("Titel é & <x>", _file(DATA, attached), "brief.pdf", "application/pdf")
    annexes = tuple(
        types.Annex(f"bijlage {n}".encode(), _file(bytes([n]) * 100, attached), f"{n}.bin", "application/octet-stream")
        for n in range(2)
    )
    table = types.FreeTable(((b"left", b"right"), (b"a", b"b")), "a heading")
    hospital = types.BoxId("71990133", "NIHII", "HOSPITAL", "HOSPITAL")
    mandate = types.Mandate("0999999031", "CBE", None, "a name")
    user = types.User("71031499894", "Dora", "Voorbeeld")
    return types.SendMessageRequest(
        destinations=(types.Destination(NURSE, user, mandate, True), types.Destination(hospital)),
        content=types.MessageContent(document, table, b"71031499894", annexes),
        specification=types.ContentSpecification(types.ContentType.DOCUMENT, "tests", True, False),
        receipts=types.Receipts(True, False, True),
        custom_metas=(types.CustomMeta("k", "v"), types.CustomMeta("k2", "v2")),
        metas=(types.Meta("t", ("1", "2")),),
        copy_mail_to=("a@example.org",),
        box_id=types.BoxId("71031499894", "INSS", "DOCTOR"),
        publication_id="P1",
    )


Answers = Callable[[Asked], Told]


def _publication(caller: Caller, told: Answers) -> tuple[Publication, Service]:
    session, service = caller.session(_with_sts(caller, told))
    return Publication(session, PUBLICATION_URL, shipped=True), service


def _consultation(caller: Caller, told: Answers) -> Consultation:
    session, _ = caller.session(_with_sts(caller, told))
    return Consultation(session, CONSULTATION_URL, shipped=True)


def _with_sts(caller: Caller, told: Answers) -> Answers:
    return lambda asked: token_answer(assertion(caller)) if asked.url == STS_URL else told(asked)


def _root(asked: Asked) -> etree._Element:
    found = re.search(rb"<soap-env:Envelope.*</soap-env:Envelope>", asked.body, re.DOTALL)
    assert found
    return etree.fromstring(found[0])


def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(resources.path("xsd", "ehealthbox", name))))


@pytest.mark.parametrize("attached", [True, False])
def test_a_message_with_everything_is_valid_signed_and_complete(caller: Caller, attached: bool) -> None:
    port, service = _publication(caller, lambda _: Told(envelope(SENT)))
    answer = port.send_message(letter(attached))
    assert (answer.id, answer.sent_publication_id) == ("abcDEF0123456", "P1")
    assert answer.recipients == (types.Recipient(types.Destination(NURSE)),)
    asked = service.asked[-1]
    assert asked.url == PUBLICATION_URL
    assert asked.headers["SOAPAction"] == f'"{PUBLICATION}:sendMessage"'
    header, body = _root(asked)
    assert verifier(caller).call(header, body).assertion.holder == caller.entries["rsa"].certificate
    _schema("ehbox-publication-protocol-v3.xsd").assertValid(body[0])
    texts = {element.text for element in body[0].iter()}
    assert {"Titel é & <x>", "a@example.org", "k2", "v2", "2", "brief.pdf", digest(DATA)} <= texts
    assert body[0].findtext("DestinationContext/OoOProcessed") == "true"
    names = {etree.QName(element).localname for element in body[0].iter()}
    assert ("EncryptableBinaryContent" in names, "EncryptableTextContent" in names) == (attached, not attached)
    assert (DATA in asked.body) is attached


def test_a_digest_that_is_given_is_sent_as_it_is(caller: Caller) -> None:
    port, service = _publication(caller, lambda _: Told(envelope(SENT)))
    request = letter(False)
    document = replace(request.content.document, digest="wrong")
    port.send_message(replace(request, content=replace(request.content, document=document)))
    assert _root(service.asked[-1]).findtext(".//Document/Digest") == "wrong"


def test_an_empty_document_stays_a_document(caller: Caller) -> None:
    port, service = _publication(caller, lambda _: Told(envelope(SENT)))
    request = letter(False)
    document = replace(request.content.document, content=types.Content(b""))
    port.send_message(replace(request, content=replace(request.content, document=document)))
    (_, body) = _root(service.asked[-1])
    _schema("ehbox-publication-protocol-v3.xsd").assertValid(body[0])
    assert body[0].find(".//Document/EncryptableTextContent") is not None


def test_a_request_that_the_wsdl_does_not_know_is_not_sent(caller: Caller) -> None:
    port, service = _publication(caller, lambda _: Told(envelope(SENT)))
    incomplete = replace(letter(False), destinations=())
    with pytest.raises(RequestError, match="DestinationContext"):
        port.send_message(incomplete)
    assert [asked.url for asked in service.asked] == []


def test_a_refusal_carries_its_answer_with_who_is_absent(caller: Caller) -> None:
    """PUB-9: 826 tells who is absent and who stands in."""
    told = (
        f'<p:SendMessageResponse xmlns:p="{PUBLICATION}"><Status><Code>826</Code><Message Lang="FR">absent</Message>'
        f'<Message Lang="EN">out of office</Message></Status><Recipient>{BOX}'
        "<AbsentFrom>2026-01-14+01:00</AbsentFrom><AbsentTo>2026-01-16+01:00</AbsentTo></Recipient>"
        "</p:SendMessageResponse>"
    )
    port, _ = _publication(caller, lambda _: Told(envelope(told)))
    with pytest.raises(StatusError, match="826 out of office") as caught:
        port.send_message(letter(False))
    assert caught.value.code == "826"
    answer = caught.value.answer
    assert isinstance(answer, types.SendMessageResponse)
    assert str(answer.recipients[0].absent_to) == "2026-01-16"


def test_an_answer_with_an_unknown_element_is_no_answer(caller: Caller) -> None:
    port, _ = _publication(caller, lambda _: Told(envelope(SENT.replace("<Recipient>", "<Other/><Recipient>"))))
    with pytest.raises(AnswerError, match="not of the WSDL"):
        port.send_message(letter(False))


def test_an_answer_of_another_operation_is_no_answer(caller: Caller) -> None:
    told = f'<c:GetBoxInfoResponse xmlns:c="{CONSULTATION}">{STATUS}</c:GetBoxInfoResponse>'
    port, _ = _publication(caller, lambda _: Told(envelope(told)))
    with pytest.raises(AnswerError, match="of another operation"):
        port.send_message(letter(False))


def test_a_reference_without_its_attachment_is_no_answer(caller: Caller) -> None:
    port, _ = _publication(
        caller,
        lambda _: Told(
            b"--b\r\nContent-Type: text/xml\r\n\r\n" + envelope(SENT) + b"\r\n--b\r\n"
            b"Content-Type: text/plain\r\nContent-ID: <1@here>\r\n\r\nx\r\n--b--",
            'multipart/related; boundary="b"',
        ),
    )
    with pytest.raises(AnswerError, match="does not match its attachments"):
        port.send_message(letter(False))


def test_attachments_of_a_message_come_back_byte_for_byte(caller: Caller) -> None:
    full = (
        f'<c:GetFullMessageResponse xmlns:c="{CONSULTATION}">{STATUS}<Sender>{BOX}<Name>Proef</Name></Sender>'
        f'<Message MessageId="abcDEF0123456"><DestinationContext>{BOX}</DestinationContext><ContentContext><Content>'
        "<Document><Title>t</Title><EncryptableBinaryContent>cid:1@here</EncryptableBinaryContent>"
        "<DownloadFileName>t</DownloadFileName><MimeType>text/plain</MimeType></Document>"
        "<Annex><EncryptableTitle>YQ==</EncryptableTitle><EncryptableTextContent>aW5saW5l</EncryptableTextContent>"
        "<DownloadFileName>a</DownloadFileName><MimeType>text/plain</MimeType></Annex></Content>"
        "<ContentSpecification><ContentType>DOCUMENT</ContentType><IsImportant>false</IsImportant>"
        "<IsEncrypted>false</IsEncrypted></ContentSpecification></ContentContext></Message><MessageInfo>"
        "<PublicationDate>2026-01-15+01:00</PublicationDate><ExpirationDate>2027-01-15+01:00</ExpirationDate>"
        "<Size>12</Size></MessageInfo></c:GetFullMessageResponse>"
    )
    body = b"--b\r\nContent-Type: text/xml\r\n\r\n" + envelope(full)
    body += b"\r\n--b\r\nContent-Type: text/plain\r\nContent-ID: <1@here>\r\n\r\n" + DATA + b"\r\n--b--"
    port = _consultation(caller, lambda _: Told(body, 'multipart/related; boundary="b"; type="text/xml"'))
    message = port.get_full_message(types.GetFullMessageRequest("abcDEF0123456")).message
    assert message is not None
    assert message.content.document.content == types.Content(DATA, attached=True)
    assert message.content.annexes[0].content == types.Content(b"inline", attached=False)


BOX_ID = types.BoxId("71031499894", "INSS", "DOCTOR")


@pytest.mark.parametrize(
    ("method", "request_value", "operation", "element"),
    [
        ("get_messages_list", types.GetMessagesListRequest(types.Source.SENTBOX, 101, 200, BOX_ID), "", ""),
        ("get_all_ehboxes_messages_list", types.GetAllEhboxesMessagesListRequest(), "", ""),
        ("get_full_message", types.GetFullMessageRequest("abcDEF0123456"), "", ""),
        ("get_message_history", types.GetHistoryRequest("abcDEF0123456"), "", "GetHistory"),
        ("get_box_info", types.GetBoxInfoRequest(), "", ""),
        ("get_box_info", types.GetBoxInfoRequest(BOX_ID), "", ""),
        (
            "get_message_acknowledgments_status",
            types.GetMessageAcknowledgmentsStatusRequest("abcDEF0123456"),
            "",
            "",
        ),
        ("move_message", types.MoveMessageRequest(types.Source.INBOX, types.Source.BININBOX, ("a" * 13,)), "", ""),
        ("delete_message", types.DeleteMessageRequest(types.Source.INBOX, ("a" * 13, "b" * 13)), "", ""),
        ("insert_ooo", None, "insertOoO", "InsertOoO"),
        ("get_ooo_list", types.GetOoOListRequest(), "getOoOList", "GetOoOList"),
        ("delete_ooo", types.DeleteOoORequest(("1", "2")), "deleteOoO", "DeleteOoO"),
    ],
)
def test_every_operation_of_consultation_sends_a_valid_request_and_reads_a_refusal(
    caller: Caller, method: str, request_value: object, operation: str, element: str
) -> None:
    if request_value is None:
        request_value = types.InsertOoORequest(date(2026, 2, 1), date(2026, 2, 3), (BOX_ID,))
    words = [word.capitalize() for word in method.split("_")]
    operation = operation or words[0].lower() + "".join(words[1:])
    element = element or operation[0].upper() + operation[1:]
    refused = '<Status><Code>841</Code><Message Lang="EN">unknown</Message></Status>'
    told = f'<c:{element}Response xmlns:c="{CONSULTATION}">{refused}</c:{element}Response>'
    session, service = caller.session(_with_sts(caller, lambda _: Told(envelope(told))))
    port = Consultation(session, CONSULTATION_URL, shipped=True)
    with pytest.raises(StatusError, match="841 unknown"):
        getattr(port, method)(request_value)
    asked = service.asked[-1]
    assert asked.headers["SOAPAction"] == f'"{CONSULTATION}:{operation}"'
    header, body = _root(asked)
    verifier(caller).call(header, body)
    assert body[0].tag == f"{{{CONSULTATION}}}{element}Request"
    _schema("ehbox-consultation-protocol-v3.xsd").assertValid(body[0])


def test_the_wsdl_can_come_from_the_server(caller: Caller) -> None:
    def answer(asked: Asked) -> Told:
        name = asked.url.rpartition("/")[2]
        if asked.url == f"{PUBLICATION_URL}?wsdl":
            text = Path(resources.path("wsdl", "ehealthbox", "ehBoxPublication.wsdl")).read_text("utf-8")
            return Told(text.replace("../../xsd/ehealthbox/", "/xsd/ehealthbox/").encode())
        if asked.method == "GET":
            return Told(resources.path("xsd", "ehealthbox", name).read_bytes())
        return Told(envelope(SENT))

    session, service = caller.session(_with_sts(caller, answer))
    port = Publication(session, PUBLICATION_URL)
    assert port.send_message(letter(True)).id == "abcDEF0123456"
    fetched = [asked.url for asked in service.asked if asked.method == "GET"]
    assert fetched[0] == f"{PUBLICATION_URL}?wsdl"
    assert any(url.endswith("/xsd/ehealthbox/ehbox-core-v3.xsd") for url in fetched)


def test_a_wsdl_that_cannot_be_had_is_told(caller: Caller) -> None:
    session, _ = caller.session(lambda _: Told(b"", status=404))
    with pytest.raises(UnreachableError, match="wsdl"):
        Publication(session, PUBLICATION_URL)


def test_ten_megabytes_go_inline(caller: Caller) -> None:
    port, service = _publication(caller, lambda _: Told(envelope(SENT)))
    request = letter(False)
    content = replace(
        request.content, document=replace(request.content.document, content=_file(b"\xff" * 10**7, False))
    )
    port.send_message(replace(request, content=content))
    assert len(service.asked[-1].body) > 13_000_000

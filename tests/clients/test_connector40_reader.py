"""The model catches every answer that breaks a real client; each row breaks one thing of an answer that is fine."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.clients.connector40 import CONSULTATION, PUBLICATION, SAML, SAMLP, SOAP
from tests.clients.connector40_reader import ERRORS, Broken, Fault, read, read_assertion

STATUS = '<Status><Code>100</Code><Message Lang="EN">Success</Message></Status>'
BOX = "<Id>79021802145</Id><Type>INSS</Type><Quality>DOCTOR</Quality>"
SENDER = f"<Sender>{BOX}<Name>Peeters</Name><FirstName>Jan</FirstName></Sender>"
INFO = (
    "<MessageInfo><PublicationDate>2026-01-15+01:00</PublicationDate>"
    "<ExpirationDate>2027-01-15+01:00</ExpirationDate><Size>12</Size></MessageInfo>"
)
KIND = (
    "<ContentSpecification><ContentType>DOCUMENT</ContentType><IsImportant>false</IsImportant>"
    "<IsEncrypted>false</IsEncrypted></ContentSpecification>"
)
CONTENT_INFO = (
    "<ContentInfo><Title>t</Title><MimeType>text/plain</MimeType><HasFreeInformations>false</HasFreeInformations>"
    "<HasAnnex>false</HasAnnex></ContentInfo>"
)
ID = "abcDEF0123456"


@dataclass(frozen=True)
class Http:
    """An answer as it comes over HTTP."""

    content: str
    status: int = 200
    content_type: str = "text/xml; charset=utf-8"
    part: bytes = b""

    def octets(self) -> bytes:
        envelope = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{self.content}</s:Body></s:Envelope>'.encode()
        if not self.part:
            return envelope
        return b"--b\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n" + envelope + self.part + b"\r\n--b--"

    def changed(self, old: str, new: str) -> Http:
        """The same with one thing changed, wherever it is."""
        assert old in self.content + self.content_type + self.part.decode("latin-1")
        return Http(
            self.content.replace(old, new),
            self.status,
            self.content_type.replace(old, new),
            self.part.replace(old.encode(), new.encode()),
        )

    def with_status(self, status: int) -> Http:
        return Http(self.content, status, self.content_type, self.part)


def _read(http: Http) -> object:
    return read(http.status, {"Content-Type": http.content_type}, http.octets())


SENT = Http(
    f'<p:SendMessageResponse xmlns:p="{PUBLICATION}" Id="{ID}" SentPublicationId="VS2KGCNX">{STATUS}'
    f"<Recipient>{BOX}</Recipient></p:SendMessageResponse>"
)
LISTED = Http(
    f'<c:GetMessagesListResponse xmlns:c="{CONSULTATION}">{STATUS}<Source>INBOX</Source><Message>'
    f"<MessageId>{ID}</MessageId><Destination>{BOX}</Destination>{SENDER}{INFO}{CONTENT_INFO}{KIND}</Message>"
    "</c:GetMessagesListResponse>"
)
FULL = Http(
    f'<c:GetFullMessageResponse xmlns:c="{CONSULTATION}">{STATUS}{SENDER}<Message MessageId="{ID}">'
    f"<PublicationId>VS2KGCNX</PublicationId><DestinationContext>{BOX}</DestinationContext><ContentContext><Content>"
    "<Document><Title>t</Title><EncryptableBinaryContent>cid:1@here</EncryptableBinaryContent>"
    "<DownloadFileName>t.txt</DownloadFileName><MimeType>text/plain</MimeType></Document></Content>"
    f"{KIND}</ContentContext></Message>{INFO}</c:GetFullMessageResponse>",
    content_type='multipart/related; type="text/xml"; boundary="b"',
    part=b"\r\n--b\r\nContent-Type: text/plain\r\nContent-ID: <1@here>\r\n\r\nhello \x00\r\n",
)
FAULT = Http(
    "<s:Fault><faultcode>s:Client</faultcode><faultstring>SOA-03006</faultstring><detail>"
    f'<e:SystemError xmlns:e="{ERRORS}" Id="1"><Origin>Consumer</Origin><Code>SOA-03006</Code>'
    '<Message xml:lang="en">no</Message><e:Environment>Simulation</e:Environment></e:SystemError></detail></s:Fault>',
    status=500,
)
ACKNOWLEDGMENTS = Http(
    f'<c:GetMessageAcknowledgmentsStatusResponse xmlns:c="{CONSULTATION}">{STATUS}'
    "</c:GetMessageAcknowledgmentsStatusResponse>"
)


def test_what_is_fine_is_read() -> None:
    for http in (SENT, LISTED):
        assert read(http.status, {"content-type": http.content_type}, http.octets()).code == "100"
    full = read(FULL.status, {"Content-Type": FULL.content_type}, FULL.octets())
    assert full.parts == {"1@here": b"hello \x00\r\n"}


def test_a_fault_is_read() -> None:
    with pytest.raises(Fault) as caught:
        _read(FAULT)
    assert (caught.value.side, caught.value.code, caught.value.environment) == ("Client", "SOA-03006", "Simulation")


@pytest.mark.parametrize(
    ("http", "broken"),
    [
        (Http(f"\n{SENT.content}"), "white space between Body and its element"),
        (Http(SENT.content + SENT.content), "not one element in the Body"),
        (SENT.changed("xmlns:p=", "xmlns=").changed("p:Send", "Send"), "a default xmlns"),
        (Http(LISTED.content.replace("xmlns:c=", f'xmlns="{CONSULTATION}" xmlns:c=')), "a default xmlns"),
        (SENT.changed('Lang="EN"', 'Lang="en"'), "XSD: Element 'Message', attribute 'Lang'"),
        (SENT.changed('<Message Lang="EN">Success</Message>', ""), "XSD: Element 'Status': Missing child"),
        (SENT.changed('<Message Lang="EN">', "<Message>"), "a Lang that is not in upper case"),
        (SENT.changed("<Recipient>", "<Extra/><Recipient>"), "XSD: Element 'Extra'"),
        (SENT.changed(ID, "abc"), "a message id that is not 13"),
        (SENT.changed(ID, "abcDEF012345-"), "a message id that is not 13"),
        (SENT.changed(f' Id="{ID}"', ""), "a message id that is not 13"),
        (LISTED.changed(ID, "abcDEF01234567"), "XSD: Element 'MessageId'"),
        (
            FULL.changed("VS2KGCNX</PublicationId>", f"VS2KGCNX</PublicationId><MessageId>{ID}</MessageId>"),
            "XSD: Element 'MessageId'",
        ),
        (FULL.changed(f' MessageId="{ID}"', ""), "a message id that is not 13"),
        (LISTED.changed("2026-01-15+01:00", "2026-01-15T09:00:00+01:00"), "XSD: Element 'PublicationDate'"),
        (LISTED.changed("<Size>12<", "<Size>12 kB<"), "a Size that is no integer"),
        (LISTED.changed("<Size>12<", "<Size>2147483648<"), "a Size of 2 GiB or more"),
        (FULL.changed("<MimeType>text/plain</MimeType>", ""), "XSD: Element 'Document': Missing child"),
        (FULL.changed("<Title>t</Title>", ""), "XSD: Element 'EncryptableBinaryContent'"),
        (FULL.changed("<1@here>", "1@here"), "a Content-ID without brackets"),
        (FULL.changed("1@here", "1+1@here"), "a . in a Content-ID"),
        (FULL.changed("cid:1@here", "cid:2@here"), "a cid: without its part"),
        (FULL.changed("cid:1@here", "1@here"), "a reference that is no cid:"),
        (FULL.changed('boundary="b"', "boundary=b"), "a boundary that is not quoted"),
        (FULL.changed("Content-ID: ", "Content-Transfer-Encoding: base64\r\nContent-ID: "), "not raw bytes"),
        (FULL.changed("\r\n--b\r\nContent-Type: text/plain", "\r\n--c\r\nContent-Type: text/plain"), "not XML"),
        (SENT.with_status(202), "HTTP status 202"),
        (SENT.with_status(500), "an answer with HTTP status 500"),
        (Http(SENT.content, content_type="application/soap+xml"), "content type application/soap.xml"),
        (Http(SENT.content, content_type=""), "content type"),
        (FAULT.with_status(200), "a fault with HTTP status 200"),
        (FAULT.changed("s:Client", "s:Client.Authentication"), "faultcode Client.Authentication"),
        (FAULT.changed("s:Client", "Client"), "a faultcode that is not of SOAP's namespace"),
        (FAULT.changed("<faultstring>SOA-03006", "<faultstring>no"), "a faultstring that is not the code"),
        (FAULT.changed("<Origin>Consumer</Origin>", "<e:Origin>Consumer</e:Origin>"), "Origin is qualified"),
        (FAULT.changed("Code>SOA", "e:Code>SOA").changed("03006</Code>", "03006</e:Code>"), "Code is qualified"),
        (FAULT.changed('<Message xml:lang="en">no</Message>', "<e:Message>no</e:Message>"), "Message is qualified"),
        (FAULT.changed("<e:Environment>Simulation</e:Environment>", ""), "without a known Environment"),
        (FAULT.changed("e:Environment>", "Environment>"), "Environment is not qualified"),
        (FAULT.changed("Simulation", "Elsewhere"), "without a known Environment"),
        (FAULT.changed("e:SystemError", "e:BusinessError"), "a fault without a SystemError"),
        (LISTED.changed(CONTENT_INFO, ""), "a list row of a DOCUMENT without ContentInfo"),
        (ACKNOWLEDGMENTS, "code 100 without a row"),
    ],
)
def test_each_thing_that_breaks_a_client_is_caught(http: Http, broken: str) -> None:
    with pytest.raises(Broken, match=broken):
        _read(http)


def test_what_is_not_xml_is_caught() -> None:
    with pytest.raises(Broken, match="not XML"):
        read(200, {"Content-Type": "text/xml"}, b"<html>")


def test_another_version_of_soap_is_caught() -> None:
    octets = SENT.octets().replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope")
    with pytest.raises(Broken, match=r"not an envelope of SOAP 1\.1"):
        read(200, {"Content-Type": "text/xml"}, octets)


ASSERTION = (
    f'<Assertion xmlns="{SAML}" MajorVersion="1" MinorVersion="1" AssertionID="_0123456789abcdef0123456789abcdef" '
    'Issuer="urn:be:fgov:ehealth:sts:1_0" IssueInstant="2026-01-15T09:00:00.000Z">'
    '<Conditions NotBefore="2026-01-15T08:55:00.000Z" NotOnOrAfter="2026-01-16T09:00:00.000Z"/></Assertion>'
)
TOKEN = Http(
    f'<samlp:Response xmlns:samlp="{SAMLP}"><samlp:Status><samlp:StatusCode Value="samlp:Success"/></samlp:Status>'
    f"{ASSERTION}</samlp:Response>"
)


def _read_assertion(http: Http) -> str:
    return read_assertion(http.status, {"Content-Type": http.content_type}, http.octets())


def test_an_assertion_is_written_anew_with_sorted_attributes() -> None:
    assert _read_assertion(TOKEN) == (
        f'<Assertion xmlns="{SAML}" AssertionID="_0123456789abcdef0123456789abcdef" '
        'IssueInstant="2026-01-15T09:00:00.000Z" Issuer="urn:be:fgov:ehealth:sts:1_0" MajorVersion="1" '
        'MinorVersion="1"><Conditions NotBefore="2026-01-15T08:55:00.000Z" NotOnOrAfter="2026-01-16T09:00:00.000Z"/>'
        "</Assertion>"
    )


@pytest.mark.parametrize(
    ("http", "broken"),
    [
        (TOKEN.changed("samlp:Response", "samlp:Request"), "not a samlp:Response"),
        (TOKEN.changed("samlp:StatusCode", "samlp:Code"), "without StatusCode"),
        (TOKEN.changed("samlp:Success", "samlp:Requester"), "without StatusMessage"),
        (TOKEN.changed(ASSERTION, ""), "success without an assertion"),
        (TOKEN.changed("<Assertion xmlns=", "<a:Assertion xmlns:a=").changed("</Assertion", "</a:Assertion"), "prefix"),
        (TOKEN.changed('"_0123', '"0123'), "an AssertionID of another form"),
        (TOKEN.changed("<Conditions", "\n<Conditions"), "white space in an assertion"),
        (TOKEN.changed("08:55:00.000Z", "08:55:00Z"), "three digits of fraction"),
        (TOKEN.changed("08:55:00.000Z", "08:55:00.000+00:00"), "three digits of fraction"),
    ],
)
def test_an_answer_of_the_sts_that_breaks_a_client_is_caught(http: Http, broken: str) -> None:
    with pytest.raises(Broken, match=broken):
        _read_assertion(http)


def test_a_refusal_of_the_sts_is_told_in_its_words() -> None:
    refused = TOKEN.changed("samlp:Success", "samlp:Requester").changed(
        "</samlp:Status>", "<samlp:StatusMessage>nothing certified</samlp:StatusMessage></samlp:Status>"
    )
    with pytest.raises(Broken, match="the STS refused: nothing certified"):
        _read_assertion(refused)

"""sendMessage in the layouts of real clients, literal by literal, and its answer as clients take it."""

from __future__ import annotations

import base64
import hashlib
from datetime import date

import pytest
from lxml import etree

from ehbox_soap.ids import SeededChance
from ehbox_soap.wire import codec, mime, soap, xml
from ehbox_soap.wire import types as t
from ehbox_soap.wire.contract import Contract
from ehbox_soap.wire.mime import Part
from tests.wire.checks import CANARY, refused

PORT = Contract.load("ehealthbox").publication
PUB = "urn:be:fgov:ehealth:ehbox:publication:protocol:v3"


def digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def decode(body: str, parts: dict[str, bytes] | None = None) -> t.SendMessageRequest:
    """The request of an envelope, as the server reads it."""
    content = soap.open_envelope(xml.parse(body.encode())).content
    PORT.validate_request(content)
    found = {content_id: Part("a/b", content_id, data) for content_id, data in (parts or {}).items()}
    request = codec.decode_request(content, found)
    assert isinstance(request, t.SendMessageRequest)
    return request


# The platform's Java connector 4.0: prefix ns2 on the element, document and annexes by swaRef.
CONNECTOR = (
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header/>'
    '<SOAP-ENV:Body xmlns:wsu="urn:wsu" wsu:Id="id-d1bcffab">'
    f'<ns2:SendMessageRequest xmlns:ns2="{PUB}" PublicationId="VS2KGCNX">'
    "<DestinationContext><Id>85041310259</Id><Type>INSS</Type><Quality>NURSE</Quality>"
    "<OoOProcessed>false</OoOProcessed></DestinationContext>"
    "<ContentContext><Content><Document><Title>Titel éè</Title>"
    "<EncryptableBinaryContent>cid:565d54ec-5353@ehealth.fgov.be</EncryptableBinaryContent>"
    f"<DownloadFileName>body.txt</DownloadFileName><MimeType>text/plain</MimeType><Digest>{digest(b'hello')}</Digest>"
    "</Document>"
    "<FreeInformations><EncryptableFreeText>dnJpamUgdGVrc3Qgw6s=</EncryptableFreeText></FreeInformations>"
    "<Annex><EncryptableTitle>YW5uZXggMA==</EncryptableTitle>"
    "<EncryptableBinaryContent>cid:338aa11b-893f@ehealth.fgov.be</EncryptableBinaryContent>"
    "<DownloadFileName>annex0.bin</DownloadFileName><MimeType>application/octet-stream</MimeType>"
    f"<Digest>{digest(b'annex')}</Digest></Annex></Content>"
    "<ContentSpecification><ApplicationName>harness</ApplicationName><ContentType>DOCUMENT</ContentType>"
    "<IsImportant>true</IsImportant><IsEncrypted>false</IsEncrypted><PublicationReceipt>true</PublicationReceipt>"
    "<ReceivedReceipt>false</ReceivedReceipt><ReadReceipt>true</ReadReceipt></ContentSpecification>"
    "<CustomMeta><Key>CM-AuthorID</Key><Value>79021802145</Value></CustomMeta></ContentContext>"
    "</ns2:SendMessageRequest></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
CONNECTOR_PARTS = {"338aa11b-893f@ehealth.fgov.be": b"annex", "565d54ec-5353@ehealth.fgov.be": b"hello"}


def test_the_layout_of_the_java_connector() -> None:
    assert decode(CONNECTOR, CONNECTOR_PARTS) == t.SendMessageRequest(
        destinations=(t.Destination(t.BoxId("85041310259", "INSS", "NURSE"), ooo_processed=False),),
        content=t.MessageContent(
            t.Document("Titel éè", t.Content(b"hello", True), "body.txt", "text/plain", digest(b"hello")),
            free_informations=t.FreeText("vrije tekst ë".encode()),
            annexes=(
                t.Annex(
                    b"annex 0",
                    t.Content(b"annex", True),
                    "annex0.bin",
                    "application/octet-stream",
                    digest(b"annex"),
                ),
            ),
        ),
        specification=t.ContentSpecification(t.ContentType.DOCUMENT, "harness", is_important=True),
        receipts=t.Receipts(publication=True, read=True),
        custom_metas=(t.CustomMeta("CM-AuthorID", "79021802145"),),
        publication_id="VS2KGCNX",
    )


# E-Contract (JAX-WS): XML declaration, xmlns="" and the namespaces on the Body, OoOProcessed left out.
JAXWS = (
    "<?xml version='1.0' encoding='UTF-8'?>"
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
    f'<S:Body xmlns="" xmlns:ns3="{PUB}" xmlns:ns4="urn:be:fgov:ehealth:errors:soa:v1">'
    '<ns3:SendMessageRequest PublicationId="8b4b18e-4a18"><DestinationContext><Id>71089914</Id><Type>NIHII</Type>'
    "<Quality>HOSPITAL</Quality></DestinationContext><ContentContext><Content><Document><Title>test</Title>"
    "<EncryptableBinaryContent>cid:432f6a0a%40example.jaxws.sun.com</EncryptableBinaryContent>"
    "<DownloadFileName>test.txt</DownloadFileName><MimeType>text/plain</MimeType><Digest>uU0=</Digest></Document>"
    "</Content><ContentSpecification><ContentType>DOCUMENT</ContentType><IsImportant>false</IsImportant>"
    "<IsEncrypted>false</IsEncrypted><PublicationReceipt>false</PublicationReceipt>"
    "<ReceivedReceipt>false</ReceivedReceipt><ReadReceipt>false</ReadReceipt></ContentSpecification>"
    "</ContentContext></ns3:SendMessageRequest></S:Body></S:Envelope>"
)


def test_the_layout_of_e_contract() -> None:
    request = decode(JAXWS, {"432f6a0a@example.jaxws.sun.com": b"hello world"})
    assert request.destinations == (t.Destination(t.BoxId("71089914", "NIHII", "HOSPITAL")),)
    assert request.content.document.content == t.Content(b"hello world", attached=True)
    assert (request.publication_id, request.receipts) == ("8b4b18e-4a18", t.Receipts())


# Small, with everything optional left out, and the places where tests put more.
SMALL = (
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
    f'<p:SendMessageRequest xmlns:p="{PUB}">'
    "<DestinationContext><Id>1</Id><Type>INSS</Type><Quality>NURSE</Quality></DestinationContext>"
    "<ContentContext><Content><Document><Title>t</Title><EncryptableTextContent>aGVsbG8=</EncryptableTextContent>"
    "<DownloadFileName>f</DownloadFileName><MimeType>plain/text</MimeType><Digest>d</Digest></Document></Content>"
    "<ContentSpecification><ContentType>NEWS</ContentType><IsImportant/><IsEncrypted></IsEncrypted>"
    "<PublicationReceipt/><ReceivedReceipt/><ReadReceipt/></ContentSpecification></ContentContext>"
    "</p:SendMessageRequest></S:Body></S:Envelope>"
)


def test_the_schemas_defaults_fill_empty_elements() -> None:
    request = decode(SMALL)
    assert request.specification == t.ContentSpecification(t.ContentType.NEWS)
    assert request.receipts == t.Receipts()
    assert (request.publication_id, request.box_id) == (None, None)
    assert request.content.document.content == t.Content(b"hello", attached=False)


@pytest.mark.parametrize(("text", "value"), [("1", True), ("0", False), ("\n true ", True), ("false", False)])
def test_booleans_in_all_their_forms(text: str, value: bool) -> None:
    body = SMALL.replace("<IsImportant/>", f"<IsImportant>{text}</IsImportant>")
    assert decode(body).specification.is_important is value
    body = SMALL.replace("</Quality>", f"</Quality><OoOProcessed>{text}</OoOProcessed>")
    assert decode(body).destinations[0].ooo_processed is value


def test_everything_optional() -> None:
    body = SMALL.replace(
        "<DestinationContext>",
        "<BoxId><Id>2</Id><Type>NIHII</Type><SubType>HOSPITAL</SubType><Quality>HOSPITAL</Quality></BoxId>"
        "<DestinationContext><Id>ALL</Id><Type>INSS</Type><Quality>DOCTOR</Quality></DestinationContext>"
        "<DestinationContext>",
    )
    body = body.replace(
        "<Quality>NURSE</Quality>",
        '<Quality>NURSE</Quality><User FirstName="Ann" LastName="Peeters">12345678901</User>'
        "<Mandate><Id>3</Id><Type>CBE</Type><SubType>s</SubType><Name>n</Name></Mandate>",
    )
    body = body.replace(
        "</Content><",
        '<FreeInformations><Table Title="h"><Row><EncryptableLeftCell>YQ==</EncryptableLeftCell>'
        "<EncryptableRightCell>Yg==</EncryptableRightCell></Row></Table></FreeInformations>"
        "<EncryptableINSSPatient>MQ==</EncryptableINSSPatient></Content><",
    )
    metas = "<Meta><Type>m</Type><Value>1</Value><Value>2</Value></Meta>"
    mails = "<CopyMailTo>a@b.example</CopyMailTo><CopyMailTo>c@d.example</CopyMailTo>"
    body = body.replace("</ContentContext>", f"</ContentContext>{metas}{mails}")
    request = decode(body)
    assert request.box_id == t.BoxId("2", "NIHII", "HOSPITAL", "HOSPITAL")
    assert request.destinations == (
        t.Destination(t.BoxId("ALL", "INSS", "DOCTOR")),
        t.Destination(
            t.BoxId("1", "INSS", "NURSE"), t.User("12345678901", "Ann", "Peeters"), t.Mandate("3", "CBE", "s", "n")
        ),
    )
    assert request.content.free_informations == t.FreeTable(((b"a", b"b"),), "h")
    assert request.content.patient_inss == b"1"
    assert request.metas == (t.Meta("m", ("1", "2")),)
    assert request.copy_mail_to == ("a@b.example", "c@d.example")


def test_an_old_form_of_free_information() -> None:
    old = '<EncryptableOldFreeInformation Render="r">YQ==</EncryptableOldFreeInformation>'
    request = decode(SMALL.replace("</Content><", f"<FreeInformations>{old}</FreeInformations></Content><"))
    assert request.content.free_informations == t.OldFreeInformation(b"a", "r")


def test_base64_with_line_ends_is_base64() -> None:
    """Java wraps at 76 characters, with CR LF or &#13;."""
    request = decode(SMALL.replace("aGVsbG8=", "\r\naGVs&#13;\n bG8=\t"))
    assert request.content.document.content.data == b"hello"


@pytest.mark.parametrize("text", [CANARY, "aGVsbG8", "aGVs!bG8=", "aGVsbG9=", "=", "aGVsbG8=aGVs", "é"])
def test_content_that_is_not_base64(text: str) -> None:
    """SOA-03007; libxml2 alone would take some of these."""
    with refused("SOA-03007", "EncryptableTextContent: not base64"):
        decode(SMALL.replace("aGVsbG8=", text))


def test_an_empty_content_is_content() -> None:
    assert decode(SMALL.replace("aGVsbG8=", "")).content.document.content == t.Content(b"")


def test_references_and_parts_have_to_match() -> None:
    with refused("SOA-03007", "EncryptableBinaryContent: no part"):
        decode(CONNECTOR, {"338aa11b-893f@ehealth.fgov.be": b"annex"})
    with refused("SOA-03007", "1 parts that nothing refers to"):
        decode(CONNECTOR, {**CONNECTOR_PARTS, CANARY: b""})
    with refused("SOA-03007", "no cid:"):
        decode(CONNECTOR.replace("cid:565d54ec", f"http://{CANARY}/565d54ec"), CONNECTOR_PARTS)


def test_an_answer_as_clients_take_it() -> None:
    """PUB-10, and PUB-9's dates for who is out of office: xs:date with Brussels' zone (LIFE-6)."""
    away = t.Recipient(
        t.Destination(t.BoxId("2", "INSS", "NURSE"), t.User("12345678901", "Ann", "Peeters")),
        date(2026, 7, 1),
        date(2026, 12, 24),
        (t.BoxId("3", "NIHII", "DOCTOR"),),
    )
    answer = t.SendMessageResponse(
        t.Status("100", (("EN", "Success"), ("FR", "Succès"))),
        "0123456789abc",
        "VS2KGCNX",
        (t.Recipient(t.Destination(t.BoxId("1", "NIHII", "HOSPITAL", "HOSPITAL"))), away),
    )
    element, parts = codec.encode_answer(answer, SeededChance())
    PORT.validate_answer(element)
    assert parts == ()
    assert etree.tostring(element, encoding="unicode") == (
        f'<pub:SendMessageResponse xmlns:pub="{PUB}" Id="0123456789abc" SentPublicationId="VS2KGCNX">'
        '<Status><Code>100</Code><Message Lang="EN">Success</Message><Message Lang="FR">Succès</Message></Status>'
        "<Recipient><Id>1</Id><Type>NIHII</Type><SubType>HOSPITAL</SubType><Quality>HOSPITAL</Quality></Recipient>"
        "<Recipient><Id>2</Id><Type>INSS</Type><Quality>NURSE</Quality>"
        '<User FirstName="Ann" LastName="Peeters">12345678901</User>'
        "<AbsentFrom>2026-07-01+02:00</AbsentFrom><AbsentTo>2026-12-24+01:00</AbsentTo>"
        "<Substitute><Id>3</Id><Type>NIHII</Type><Quality>DOCTOR</Quality></Substitute></Recipient>"
        "</pub:SendMessageResponse>"
    )


def test_a_refusal_is_a_status_alone() -> None:
    answer = t.SendMessageResponse(t.Status("802", (("EN", "x"),)))
    element, _ = codec.encode_answer(answer, SeededChance())
    PORT.validate_answer(element)
    assert [child.tag for child in element] == ["Status"]
    assert dict(element.items()) == {}


def test_the_client_writes_attachments_as_the_server_reads_them() -> None:
    request = decode(CONNECTOR, CONNECTOR_PARTS)
    element, parts = codec.encode_request(request, SeededChance())
    assert [(part.content_type, part.data) for part in parts] == [
        ("text/plain", b"hello"),
        ("application/octet-stream", b"annex"),
    ]
    content_type, body = mime.write(soap.close_envelope(element), parts, "b")
    message = mime.read(content_type, body)
    content = soap.open_envelope(xml.parse(message.root)).content
    assert codec.decode_request(content, message.parts) == request


def test_a_request_without_digest_cannot_be_written() -> None:
    """PUB-5: it is the only protection of an attachment."""
    document = t.Document("t", t.Content(b""), "f", "m")
    request = t.SendMessageRequest((), t.MessageContent(document), t.ContentSpecification(t.ContentType.NEWS))
    with pytest.raises(ValueError, match="Digest"):
        codec.encode_request(request, SeededChance())

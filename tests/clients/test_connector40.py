"""The model's requests have the layout of the real connector's, and verify with a library that is not ours."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from tests.clients import connector40
from tests.clients.conftest import NOW
from tests.clients.connector40 import Connector40, Destination, File, HttpRequest, Letter

ASSERTION = (
    '<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_0123456789abcdef0123456789abcdef" '
    'Issuer="urn:be:fgov:ehealth:sts:1_0"><Conditions/></Assertion>'
)
DOCUMENT = File("Titel é & <x>", "brief.pdf", "application/pdf", b"%PDF-1.4\r\n\x00\xff\r\n")
ANNEXES = (
    File("bijlage", "a.bin", "application/octet-stream", bytes(range(256))),
    File("b", "b.txt", "text/plain", b""),
)
LETTER = Letter(
    "VS2KGCNX",
    (Destination("85041310259", "INSS", "NURSE"), Destination("71000436", "NIHII", "HOSPITAL", "HOSPITAL")),
    DOCUMENT,
    ANNEXES,
    free_text="vrije tekst ë",
    author="79021802145",
)
_NAMESPACES = {
    "s": connector40.SOAP,
    "ds": connector40.DS,
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
}


def _envelope(request: HttpRequest) -> bytes:
    found = re.search(rb"<SOAP-ENV:Envelope .*?</SOAP-ENV:Envelope>", request.body, re.DOTALL)
    assert found
    return found[0]


def _sent(connector: Connector40) -> HttpRequest:
    return connector.send_message("/ehBoxPublication/v3", NOW, ASSERTION, LETTER)


def _asked(connector: Connector40) -> HttpRequest:
    claims = [("urn:be:fgov:person:ssin", "79021802145")]
    wanted = [("urn:be:fgov:person:ssin:doctor:boolean", "urn:be:fgov:certified-namespace:ehealth")]
    return connector.request_secure_token("/IAM/Saml11TokenService/v1", NOW, claims, wanted)


def _verify(connector: Connector40, envelope: bytes) -> list[str]:
    """Raises unless xmlsec verifies the message signature; gives the names of the elements it covers."""
    tree = etree.fromstring(envelope)
    context = xmlsec.SignatureContext()
    public = connector.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    context.key = xmlsec.Key.from_memory(public, xmlsec.constants.KeyDataFormatPem, None)
    identified = {
        str(each.get(f"{{{_NAMESPACES['wsu']}}}Id")): each
        for each in tree.iter()
        if each.get(f"{{{_NAMESPACES['wsu']}}}Id")
    }
    for each in identified.values():
        context.register_id(each, "Id", _NAMESPACES["wsu"])
    (signature,) = tree.iterfind("s:Header/wsse:Security/ds:Signature", _NAMESPACES)
    context.verify(signature)
    uris = [str(each.get("URI")) for each in signature.iterfind("ds:SignedInfo/ds:Reference", _NAMESPACES)]
    return [etree.QName(identified[uri[1:]]).localname for uri in uris]


def test_a_mailbox_call_is_signed_over_body_and_timestamp_and_verifies(connector: Connector40) -> None:
    assert _verify(connector, _envelope(_sent(connector))) == ["Body", "Timestamp"]


def test_an_sts_call_is_signed_over_the_token_too(connector: Connector40) -> None:
    assert _verify(connector, _envelope(_asked(connector))) == ["Body", "Timestamp", "BinarySecurityToken"]


def test_a_changed_body_does_not_verify(connector: Connector40) -> None:
    envelope = _envelope(_sent(connector)).replace(b"85041310259", b"85041310250")
    with pytest.raises(xmlsec.Error):
        _verify(connector, envelope)


def test_headers_stand_in_the_connector_s_order(connector: Connector40) -> None:
    octets = _sent(connector).octets("127.0.0.1:8080")
    head, _, body = octets.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /ehBoxPublication/v3 HTTP/1.1"
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "Accept",
        "Content-Type",
        "SOAPAction",
        "User-Agent",
        "Cache-Control",
        "Pragma",
        "Host",
        "Connection",
        "Content-Length",
    ]
    assert f'SOAPAction: "{connector40.PUBLICATION}:sendMessage"' in lines
    assert f"Content-Length: {len(body)}" in lines


def test_attachments_are_swaref_without_brackets_transfer_encoding_or_start(connector: Connector40) -> None:
    request = _sent(connector)
    content_type = dict(request.headers)["Content-Type"]
    assert re.fullmatch(r'multipart/related; boundary="[^"]+"; type="text/xml"', content_type)
    pieces = request.body.split(b"--" + connector.boundary.encode())
    assert (pieces[0], pieces[-1]) == (b"", b"--")
    assert pieces[1].startswith(b"\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n<SOAP-ENV:Envelope ")
    heads = [piece.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:] for piece in pieces[2:-1]]
    for head in heads:
        assert [line.partition(":")[0] for line in head] == ["Content-Type", "Content-ID"]
        assert re.fullmatch(r"Content-ID: [0-9a-f-]+@ehealth\.fgov\.be", head[1])
    contents = [piece.partition(b"\r\n\r\n")[2][:-2] for piece in pieces[2:-1]]
    assert contents == [DOCUMENT.data, *(annex.data for annex in ANNEXES)]
    named = {head[1].partition(": ")[2]: data for head, data in zip(heads, contents, strict=True)}
    body = etree.fromstring(_envelope(request))
    for each in body.iter("Document", "Annex"):
        reference = (each.findtext("EncryptableBinaryContent") or "").removeprefix("cid:")
        assert each.findtext("Digest") == base64.b64encode(hashlib.sha256(named[reference]).digest()).decode()


def test_parts_can_stand_in_any_order(connector: Connector40) -> None:
    letter = Letter("VS2KGCNX", LETTER.destinations, DOCUMENT, ANNEXES, part_order=(1, 0, 2))
    body = connector.send_message("/", NOW, ASSERTION, letter).body
    assert body.index(ANNEXES[0].data) < body.index(DOCUMENT.data)


def test_base64_has_lines_of_76_ended_by_cr_and_lf(connector: Connector40) -> None:
    text = _envelope(_asked(connector)).decode()
    token = re.search(r"<wsse:BinarySecurityToken [^>]*>([^<]*)<", text)
    assert token
    lines = token[1].split("&#13;\n")
    assert len(lines) > 5
    assert {len(line) for line in lines[:-1]} == {76}
    assert base64.b64decode("".join(lines)) == connector.certificate.public_bytes(Encoding.DER)


def test_the_security_header_holds_timestamp_assertion_and_signature(connector: Connector40) -> None:
    request = connector.get_messages_list("/ehBoxConsultation/v3", NOW, ASSERTION, "SENTBOX", (101, 200))
    envelope = _envelope(request)
    assert ASSERTION.encode() in envelope
    tree = etree.fromstring(envelope)
    (security,) = tree.iterfind("s:Header/wsse:Security", _NAMESPACES)
    assert [etree.QName(each).localname for each in security] == ["Timestamp", "Assertion", "Signature"]
    assert security.get(f"{{{connector40.SOAP}}}mustUnderstand") == "1"
    moments = [each.text for each in security.iterfind("wsu:Timestamp/*", _NAMESPACES)]
    assert moments == ["2026-01-15T09:00:00.123Z", "2026-01-15T09:01:00.123Z"]
    (identifier,) = security.iterfind(".//wsse:KeyIdentifier", _NAMESPACES)
    assert identifier.text == "_0123456789abcdef0123456789abcdef"
    (content,) = tree.iterfind("s:Body/*", _NAMESPACES)
    assert [(each.tag, each.text) for each in content] == [
        ("Source", "SENTBOX"),
        ("StartIndex", "101"),
        ("EndIndex", "200"),
    ]


def test_every_consultation_names_its_operation(connector: Connector40) -> None:
    calls = {
        "getMessagesList": connector.get_messages_list("/", NOW, ASSERTION),
        "getFullMessage": connector.get_full_message("/", NOW, ASSERTION, "abcdefghijklm"),
        "getBoxInfo": connector.get_box_info("/", NOW, ASSERTION),
    }
    for name, request in calls.items():
        assert dict(request.headers)["SOAPAction"] == f'"{connector40.CONSULTATION}:{name}"'
        assert dict(request.headers)["Content-Type"] == "text/xml; charset=utf-8"
        assert f"<ns2:{name[0].upper()}{name[1:]}Request " in request.body.decode()


def test_names_are_rfc_1779_with_quoted_values(connector: Connector40) -> None:
    (name,) = set(re.findall(r"<saml:NameIdentifier [^>]*>([^<]*)<", _asked(connector).body.decode()))
    assert name == (
        'CN="SSIN=79021802145", OU="SSIN=79021802145", OU="JAN, PEETERS", OU=eHealth-platform Belgium, '
        "O=Federal Government, C=BE"
    )

"""Requests of the connector of which none was recorded, written out octet for octet from what is known of its classes.

Of 3.x: a call of the mailbox, one of the STS, GetEtk; of both generations: KGSS and address book. connector40.py,
connector_kgss.py and connector_book.py say which classes; how JAXB and a DOM order declarations and attributes was
tried with classes of our own that have the same annotations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.clients.conftest import NOW, identifiers
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.connector_book import BookRequest
from tests.clients.connector_kgss import Reader, key_content, new_key_content
from tests.clients.literal import (
    BASE64,
    C14N,
    CERTIFIED,
    DS,
    HOLDER_OF_KEY,
    HOST,
    IDENTIFICATION,
    SAML,
    SAML_ID,
    SAML_TOKEN,
    SAMLP,
    SOAP,
    WSSE,
    WSSE11,
    WSU,
    X509,
    X509_NAME,
    completed,
    uuid,
)
from tests.clients.model import Identification
from tests.clients.test_layouts import OUTER, assertion, verified
from tests.clients.test_operations import CALLS
from tests.clients.writing import base64_of, der, wrapped

CONSULTATION = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"
ETK, KGSS = "urn:be:fgov:ehealth:etkdepot:1_0:protocol", "urn:be:fgov:ehealth:etee:kgss:1_0:protocol"
BOOK, COMMON = "urn:be:fgov:ehealth:addressbook:protocol:v1", "urn:be:fgov:ehealth:commons:core:v2"
SHA1 = f"{DS}rsa-sha1", f"{DS}sha1"
SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"
GENERATIONS = [
    (Connector3, "Ehealth Technical (3.13.1)", SHA1, f' xmlns:ns2="{KGSS}"', f' xmlns:ns2="{ETK}"'),
    (Connector40, "eHealthTechnical/4.0.2", SHA256, "", ""),
]
ACCEPT = "Accept: text/xml, text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
TYPE = "Content-Type: text/xml; charset=utf-8"


class Generation:
    """One of the two, and what is expected of it."""

    def __init__(self, pair: Identification, row: int) -> None:
        kind, self.agent, self.algorithms, self.beside_etk, self.beside_kgss = GENERATIONS[row]
        self.model = kind(pair.key, pair.certificate, identifiers().__next__)

    def head(self, path: str, action: str, *, secured: bool = True) -> str:
        stated = f'SOAPAction: "{action}"\r\n' if action else ""
        agent = f"User-Agent: {self.agent}"
        order = f"{TYPE}\r\n{stated}{agent}" if secured else f"{agent}\r\n{TYPE}"
        return (
            f"POST {path} HTTP/1.1\r\n{ACCEPT}\r\n{order}\r\nCache-Control: no-cache\r\nPragma: no-cache\r\n"
            f"Host: {HOST}\r\nConnection: keep-alive\r\nContent-Length: @length@\r\n\r\n"
        )

    def reference(self, name: str) -> str:
        return (
            f'<ds:Reference URI="#{name}"><ds:Transforms><ds:Transform Algorithm="{C14N}"/></ds:Transforms>'
            f'<ds:DigestMethod Algorithm="{self.algorithms[1]}"/><ds:DigestValue>@DigestValue@</ds:DigestValue>'
            "</ds:Reference>"
        )

    def envelope(self, proof: str, references: str, key: str, body: str, first: int = 0) -> str:
        return (
            f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Header>'
            f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" SOAP-ENV:mustUnderstand="1">'
            f'<wsu:Timestamp wsu:Id="TS-{uuid(first)}"><wsu:Created>2026-01-15T09:00:00.123Z</wsu:Created>'
            f"<wsu:Expires>2026-01-15T09:01:00.123Z</wsu:Expires></wsu:Timestamp>{proof}"
            f'<ds:Signature xmlns:ds="{DS}" Id="SIG-{uuid(first + 3)}"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{C14N}"/><ds:SignatureMethod Algorithm="{self.algorithms[0]}"/>'
            f"{references}</ds:SignedInfo><ds:SignatureValue>@SignatureValue@</ds:SignatureValue>"
            f'<ds:KeyInfo Id="KI-{uuid(first + 4)}"><wsse:SecurityTokenReference {key}</wsse:SecurityTokenReference>'
            "</ds:KeyInfo></ds:Signature></wsse:Security></SOAP-ENV:Header>"
            f'<SOAP-ENV:Body xmlns:wsu="{WSU}" wsu:Id="id-{uuid(first + 1)}">{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>'
        )

    def call(self, body: str) -> str:
        """Secured by the assertion."""
        key = (
            f'xmlns:wsse11="{WSSE11}" wsse11:TokenType="{SAML_TOKEN}" wsu:Id="STR-{uuid(5)}">'
            f'<wsse:KeyIdentifier ValueType="{SAML_ID}">_0123456789abcdef0123456789abcdef</wsse:KeyIdentifier>'
        )
        references = self.reference(f"id-{uuid(1)}") + self.reference(f"TS-{uuid(0)}")
        return self.envelope(assertion(), references, key, body)


@pytest.fixture(params=range(len(GENERATIONS)), ids=["3.x", "4.0"])
def generation(request: pytest.FixtureRequest, pairs: Mapping[str, Identification]) -> Generation:
    return Generation(pairs["rsa"], request.param)


@pytest.fixture
def pair(pairs: Mapping[str, Identification]) -> Identification:
    return pairs["rsa"]


@pytest.fixture
def older(pairs: Mapping[str, Identification]) -> Generation:
    return Generation(pairs["rsa"], 0)


def test_get_messages_list(generation: Generation, pairs: Mapping[str, Identification]) -> None:
    """Of 4.0 this is what was recorded (test_layouts.py), so this very text is known to be right where they agree."""
    request = generation.model.get_messages_list("/ehBoxConsultation/v3", NOW, assertion())
    expected = generation.head("/ehBoxConsultation/v3", f"{CONSULTATION}:getMessagesList") + generation.call(
        f'<ns2:GetMessagesListRequest xmlns:ns2="{CONSULTATION}"><Source>INBOX</Source></ns2:GetMessagesListRequest>'
    )
    assert request.octets(HOST) == completed(expected, request)
    assert verified(generation.model, request, OUTER, pairs["rsa"]) == ["Body", "Timestamp"]


def test_get_etk(generation: Generation) -> None:
    request = generation.model.get_etk("/EtkDepot/v1", "SSIN", "79021802145")
    expected = generation.head("/EtkDepot/v1", "", secured=False) + (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Header/><SOAP-ENV:Body>'
        f'<GetEtkRequest xmlns="{ETK}"{generation.beside_etk}><SearchCriteria><Identifier><Type>SSIN</Type><Value>'
        "79021802145</Value><ApplicationID/></Identifier></SearchCriteria></GetEtkRequest></SOAP-ENV:Body>"
        "</SOAP-ENV:Envelope>"
    )
    assert request.octets(HOST) == completed(expected, request)


def test_get_new_key(generation: Generation) -> None:
    """Not secured, no SOAPAction; base64 on one line."""
    request = generation.model.get_new_key("/Kgss/v1", bytes(100))
    expected = generation.head("/Kgss/v1", "", secured=False) + (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Header/><SOAP-ENV:Body>'
        f'<GetNewKeyRequest xmlns="{KGSS}"{generation.beside_kgss}><SealedNewKeyRequest><SealedContent>{"A" * 134}=='
        "</SealedContent></SealedNewKeyRequest></GetNewKeyRequest></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
    assert request.octets(HOST) == completed(expected, request)


def test_get_key(generation: Generation, pairs: Mapping[str, Identification]) -> None:
    """Secured, no SOAPAction."""
    request = generation.model.get_key("/Kgss/v1", NOW, assertion(), bytes(3))
    expected = generation.head("/Kgss/v1", "") + generation.call(
        f'<GetKeyRequest xmlns="{KGSS}"{generation.beside_kgss}><SealedKeyRequest><SealedContent>AAAA</SealedContent>'
        "</SealedKeyRequest></GetKeyRequest>"
    )
    assert request.octets(HOST) == completed(expected, request)
    assert verified(generation.model, request, OUTER, pairs["rsa"]) == ["Body", "Timestamp"]


def test_what_is_sealed_for_the_kgss() -> None:
    readers = [Reader(CERTIFIED, "a:doctor:boolean", ["true"]), Reader(IDENTIFICATION, "b")]
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    assert new_key_content(readers, bytes(3)).decode() == (
        f'{declaration}<GetNewKeyRequestContent xmlns="{KGSS}"><AllowedReader><Namespace>{CERTIFIED}</Namespace><Name>'
        f"a:doctor:boolean</Name><Value>true</Value></AllowedReader><AllowedReader><Namespace>{IDENTIFICATION}"
        "</Namespace><Name>b</Name></AllowedReader><ETK>AAAA</ETK></GetNewKeyRequestContent>"
    )
    assert key_content(bytes(3), key=bytes(6)).decode() == (
        f'{declaration}<GetKeyRequestContent xmlns="{KGSS}"><KeyIdentifier>AAAA</KeyIdentifier><KeyEncryptionKey>'
        "AAAAAAAA</KeyEncryptionKey></GetKeyRequestContent>"
    )
    assert key_content(bytes(3), token=bytes(6)).decode() == (
        f'{declaration}<GetKeyRequestContent xmlns="{KGSS}"><KeyIdentifier>AAAA</KeyIdentifier><ETK>AAAAAAAA</ETK>'
        "</GetKeyRequestContent>"
    )


def test_search_professionals(generation: Generation, pairs: Mapping[str, Identification]) -> None:
    asked = BookRequest("searchProfessionals", [("FirstName", "D"), ("LastName", "V"), ("Profession", "PHYSICIAN")])
    request = generation.model.look_up("/AddressBook/v1", NOW, assertion(), asked)
    expected = generation.head("/AddressBook/v1", f"{BOOK}:searchProfessionals") + generation.call(
        f'<SearchProfessionalsRequest xmlns="{BOOK}" xmlns:ns2="{COMMON}" IssueInstant="2026-01-15T10:00:00.123+01:00" '
        'MaxElements="100" Offset="0"><FirstName>D</FirstName><LastName>V</LastName><Profession>PHYSICIAN</Profession>'
        "</SearchProfessionalsRequest>"
    )
    assert request.octets(HOST) == completed(expected, request)
    assert verified(generation.model, request, OUTER, pairs["rsa"]) == ["Body", "Timestamp"]


def test_get_organization_contact_info(generation: Generation) -> None:
    asked = BookRequest("getOrganizationContactInfo", [("NIHII", "71990133")], None, "_1")
    request = generation.model.look_up("/AddressBook/v1", NOW, assertion(), asked)
    expected = generation.head("/AddressBook/v1", f"{BOOK}:getOrganizationContactInfo") + generation.call(
        f'<GetOrganizationContactInfoRequest xmlns="{BOOK}" xmlns:ns2="{COMMON}" Id="_1" '
        'IssueInstant="2026-01-15T10:00:00.123+01:00"><NIHII>71990133</NIHII></GetOrganizationContactInfoRequest>'
    )
    assert request.octets(HOST) == completed(expected, request)


def test_request_secure_token(generation: Generation, pairs: Mapping[str, Identification]) -> None:
    """SAML-P with one key pair; of 4.0 this is what was recorded."""
    claimed, pair = "urn:be:fgov:person:ssin", pairs["rsa"]
    request = generation.model.request_secure_token(
        "/IAM/Saml11TokenService/v1", NOW, [(claimed, "79021802145")], [(claimed, IDENTIFICATION)]
    )
    octets = der(pair.certificate)
    token = (
        f'<wsse:BinarySecurityToken EncodingType="{BASE64}" ValueType="{X509}" wsu:Id="X509-{uuid(3)}">'
        f"{wrapped(octets, '&#13;' + chr(10))}</wsse:BinarySecurityToken>"
    )
    key = f'wsu:Id="STR-{uuid(6)}"><wsse:Reference URI="#X509-{uuid(3)}" ValueType="{X509}"/>'
    references = "".join(map(generation.reference, (f"id-{uuid(2)}", f"TS-{uuid(1)}", f"X509-{uuid(3)}")))
    name = (
        'CN="SSIN=79021802145", OU="SSIN=79021802145", OU="JAN, PEETERS", OU=eHealth-platform Belgium, '
        "O=Federal Government, C=BE"
    )
    written = f'<saml:NameIdentifier Format="{X509_NAME}" NameQualifier="CN=a test CA">{name}</saml:NameIdentifier>'
    quoted = name.replace('"', "&quot;")
    body = (
        f'<samlp:Request xmlns:ds="{DS}" xmlns:saml="{SAML}" xmlns:samlp="{SAMLP}" '
        'IssueInstant="2026-01-15T09:00:00.123Z" MajorVersion="1" MinorVersion="1" '
        f'RequestID="request-{uuid(0)}"><samlp:AttributeQuery><saml:Subject>{written}<saml:SubjectConfirmation>'
        f"<saml:ConfirmationMethod>{HOLDER_OF_KEY}</saml:ConfirmationMethod><saml:SubjectConfirmationData>"
        f'<saml:Assertion xmlns:ns4="{SAMLP}" AssertionID="assertion-{uuid(0)}" '
        f'IssueInstant="2026-01-15T09:00:00.123Z" Issuer="{quoted}" MajorVersion="1" MinorVersion="1">'
        '<saml:Conditions NotBefore="2026-01-15T09:00:00.123Z" '
        f'NotOnOrAfter="2026-01-16T09:00:00.123Z"/><saml:AttributeStatement><saml:Subject>{written}</saml:Subject>'
        f'<saml:Attribute AttributeName="{claimed}" AttributeNamespace="{IDENTIFICATION}"><saml:AttributeValue>'
        "79021802145</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"
        f"</saml:SubjectConfirmationData><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{base64_of(octets)}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></saml:SubjectConfirmation></saml:Subject>"
        f'<saml:AttributeDesignator AttributeName="{claimed}" AttributeNamespace="{IDENTIFICATION}"/>'
        "</samlp:AttributeQuery></samlp:Request>"
    )
    expected = generation.head(
        "/IAM/Saml11TokenService/v1", "urn:be:fgov:ehealth:sts:protocol:v1:RequestSecureToken"
    ) + generation.envelope(token, references, key, body, first=1)
    assert request.octets(HOST) == completed(expected, request)
    assert sorted(verified(generation.model, request, OUTER, pair)) == ["BinarySecurityToken", "Body", "Timestamp"]


def test_lines_of_a_signature_end_as_in_4_0(older: Generation) -> None:
    """wire.md, WS-Security: 76 characters, then &#13; and LF; nothing was found that tells it of 3.x alone."""
    body = older.model.get_box_info("/", NOW, assertion()).body.decode()
    value = body.partition("<ds:SignatureValue>")[2].partition("<")[0]
    assert [len(line) for line in value.split("&#13;\n")] == [76, 76, 76, 76, 40]


@pytest.mark.parametrize("operation", CALLS)
def test_every_operation_of_3_x_is_4_0_s_but_for_its_algorithms(pair: Identification, operation: str) -> None:
    """4.0's are pinned by recorded requests, sendMessage with its attachments among them (test_layouts.py)."""
    octets = []
    for row, (_, agent, (signed, digested), *_) in enumerate(GENERATIONS):
        model = Generation(pair, row).model
        request = getattr(model, operation)("/", NOW, assertion(), *CALLS[operation])
        found = request.octets(HOST)
        for value in (agent, signed, digested):
            assert value.encode() in found
            found = found.replace(f'"{value}"'.encode(), b'"-"').replace(f": {value}\r\n".encode(), b": -\r\n")
        octets.append(re.sub(rb"(Length: |DigestValue>|ds:SignatureValue>)[^<\r]+", rb"\1-", found))
    assert octets[0] == octets[1]

"""What Medikit's sources make of a request (medikit.py says which), written out octet for octet.

How XElement, XmlWriter and HttpClient write was tried with small programs of our own: the three octets in front, the
generated default namespace after the attributes, ` />`, children that take back a default namespace.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.clients.conftest import NOW, identifiers
from tests.clients.connector_kgss import Reader
from tests.clients.letters import Destination, File, Letter
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
from tests.clients.medikit import Medikit
from tests.clients.medikit_kgss import key_content, new_key_content
from tests.clients.model import Identification
from tests.clients.test_layouts import OUTER, verified
from tests.clients.writing import base64_of, der

CONSULTATION = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"
PUBLICATION = "urn:be:fgov:ehealth:ehbox:publication:protocol:v3"
SSIN, HOLDER = "urn:be:fgov:person:ssin", "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin"
DOCTOR, NIHII11 = f"{SSIN}:doctor:boolean", f"{SSIN}:ehealth:1.0:doctor:nihii11"
NAME, ISSUER = (
    'CN="SSIN=79021802145", OU="SSIN=79021802145", OU="JAN, PEETERS", OU=eHealth-platform Belgium, '
    "O=Federal Government, C=BE",
    "CN=a test CA",
)
QUOTED = NAME.replace('"', "&quot;")
SUBJECT = (
    f'<Subject><NameIdentifier Format="{X509_NAME}" NameQualifier="{ISSUER}">{NAME}</NameIdentifier>'
    f"<SubjectConfirmation><ConfirmationMethod>{HOLDER_OF_KEY}</ConfirmationMethod>"
    f'<ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo>'
    "</SubjectConfirmation></Subject>"
)
ASSERTION = (
    f'<Assertion AssertionID="_0123456789abcdef0123456789abcdef" IssueInstant="2026-01-15T08:59:00.120Z" '
    f'Issuer="urn:be:fgov:ehealth:sts:1_0" MajorVersion="1" MinorVersion="1" xmlns="{SAML}">'
    '<Conditions NotBefore="2026-01-15T08:54:00.120Z" NotOnOrAfter="2026-01-16T08:59:00.120Z" />'
    '<AuthenticationStatement AuthenticationInstant="2026-01-15T08:59:00Z" '
    f'AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:X509-PKI">{SUBJECT}</AuthenticationStatement>'
    f'<AttributeStatement>{SUBJECT}<Attribute AttributeName="{SSIN}" AttributeNamespace="{IDENTIFICATION}">'
    "<AttributeValue>79021802145</AttributeValue></Attribute></AttributeStatement>"
    f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{C14N}" />'
    f'<ds:SignatureMethod Algorithm="{DS}rsa-sha1" /><ds:Reference URI="#_0123456789abcdef0123456789abcdef">'
    f'<ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature" /><ds:Transform Algorithm="{C14N}" />'
    f'</ds:Transforms><ds:DigestMethod Algorithm="{DS}sha1" /><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>'
    "</ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA"
    "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></Assertion>"
)
GIVEN = (
    ASSERTION.replace(f' xmlns="{SAML}"', "").replace("<Assertion ", f'<Assertion xmlns="{SAML}" ').replace(" />", "/>")
)
"""The same as the STS wrote it."""


def head(path: str, action: str) -> str:
    stated = f'SOAPAction: "{action}"\r\n' if action else ""
    return (
        f"POST {path} HTTP/1.1\r\n{stated}User-Agent: Medikit (1.0.0)\r\nContent-Type: text/xml; charset=utf-8\r\n"
        f"Content-Length: @length@\r\nHost: {HOST}\r\n\r\n\ufeff"
    )


def reference(name: str) -> str:
    return (
        f'<ds:Reference URI="#{name}"><ds:Transforms><ds:Transform Algorithm="{C14N}" /></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{DS}sha1" /><ds:DigestValue>@DigestValue@</ds:DigestValue></ds:Reference>'
    )


def envelope(proof: str, references: str, key: str, body: str, first: int = 0) -> str:
    """`first` is the number of the envelope's first identifier."""
    return (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Header>'
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" SOAP-ENV:mustUnderstand="1">'
        f'<wsu:Timestamp wsu:Id="ts-{uuid(first)}"><wsu:Created>2026-01-15T09:00:00.123Z</wsu:Created>'
        f"<wsu:Expires>2026-01-15T10:00:00.123Z</wsu:Expires></wsu:Timestamp>{proof}"
        f'<ds:Signature xmlns:ds="{DS}" Id="sig-{uuid(first + 3)}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{C14N}" /><ds:SignatureMethod Algorithm="{DS}rsa-sha1" />{references}'
        "</ds:SignedInfo><ds:SignatureValue>@SignatureValue@</ds:SignatureValue>"
        f'<ds:KeyInfo Id="ki-{uuid(first + 4)}"><wsse:SecurityTokenReference xmlns:wsse11="{WSSE11}" {key}'
        "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security></SOAP-ENV:Header>"
        f'<SOAP-ENV:Body xmlns:wsu="{WSU}" wsu:Id="id-{uuid(first + 1)}">{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>'
    )


def call(body: str) -> str:
    """A call of the mailbox."""
    proof = ASSERTION.replace("DigestValue>AAAA<", "DigestValue>@DigestValue@<")
    proof = proof.replace("SignatureValue>AAAA<", "SignatureValue>@SignatureValue@<")
    key = (
        f'wsse11:TokenType="{SAML_TOKEN}" wsu:Id="str-{uuid(5)}"><wsse:KeyIdentifier ValueType="{SAML_ID}">'
        "_0123456789abcdef0123456789abcdef</wsse:KeyIdentifier>"
    )
    return envelope(proof, reference(f"id-{uuid(1)}") + reference(f"ts-{uuid(0)}"), key, body)


@pytest.fixture
def pair(pairs: Mapping[str, Identification]) -> Identification:
    return pairs["rsa"]


@pytest.fixture
def medikit(pair: Identification) -> Medikit:
    return Medikit(pair.key, pair.certificate, identifiers().__next__)


def test_the_assertion_is_written_anew(medikit: Medikit) -> None:
    """Attributes in the order of that client's code, the default namespace last, instants with three digits but one."""
    assert ASSERTION.encode() in medikit.get_box_info("/", NOW, GIVEN).body
    assert ASSERTION.encode() not in GIVEN.encode()
    shorter = GIVEN.replace("2026-01-15T08:59:00Z", "2026-01-15T08:59:00.12Z")
    assert b'AuthenticationInstant="2026-01-15T08:59:00.12Z"' in medikit.get_box_info("/", NOW, shorter).body


def test_get_box_info(medikit: Medikit, pair: Identification) -> None:
    request = medikit.get_box_info("/ehBoxConsultation/v3", NOW, GIVEN)
    expected = head("/ehBoxConsultation/v3", f"{CONSULTATION}:getBoxInfo") + call(
        f'<GetBoxInfoRequest xmlns="{CONSULTATION}" />'
    )
    assert request.octets(HOST) == completed(expected, request)
    assert verified(medikit, request, OUTER, pair) == ["Body", "Timestamp"]


def test_get_messages_list(medikit: Medikit) -> None:
    """Which hundred is always said."""
    request = medikit.get_messages_list("/ehBoxConsultation/v3", NOW, GIVEN)
    expected = head("/ehBoxConsultation/v3", f"{CONSULTATION}:getMessagesList") + call(
        f'<GetMessagesListRequest xmlns="{CONSULTATION}"><Source xmlns="">INBOX</Source><StartIndex xmlns="">1'
        '</StartIndex><EndIndex xmlns="">100</EndIndex></GetMessagesListRequest>'
    )
    assert request.octets(HOST) == completed(expected, request)


def test_delete_message(medikit: Medikit) -> None:
    request = medikit.delete_message("/ehBoxConsultation/v3", NOW, GIVEN, "INBOX", ["1234567890ABC", "1234567890ABD"])
    expected = head("/ehBoxConsultation/v3", f"{CONSULTATION}:deleteMessage") + call(
        f'<DeleteMessageRequest xmlns="{CONSULTATION}"><Source xmlns="">INBOX</Source><MessageId xmlns="">1234567890ABC'
        '</MessageId><MessageId xmlns="">1234567890ABD</MessageId></DeleteMessageRequest>'
    )
    assert request.octets(HOST) == completed(expected, request)


def test_send_message(medikit: Medikit) -> None:
    """No SubType, no OoOProcessed; what is important says that it is encrypted."""
    document = File("DocumentTitle", "test.txt", "application/octet-stream", b"Hello world")
    boxes = [Destination("71990133", "NIHII", "HOSPITAL", "HOSPITAL"), Destination("19990116", "NIHII", "DOCTOR")]
    letter = Letter(None, boxes, document, application=None)
    request = medikit.send_message("/ehBoxPublication/v3", NOW, GIVEN, letter)
    expected = head("/ehBoxPublication/v3", f"{PUBLICATION}:sendMessage") + call(
        f'<SendMessageRequest xmlns="{PUBLICATION}">'
        '<DestinationContext xmlns=""><Id>71990133</Id><Type>NIHII</Type><Quality>HOSPITAL</Quality>'
        '</DestinationContext><DestinationContext xmlns=""><Id>19990116</Id><Type>NIHII</Type><Quality>DOCTOR</Quality>'
        '</DestinationContext><ContentContext xmlns=""><Content><Document><Title>DocumentTitle</Title>'
        "<EncryptableTextContent>SGVsbG8gd29ybGQ=</EncryptableTextContent><DownloadFileName>test.txt</DownloadFileName>"
        "<MimeType>application/octet-stream</MimeType><Digest>ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=</Digest>"
        "</Document></Content><ContentSpecification><ContentType>DOCUMENT</ContentType><IsImportant>true</IsImportant>"
        "<IsEncrypted>true</IsEncrypted><PublicationReceipt>true</PublicationReceipt><ReceivedReceipt>true"
        "</ReceivedReceipt><ReadReceipt>true</ReadReceipt></ContentSpecification></ContentContext></SendMessageRequest>"
    )
    assert request.octets(HOST) == completed(expected, request)


def test_get_etk(medikit: Medikit) -> None:
    request = medikit.get_etk("/EtkDepot/v1", "CBE", "0823257311")
    expected = head("/EtkDepot/v1", "") + (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Body>'
        '<GetEtkRequest xmlns="urn:be:fgov:ehealth:etkdepot:1_0:protocol"><SearchCriteria><Identifier><Type>CBE</Type>'
        "<Value>0823257311</Value><ApplicationID></ApplicationID></Identifier></SearchCriteria></GetEtkRequest>"
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
    assert request.octets(HOST) == completed(expected, request)


KGSS = "urn:be:fgov:ehealth:etee:kgss:1_0:protocol"


def test_get_new_key(medikit: Medikit) -> None:
    request = medikit.get_new_key("/Kgss/v1", b"Hello world")
    expected = head("/Kgss/v1", "") + (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Body><GetNewKeyRequest xmlns="{KGSS}">'
        "<SealedNewKeyRequest><SealedContent>SGVsbG8gd29ybGQ=</SealedContent></SealedNewKeyRequest></GetNewKeyRequest>"
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
    assert request.octets(HOST) == completed(expected, request)


def test_get_key(medikit: Medikit, pair: Identification) -> None:
    request = medikit.get_key("/Kgss/v1", NOW, GIVEN, b"Hello world")
    expected = head("/Kgss/v1", "") + call(
        f'<GetKeyRequest xmlns="{KGSS}"><SealedKeyRequest><SealedContent>SGVsbG8gd29ybGQ=</SealedContent>'
        "</SealedKeyRequest></GetKeyRequest>"
    )
    assert request.octets(HOST) == completed(expected, request)
    assert verified(medikit, request, OUTER, pair) == ["Body", "Timestamp"]


def test_what_is_sealed() -> None:
    """Indented, in lines that end as Windows does it."""
    content = new_key_content([Reader("urn:a", "urn:b", ["c & d"])], b"Hello world")
    assert content.decode().split("\r\n") == [
        f'<GetNewKeyRequestContent xmlns="{KGSS}">',
        "  <AllowedReader>",
        "    <Namespace>urn:a</Namespace>",
        "    <Name>urn:b</Name>",
        "    <Value>c &amp; d</Value>",
        "  </AllowedReader>",
        "  <ETK>SGVsbG8gd29ybGQ=</ETK>",
        "</GetNewKeyRequestContent>",
    ]
    assert key_content(b"ti", b"Hello world").decode().split("\r\n") == [
        f'<GetKeyRequestContent xmlns="{KGSS}">',
        "  <KeyIdentifier>dGk=</KeyIdentifier>",
        "  <ETK>SGVsbG8gd29ybGQ=</ETK>",
        "</GetKeyRequestContent>",
    ]


def saml_request(octets: str) -> str:
    """The element within the Body, for a certificate's octets in base64."""
    written = f'<saml:NameIdentifier Format="{X509_NAME}" NameQualifier="{ISSUER}">{NAME}</saml:NameIdentifier>'
    certificate = f"<ds:X509Data><ds:X509Certificate>{octets}</ds:X509Certificate></ds:X509Data>"
    claimed = "".join(
        f'<saml:Attribute AttributeName="{name}" AttributeNamespace="{IDENTIFICATION}"><saml:AttributeValue>79021802145'
        "</saml:AttributeValue></saml:Attribute>"
        for name in (HOLDER, SSIN)
    )
    return (
        f'<samlp:Request xmlns:samlp="{SAMLP}" xmlns:ds="{DS}" xmlns:saml="{SAML}" '
        'IssueInstant="2026-01-15T09:00:00.123Z" MajorVersion="1" MinorVersion="1" '
        f'RequestID="request-{uuid(0)}"><ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{C14N}" /><ds:SignatureMethod Algorithm="{DS}rsa-sha1" />'
        f'<ds:Reference URI="#request-{uuid(0)}"><ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature" />'
        f'<ds:Transform Algorithm="{C14N}" /></ds:Transforms><ds:DigestMethod Algorithm="{DS}sha1" />'
        "<ds:DigestValue>@DigestValue@</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        f"<ds:SignatureValue>@SignatureValue@</ds:SignatureValue><ds:KeyInfo>{certificate}</ds:KeyInfo></ds:Signature>"
        f"<samlp:AttributeQuery><saml:Subject>{written}<saml:SubjectConfirmation><saml:ConfirmationMethod>"
        f"{HOLDER_OF_KEY}</saml:ConfirmationMethod><saml:SubjectConfirmationData>"
        f'<saml:Assertion AssertionID="assertion-{uuid(0)}" IssueInstant="2026-01-15T09:00:00.123Z" Issuer="{QUOTED}" '
        'MajorVersion="1" MinorVersion="1"><saml:Conditions NotBefore="2026-01-15T09:00:00.123Z" '
        'NotOnOrAfter="2026-01-16T09:00:00.123Z" /><saml:AttributeStatement>'
        f"<saml:Subject>{written}</saml:Subject>{claimed}</saml:AttributeStatement></saml:Assertion>"
        f'</saml:SubjectConfirmationData><ds:KeyInfo xmlns:ds="{DS}">{certificate}</ds:KeyInfo>'
        "</saml:SubjectConfirmation></saml:Subject>"
        f'<saml:AttributeDesignator AttributeName="{HOLDER}" AttributeNamespace="{IDENTIFICATION}" />'
        f'<saml:AttributeDesignator AttributeName="{SSIN}" AttributeNamespace="{IDENTIFICATION}" />'
        f'<saml:AttributeDesignator AttributeName="{NIHII11}" AttributeNamespace="{CERTIFIED}" />'
        f'<saml:AttributeDesignator AttributeName="{DOCTOR}" AttributeNamespace="{CERTIFIED}" />'
        "</samlp:AttributeQuery></samlp:Request>"
    )


def test_request_secure_token(medikit: Medikit, pair: Identification) -> None:
    """The signature inside is there with one key pair too; of a profession the number is asked first."""
    claims = [(HOLDER, "79021802145"), (SSIN, "79021802145")]
    asked = [(HOLDER, IDENTIFICATION), (SSIN, IDENTIFICATION), (NIHII11, CERTIFIED), (DOCTOR, CERTIFIED)]
    request = medikit.request_secure_token("/IAM/Saml11TokenService/v1", NOW, claims, asked)
    octets = base64_of(der(pair.certificate))
    token = (
        f'<wsse:BinarySecurityToken EncodingType="{BASE64}" ValueType="{X509}" wsu:Id="x509-{uuid(3)}">{octets}'
        "</wsse:BinarySecurityToken>"
    )
    key = f'wsu:Id="str-{uuid(6)}"><wsse:Reference URI="#x509-{uuid(3)}" ValueType="{X509}" />'
    references = "".join(map(reference, (f"id-{uuid(2)}", f"ts-{uuid(1)}", f"x509-{uuid(3)}")))
    expected = head("/IAM/Saml11TokenService/v1", "urn:be:fgov:ehealth:sts:protocol:v1:RequestSecureToken") + envelope(
        token, references, key, saml_request(octets), first=1
    )
    assert request.octets(HOST) == completed(expected, request)
    assert verified(medikit, request, "s:Body/samlp:Request/ds:Signature", pair) == ["Request"]

"""A model of the platform's Java connector 4.0: its requests in their byte layout.

Knows: what that client puts on the wire, by its own templates and its own signing. Must not know: anything of the
project, so that a mistake in the house cannot hide in its mirror image here. The moment and the identifiers are handed
in. How it reads answers is in connector40_reader.py.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

PUBLICATION = "urn:be:fgov:ehealth:ehbox:publication:protocol:v3"
CONSULTATION = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SAML = "urn:oasis:names:tc:SAML:1.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:1.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
_OASIS = "http://docs.oasis-open.org/wss/"
_WSSE = f"{_OASIS}2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = f"{_OASIS}2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_X509 = f"{_OASIS}2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
_EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Identifiers = Callable[[], str]
"""Gives a new identifier at each call, in the form of a UUID."""


@dataclass(frozen=True)
class HttpRequest:
    """One request as it goes over the wire; header names and order are the connector's."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def octets(self, host: str) -> bytes:
        """Everything, request line to last byte of the body."""
        before = ("User-Agent", "eHealthTechnical/4.0.2"), ("Cache-Control", "no-cache"), ("Pragma", "no-cache")
        after = ("Host", host), ("Connection", "keep-alive"), ("Content-Length", str(len(self.body)))
        accept = ("Accept", "text/xml, text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2")
        lines = [f"POST {self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in (accept, *self.headers, *before, *after)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


@dataclass(frozen=True)
class File:
    """A document or an annex to send."""

    title: str
    name: str
    mime_type: str
    data: bytes


@dataclass(frozen=True)
class Destination:
    """A box to send to."""

    id: str
    type: str
    quality: str
    sub_type: str | None = None


@dataclass(frozen=True)
class Letter:
    """What sendMessage takes in this model."""

    publication_id: str
    destinations: Sequence[Destination]
    document: File
    annexes: Sequence[File] = ()
    free_text: str | None = None
    author: str | None = None
    part_order: Sequence[int] | None = None
    """Which file stands where among the parts: 0 is the document, 1 the first annex; None: as they are."""


@dataclass
class Connector40:
    """The connector with one key pair: builds what it sends."""

    key: Key
    certificate: x509.Certificate
    identifiers: Identifiers
    boundary: str = "----=_Part_3_1502882632.1795290942826"
    _namespace: dict[str, str] = field(default_factory=lambda: {"ds": DS, "wsu": _WSU, "soap": SOAP})

    def request_secure_token(
        self,
        path: str,
        now: datetime,
        claims: Sequence[tuple[str, str]],
        designators: Sequence[tuple[str, str]],
        validity: timedelta = timedelta(hours=24),
    ) -> HttpRequest:
        """The STS call; `claims` are (name, value) of the identification namespace, `designators` (name, namespace)."""
        attributes = "".join(
            f'<saml:Attribute AttributeName="{name}" AttributeNamespace="urn:be:fgov:identification-namespace">'
            f"<saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
            for name, value in claims
        )
        wanted = "".join(
            f'<saml:AttributeDesignator AttributeName="{name}" AttributeNamespace="{namespace}"/>'
            for name, namespace in designators
        )
        subject = _rfc1779(self.certificate.subject)
        name_identifier = (
            '<saml:NameIdentifier Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName" '
            f'NameQualifier="{_attribute(_rfc1779(self.certificate.issuer))}">{_text(subject)}</saml:NameIdentifier>'
        )
        one = self.identifiers()
        content = (
            f'<samlp:Request xmlns:ds="{DS}" xmlns:saml="{SAML}" xmlns:samlp="{SAMLP}" IssueInstant="{_instant(now)}" '
            f'MajorVersion="1" MinorVersion="1" RequestID="request-{one}"><samlp:AttributeQuery><saml:Subject>'
            f"{name_identifier}<saml:SubjectConfirmation>"
            "<saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:holder-of-key</saml:ConfirmationMethod>"
            f'<saml:SubjectConfirmationData><saml:Assertion xmlns:ns4="{SAMLP}" AssertionID="assertion-{one}" '
            f'IssueInstant="{_instant(now)}" Issuer="{_attribute(subject)}" MajorVersion="1" MinorVersion="1">'
            f'<saml:Conditions NotBefore="{_instant(now)}" NotOnOrAfter="{_instant(now + validity)}"/>'
            f"<saml:AttributeStatement><saml:Subject>{name_identifier}</saml:Subject>{attributes}"
            "</saml:AttributeStatement></saml:Assertion></saml:SubjectConfirmationData><ds:KeyInfo><ds:X509Data>"
            f"<ds:X509Certificate>{self._certificate()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
            f"</saml:SubjectConfirmation></saml:Subject>{wanted}</samlp:AttributeQuery></samlp:Request>"
        )
        body = self.secured(content, now, None)
        return _plain(path, "urn:be:fgov:ehealth:sts:protocol:v1:RequestSecureToken", body)

    def send_message(self, path: str, now: datetime, assertion: str, letter: Letter) -> HttpRequest:
        """sendMessage with every content as a swaRef attachment, as this version always does."""
        files = (letter.document, *letter.annexes)
        references = [f"{self.identifiers()}@ehealth.fgov.be" for _ in files]
        contents = [
            _file(each, name, annex=number > 0)
            for number, (each, name) in enumerate(zip(files, references, strict=True))
        ]
        free = ""
        if letter.free_text is not None:
            free = (
                "<FreeInformations><EncryptableFreeText>"
                f"{_base64(letter.free_text.encode())}</EncryptableFreeText></FreeInformations>"
            )
        author = ""
        if letter.author is not None:
            author = f"<CustomMeta><Key>CM-AuthorID</Key><Value>{letter.author}</Value></CustomMeta>"
        content = (
            f'<ns2:SendMessageRequest xmlns:ns2="{PUBLICATION}" PublicationId="{letter.publication_id}">'
            + "".join(_destination(each) for each in letter.destinations)
            + f"<ContentContext><Content>{contents[0]}{free}{''.join(contents[1:])}</Content><ContentSpecification>"
            "<ApplicationName>h2 harness</ApplicationName><ContentType>DOCUMENT</ContentType>"
            "<IsImportant>true</IsImportant><IsEncrypted>false</IsEncrypted>"
            "<PublicationReceipt>true</PublicationReceipt><ReceivedReceipt>true</ReceivedReceipt>"
            f"<ReadReceipt>true</ReadReceipt></ContentSpecification>{author}</ContentContext></ns2:SendMessageRequest>"
        )
        envelope = self.secured(content, now, assertion)
        parts = [(files[number], references[number]) for number in letter.part_order or range(len(files))]
        body = _multipart(self.boundary, envelope, parts)
        content_type = f'multipart/related; boundary="{self.boundary}"; type="text/xml"'
        headers = (("Content-Type", content_type), ("SOAPAction", f'"{PUBLICATION}:sendMessage"'))
        return HttpRequest(path, headers, body)

    def get_messages_list(
        self, path: str, now: datetime, assertion: str, source: str = "INBOX", indexes: tuple[int, int] | None = None
    ) -> HttpRequest:
        """getMessagesList, of the default page or of one."""
        page = "" if indexes is None else f"<StartIndex>{indexes[0]}</StartIndex><EndIndex>{indexes[1]}</EndIndex>"
        return self._consult(path, now, assertion, "GetMessagesList", f"<Source>{source}</Source>{page}")

    def get_full_message(
        self, path: str, now: datetime, assertion: str, message_id: str, source: str = "INBOX"
    ) -> HttpRequest:
        """getFullMessage."""
        content = f"<Source>{source}</Source><MessageId>{message_id}</MessageId>"
        return self._consult(path, now, assertion, "GetFullMessage", content)

    def get_box_info(self, path: str, now: datetime, assertion: str) -> HttpRequest:
        """getBoxInfo of the default box."""
        return self._consult(path, now, assertion, "GetBoxInfo", "")

    def _consult(self, path: str, now: datetime, assertion: str, name: str, content: str) -> HttpRequest:
        start = f'ns2:{name}Request xmlns:ns2="{CONSULTATION}"'
        element = f"<{start}>{content}</ns2:{name}Request>" if content else f"<{start}/>"
        action = f"{CONSULTATION}:{name[0].lower()}{name[1:]}"
        return _plain(path, action, self.secured(element, now, assertion))

    def secured(self, content: str, now: datetime, assertion: str | None) -> bytes:
        """The envelope around `content`; with an assertion as the mailbox wants it, without as the STS does."""
        stamp, body, token_name, *names = (
            prefix + self.identifiers() for prefix in ("TS-", "id-", "X509-", "SIG-", "KI-", "STR-")
        )
        covered: tuple[str, ...]
        if assertion is None:
            token, covered = self._binary_token(token_name), (body, stamp, token_name)
            reference = _token_reference(token_name, names[-1])
        else:
            token, covered = assertion, (body, stamp)
            reference = _saml_reference(assertion, names[-1])
        envelope = (
            f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Header><wsse:Security xmlns:wsse="{_WSSE}" '
            f'xmlns:wsu="{_WSU}" SOAP-ENV:mustUnderstand="1"><wsu:Timestamp wsu:Id="{stamp}">'
            f"<wsu:Created>{_instant(now)}</wsu:Created><wsu:Expires>{_instant(now + timedelta(seconds=60))}"
            f"</wsu:Expires></wsu:Timestamp>{token}{self._signature(covered, names, reference)}"
            f'</wsse:Security></SOAP-ENV:Header><SOAP-ENV:Body xmlns:wsu="{_WSU}" wsu:Id="{body}">{content}'
            "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
        )
        return self._signed(envelope, covered).encode()

    def _binary_token(self, name: str) -> str:
        encoding = f"{_OASIS}2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
        return (
            f'<wsse:BinarySecurityToken EncodingType="{encoding}" ValueType="{_X509}" wsu:Id="{name}">'
            f"{_wrapped(self.certificate.public_bytes(Encoding.DER))}</wsse:BinarySecurityToken>"
        )

    def _signature(self, covered: Sequence[str], names: Sequence[str], reference: str) -> str:
        elliptic = isinstance(self.key, ec.EllipticCurvePrivateKey)
        method = f"http://www.w3.org/2001/04/xmldsig-more#{'ecdsa' if elliptic else 'rsa'}-sha256"
        references = "".join(
            f'<ds:Reference URI="#{name}"><ds:Transforms><ds:Transform Algorithm="{_EXC_C14N}"/></ds:Transforms>'
            '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
            f"<ds:DigestValue>@{name}@</ds:DigestValue></ds:Reference>"
            for name in covered
        )
        return (
            f'<ds:Signature xmlns:ds="{DS}" Id="{names[0]}"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{_EXC_C14N}"/><ds:SignatureMethod Algorithm="{method}"/>'
            f"{references}</ds:SignedInfo><ds:SignatureValue>@signature@</ds:SignatureValue>"
            f'<ds:KeyInfo Id="{names[1]}">{reference}</ds:KeyInfo></ds:Signature>'
        )

    def _signed(self, envelope: str, covered: Sequence[str]) -> str:
        """Fills the digests, then the signature; whatever is filled is outside what it was computed of."""
        tree = etree.fromstring(envelope.encode(), _parser())
        for name in covered:
            (element,) = _found(tree, f"//*[@wsu:Id='{name}']", self._namespace)
            digest = hashlib.sha256(_canonical(element)).digest()
            envelope = envelope.replace(f"@{name}@", _base64(digest))
        tree = etree.fromstring(envelope.encode(), _parser())
        (info,) = _found(tree, "/soap:Envelope/soap:Header/*/ds:Signature/ds:SignedInfo", self._namespace)
        return envelope.replace("@signature@", _wrapped(self._sign(_canonical(info))))

    def _sign(self, octets: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
        size = (self.key.key_size + 7) // 8
        numbers = decode_dss_signature(self.key.sign(octets, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(size) for number in numbers)

    def _certificate(self) -> str:
        return _base64(self.certificate.public_bytes(Encoding.DER))


def _token_reference(token: str, name: str) -> str:
    return (
        f'<wsse:SecurityTokenReference wsu:Id="{name}"><wsse:Reference URI="#{token}" ValueType="{_X509}"/>'
        "</wsse:SecurityTokenReference>"
    )


def _saml_reference(assertion: str, name: str) -> str:
    identifier = etree.fromstring(assertion.encode(), _parser()).get("AssertionID")
    return (
        f'<wsse:SecurityTokenReference xmlns:wsse11="{_OASIS}oasis-wss-wssecurity-secext-1.1.xsd" '
        f'wsse11:TokenType="{_OASIS}oasis-wss-saml-token-profile-1.1#SAMLV1.1" wsu:Id="{name}">'
        f'<wsse:KeyIdentifier ValueType="{_OASIS}oasis-wss-saml-token-profile-1.0#SAMLAssertionID">{identifier}'
        "</wsse:KeyIdentifier></wsse:SecurityTokenReference>"
    )


def _plain(path: str, action: str, body: bytes) -> HttpRequest:
    return HttpRequest(path, (("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", f'"{action}"')), body)


def _destination(each: Destination) -> str:
    sub_type = f"<SubType>{each.sub_type}</SubType>" if each.sub_type else ""
    return (
        f"<DestinationContext><Id>{each.id}</Id><Type>{each.type}</Type>{sub_type}<Quality>{each.quality}</Quality>"
        "<OoOProcessed>false</OoOProcessed></DestinationContext>"
    )


def _file(each: File, reference: str, *, annex: bool) -> str:
    title = f"<Title>{_text(each.title)}</Title>"
    if annex:
        title = f"<EncryptableTitle>{_base64(each.title.encode())}</EncryptableTitle>"
    name = "Annex" if annex else "Document"
    return (
        f"<{name}>{title}<EncryptableBinaryContent>cid:{reference}</EncryptableBinaryContent>"
        f"<DownloadFileName>{_text(each.name)}</DownloadFileName><MimeType>{each.mime_type}</MimeType>"
        f"<Digest>{_base64(hashlib.sha256(each.data).digest())}</Digest></{name}>"
    )


def _multipart(boundary: str, envelope: bytes, parts: Sequence[tuple[File, str]]) -> bytes:
    """No start, no Content-Transfer-Encoding, Content-ID without brackets."""
    body = f"--{boundary}\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n".encode() + envelope
    for each, reference in parts:
        head = f"\r\n--{boundary}\r\nContent-Type: {each.mime_type}\r\nContent-ID: {reference}\r\n\r\n"
        body += head.encode() + each.data
    return body + f"\r\n--{boundary}--".encode()


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _rfc1779(name: x509.Name) -> str:
    keywords = {"2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.10": "O", "2.5.4.11": "OU"}
    parts = [(keywords[each.oid.dotted_string], str(each.value)) for each in reversed(list(name))]
    return ", ".join(f'{key}="{value}"' if re.search('[,=+<>#;"]', value) else f"{key}={value}" for key, value in parts)


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _wrapped(octets: bytes) -> str:
    """Base64 in lines of 76 that Java ends by CR LF; serialised, the CR is a character reference."""
    text = _base64(octets)
    return "&#13;\n".join(text[start : start + 76] for start in range(0, len(text), 76))


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _found(tree: etree._Element, path: str, namespaces: Mapping[str, str]) -> list[etree._Element]:
    found = tree.xpath(path, namespaces=dict(namespaces))
    assert isinstance(found, list)
    return [each for each in found if isinstance(each, etree._Element)]

"""Requests to the STS in the layouts of two real clients (wire.md): C, the Java connector, and E, e-Contract's client.

Knows: their templates, character for character between the values. Must not know: anything of the house but keys; the
inner signature is libxmlsec's.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from xmlsec import constants

from ehbox_soap.clock import SetClock
from ehbox_soap.pki.entries import KeyEntry

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SAML = "urn:oasis:names:tc:SAML:1.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:1.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
NAMESPACES = {"S": SOAP, "saml": SAML, "samlp": SAMLP, "ds": DS}
IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"
SSIN = "urn:be:fgov:person:ssin"
HOLDER_SSIN = "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin"
NOW = SetClock().moment
Algorithms = Literal["rsa-sha1", "rsa-sha256", "ecdsa-sha256"]
_ALGORITHMS = {
    "rsa-sha1": (constants.TransformRsaSha1, constants.TransformSha1),
    "rsa-sha256": (constants.TransformRsaSha256, constants.TransformSha256),
    "ecdsa-sha256": (constants.TransformEcdsaSha256, constants.TransformSha256),
}

Pair = tuple[str, str]
"""(namespace, name) of an attribute."""


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def base64_of(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def claims_of(number: str, *names: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((IDENTIFICATION, name, number) for name in names or (HOLDER_SSIN, SSIN))


@dataclass(frozen=True)
class Ask:
    """One request. `inner` signs it by the holder's key; `name` is the subject's NameIdentifier, free text."""

    holder: KeyEntry
    claims: tuple[tuple[str, str, str], ...]
    asked: tuple[Pair, ...]
    layout: Literal["C", "E"] = "C"
    id: str = "request-5e37eff3-de0d-440f-be7c-491c3da9dc07"
    issued: str = stamp(NOW)
    not_before: str = stamp(NOW)
    not_on_or_after: str = stamp(NOW + timedelta(hours=24))
    name: str = 'CN="SSIN=x", OU=A & B, C=BE'
    issuer: str = "CN=some CA, C=BE"
    inner: Algorithms | None = None
    inner_key: KeyEntry | None = None
    last: bool = False
    """Whether the inner signature stands last instead of first."""
    replacements: tuple[tuple[str, str], ...] = field(default=())
    """Texts of the finished request, each there once, and what stands for them instead; before signing."""

    def element(self) -> etree._Element:
        """The samlp:Request, where it stands: in a Body in an Envelope."""
        text = _c(self) if self.layout == "C" else _e(self)
        for old, new in self.replacements:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        root = etree.fromstring(text.encode())
        (request,) = root[0]
        if self.inner is not None:
            _sign(request, self.inner_key or self.holder, self.inner, last=self.last)
        return request


def _c(ask: Ask) -> str:
    """Connector 4.0: prefixes saml, samlp and ds declared on the Request."""
    name = (
        f'<saml:NameIdentifier Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName" '
        f"NameQualifier={quoteattr(ask.issuer)}>{escape(ask.name)}</saml:NameIdentifier>"
    )
    claims = "".join(
        f'<saml:Attribute AttributeName="{name}" AttributeNamespace="{namespace}">'
        f"<saml:AttributeValue>{escape(value)}</saml:AttributeValue></saml:Attribute>"
        for namespace, name, value in ask.claims
    )
    asked = "".join(
        f'<saml:AttributeDesignator AttributeName="{name}" AttributeNamespace="{namespace}"/>'
        for namespace, name in ask.asked
    )
    return (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Body>'
        f'<samlp:Request xmlns:ds="{DS}" xmlns:saml="{SAML}" xmlns:samlp="{SAMLP}" IssueInstant="{ask.issued}" '
        f'MajorVersion="1" MinorVersion="1" RequestID="{ask.id}"><samlp:AttributeQuery><saml:Subject>{name}'
        "<saml:SubjectConfirmation>"
        "<saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:holder-of-key</saml:ConfirmationMethod>"
        f'<saml:SubjectConfirmationData><saml:Assertion xmlns:ns4="{SAMLP}" AssertionID="assertion-5e37eff3" '
        f'IssueInstant="{ask.issued}" Issuer={quoteattr(ask.name)} MajorVersion="1" MinorVersion="1">'
        f'<saml:Conditions NotBefore="{ask.not_before}" NotOnOrAfter="{ask.not_on_or_after}"/>'
        f"<saml:AttributeStatement><saml:Subject>{name}</saml:Subject>{claims}</saml:AttributeStatement>"
        "</saml:Assertion></saml:SubjectConfirmationData><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        f"{base64_of(ask.holder.certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        f"</saml:SubjectConfirmation></saml:Subject>{asked}</samlp:AttributeQuery></samlp:Request>"
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


def _e(ask: Ask) -> str:
    """e-Contract: the protocol as default namespace, ns2 and ns3 declared on the Body, xsi:type on every value."""
    name = (
        f'<ns3:NameIdentifier Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName" '
        f"NameQualifier={quoteattr(ask.issuer)}>{escape(ask.name)}</ns3:NameIdentifier>"
    )
    claims = "".join(
        '<ns3:Attribute xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" AttributeName="{name}" '
        f'AttributeNamespace="{namespace}"><ns3:AttributeValue xsi:type="xs:string">{escape(value)}'
        "</ns3:AttributeValue></ns3:Attribute>"
        for namespace, name, value in ask.claims
    )
    asked = "".join(
        f'<ns3:AttributeDesignator AttributeName="{name}" AttributeNamespace="{namespace}"/>'
        for namespace, name in ask.asked
    )
    return (
        f'<S:Envelope xmlns:S="{SOAP}" xmlns:SOAP-ENV="{SOAP}"><S:Body xmlns="{SAMLP}" xmlns:ns2="{DS}" '
        f'xmlns:ns3="{SAML}"><Request xmlns="{SAMLP}" xmlns:ds="{DS}" IssueInstant="{ask.issued}" MajorVersion="1" '
        f'MinorVersion="1" RequestID="{ask.id}"><AttributeQuery><ns3:Subject>{name}<ns3:SubjectConfirmation>'
        "<ns3:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:holder-of-key</ns3:ConfirmationMethod>"
        f'<ns3:SubjectConfirmationData><ns3:Assertion AssertionID="assertion-9a209e4a" IssueInstant="{ask.issued}" '
        f'Issuer={quoteattr(ask.name)} MajorVersion="1" MinorVersion="1">'
        f'<ns3:Conditions NotBefore="{ask.not_before}" NotOnOrAfter="{ask.not_on_or_after}"/>'
        f"<ns3:AttributeStatement><ns3:Subject>{name}</ns3:Subject>{claims}</ns3:AttributeStatement></ns3:Assertion>"
        "</ns3:SubjectConfirmationData><ns2:KeyInfo><ns2:X509Data><ns2:X509Certificate>"
        f"{base64_of(ask.holder.certificate)}</ns2:X509Certificate></ns2:X509Data></ns2:KeyInfo>"
        f"</ns3:SubjectConfirmation></ns3:Subject>{asked}</AttributeQuery></Request></S:Body></S:Envelope>"
    )


def _sign(request: etree._Element, entry: KeyEntry, algorithms: Algorithms, *, last: bool) -> None:
    """An enveloped signature over #RequestID, KeyInfo with the certificate."""
    signature = xmlsec.template.create(request, constants.TransformExclC14N, _ALGORITHMS[algorithms][0], ns="ds")
    request.insert(len(request) if last else 0, signature)
    reference = xmlsec.template.add_reference(
        signature, _ALGORITHMS[algorithms][1], uri="#" + request.get("RequestID", "")
    )
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    data = xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    certificate = etree.SubElement(data, f"{{{DS}}}X509Certificate")
    certificate.text = base64_of(entry.certificate)
    context = xmlsec.SignatureContext()
    pem = entry.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context.key = xmlsec.Key.from_memory(pem, constants.KeyDataFormatPem)
    context.register_id(request, "RequestID")
    context.sign(signature)
    certificate.text = base64_of(entry.certificate)


def certified(*names: str) -> tuple[Pair, ...]:
    return tuple((CERTIFIED, name) for name in names)


def identifying(*names: str) -> tuple[Pair, ...]:
    return tuple((IDENTIFICATION, name) for name in names)

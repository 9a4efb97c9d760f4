"""WS-Security on the calls of the client: who signs what, in the layout that mailbox and STS expect (wire.md).

Knows: zeep's place for WS-Security, xmlsec. Must not know: what a Body says, HTTP.
xmlsec computes digests and the signature; the template is made here, since zeep's own puts an X509Data where these
services expect a SAML KeyIdentifier or a BinarySecurityToken, and does not cover the latter.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from zeep.wsse.signature import MemorySignature

from ehbox_soap.clock import Clock
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.security.names import (
    BASE64_BINARY,
    DS,
    ECDSA_SHA256,
    ENVELOPED,
    EXC_C14N,
    RSA_SHA256,
    SAML_ASSERTION_ID,
    SAML_TOKEN,
    SHA256,
    SOAP,
    WSSE,
    WSSE11,
    WSU,
    X509V3,
)
from ehbox_soap.wire import xml

TIMESTAMP_LIFE = timedelta(seconds=60)
_ID = f"{{{WSU}}}Id"


def instant(moment: datetime) -> str:
    """A moment as these services write it: UTC, three digits of fraction, Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


class _Signature(MemorySignature):
    """Puts a wsse:Security into an envelope and signs Body, Timestamp and what `_token` gives."""

    def __init__(self, entry: KeyEntry, clock: Clock, chance: Chance) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            _pem(entry),
            entry.certificate.public_bytes(Encoding.PEM),
        )
        self.entry = entry
        self._clock = clock
        self._chance = chance

    def apply(self, envelope: etree._Element, headers: Mapping[str, str]) -> tuple[etree._Element, Mapping[str, str]]:
        """zeep's hook: the envelope, signed in place, and the HTTP headers as they were."""
        body = next(envelope.iterchildren(f"{{{SOAP}}}Body"))
        body.set(_ID, self._name("id-"))
        security = self._security(envelope)
        signed = [body, self._timestamp(security), *self._token(security)]
        signature = self._template(security, [element.get(_ID, "") for element in signed])
        context = _context(self.key_data)
        for element in signed:
            context.register_id(element, "Id", WSU)
        context.sign(signature)
        return envelope, headers

    def verify(self, envelope: etree._Element) -> etree._Element:
        """zeep's hook for answers: these services do not sign theirs."""
        return envelope

    def _token(self, security: etree._Element) -> list[etree._Element]:
        """Adds what tells the signer to the header; gives those elements of it that are signed."""
        raise NotImplementedError

    def _refer(self, reference: etree._Element) -> None:
        """Fills the SecurityTokenReference of the signature's KeyInfo."""
        raise NotImplementedError

    def _name(self, prefix: str) -> str:
        return prefix + hexadecimal(self._chance)

    def _security(self, envelope: etree._Element) -> etree._Element:
        header = envelope.find(f"{{{SOAP}}}Header")
        if header is None:
            header = etree.Element(f"{{{SOAP}}}Header")
            envelope.insert(0, header)
        security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
        security.set(f"{{{SOAP}}}mustUnderstand", "1")
        return security

    def _timestamp(self, security: etree._Element) -> etree._Element:
        now = self._clock.now()
        timestamp = _add(security, WSU, "Timestamp")
        timestamp.set(_ID, self._name("TS-"))
        _add(timestamp, WSU, "Created").text = instant(now)
        _add(timestamp, WSU, "Expires").text = instant(now + TIMESTAMP_LIFE)
        return timestamp

    def _template(self, security: etree._Element, identifiers: list[str]) -> etree._Element:
        """The Signature with empty values, last in the header; without white space, which xmlsec's own has."""
        signature = etree.SubElement(security, f"{{{DS}}}Signature", nsmap={"ds": DS})
        signature.set("Id", self._name("SIG-"))
        _fill(signature, self.entry, identifiers, EXC_C14N)
        self._refer(self._reference(signature))
        return signature

    def _reference(self, signature: etree._Element) -> etree._Element:
        key_info = _add(signature, DS, "KeyInfo", Id=self._name("KI-"))
        reference = etree.SubElement(key_info, f"{{{WSSE}}}SecurityTokenReference", nsmap={"wsse11": WSSE11})
        reference.set(_ID, self._name("STR-"))
        return reference


class HolderOfKey(_Signature):
    """Mailbox calls: Timestamp, Assertion, Signature over Body and Timestamp by the assertion's holder."""

    def __init__(self, entry: KeyEntry, assertion: bytes, clock: Clock, chance: Chance) -> None:
        super().__init__(entry, clock, chance)
        # Parsed anew for each call and never changed, so that the STS's own signature survives.
        self._assertion = assertion

    def _token(self, security: etree._Element) -> list[etree._Element]:
        security.append(xml.parse(self._assertion))
        return []

    def _refer(self, reference: etree._Element) -> None:
        reference.set(f"{{{WSSE11}}}TokenType", SAML_TOKEN)
        identifier = _add(reference, WSSE, "KeyIdentifier", ValueType=SAML_ASSERTION_ID)
        identifier.text = xml.parse(self._assertion).get("AssertionID")


class BinaryToken(_Signature):
    """STS calls: Timestamp, BinarySecurityToken, Signature over Body and both by the token's key."""

    def __init__(self, entry: KeyEntry, clock: Clock, chance: Chance) -> None:
        super().__init__(entry, clock, chance)
        self._identifier = self._name("X509-")

    def _token(self, security: etree._Element) -> list[etree._Element]:
        token = _add(security, WSSE, "BinarySecurityToken", EncodingType=BASE64_BINARY, ValueType=X509V3)
        token.set(_ID, self._identifier)
        token.text = base64_der(self.entry.certificate)
        return [token]

    def _refer(self, reference: etree._Element) -> None:
        _add(reference, WSSE, "Reference", URI=f"#{self._identifier}", ValueType=X509V3)


def sign_enveloped(element: etree._Element, identifier: str, entry: KeyEntry) -> None:
    """Signs an element by an enveloped signature, which becomes its first child; `identifier` names its id attribute.

    This is how a holder-of-key key proves itself to the STS when another certificate identifies the caller (wire.md).
    """
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    element.insert(0, signature)
    _fill(signature, entry, [element.get(identifier, "")], ENVELOPED, EXC_C14N)
    x509_data = _add(_add(signature, DS, "KeyInfo"), DS, "X509Data")
    _add(x509_data, DS, "X509Certificate").text = base64_der(entry.certificate)
    context = _context(_pem(entry))
    context.register_id(element, identifier)
    context.sign(signature)


def base64_der(certificate: x509.Certificate) -> str:
    """A certificate as XML carries it."""
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def _fill(signature: etree._Element, entry: KeyEntry, identifiers: Sequence[str], *transforms: str) -> None:
    """SignedInfo and SignatureValue with empty values; SHA-256 always, which every profile accepts."""
    info = _add(signature, DS, "SignedInfo")
    _add(info, DS, "CanonicalizationMethod", Algorithm=EXC_C14N)
    elliptic = isinstance(entry.key, ec.EllipticCurvePrivateKey)
    _add(info, DS, "SignatureMethod", Algorithm=ECDSA_SHA256 if elliptic else RSA_SHA256)
    for identifier in identifiers:
        reference = _add(info, DS, "Reference", URI=f"#{identifier}")
        chain = _add(reference, DS, "Transforms")
        for transform in transforms:
            _add(chain, DS, "Transform", Algorithm=transform)
        _add(reference, DS, "DigestMethod", Algorithm=SHA256)
        _add(reference, DS, "DigestValue")
    _add(signature, DS, "SignatureValue")


def _context(key: bytes) -> xmlsec.SignatureContext:
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key, xmlsec.constants.KeyDataFormatPem, None)
    return context


def _pem(entry: KeyEntry) -> bytes:
    return entry.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _add(parent: etree._Element, namespace: str, name: str, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    for attribute, value in attributes.items():
        element.set(attribute, value)
    return element

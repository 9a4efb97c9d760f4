"""Asking an STS for an assertion, in the SAML-P dialect (wire.md).

Knows: samlp:Request, samlp:Response. Must not know: the mailbox, when an assertion is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from ehbox_soap.client.designators import Designator, claims, owners
from ehbox_soap.client.errors import AnswerError, TokenError
from ehbox_soap.client.signature import BinaryToken, base64_der, instant, sign_enveloped
from ehbox_soap.client.transport import Transport
from ehbox_soap.clock import Clock
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.security.names import DS, HOLDER_OF_KEY, SAML, SOAP
from ehbox_soap.security.subject import issuer_rfc1779, subject_rfc1779

SAMLP = "urn:oasis:names:tc:SAML:1.0:protocol"
SUBJECT_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
_VERSION = {"MajorVersion": "1", "MinorVersion": "1"}
SOAP_ACTION = "urn:be:fgov:ehealth:sts:protocol:v1:RequestSecureToken"


@dataclass(frozen=True, slots=True)
class Token:
    """An assertion as the STS signed it (`octets`, exclusive canonical XML) and what a client needs of it."""

    octets: bytes
    id: str
    subject: str
    not_before: datetime
    not_on_or_after: datetime
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asker:
    """What asking needs: keys, time, chance and a way to the STS.

    The assertion is bound to the key of `entry`; `identification` tells who asks, often the same one.
    """

    entry: KeyEntry
    identification: KeyEntry
    transport: Transport
    clock: Clock
    chance: Chance

    def request_assertion(self, url: str, designators: tuple[Designator, ...], validity: timedelta) -> Token:
        """Asks for an assertion with those attributes, valid that long.

        Raises TokenError if the STS refuses, FaultError, UnreachableError, AnswerError.
        """
        return _token(self.call(url, SOAP_ACTION, self._request(designators, validity), self.identification))

    def call(self, url: str, soap_action: str, content: etree._Element, entry: KeyEntry) -> etree._Element:
        """One call with that content, identified and signed by `entry`; the content of the answer.

        Raises FaultError, UnreachableError, AnswerError.
        """
        envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
        etree.SubElement(envelope, f"{{{SOAP}}}Header")
        etree.SubElement(envelope, f"{{{SOAP}}}Body").append(content)
        BinaryToken(entry, self.clock, self.chance).apply(envelope, {})
        return self.transport.exchange(url, soap_action, envelope).content

    def _request(self, designators: tuple[Designator, ...], validity: timedelta) -> etree._Element:
        now, identifier = self.clock.now(), hexadecimal(self.chance)
        attributes = {"RequestID": f"request-{identifier}", "IssueInstant": instant(now), **_VERSION}
        request = etree.Element(f"{{{SAMLP}}}Request", attributes, {"samlp": SAMLP, "saml": SAML, "ds": DS})
        query = add(request, SAMLP, "AttributeQuery")
        subject = self._subject(query)
        confirmation = add(subject, SAML, "SubjectConfirmation")
        add(confirmation, SAML, "ConfirmationMethod").text = HOLDER_OF_KEY
        wanted = add(add(confirmation, SAML, "SubjectConfirmationData"), SAML, "Assertion", **_VERSION)
        wanted.set("AssertionID", f"assertion-{identifier}")
        wanted.set("IssueInstant", instant(now))
        wanted.set("Issuer", subject_rfc1779(self.identification.certificate))
        add(wanted, SAML, "Conditions", NotBefore=instant(now), NotOnOrAfter=instant(now + validity))
        self._claim(wanted)
        x509_data = add(add(confirmation, DS, "KeyInfo"), DS, "X509Data")
        add(x509_data, DS, "X509Certificate").text = base64_der(self.entry.certificate)
        for wish in designators:
            add(query, SAML, "AttributeDesignator", AttributeName=wish.name, AttributeNamespace=wish.namespace)
        if self.identification.certificate != self.entry.certificate:
            sign_enveloped(request, "RequestID", self.entry)
        return request

    def _claim(self, wanted: etree._Element) -> None:
        """The identity that the caller claims; the STS holds it against the certificates."""
        statement = add(wanted, SAML, "AttributeStatement")
        self._subject(statement)
        for who in owners(self.identification.certificate, self.entry.certificate):
            for claim in claims(who):
                names = {"AttributeName": claim.name, "AttributeNamespace": claim.namespace}
                add(add(statement, SAML, "Attribute", **names), SAML, "AttributeValue").text = who.number

    def _subject(self, parent: etree._Element) -> etree._Element:
        subject = add(parent, SAML, "Subject")
        issuer = issuer_rfc1779(self.identification.certificate)
        name = add(subject, SAML, "NameIdentifier", Format=SUBJECT_NAME, NameQualifier=issuer)
        name.text = subject_rfc1779(self.identification.certificate)
        return subject


def read_token(assertion: etree._Element) -> Token:
    """What an Assertion says. Raises AnswerError if it lacks what a client needs."""
    conditions = assertion.find(f"{{{SAML}}}Conditions")
    if conditions is None:
        raise AnswerError("an assertion without Conditions")
    try:
        start, end = (datetime.fromisoformat(conditions.get(name, "")) for name in ("NotBefore", "NotOnOrAfter"))
    except ValueError:
        raise AnswerError("an assertion without the moments of its validity") from None
    attributes = tuple(
        (attribute.get("AttributeName", ""), value.text or "")
        for attribute in assertion.iterfind(f"{{{SAML}}}AttributeStatement/{{{SAML}}}Attribute")
        for value in attribute.iterfind(f"{{{SAML}}}AttributeValue")
    )
    # Exclusive canonical XML is what the STS signed, whatever stood around it in its answer.
    octets = etree.tostring(assertion, method="c14n", exclusive=True)
    subject = assertion.findtext(f".//{{{SAML}}}NameIdentifier") or ""
    return Token(octets, assertion.get("AssertionID", ""), subject, start, end, attributes)


def _token(response: etree._Element) -> Token:
    code = response.find(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusCode")
    if response.tag != f"{{{SAMLP}}}Response" or code is None:
        raise AnswerError("not an answer of an STS")
    value = code.get("Value", "").rpartition(":")[2]
    if value != "Success":
        raise TokenError(value, response.findtext(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusMessage") or "")
    assertion = response.find(f"{{{SAML}}}Assertion")
    if assertion is None:
        raise AnswerError("success without an assertion")
    return read_token(assertion)


def add(parent: etree._Element, namespace: str, name: str, **attributes: str) -> etree._Element:
    """A new last child, with attributes that have no namespace."""
    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    for attribute, value in attributes.items():
        element.set(attribute, value)
    return element

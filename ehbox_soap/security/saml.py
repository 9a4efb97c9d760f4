"""The SAML 1.1 assertion as the STS writes it: who the caller is, and the key that proves it.

Knows: the assertion's one form, its signature by a trusted STS, its times, its holder of key. Must not know: which box
an attribute opens, SOAP.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import names, reading, signature
from ehbox_soap.security.memory import Memory
from ehbox_soap.security.names import ds, saml
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.signature import Signature
from ehbox_soap.security.trust import Trust, read_certificate


@dataclass(frozen=True, slots=True)
class Attribute:
    """One Attribute with its values, in the order of the assertion."""

    namespace: str
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an assertion says. `subject` is the NameIdentifier (an RFC 1779 name), `holder` the certificate whose key
    must sign the call; valid from `not_before` until just before `not_on_or_after`."""

    id: str
    issuer: str
    not_before: datetime
    not_on_or_after: datetime
    subject: str
    holder: x509.Certificate
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class _Subject:
    name: str
    format: str | None
    qualifier: str | None
    holder: x509.Certificate


def read_assertion(element: etree._Element, policy: Policy) -> tuple[Assertion, Signature]:
    """Reads an assertion by position, with the signature it ends with. Nothing is verified yet, nothing canonicalised.

    Raises SoapFault SOA-01001 for every other form: sender-vouches and bearer, conditions that are not understood,
    subjects that differ, values with children.
    """
    place = "Assertion"
    own = reading.attributes(
        element, place, required=("AssertionID", "Issuer", "IssueInstant", "MajorVersion", "MinorVersion")
    )
    if (own["MajorVersion"], own["MinorVersion"]) != ("1", "1"):
        raise refused(place, "is not of SAML 1.1")
    conditions, authentication, statement, _ = reading.exactly(
        element, place, saml("Conditions"), saml("AuthenticationStatement"), saml("AttributeStatement"), ds("Signature")
    )
    signed = signature.read_enveloped(element, policy)
    if own["Issuer"] != policy.issuer:
        raise refused(place, "is not by the expected Issuer")
    span = reading.attributes(conditions, "Conditions", required=("NotBefore", "NotOnOrAfter"))
    reading.exactly(conditions, "Conditions")
    subject = _authentication(authentication)
    other, found = _attribute_statement(statement, policy)
    if other != subject:
        raise refused("AttributeStatement", "is about another subject or holder of key than AuthenticationStatement")
    assertion = Assertion(
        id=own["AssertionID"],
        issuer=own["Issuer"],
        not_before=reading.instant(span["NotBefore"], "Conditions/NotBefore"),
        not_on_or_after=reading.instant(span["NotOnOrAfter"], "Conditions/NotOnOrAfter"),
        subject=subject.name,
        holder=subject.holder,
        attributes=found,
    )
    return assertion, signed


class AssertionVerifier:
    """Verifies what `read_assertion` read. Thread-safe.

    An assertion whose signature was verified is remembered by the hash of its exact canonical form, with the STS
    certificate that verified it; times, holder and that certificate are looked at on every call.
    """

    def __init__(self, policy: Policy, trust: Trust, capacity: int = 1024) -> None:
        self._policy = policy
        self._trust = trust
        self._verified: Memory[bytes, x509.Certificate] = Memory(capacity)

    def verify(self, element: etree._Element, assertion: Assertion, signed: Signature, now: datetime) -> None:
        """Demands a trusted STS's signature, a valid time and a trusted holder. Raises SoapFault SOA-01001."""
        form = signature.canonical(element)
        key = hashlib.sha256(form).digest()
        if assertion.not_on_or_after <= now:
            self._verified.drop(key)
            raise refused("Conditions/NotOnOrAfter", "the assertion is no longer valid")
        if assertion.not_before - self._policy.skew > now:
            raise refused("Conditions/NotBefore", "the assertion is not valid yet")
        self._trust.believe(assertion.holder, "holder-of-key certificate", now)
        named = _signer(signed.key_info)
        known = self._verified.get(key)
        candidates = self._trust.signers(named if known is None else known, now)
        if known is None:
            self._verified.put(key, self._signed_by(element, signed, candidates, form))

    def _signed_by(
        self, element: etree._Element, signed: Signature, candidates: tuple[x509.Certificate, ...], form: bytes
    ) -> x509.Certificate:
        failure: SoapFault | None = None
        for candidate in candidates:
            try:
                signature.verify_read_enveloped(element, signed, candidate.public_key(), self._policy, form)
            except SoapFault as fault:
                failure = fault
            else:
                return candidate
        raise failure or refused("Assertion", "is not signed by a trusted STS")


def _signer(key_info: etree._Element | None) -> x509.Certificate | None:
    """Which certificate the assertion says it is signed by; it only picks one of the trusted."""
    return None if key_info is None else _key_info(key_info, "Assertion/ds:KeyInfo")


def _key_info(element: etree._Element, place: str) -> x509.Certificate:
    reading.attributes(element, place, optional=("Id",))
    (data,) = reading.exactly(element, place, ds("X509Data"))
    reading.attributes(data, place)
    (certificate,) = reading.exactly(data, place, ds("X509Certificate"))
    reading.attributes(certificate, place)
    return read_certificate(reading.leaf(certificate, place), place)


def _authentication(element: etree._Element) -> _Subject:
    place = "AuthenticationStatement"
    reading.attributes(element, place, required=("AuthenticationInstant", "AuthenticationMethod"))
    (subject,) = reading.exactly(element, place, saml("Subject"))
    return _subject(subject, place + "/Subject")


def _attribute_statement(element: etree._Element, policy: Policy) -> tuple[_Subject, tuple[Attribute, ...]]:
    place = "AttributeStatement"
    reading.attributes(element, place)
    found = reading.children(element, place)
    expected = [saml("Subject")] + [saml("Attribute")] * (len(found) - 1)
    if len(found) < 2 or [child.tag for child in found] != expected:
        raise refused(place, "does not hold exactly a Subject and Attributes")
    if len(found) > policy.most_values:
        raise refused(place, f"has more than {policy.most_values} children")
    return _subject(found[0], place + "/Subject"), tuple(_attribute(child, policy) for child in found[1:])


def _attribute(element: etree._Element, policy: Policy) -> Attribute:
    own = reading.attributes(element, "Attribute", required=("AttributeName", "AttributeNamespace"))
    values = reading.children(element, "Attribute")
    if not values or any(value.tag != saml("AttributeValue") for value in values):
        raise refused("Attribute", "does not hold exactly AttributeValues")
    if len(values) > policy.most_values:
        raise refused("Attribute", f"has more than {policy.most_values} values")
    for value in values:
        reading.attributes(value, "AttributeValue", optional=(f"{{{names.XSI}}}type",))
    return Attribute(
        namespace=own["AttributeNamespace"],
        name=own["AttributeName"],
        values=tuple(reading.leaf(value, "AttributeValue") for value in values),
    )


def _subject(element: etree._Element, place: str) -> _Subject:
    reading.attributes(element, place)
    name, confirmation = reading.exactly(element, place, saml("NameIdentifier"), saml("SubjectConfirmation"))
    qualifiers = reading.attributes(name, place + "/NameIdentifier", optional=("Format", "NameQualifier"))
    reading.attributes(confirmation, place + "/SubjectConfirmation")
    method, key_info = reading.exactly(
        confirmation, place + "/SubjectConfirmation", saml("ConfirmationMethod"), ds("KeyInfo")
    )
    reading.attributes(method, place + "/ConfirmationMethod")
    if reading.leaf(method, place + "/ConfirmationMethod") != names.HOLDER_OF_KEY:
        raise refused(place + "/ConfirmationMethod", "is not holder of key")
    return _Subject(
        name=reading.leaf(name, place + "/NameIdentifier"),
        format=qualifiers.get("Format"),
        qualifier=qualifiers.get("NameQualifier"),
        holder=_key_info(key_info, place + "/ds:KeyInfo"),
    )

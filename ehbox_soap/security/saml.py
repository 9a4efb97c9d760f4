"""The SAML 1.1 assertion as the STS writes it: who the caller is, and the key that proves it.

Knows: the assertion's one form, its signature by a trusted STS, its times, its holder of key. Must not know: which box
an attribute opens, SOAP.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

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

_ASSERTION_PARTS = (
    saml("Conditions"),
    saml("AuthenticationStatement"),
    saml("AttributeStatement"),
    ds("Signature"),
)
_SUBJECT, _ATTRIBUTE, _ATTRIBUTE_VALUE = saml("Subject"), saml("Attribute"), saml("AttributeValue")
_SUBJECT_PARTS = (saml("NameIdentifier"), saml("SubjectConfirmation"))
_CONFIRMATION_PARTS = (saml("ConfirmationMethod"), ds("KeyInfo"))
_X509_DATA, _X509_CERTIFICATE = ds("X509Data"), ds("X509Certificate")
_XSI_TYPE = (f"{{{names.XSI}}}type",)
# The grain of a datetime: the last moment before NotOnOrAfter.
_INSTANT = timedelta(microseconds=1)


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
    conditions, authentication, statement, _ = reading.exactly(element, place, *_ASSERTION_PARTS)
    signed = signature.read_enveloped(element, policy)
    if own["Issuer"] != policy.issuer:
        raise refused(place, "is not by the expected Issuer")
    span = reading.attributes(conditions, "Conditions", required=("NotBefore", "NotOnOrAfter"))
    reading.empty(conditions, "Conditions")
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


@dataclass(frozen=True, slots=True)
class Known:
    """An assertion that was verified: what it says, whether SHA-1 occurs in its signature, the ids in it.

    It holds from `begin` to `end`, both included: within them it, its holder's chain and the certificate of the STS
    that signed it are all valid; and only while what is trusted is what it was, `generation` (Trust.generation).
    """

    assertion: Assertion
    sha1: bool
    ids: tuple[str, ...]
    begin: datetime
    end: datetime
    generation: int


@dataclass(frozen=True, slots=True)
class Presented:
    """An assertion as a call brings it, read and not yet verified; `signed` is None where it is `known`."""

    element: etree._Element
    key: bytes
    known: Known | None
    assertion: Assertion
    signed: Signature | None


class AssertionVerifier:
    """Verifies assertions. Thread-safe.

    One that was verified is remembered by the hash of its exact form, that is of its octets and of the namespaces
    around it; at a moment outside of its span nothing is remembered, and all of it is looked at again.
    """

    def __init__(self, policy: Policy, trust: Trust, capacity: int = 1024) -> None:
        self._policy = policy
        self._trust = trust
        self._verified: Memory[bytes, Known] = Memory(capacity)

    def present(self, element: etree._Element, now: datetime) -> Presented:
        """Looks whether it was verified before in exactly this form and holds now, else reads it.

        Raises SoapFault SOA-01001; canonicalises nothing.
        """
        key = _exact(element)
        known = self._verified.get(key)
        if known is not None:
            if known.begin <= now <= known.end and known.generation == self._trust.generation(now):
                return Presented(element, key, known, known.assertion, None)
            self._verified.drop(key)
        return Presented(element, key, None, *read_assertion(element, self._policy))

    def verify(self, presented: Presented, now: datetime) -> Known:
        """Demands a trusted STS's signature, a valid time and a trusted holder. Raises SoapFault SOA-01001."""
        if presented.known is not None:
            return presented.known
        element, assertion, signed = presented.element, presented.assertion, presented.signed
        assert signed is not None
        if assertion.not_on_or_after <= now:
            raise refused("Conditions/NotOnOrAfter", "the assertion is no longer valid")
        begin = assertion.not_before - self._policy.skew
        if begin > now:
            raise refused("Conditions/NotBefore", "the assertion is not valid yet")
        # Before anything is believed: what is revoked meanwhile makes this one be looked at again.
        generation = self._trust.generation(now)
        believed = self._trust.believe(assertion.holder, "holder-of-key certificate", now)
        candidates = self._trust.signers(_signer(signed.key_info), now)
        signer = self._signed_by(element, signed, candidates, signature.canonical(element))
        signing = self._trust.signer_span(signer, now)
        known = Known(
            assertion=assertion,
            sha1=signed.sha1,
            ids=tuple(reading.ids(element)),
            begin=max(begin, believed[0], signing[0]),
            end=min(assertion.not_on_or_after - _INSTANT, believed[1], signing[1]),
            generation=generation,
        )
        self._verified.put(presented.key, known)
        return known

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


def _exact(element: etree._Element) -> bytes:
    """The hash of an element as it was parsed: two of one hash have the same names, attributes and texts."""
    return hashlib.sha256(etree.tostring(element, encoding="utf-8", with_tail=False)).digest()


def _signer(key_info: etree._Element | None) -> x509.Certificate | None:
    """Which certificate the assertion says it is signed by; it only picks one of the trusted."""
    return None if key_info is None else _key_info(key_info, "Assertion/ds:KeyInfo")


def _key_info(element: etree._Element, place: str) -> x509.Certificate:
    reading.attributes(element, place, optional=("Id",))
    (data,) = reading.exactly(element, place, _X509_DATA)
    reading.attributes(data, place)
    (certificate,) = reading.exactly(data, place, _X509_CERTIFICATE)
    reading.attributes(certificate, place)
    return read_certificate(reading.leaf(certificate, place), place)


def _authentication(element: etree._Element) -> _Subject:
    place = "AuthenticationStatement"
    reading.attributes(element, place, required=("AuthenticationInstant", "AuthenticationMethod"))
    (subject,) = reading.exactly(element, place, _SUBJECT)
    return _subject(subject, place + "/Subject")


def _attribute_statement(element: etree._Element, policy: Policy) -> tuple[_Subject, tuple[Attribute, ...]]:
    place = "AttributeStatement"
    reading.attributes(element, place)
    found = reading.children(element, place)
    expected = [_SUBJECT] + [_ATTRIBUTE] * (len(found) - 1)
    if len(found) < 2 or [child.tag for child in found] != expected:
        raise refused(place, "does not hold exactly a Subject and Attributes")
    if len(found) > policy.most_values:
        raise refused(place, f"has more than {policy.most_values} children")
    return _subject(found[0], place + "/Subject"), tuple([_attribute(child, policy) for child in found[1:]])


def _attribute(element: etree._Element, policy: Policy) -> Attribute:
    own = reading.attributes(element, "Attribute", required=("AttributeName", "AttributeNamespace"))
    values = reading.children(element, "Attribute")
    if not values or [value.tag for value in values] != [_ATTRIBUTE_VALUE] * len(values):
        raise refused("Attribute", "does not hold exactly AttributeValues")
    if len(values) > policy.most_values:
        raise refused("Attribute", f"has more than {policy.most_values} values")
    for value in values:
        reading.attributes(value, "AttributeValue", optional=_XSI_TYPE)
    return Attribute(
        namespace=own["AttributeNamespace"],
        name=own["AttributeName"],
        values=tuple([reading.leaf(value, "AttributeValue") for value in values]),
    )


def _subject(element: etree._Element, place: str) -> _Subject:
    reading.attributes(element, place)
    name, confirmation = reading.exactly(element, place, *_SUBJECT_PARTS)
    qualifiers = reading.attributes(name, place + "/NameIdentifier", optional=("Format", "NameQualifier"))
    reading.attributes(confirmation, place + "/SubjectConfirmation")
    method, key_info = reading.exactly(confirmation, place + "/SubjectConfirmation", *_CONFIRMATION_PARTS)
    reading.attributes(method, place + "/ConfirmationMethod")
    if reading.leaf(method, place + "/ConfirmationMethod") != names.HOLDER_OF_KEY:
        raise refused(place + "/ConfirmationMethod", "is not holder of key")
    return _Subject(
        name=reading.leaf(name, place + "/NameIdentifier"),
        format=qualifiers.get("Format"),
        qualifier=qualifiers.get("NameQualifier"),
        holder=_key_info(key_info, place + "/ds:KeyInfo"),
    )

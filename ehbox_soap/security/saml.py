"""The SAML 1.1 assertion as the STS writes it: who the caller is, and the key that proves it.

Knows: the assertion's one form, its signature by a trusted STS, its times, its holder of key. Must not know: which box
an attribute opens, SOAP.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from cryptography import x509
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import names, reading, signature, signature_form
from ehbox_soap.security.canonical import SHORT, size
from ehbox_soap.security.forms import Form, Line, Read
from ehbox_soap.security.markup import Rows
from ehbox_soap.security.memory import Memory
from ehbox_soap.security.names import ds, saml
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.signature_form import KEY_INFO_WITHIN, Signature
from ehbox_soap.security.trust import Trust, read_certificate

_ATTRIBUTES_RULE = "does not hold exactly a Subject and Attributes"
_CERTIFIED, _STATED = "AuthenticationStatement", "AttributeStatement"
_TYPE = f"{{{names.XSI}}}type"


def _key_info(place: str, within: tuple[str, str] | None = None) -> tuple[Line, ...]:
    """A KeyInfo that holds one certificate; all of it is refused by the same place."""
    return (
        Line(place, ds("KeyInfo"), 1, optional=("Id",), within=within),
        Line(place, ds("X509Data"), 1),
        Line(place, ds("X509Certificate"), text=True),
    )


def _subject(place: str) -> tuple[Line, ...]:
    """A Subject: NameIdentifier and SubjectConfirmation."""
    return (
        Line(place, saml("Subject"), 2),
        Line(
            place + "/NameIdentifier",
            saml("NameIdentifier"),
            optional=("Format", "NameQualifier"),
            settled=("Format",),
            text=True,
        ),
        Line(place + "/SubjectConfirmation", saml("SubjectConfirmation"), 2),
        Line(place + "/ConfirmationMethod", saml("ConfirmationMethod"), text=True),
        *_key_info(place + "/ds:KeyInfo"),
    )


_BEGINNING = (
    Line(
        "Assertion",
        saml("Assertion"),
        4,
        required=("AssertionID", "Issuer", "IssueInstant", "MajorVersion", "MinorVersion"),
        settled=("Issuer", "MajorVersion", "MinorVersion"),
    ),
    Line("Conditions", saml("Conditions"), required=("NotBefore", "NotOnOrAfter")),
    Line(
        _CERTIFIED,
        saml(_CERTIFIED),
        1,
        required=("AuthenticationInstant", "AuthenticationMethod"),
        settled=("AuthenticationMethod",),
    ),
    *_subject(_CERTIFIED + "/Subject"),
)
_STATEMENT = (Line(_STATED, saml(_STATED), -1, rule=_ATTRIBUTES_RULE), *_subject(_STATED + "/Subject"))
_ATTRIBUTE = Line("Attribute", saml("Attribute"), required=("AttributeName", "AttributeNamespace"))
_VALUE = Line("AttributeValue", saml("AttributeValue"), optional=(_TYPE,), settled=(_TYPE,), text=True)
_SIGNER = _key_info("Assertion/ds:KeyInfo", KEY_INFO_WITHIN)


def _lines(rows: Rows, most: int, transforms: int) -> Iterator[Line]:
    """The one form of an assertion. Counts the values of each Attribute."""
    yield from _BEGINNING
    yield from _STATEMENT
    statement = len(_BEGINNING)
    count = rows.count(statement)
    if count < 2:
        raise refused(_STATED, _ATTRIBUTES_RULE)
    if count > most:
        raise refused(_STATED, f"has more than {most} children")
    row = statement + len(_STATEMENT)
    for _ in range(count - 1):
        values = rows.count(row)
        if values > most:
            raise refused("Attribute", f"has more than {most} values")
        rows.counts.append(values)
        yield replace(_ATTRIBUTE, children=max(values, 1))
        yield from [_VALUE] * values
        row += 1 + values
    yield from signature_form.lines(rows, row, 1, transforms, _SIGNER)


@cache
def _form(most: int, transforms: int) -> Form:
    return Form(lambda rows: _lines(rows, most, transforms))


# How many values its first three elements have, and a Subject.
_OWN = sum(line.values for line in _BEGINNING[:3])
_SUBJECT = sum(line.values for line in _subject(""))
# The grain of a datetime: the last moment before NotOnOrAfter.
_INSTANT = timedelta(microseconds=1)


class Attribute(NamedTuple):
    """One Attribute with its values, in the order of the assertion."""

    namespace: str
    name: str
    values: tuple[str, ...]


class Assertion(NamedTuple):
    """What an assertion says. `subject` is the NameIdentifier (an RFC 1779 name), `holder` the certificate whose key
    must sign the call; valid from `not_before` until just before `not_on_or_after`."""

    id: str
    issuer: str
    not_before: datetime
    not_on_or_after: datetime
    subject: str
    holder: x509.Certificate
    attributes: tuple[Attribute, ...]


class _Subject(NamedTuple):
    name: str
    format: str | None
    qualifier: str | None
    holder: x509.Certificate


def read_assertion(element: etree._Element, policy: Policy) -> tuple[Assertion, Signature]:
    """Reads an assertion by position, with the signature it ends with. Nothing is verified yet.

    Raises SoapFault SOA-01001 for every other form: sender-vouches and bearer, conditions that are not understood,
    subjects that differ, values with children.
    """
    size(element, "Assertion")
    assertion, signed, _ = _read(element, policy)
    return assertion, signed


def _read(element: etree._Element, policy: Policy) -> tuple[Assertion, Signature, bytes]:
    """The same of one whose size was looked at, and its canonical form."""
    # Their markups differ in how many Attributes they have, if they are of one STS.
    sort = len(element[2]) if len(element) > 2 else 0
    read = _form(policy.most_values, len(policy.enveloped)).read(element, "Assertion", sort)
    identifier, issuer, _, major, minor, begin, end, _, _ = read.values[:_OWN]
    if (major, minor) != ("1", "1"):
        raise refused("Assertion", "is not of SAML 1.1")
    if issuer != policy.issuer:
        raise refused("Assertion", "is not by the expected Issuer")
    at = _OWN + _SUBJECT
    certified, stated = read.values[_OWN:at], read.values[at : at + _SUBJECT]
    subject = _read_subject(certified, _CERTIFIED + "/Subject")
    if stated != certified and _read_subject(stated, _STATED + "/Subject") != subject:
        raise refused(_STATED, "is about another subject or holder of key than AuthenticationStatement")
    attributes, at = _read_attributes(read, at + _SUBJECT)
    identifier = reading.checked_id(identifier, "AssertionID")
    signed = signature_form.enveloped(element[-1], read, at, identifier, policy)
    not_before = reading.instant(begin or "", "Conditions/NotBefore")
    not_on_or_after = reading.instant(end or "", "Conditions/NotOnOrAfter")
    name, holder = subject.name, subject.holder
    assertion = Assertion(identifier, issuer, not_before, not_on_or_after, name, holder, attributes)
    return assertion, signed, read.form


class Known(NamedTuple):
    """An assertion that was verified: what it says, whether SHA-1 occurs in its signature, the ids in it.

    It is this one only in exactly that form. It holds from `begin` to `end`, both included: within them it, its
    holder's chain and the certificate of the STS that signed it are all valid; and only while what is trusted is what
    it was, `generation` (Trust.generation).
    """

    exact: str
    assertion: Assertion
    sha1: bool
    ids: tuple[str, ...]
    begin: datetime
    end: datetime
    generation: int


class Presented(NamedTuple):
    """An assertion as a call brings it, read and not yet verified; where it is `known` it is not read again. `exact` is
    what it is remembered by, `form` its canonical form, `ids` are all that stand in it."""

    element: etree._Element
    exact: str
    known: Known | None
    assertion: Assertion
    ids: tuple[str, ...]
    signed: Signature | None = None
    form: bytes = b""


class AssertionVerifier:
    """Verifies assertions. Thread-safe.

    One that was verified is remembered by its id with its exact form, that is with its text and the namespaces around
    it; in any other form, or at a moment outside of its span, all of it is looked at again.
    """

    def __init__(self, policy: Policy, trust: Trust, capacity: int = 1024) -> None:
        self._policy = policy
        self._trust = trust
        self._verified: Memory[str, Known] = Memory(capacity)

    def present(self, element: etree._Element, now: datetime) -> Presented:
        """Looks whether it was verified before in exactly this form and holds now, else reads it.

        Raises SoapFault SOA-01001.
        """
        exact = _exact(element)
        key = element.get("AssertionID", "")
        known = self._verified.get(key)
        if known is not None and known.exact == exact:
            if known.begin <= now <= known.end and known.generation == self._trust.generation(now):
                return Presented(element, exact, known, known.assertion, known.ids)
            self._verified.drop(key)
        if len(exact) >= SHORT:
            size(element, "Assertion")
        assertion, signed, form = _read(element, self._policy)
        return Presented(element, exact, None, assertion, signed.ids, signed, form)

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
        signer = self._signed_by(element, signed, candidates, presented.form)
        signing = self._trust.signer_span(signer, now)
        known = Known(
            exact=presented.exact,
            assertion=assertion,
            sha1=signed.sha1,
            ids=presented.ids,
            begin=max(begin, believed[0], signing[0]),
            end=min(assertion.not_on_or_after - _INSTANT, believed[1], signing[1]),
            generation=generation,
        )
        self._verified.put(assertion.id, known)
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


def _exact(element: etree._Element) -> str:
    """An element as it was parsed: two of one form have the same names, attributes and texts."""
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _signer(key_info: tuple[str | None, ...] | None) -> x509.Certificate | None:
    """Which certificate the assertion says it is signed by; it only picks one of the trusted."""
    return None if key_info is None else read_certificate(key_info[-1] or "", "Assertion/ds:KeyInfo")


def _read_attributes(read: Read, at: int) -> tuple[tuple[Attribute, ...], int]:
    """The Attributes, whose values begin at `at`, and where they end. The last of the counts is the signature's."""
    values, found = read.values, []
    for count in read.counts[:-1]:
        # Of each value the type, which says nothing, and the text.
        end = at + 2 + 2 * count
        texts = tuple([text or "" for text in values[at + 3 : end : 2]])
        found.append(Attribute(values[at + 1] or "", values[at] or "", texts))
        at = end
    return tuple(found), at


def _read_subject(values: tuple[str | None, ...], place: str) -> _Subject:
    """A Subject of the form that was read."""
    form, qualifier, name, method, _, certificate = values
    if method != names.HOLDER_OF_KEY:
        raise refused(place + "/ConfirmationMethod", "is not holder of key")
    return _Subject(name or "", form, qualifier, read_certificate(certificate or "", place + "/ds:KeyInfo"))

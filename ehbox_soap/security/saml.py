"""The SAML 1.1 assertion as the STS writes it: who the caller is, and the key that proves it.

Knows: the assertion's one form, its signature by a trusted STS, its times, its holder of key. Must not know: which box
an attribute opens, SOAP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from cryptography import x509
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import names, reading, signature
from ehbox_soap.security.forms import EXACTLY, Form, Line, Rows
from ehbox_soap.security.layout import Layout, Token
from ehbox_soap.security.markup import exact
from ehbox_soap.security.memory import Memory
from ehbox_soap.security.names import ds, saml
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.signature_form import KEY_INFO_WITHIN, SIGNATURE, KeyInfo, Signature, read_enveloped_row
from ehbox_soap.security.trust import Trust, read_certificate

_ATTRIBUTES_RULE = "does not hold exactly a Subject and Attributes"
_CERTIFIED, _STATED = "AuthenticationStatement", "AttributeStatement"


def _key_info(place: str, within: tuple[str, str] = ("", "")) -> tuple[Line, ...]:
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
        Line(place + "/NameIdentifier", saml("NameIdentifier"), optional=("Format", "NameQualifier"), text=True),
        Line(place + "/SubjectConfirmation", saml("SubjectConfirmation"), 2),
        Line(place + "/ConfirmationMethod", saml("ConfirmationMethod"), text=True),
        *_key_info(place + "/ds:KeyInfo"),
    )


# The one form of an assertion, in the pieces that it is read by.
_ASSERTION = Form(
    Line(
        "Assertion",
        saml("Assertion"),
        4,
        required=("AssertionID", "Issuer", "IssueInstant", "MajorVersion", "MinorVersion"),
    ),
    Line("Conditions", saml("Conditions"), required=("NotBefore", "NotOnOrAfter")),
    Line(_CERTIFIED, saml(_CERTIFIED), 1, required=("AuthenticationInstant", "AuthenticationMethod")),
    *_subject(_CERTIFIED + "/Subject"),
)
_STATEMENT = Form(
    Line(_STATED, saml(_STATED), -1, rule=_ATTRIBUTES_RULE, within=("Assertion", EXACTLY)),
    *_subject(_STATED + "/Subject"),
)
_SUBJECT_ROWS = 7
_SIGNER = Form(*_key_info("Assertion/ds:KeyInfo", KEY_INFO_WITHIN))


@lru_cache(maxsize=64)
def _attributes(counts: tuple[int, ...]) -> Form:
    """Attributes, each with so many values, at least one."""
    value = Line("AttributeValue", saml("AttributeValue"), optional=(f"{{{names.XSI}}}type",), text=True)
    lines: list[Line] = []
    for count in counts:
        lines.append(
            Line(
                "Attribute",
                saml("Attribute"),
                max(count, 1),
                required=("AttributeName", "AttributeNamespace"),
                within=(_STATED, _ATTRIBUTES_RULE),
            )
        )
        lines += [value] * count
    return Form(*lines)


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
    """Reads an assertion by position, with the signature it ends with. Nothing is verified yet, nothing canonicalised.

    Raises SoapFault SOA-01001 for every other form: sender-vouches and bearer, conditions that are not understood,
    subjects that differ, values with children.
    """
    return _read(Rows("Assertion", element), policy)


def _read(rows: Rows, policy: Policy) -> tuple[Assertion, Signature]:
    own, span, _, *named = _ASSERTION.read(rows, 0)
    if (own["MajorVersion"], own["MinorVersion"]) != ("1", "1"):
        raise refused("Assertion", "is not of SAML 1.1")
    if own["Issuer"] != policy.issuer:
        raise refused("Assertion", "is not by the expected Issuer")
    subject = _read_subject(rows, _ASSERTION.rows - _SUBJECT_ROWS, _CERTIFIED + "/Subject", named[0])
    other, found, row = _read_statement(rows, _ASSERTION.rows, policy)
    if other != subject:
        raise refused(_STATED, "is about another subject or holder of key than AuthenticationStatement")
    if rows.tags[row] != SIGNATURE:
        raise refused("Assertion", EXACTLY)
    identifier = reading.identifier(rows.elements[0], "AssertionID", "AssertionID")
    signed = read_enveloped_row(rows, row, identifier, policy, rows.tails[row], _SIGNER)
    assertion = Assertion(
        id=identifier,
        issuer=own["Issuer"],
        not_before=reading.instant(span["NotBefore"], "Conditions/NotBefore"),
        not_on_or_after=reading.instant(span["NotOnOrAfter"], "Conditions/NotOnOrAfter"),
        subject=subject.name,
        holder=subject.holder,
        attributes=found,
    )
    return assertion, signed


Exact = str | tuple[Layout, tuple[str, ...]]
"""What an assertion is compared by: all of its text, or the layout that has the rest of it and its values."""


class Known(NamedTuple):
    """An assertion that was verified: what it says, whether SHA-1 occurs in its signature, the ids in it.

    It is this one only in exactly that form. It holds from `begin` to `end`, both included: within them it, its
    holder's chain and the certificate of the STS that signed it are all valid; and only while what is trusted is what
    it was, `generation` (Trust.generation).
    """

    form: Exact
    assertion: Assertion
    sha1: bool
    ids: tuple[str, ...]
    begin: datetime
    end: datetime
    generation: int
    layout: Layout | None = None
    """Of the calls that bring it, once they have one."""
    tries: int = 0
    """How often it was tried to learn that."""


class Presented(NamedTuple):
    """An assertion as a call brings it, read and not yet verified; `signed` is None where it is `known`. `ids` are all
    that stand in it."""

    element: etree._Element
    form: Exact
    known: Known | None
    assertion: Assertion
    ids: tuple[str, ...]
    signed: Signature | None = None


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

        Raises SoapFault SOA-01001; canonicalises nothing.
        """
        form = exact(element)
        known = self._known(element.get("AssertionID", ""), form, now)
        if known is not None:
            return Presented(element, form, known, known.assertion, known.ids)
        rows = Rows("Assertion", element)
        assertion, signed = _read(rows, self._policy)
        return Presented(element, form, None, assertion, tuple(reading.ids_among(rows.attributes)), signed)

    def present_again(
        self, layout: Layout, values: Sequence[str], element: etree._Element, now: datetime
    ) -> Presented | None:
        """The same, of an assertion in a layout that was met before: only its values are read. None, or SoapFault
        SOA-01001, where it is to be read whole; its ids are those that the layout tells."""
        token = layout.token
        assert token is not None
        form = (layout, token.own(values))
        known = self._known(values[token.id], form, now)
        if known is not None:
            # The second call that brings it: there will be more.
            self._verified.put(known.assertion.id, known._replace(layout=layout.of(values)))
            return Presented(element, form, known, known.assertion, ())
        read = _read_again(token, values, element)
        return None if read is None else Presented(element, form, None, read[0], (), read[1])

    def met(self, identifier: str, now: datetime) -> Known | None:
        """What was verified before, with the layout of the calls that bring it, if it holds now."""
        known = self._verified.get(identifier)
        if known is None or known.layout is None or not self._holds(known, now):
            return None
        return known

    def learned(self, known: Known, layout: Layout | None) -> None:
        """Remembers the layout of the calls that bring it, or that none could be learned."""
        if self._verified.get(known.assertion.id) is known:
            self._verified.put(known.assertion.id, known._replace(layout=layout, tries=known.tries + 1))

    def _known(self, key: str, form: Exact, now: datetime) -> Known | None:
        """What was verified before in exactly this form, if it holds now."""
        known = self._verified.get(key)
        if known is None or known.form != form:
            return None
        if self._holds(known, now):
            return known
        self._verified.drop(key)
        return None

    def _holds(self, known: Known, now: datetime) -> bool:
        return known.begin <= now <= known.end and known.generation == self._trust.generation(now)

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
        # Where it is known what is signed, nothing is made canonical for it.
        form = b"" if signed.form is not None else signature.canonical(element)
        signer = self._signed_by(element, signed, candidates, form)
        signing = self._trust.signer_span(signer, now)
        known = Known(
            form=presented.form,
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


def _read_again(token: Token, values: Sequence[str], element: etree._Element) -> tuple[Assertion, Signature] | None:
    """What `_read` gives, of an assertion in a layout that was met; None where it is to be read whole."""
    subject, other = [values[at] for at in token.subjects]
    holder, again = [values[at] for at in token.holders]
    identifier = reading.identifier(element, "AssertionID", "AssertionID")
    signed = token.signed.read(values, element[-1], (identifier,), identifier)
    if subject != other or holder != again or signed is None:
        return None
    assertion = Assertion(
        id=identifier,
        issuer=token.issuer,
        not_before=reading.instant(values[token.begin], "Conditions/NotBefore"),
        not_on_or_after=reading.instant(values[token.end], "Conditions/NotOnOrAfter"),
        subject=subject,
        holder=read_certificate(holder, _CERTIFIED + "/Subject/ds:KeyInfo"),
        attributes=tuple(
            [Attribute(namespace, name, tuple(values[first:last])) for namespace, name, first, last in token.attributes]
        ),
    )
    return assertion, signed


def _signer(key_info: KeyInfo | None) -> x509.Certificate | None:
    """Which certificate the assertion says it is signed by; it only picks one of the trusted."""
    return None if key_info is None else read_certificate(key_info.text, "Assertion/ds:KeyInfo")


def _read_statement(rows: Rows, at: int, policy: Policy) -> tuple[_Subject, tuple[Attribute, ...], int]:
    """Whom an AttributeStatement is about, its attributes, and the row of what follows it."""
    named = _STATEMENT.read(rows, at)
    count = rows.children[at]
    if count < 2:
        raise refused(_STATED, _ATTRIBUTES_RULE)
    if count > policy.most_values:
        raise refused(_STATED, f"has more than {policy.most_values} children")
    found, row = _read_attributes(rows, at + _STATEMENT.rows, count - 1, policy)
    return _read_subject(rows, at + 1, _STATED + "/Subject", named[0]), found, row


def _read_attributes(rows: Rows, at: int, attributes: int, policy: Policy) -> tuple[tuple[Attribute, ...], int]:
    """So many Attributes with their values, and the row of what follows them."""
    counts, row = [], at
    for _ in range(attributes):
        # Where a value is no leaf these are other rows, and the form is not met.
        count = rows.children[row] if row < len(rows.children) else 0
        if count > policy.most_values:
            raise refused("Attribute", f"has more than {policy.most_values} values")
        counts.append(count)
        row += 1 + count
    named = iter(_attributes(tuple(counts)).read(rows, at))
    found = []
    for count in counts:
        own = next(named)
        values = rows.texts[at + 1 : at + 1 + count]
        found.append(Attribute(own["AttributeNamespace"], own["AttributeName"], tuple([text or "" for text in values])))
        at += 1 + count
        for _ in values:
            next(named)
    return tuple(found), row


def _read_subject(rows: Rows, at: int, place: str, named: Mapping[str, str]) -> _Subject:
    """The Subject in that row, of the form that was read; `named` are the attributes of its NameIdentifier."""
    if rows.texts[at + 3] != names.HOLDER_OF_KEY:
        raise refused(place + "/ConfirmationMethod", "is not holder of key")
    return _Subject(
        name=rows.texts[at + 1] or "",
        format=named.get("Format"),
        qualifier=named.get("NameQualifier"),
        holder=read_certificate(rows.texts[at + 6] or "", place + "/ds:KeyInfo"),
    )

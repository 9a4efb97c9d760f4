"""The SAML 1.1 assertion as the STS writes it: who the caller is, and the key that proves it.

Knows: the assertion's one form, and how its values are taken where its layout is known. Must not know: whether it is
true (assertions.py), which box an attribute opens, SOAP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from cryptography import x509
from lxml import etree

from ehbox_soap.security import names, reading
from ehbox_soap.security.forms import EXACTLY, Form, Line, Rows
from ehbox_soap.security.layout import Token
from ehbox_soap.security.names import ds, saml
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.signature_form import KEY_INFO_WITHIN, SIGNATURE, Signature, read_enveloped_row
from ehbox_soap.security.trust import read_certificate

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
    return read_rows(Rows("Assertion", element), policy)


def read_rows(rows: Rows, policy: Policy) -> tuple[Assertion, Signature]:
    """The same, of an assertion that was gone through."""
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


def read_again(token: Token, values: Sequence[str], element: etree._Element) -> tuple[Assertion, Signature] | None:
    """What `read_rows` gives, of an assertion in a layout that was met; None, or SoapFault SOA-01001, where it is to be
    read whole."""
    subject, other = [values[at] for at in token.subjects]
    holder, again = [values[at] for at in token.holders]
    identifier = reading.identifier(element, "AssertionID", "AssertionID")
    signed = token.signed.read(values, (identifier,), identifier)
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

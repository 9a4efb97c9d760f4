"""Writing an assertion, in exactly the form that clients accept (wire.md, "STS, SAML-P dialect").

Knows: that form. Must not know: where its values come from. No white space stands between elements and every prefix
is bound where it is used, so that a client that parses and writes it again keeps its signature.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.security.names import DS, HOLDER_OF_KEY, SAML, ds, saml
from ehbox_soap.security.saml import Attribute
from ehbox_soap.security.trust import issuer_rfc1779, subject_rfc1779
from ehbox_soap.sts.names import X509_PKI, X509_SUBJECT_NAME
from ehbox_soap.sts.signer import Signer

# Clients whose clocks run behind can use the assertion at once.
HEAD_START = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Grant:
    """What an assertion will say: `identification` names the subject, `holder` is whose key must sign."""

    identification: x509.Certificate
    holder: x509.Certificate
    attributes: Sequence[Attribute]
    validity: timedelta
    issuer: str


def issue(grant: Grant, now: datetime, chance: Chance, signer: Signer) -> etree._Element:
    """The signed assertion; valid from 5 minutes before `now` until `validity` after it."""
    assertion = etree.Element(
        saml("Assertion"),
        {
            "AssertionID": "_" + hexadecimal(chance),
            "IssueInstant": instant(now),
            "Issuer": grant.issuer,
            "MajorVersion": "1",
            "MinorVersion": "1",
        },
        nsmap={None: SAML},  # type: ignore[dict-item]  # the stubs know no default namespace
    )
    etree.SubElement(
        assertion,
        saml("Conditions"),
        {"NotBefore": instant(now - HEAD_START), "NotOnOrAfter": instant(now + grant.validity)},
    )
    authentication = etree.SubElement(
        assertion,
        saml("AuthenticationStatement"),
        {"AuthenticationInstant": _whole_seconds(now), "AuthenticationMethod": X509_PKI},
    )
    _subject(authentication, grant)
    statement = etree.SubElement(assertion, saml("AttributeStatement"))
    _subject(statement, grant)
    for attribute in grant.attributes:
        _attribute(statement, attribute)
    return signer.sign(assertion)


def instant(moment: datetime) -> str:
    """An xs:dateTime in UTC with exactly three digits of fraction, cut off."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _whole_seconds(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _subject(parent: etree._Element, grant: Grant) -> None:
    """The person or organisation that identified itself, bound to the holder-of-key certificate."""
    subject = etree.SubElement(parent, saml("Subject"))
    name = etree.SubElement(
        subject,
        saml("NameIdentifier"),
        {"Format": X509_SUBJECT_NAME, "NameQualifier": issuer_rfc1779(grant.identification)},
    )
    name.text = subject_rfc1779(grant.identification)
    confirmation = etree.SubElement(subject, saml("SubjectConfirmation"))
    etree.SubElement(confirmation, saml("ConfirmationMethod")).text = HOLDER_OF_KEY
    key_info = etree.SubElement(confirmation, ds("KeyInfo"), nsmap={"ds": DS})
    certificate = etree.SubElement(etree.SubElement(key_info, ds("X509Data")), ds("X509Certificate"))
    certificate.text = base64.b64encode(grant.holder.public_bytes(Encoding.DER)).decode()


def _attribute(statement: etree._Element, attribute: Attribute) -> None:
    element = etree.SubElement(
        statement,
        saml("Attribute"),
        {"AttributeName": attribute.name, "AttributeNamespace": attribute.namespace},
    )
    for value in attribute.values:
        etree.SubElement(element, saml("AttributeValue")).text = value

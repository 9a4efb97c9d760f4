"""Reading a samlp:Request: what is claimed, what is asked, and whose key will sign.

Knows: the one form that clients send (wire.md, "STS, SAML-P dialect"), by position. Must not know: what is certified,
signatures, who is believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import names, reading
from ehbox_soap.security.names import ds, saml
from ehbox_soap.security.reading import refused
from ehbox_soap.security.saml import Attribute
from ehbox_soap.security.trust import read_certificate
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.names import samlp
from ehbox_soap.sts.wish import Asked, Wish

# A client asks for about a dozen; each one costs a look into a table.
_MOST_ATTRIBUTES = 256
_VERSIONED = ("IssueInstant", "MajorVersion", "MinorVersion")
_NAMED = ("AttributeName", "AttributeNamespace")
_TYPED = (f"{{{names.XSI}}}type",)


@dataclass(frozen=True, slots=True)
class Request:
    """A samlp:Request; `signed` whether it carries a signature of its own, which is not verified yet."""

    id: str
    wish: Wish
    signed: bool


def read_request(element: etree._Element) -> Request:
    """Reads the element that stood in the verified Body.

    Raises SoapFault SOA-03006 naming element and rule, StsFailure for a confirmation that is never granted.
    """
    try:
        return _request(element)
    except SoapFault as fault:
        # The call is authenticated by now: what is wrong is its form, and that is another fault.
        raise SoapFault("SOA-03006", fault.reason) from fault


def _request(element: etree._Element) -> Request:
    place = "samlp:Request"
    if element.tag != samlp("Request"):
        raise refused(place, "is not what the Body holds")
    _versioned(element, place, "RequestID")
    found = reading.children(element, place)
    # A signature stands before the query by the published schema, and a signing library may well put it last.
    queries = [child for child in found if child.tag == samlp("AttributeQuery")]
    signatures = [child for child in found if child.tag == ds("Signature")]
    if len(queries) != 1 or len(signatures) > 1 or len(found) != len(queries) + len(signatures):
        raise refused(place, "does not hold exactly one AttributeQuery and at most one Signature")
    reading.attributes(queries[0], "samlp:AttributeQuery")
    parts = reading.children(queries[0], "samlp:AttributeQuery")
    if not parts or parts[0].tag != saml("Subject"):
        raise refused("samlp:AttributeQuery", "does not begin with a Subject")
    if len(parts) - 1 > _MOST_ATTRIBUTES:
        raise refused("samlp:AttributeQuery", f"asks for more than {_MOST_ATTRIBUTES} attributes")
    evidence, holder = _subject(parts[0])
    (not_before, not_on_or_after), claims = _evidence(evidence)
    wish = Wish(
        holder=holder,
        claims=claims,
        asked=tuple(_designator(part) for part in parts[1:]),
        not_before=not_before,
        not_on_or_after=not_on_or_after,
    )
    return Request(reading.identifier(element, place, "RequestID"), wish, signed=bool(signatures))


def _versioned(element: etree._Element, place: str, identifier: str, *more: str) -> None:
    """An element with an id, an IssueInstant and the version 1.1."""
    own = reading.attributes(element, place, required=(identifier, *_VERSIONED, *more))
    reading.identifier(element, place, identifier)
    if (own["MajorVersion"], own["MinorVersion"]) != ("1", "1"):
        raise refused(place, "is not of SAML 1.1")
    reading.instant(own["IssueInstant"], f"{place}/IssueInstant")


def _subject(element: etree._Element) -> tuple[etree._Element, x509.Certificate]:
    """The assertion in which the caller claims things, and the holder-of-key certificate.

    The NameIdentifier's text is not compared with the certificate: clients write names in ways of their own.
    """
    place = "samlp:AttributeQuery/Subject"
    reading.attributes(element, place)
    name, confirmation = reading.exactly(element, place, saml("NameIdentifier"), saml("SubjectConfirmation"))
    reading.leaf(name, "NameIdentifier")
    place = "SubjectConfirmation"
    reading.attributes(confirmation, place)
    _demand_holder_of_key(confirmation)
    method, data, key_info = reading.exactly(
        confirmation, place, saml("ConfirmationMethod"), saml("SubjectConfirmationData"), ds("KeyInfo")
    )
    reading.attributes(method, "ConfirmationMethod")
    reading.attributes(data, "SubjectConfirmationData", optional=_TYPED)
    (evidence,) = reading.exactly(data, "SubjectConfirmationData", saml("Assertion"))
    (x509_data,) = reading.exactly(key_info, "SubjectConfirmation/KeyInfo", ds("X509Data"))
    (certificate,) = reading.exactly(x509_data, "SubjectConfirmation/KeyInfo/X509Data", ds("X509Certificate"))
    place = "SubjectConfirmation/KeyInfo/X509Data/X509Certificate"
    return evidence, read_certificate(reading.leaf(certificate, place), place)


def _demand_holder_of_key(confirmation: etree._Element) -> None:
    """Nobody but the holder of a key gets an assertion here; a sender-vouches request has no key at all."""
    methods = [child for child in confirmation if child.tag == saml("ConfirmationMethod")]
    if len(methods) != 1:
        raise refused("SubjectConfirmation", "does not hold exactly one ConfirmationMethod")
    if reading.leaf(methods[0], "ConfirmationMethod") != names.HOLDER_OF_KEY:
        raise StsFailure("Only holder-of-key is granted: sender-vouches and other confirmations are not")


def _evidence(element: etree._Element) -> tuple[tuple[datetime, datetime], tuple[Attribute, ...]]:
    """The span of the Conditions and the claimed attributes of the caller's own, unsigned assertion."""
    place = "SubjectConfirmationData/Assertion"
    _versioned(element, place, "AssertionID", "Issuer")
    conditions, statement = reading.exactly(element, place, saml("Conditions"), saml("AttributeStatement"))
    limits = ("NotBefore", "NotOnOrAfter")
    own = reading.attributes(conditions, "Conditions", required=limits)
    reading.exactly(conditions, "Conditions")
    not_before, not_on_or_after = (reading.instant(own[name], f"Conditions/{name}") for name in limits)
    found = reading.children(statement, "AttributeStatement")
    if not found or found[0].tag != saml("Subject"):
        raise refused("AttributeStatement", "does not begin with a Subject")
    if len(found) - 1 > _MOST_ATTRIBUTES:
        raise refused("AttributeStatement", f"claims more than {_MOST_ATTRIBUTES} attributes")
    return (not_before, not_on_or_after), tuple(_claim(child) for child in found[1:])


def _claim(element: etree._Element) -> Attribute:
    if element.tag != saml("Attribute"):
        raise refused("AttributeStatement", "holds something else than Attributes after its Subject")
    own = reading.attributes(element, "Attribute", required=_NAMED)
    values = reading.children(element, "Attribute")
    if not 1 <= len(values) <= _MOST_ATTRIBUTES or any(value.tag != saml("AttributeValue") for value in values):
        raise refused("Attribute", f"does not hold exactly AttributeValues, 1 to {_MOST_ATTRIBUTES} of them")
    for value in values:
        reading.attributes(value, "AttributeValue", optional=_TYPED)
    texts = tuple(reading.leaf(value, "AttributeValue") for value in values)
    return Attribute(own["AttributeNamespace"], own["AttributeName"], texts)


def _designator(element: etree._Element) -> Asked:
    if element.tag != saml("AttributeDesignator"):
        raise refused("samlp:AttributeQuery", "holds something else than AttributeDesignators after its Subject")
    own = reading.attributes(element, "AttributeDesignator", required=_NAMED)
    reading.exactly(element, "AttributeDesignator")
    return Asked(own["AttributeNamespace"], own["AttributeName"])

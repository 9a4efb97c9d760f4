"""WS-Security of a call: a closed profile, by position.

Knows: the Security header of mailbox and STS calls, its times, what must be signed. Must not know: boxes, operations,
HTTP; a caller's rights.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from lxml import etree

from ehbox_soap.clock import Clock
from ehbox_soap.security import names, reading
from ehbox_soap.security.canonical import size
from ehbox_soap.security.forms import Line, Read, fixed
from ehbox_soap.security.names import ds, saml, wsse, wsu
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.saml import Assertion, AssertionVerifier
from ehbox_soap.security.signature import verify_signature
from ehbox_soap.security.signature_form import KEY_INFO_WITHIN, Signature, read_form, take
from ehbox_soap.security.trust import Trust, read_certificate

_ID = wsu("Id")
_SECURITY, _BST = wsse("Security"), wsse("BinarySecurityToken")
_CALL_PARTS = (wsu("Timestamp"), saml("Assertion"), ds("Signature"))
_STS_PARTS = (wsu("Timestamp"), _BST, ds("Signature"))
_TOKEN_TYPE = f"{{{names.WSSE11}}}TokenType"

_OF_SECURITY = (f"{{{names.SOAP}}}mustUnderstand", _ID)

_TIMESTAMP = fixed(
    Line("wsu:Timestamp", wsu("Timestamp"), 2, required=(_ID,)),
    Line("wsu:Created", wsu("Created"), text=True),
    Line("wsu:Expires", wsu("Expires"), text=True),
)
_TOKEN = fixed(Line("wsse:BinarySecurityToken", _BST, required=("EncodingType", "ValueType", _ID), text=True))


def _key_info(named: Line) -> tuple[Line, ...]:
    """KeyInfo / SecurityTokenReference / the one element that names the token."""
    reference = wsse("SecurityTokenReference")
    return (
        Line("ds:KeyInfo", ds("KeyInfo"), 1, optional=("Id",), within=KEY_INFO_WITHIN),
        Line("wsse:SecurityTokenReference", reference, 1, optional=(_ID, _TOKEN_TYPE), settled=(_TOKEN_TYPE,)),
        named,
    )


_BY_ID = _key_info(
    Line("wsse:KeyIdentifier", wsse("KeyIdentifier"), required=("ValueType",), settled=("ValueType",), text=True)
)
_BY_URI = _key_info(
    Line("wsse:Reference", wsse("Reference"), required=("URI",), optional=("ValueType",), settled=("ValueType",))
)


class VerifiedCall(NamedTuple):
    """A mailbox call that holds: who calls, the Body that was verified, and what makes a replay known.

    `replay_key` (Signature.fingerprint) must be new until `replay_until`, the end of the Timestamp.
    `sha1`: SHA-1 occurs in the signature of the message or of the assertion.
    """

    assertion: Assertion
    body: etree._Element
    replay_key: str
    replay_until: datetime
    sha1: bool


class VerifiedStsCall(NamedTuple):
    """An STS call that holds: the identification certificate and the Body that was verified."""

    certificate: x509.Certificate
    body: etree._Element
    sha1: bool


class Verifier:
    """Verifies calls against one policy and one set of trusted certificates, on true time. Thread-safe."""

    def __init__(self, policy: Policy, trust: Trust, clock: Clock) -> None:
        self._policy = policy
        self._trust = trust
        self._clock = clock
        self._assertions = AssertionVerifier(policy, trust)

    def call(self, header: etree._Element | None, body: etree._Element) -> VerifiedCall:
        """A mailbox call: exactly Timestamp, Assertion and Signature; signed are Body and Timestamp, by the key of
        the assertion's holder. Raises SoapFault SOA-01001."""
        now, policy = self._clock.now(), self._policy
        sort, (timestamp, token, signed) = _security(header, body, _CALL_PARTS)
        stamp = _TIMESTAMP.read(timestamp, "wsu:Timestamp", sort)
        expires = self._expires(stamp, now)
        presented = self._assertions.present(token, now)
        read = read_form(signed, sort, 2, len(policy.referenced), _BY_ID)
        _demand_unique_ids(header, body, [*stamp.ids, *presented.ids, *read.ids])
        assertion = presented.assertion
        elements = _by_id(body=(body, body.get(_ID)), timestamp=(timestamp, stamp.values[0]))
        message_signature = take(signed, read, 0, policy, elements, policy.referenced)
        _demand_assertion_reference(message_signature, assertion.id)
        verified = self._assertions.verify(presented, now)
        key = assertion.holder.public_key()
        verify_signature(message_signature, elements, key, policy, {stamp.values[0]: stamp.form})
        sha1 = message_signature.sha1 or verified.sha1
        return VerifiedCall(assertion, body, message_signature.fingerprint, expires, sha1)

    def sts_call(self, header: etree._Element | None, body: etree._Element) -> VerifiedStsCall:
        """A call to the STS: exactly Timestamp, BinarySecurityToken and Signature; signed are Body, Timestamp and the
        token, by the token's key. Raises SoapFault SOA-01001."""
        now, policy, place = self._clock.now(), self._policy, "wsse:BinarySecurityToken"
        sort, (timestamp, token, signed) = _security(header, body, _STS_PARTS)
        stamp, own = _TIMESTAMP.read(timestamp, "wsu:Timestamp", sort), _TOKEN.read(token, place, sort)
        read = read_form(signed, sort, 3, len(policy.referenced), _BY_URI)
        _demand_unique_ids(header, body, [*stamp.ids, *own.ids, *read.ids])
        self._expires(stamp, now)
        encoding, value_type, token_id, text = own.values
        if (encoding, value_type) != (names.BASE64_BINARY, names.X509V3):
            raise refused(place, "is not an X509v3 certificate in base64")
        certificate = read_certificate(text or "", place)
        elements = _by_id(body=(body, body.get(_ID)), timestamp=(timestamp, stamp.values[0]), token=(token, token_id))
        signature = take(signed, read, 0, policy, elements, policy.referenced)
        _demand_token_reference(signature, token_id)
        self._trust.believe(certificate, place, now)
        verify_signature(signature, elements, certificate.public_key(), policy)
        return VerifiedStsCall(certificate=certificate, body=body, sha1=signature.sha1)

    def _expires(self, stamp: Read, now: datetime) -> datetime:
        """Checks the times of a wsu:Timestamp and returns its end. Skew is granted to Created only."""
        _, begin, end = stamp.values
        created = reading.instant(begin or "", "wsu:Created")
        expires = reading.instant(end or "", "wsu:Expires")
        if created >= expires:
            raise refused("wsu:Timestamp", "does not expire after it was created")
        if expires - created > self._policy.timestamp:
            raise refused("wsu:Timestamp", "lives longer than the policy allows")
        if created - self._policy.skew > now:
            raise refused("wsu:Created", "is in the future")
        if expires <= now:
            raise refused("wsu:Expires", "has passed")
        return expires


def _security(
    header: etree._Element | None, body: etree._Element, expected: tuple[str, ...]
) -> tuple[float, Sequence[etree._Element]]:
    """The children of the one wsse:Security, sorted as `expected`; they may stand in any order, each exactly once. And
    how many elements they hold.

    The Envelope must hold exactly this Header and this Body: nothing signed can hide beside them.
    """
    root = body.getparent()
    if header is None:
        raise refused("wsse:Security", "is missing")
    if root is None or root.getparent() is not None or list(root) != [header, body]:
        raise refused("Envelope", "does not hold exactly one Header and one Body")
    found = list(root.iter(_SECURITY))
    if len(found) != 1 or found[0].getparent() is not header:
        raise refused("wsse:Security", "must stand exactly once, in the Header")
    security = found[0]
    reading.attributes(security, "wsse:Security", optional=_OF_SECURITY)
    parts = reading.children(security, "wsse:Security")
    tags = tuple([part.tag for part in parts])
    if tags != expected:
        if sorted(tags) != sorted(expected):
            raise refused("wsse:Security", "does not hold exactly the elements of the profile")
        parts.sort(key=lambda part: expected.index(part.tag))
    return size(security, "wsse:Security"), parts


def _demand_unique_ids(header: etree._Element | None, body: etree._Element, found: list[str]) -> None:
    """Demands that no id of the Envelope occurs twice; `found` are those within the children of Security."""
    root = body.getparent()
    assert header is not None
    assert root is not None
    others = [root, header]
    blocks = list(header)
    for block in blocks:
        others += [block] if block.tag == _SECURITY else reading.with_attributes(block)
    found += reading.own_ids(*others, *reading.with_attributes(body))
    reading.demand_unique(found)


def _by_id(**elements: tuple[etree._Element, str | None]) -> dict[str, etree._Element]:
    """The elements that must be signed, by their wsu:Id; the references must name exactly these."""
    return {
        reading.checked_id(identifier, "signed " + what): element for what, (element, identifier) in elements.items()
    }


def _named(signature: Signature) -> tuple[str | None, str | None]:
    """The element of a KeyInfo that names the token: its two values."""
    if signature.key_info is None:
        raise refused("ds:KeyInfo", "is missing")
    _, _, token_type, first, second = signature.key_info
    if token_type not in (None, names.SAML_TOKEN, names.X509V3):
        raise refused("wsse:SecurityTokenReference", "has a TokenType that the profile does not know")
    return first, second


def _demand_assertion_reference(signature: Signature, assertion_id: str) -> None:
    if _named(signature) != (names.SAML_ASSERTION_ID, assertion_id):
        raise refused("wsse:KeyIdentifier", "does not name the assertion of this header")


def _demand_token_reference(signature: Signature, token_id: str | None) -> None:
    uri, value_type = _named(signature)
    if uri != f"#{token_id}" or value_type not in (None, names.X509V3):
        raise refused("wsse:Reference", "does not name the token of this header")

"""WS-Security of a call: a closed profile, by position.

Knows: the Security header of mailbox and STS calls, its times, what must be signed. Must not know: boxes, operations,
HTTP; a caller's rights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from lxml import etree

from ehbox_soap.clock import Clock
from ehbox_soap.errors import SoapFault
from ehbox_soap.security import names, reading
from ehbox_soap.security.assertions import AssertionVerifier, Known, Presented
from ehbox_soap.security.forms import Form, Line, Rows
from ehbox_soap.security.layout import Layouts, met
from ehbox_soap.security.learning import Header, layout_of
from ehbox_soap.security.markup import exact
from ehbox_soap.security.names import ds, saml, wsse, wsu
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.saml import Assertion, read_assertion
from ehbox_soap.security.signature import verify_signature
from ehbox_soap.security.signature_form import KEY_INFO_WITHIN, Signature, read_signature
from ehbox_soap.security.trust import Trust, read_certificate

_ID = wsu("Id")
_SECURITY, _BST = wsse("Security"), wsse("BinarySecurityToken")
_CALL_PARTS = (wsu("Timestamp"), saml("Assertion"), ds("Signature"))
_STS_PARTS = (wsu("Timestamp"), _BST, ds("Signature"))
_ASSERTION_ID = ' AssertionID="'
# How many calls that bring one assertion are looked at to learn a layout: who never writes as before pays for each.
_TRIES = 3
_ONCE = "must stand exactly once, in the Header"
_TOKEN_TYPE = f"{{{names.WSSE11}}}TokenType"

_TIMESTAMP = Form(
    Line("wsu:Timestamp", wsu("Timestamp"), 2, required=(_ID,)),
    Line("wsu:Created", wsu("Created"), text=True),
    Line("wsu:Expires", wsu("Expires"), text=True),
)
_TOKEN = Form(Line("wsse:BinarySecurityToken", _BST, required=("EncodingType", "ValueType", _ID), text=True))


def _key_info(named: Line) -> Form:
    """KeyInfo / SecurityTokenReference / the one element that names the token."""
    reference = wsse("SecurityTokenReference")
    return Form(
        Line("ds:KeyInfo", ds("KeyInfo"), 1, optional=("Id",), within=KEY_INFO_WITHIN),
        Line("wsse:SecurityTokenReference", reference, 1, optional=(_ID, _TOKEN_TYPE)),
        named,
    )


_BY_ID = _key_info(Line("wsse:KeyIdentifier", wsse("KeyIdentifier"), required=("ValueType",), text=True))
_BY_URI = _key_info(Line("wsse:Reference", wsse("Reference"), required=("URI",), optional=("ValueType",)))


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


class _Read(NamedTuple):
    """A mailbox call's header as it was read, nothing of it verified yet; `elements` are those that must be signed."""

    expires: datetime
    presented: Presented
    signature: Signature
    elements: Mapping[str, etree._Element]


class VerifiedStsCall(NamedTuple):
    """An STS call that holds: the identification certificate and the Body that was verified."""

    certificate: x509.Certificate
    body: etree._Element
    sha1: bool


class Verifier:
    """Verifies calls against one policy and one set of trusted certificates, on true time. Thread-safe."""

    def __init__(self, policy: Policy, trust: Trust, clock: Clock) -> None:
        self._policy = policy
        # What was read by one policy says nothing to another.
        self._layouts = Layouts()
        self._trust = trust
        self._clock = clock
        self._assertions = AssertionVerifier(policy, trust)

    def call(self, header: etree._Element | None, body: etree._Element) -> VerifiedCall:
        """A mailbox call: exactly Timestamp, Assertion and Signature; signed are Body and Timestamp, by the key of
        the assertion's holder. Raises SoapFault SOA-01001.

        One in a layout that was met before is not read whole. Whatever does not hold so is, and that decides.
        """
        now = self._clock.now()
        security = _security(header, body)
        text = exact(security)
        with suppress(SoapFault):
            again = self._read_again(security, body, text, now)
            if again is not None:
                return self._verify(again, body, now)[0]
        read = self._read(security, body, now)
        verified, known = self._verify(read, body, now)
        if read.presented.known is not None and known.tries < _TRIES:
            # Not its first call: there will be more.
            self._learn(security, text, read, known)
        return verified

    def _read(self, security: etree._Element, body: etree._Element, now: datetime) -> _Read:
        """Everything in the header, from first to last."""
        timestamp, token, signed = _parts(security, _CALL_PARTS)
        rows = Rows("wsse:Security", timestamp, signed)
        expires = self._timestamp(rows, now)
        presented = self._assertions.present(token, now)
        _demand_unique_ids(security, body, [*presented.ids, *reading.ids_among(rows.attributes)])
        elements = _by_id(body=body, timestamp=timestamp)
        signature = read_signature(rows, _TIMESTAMP.rows, self._policy, elements, self._policy.referenced, _BY_ID)
        _demand_assertion_reference(signature, presented.assertion.id)
        return _Read(expires, presented, signature, elements)

    def _read_again(self, security: etree._Element, body: etree._Element, text: str, now: datetime) -> _Read | None:
        """The same, of a header in a layout that was read and verified before: what its values are, with all that is
        asked of them; None, or SoapFault SOA-01001, where it is to be read whole."""
        known = self._assertions.holding(_assertion_id(text), now)
        found = None if known is None else met(known.layouts, text)
        if found is None:
            known, found = None, self._layouts.find(text)
        if found is None:
            return None
        layout, values = found
        # Within it there is none in any layout.
        _demand_alone(security, body, *security.itersiblings(), *security.itersiblings(preceding=True))
        timestamp, token = [security[at] for at in layout.parts]
        expires = self._times(values[layout.created], values[layout.expires], now)
        _demand_unique_ids(security, body, layout.ids(values))
        elements = _by_id(body=body, timestamp=timestamp)
        _, stamp = elements
        signature = layout.message.read(values, elements, stamp)
        if known is None:
            presented = self._assertions.present_again(layout, values, token, now)
        else:
            presented = Presented(token, known, known.assertion)
        if signature is None or presented is None or values[layout.message.named] != presented.assertion.id:
            return None
        return _Read(expires, presented, signature, elements)

    def _verify(self, read: _Read, body: etree._Element, now: datetime) -> tuple[VerifiedCall, Known]:
        """Demands that what was read is true."""
        known = self._assertions.verify(read.presented, now)
        assertion, signature = known.assertion, read.signature
        verify_signature(signature, read.elements, assertion.holder.public_key(), self._policy)
        sha1 = signature.sha1 or known.sha1
        return VerifiedCall(assertion, body, signature.fingerprint, read.expires, sha1), known

    def _learn(self, security: etree._Element, text: str, read: _Read, known: Known) -> None:
        """Remembers the layout of a header that was read and verified whole."""
        tags = [part.tag for part in security]
        timestamp, token, signed = [tags.index(name) for name in _CALL_PARTS]
        assertion, signature = read_assertion(security[token], self._policy)
        layout = layout_of(Header(text, (timestamp, token, signed), assertion, read.signature, signature))
        values = None if layout is None else layout.markup.values(text)
        if layout is None or values is None:
            self._assertions.learned(known, None)
        else:
            self._layouts.keep(text, layout)
            self._assertions.learned(known, layout.of(values))

    def sts_call(self, header: etree._Element | None, body: etree._Element) -> VerifiedStsCall:
        """A call to the STS: exactly Timestamp, BinarySecurityToken and Signature; signed are Body, Timestamp and the
        token, by the token's key. Raises SoapFault SOA-01001."""
        now = self._clock.now()
        security = _security(header, body)
        timestamp, token, signed = _parts(security, _STS_PARTS)
        place = "wsse:BinarySecurityToken"
        rows = Rows("wsse:Security", timestamp, token, signed)
        _demand_unique_ids(security, body, reading.ids_among(rows.attributes))
        self._timestamp(rows, now)
        at = _TIMESTAMP.rows
        (own,) = _TOKEN.read(rows, at)
        if (own["EncodingType"], own["ValueType"]) != (names.BASE64_BINARY, names.X509V3):
            raise refused(place, "is not an X509v3 certificate in base64")
        certificate = read_certificate(rows.texts[at] or "", place)
        elements = _by_id(body=body, timestamp=timestamp, token=token)
        signature = read_signature(rows, at + 1, self._policy, elements, self._policy.referenced, _BY_URI)
        _demand_token_reference(signature, own[_ID])
        self._trust.believe(certificate, place, now)
        verify_signature(signature, elements, certificate.public_key(), self._policy)
        return VerifiedStsCall(certificate=certificate, body=body, sha1=signature.sha1)

    def _timestamp(self, rows: Rows, now: datetime) -> datetime:
        """Checks a wsu:Timestamp and returns its end. Skew is granted to Created only."""
        _TIMESTAMP.read(rows, 0)
        return self._times(rows.texts[1] or "", rows.texts[2] or "", now)

    def _times(self, begin: str, end: str, now: datetime) -> datetime:
        """The same, of its two texts."""
        created, expires = reading.instant(begin, "wsu:Created"), reading.instant(end, "wsu:Expires")
        if created >= expires:
            raise refused("wsu:Timestamp", "does not expire after it was created")
        if expires - created > self._policy.timestamp:
            raise refused("wsu:Timestamp", "lives longer than the policy allows")
        if created - self._policy.skew > now:
            raise refused("wsu:Created", "is in the future")
        if expires <= now:
            raise refused("wsu:Expires", "has passed")
        return expires


def _security(header: etree._Element | None, body: etree._Element) -> etree._Element:
    """The one wsse:Security of the Header; whether there is another elsewhere is not looked at.

    The Envelope must hold exactly this Header and this Body: nothing signed can hide beside them.
    """
    root = body.getparent()
    if header is None:
        raise refused("wsse:Security", "is missing")
    if root is None or root.getparent() is not None or list(root) != [header, body]:
        raise refused("Envelope", "does not hold exactly one Header and one Body")
    found = [block for block in header if block.tag == _SECURITY]
    if len(found) != 1:
        raise refused("wsse:Security", _ONCE)
    return found[0]


def _demand_alone(security: etree._Element, *elements: etree._Element) -> None:
    """Demands that no other Security stands in these."""
    for element in elements:
        for found in element.iter(_SECURITY):
            if found is not security:
                raise refused("wsse:Security", _ONCE)


def _parts(security: etree._Element, expected: tuple[str, ...]) -> list[etree._Element]:
    """The children of Security, sorted as `expected`; they may stand in any order, each exactly once. There is no other
    in the whole document."""
    _demand_alone(security, security.getroottree().getroot())
    reading.attributes(security, "wsse:Security", optional=(f"{{{names.SOAP}}}mustUnderstand", _ID))
    parts = reading.children(security, "wsse:Security")
    tags = tuple([part.tag for part in parts])
    if tags == expected:
        return parts
    if sorted(tags) != sorted(expected):
        raise refused("wsse:Security", "does not hold exactly the elements of the profile")
    return sorted(parts, key=lambda part: expected.index(part.tag))


def _demand_unique_ids(security: etree._Element, body: etree._Element, within: Sequence[str]) -> None:
    """Demands that no id of the Envelope occurs twice; those within the children of Security are given."""
    root, header = body.getparent(), security.getparent()
    assert root is not None
    assert header is not None
    found = [*within, *reading.own_ids(root, header), *reading.ids(body)]
    for block in header:
        found += reading.own_ids(block) if block is security else reading.ids(block)
    reading.demand_unique(found)


def _assertion_id(text: str) -> str:
    """What seems to be the assertion's id: it tells which layout to try first, and nothing else."""
    start = text.find(_ASSERTION_ID) + len(_ASSERTION_ID)
    return text[start : text.find('"', start)]


def _by_id(**elements: etree._Element) -> dict[str, etree._Element]:
    """The elements that must be signed, by their wsu:Id; the references must name exactly these."""
    return {reading.identifier(element, "signed " + what, _ID): element for what, element in elements.items()}


def _named(signature: Signature) -> tuple[Mapping[str, str], str]:
    """The element of a KeyInfo that names the token: its attributes and its text."""
    if signature.key_info is None:
        raise refused("ds:KeyInfo", "is missing")
    _, reference, named = signature.key_info.attributes
    if reference.get(_TOKEN_TYPE) not in (None, names.SAML_TOKEN, names.X509V3):
        raise refused("wsse:SecurityTokenReference", "has a TokenType that the profile does not know")
    return named, signature.key_info.text


def _demand_assertion_reference(signature: Signature, assertion_id: str) -> None:
    own, text = _named(signature)
    if own["ValueType"] != names.SAML_ASSERTION_ID or text != assertion_id:
        raise refused("wsse:KeyIdentifier", "does not name the assertion of this header")


def _demand_token_reference(signature: Signature, token_id: str) -> None:
    own, _ = _named(signature)
    if own["URI"] != "#" + token_id or own.get("ValueType") not in (None, names.X509V3):
        raise refused("wsse:Reference", "does not name the token of this header")

"""Reading a RequestSecurityToken, and the answer to a challenge (WS-Trust 1.3).

Knows: the forms that clients send (wire.md, "STS, WS-Trust 1.3 dialect"); the elements may stand in any order, each
once. Must not know: what is certified, signatures, who is believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree

from ehbox_soap import qualities
from ehbox_soap.errors import SoapFault
from ehbox_soap.security import names, reading
from ehbox_soap.security.names import ds, saml, wsse, wsu
from ehbox_soap.security.reading import refused
from ehbox_soap.security.saml import Attribute
from ehbox_soap.security.trust import read_certificate
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.names import AUTH_CLAIMS, ISSUE, PUBLIC_KEYS, RENEW, auth, wst
from ehbox_soap.sts.wish import Asked

# Ours: a client asks for about a dozen claims, and its Context is an identifier.
_MOST_CLAIMS = 256
_LONGEST_CONTEXT = 1024
_LONGEST_CHALLENGE = 1_048_576
# A client writes zones without a colon; XML Schema has one.
_ZONE = re.compile(r"([+-][0-9]{2})([0-9]{2})")
# Some libraries qualify the attribute.
_CONTEXTS = ("Context", wst("Context"))
_PLACE = "wst:RequestSecurityToken"
_ISSUED = frozenset(map(wst, ("TokenType", "RequestType", "Claims", "Lifetime", "KeyType", "UseKey")))
_RENEWED = frozenset(map(wst, ("TokenType", "RequestType", "RenewTarget", "Lifetime")))
_VOUCHING = frozenset({wst("OnBehalfOf"), "{http://docs.oasis-open.org/ws-sx/ws-trust/200802}ActAs"})

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Issue:
    """A wish for an assertion. `holder` is None where no key is named: then it is the caller's own; `span` is None
    where the caller leaves its length to the STS."""

    context: str | None
    holder: x509.Certificate | None
    claims: tuple[Attribute, ...]
    asked: tuple[Asked, ...]
    span: Span | None


@dataclass(frozen=True, slots=True)
class Renew:
    """A wish for another assertion like `assertion`, which is not verified yet."""

    context: str | None
    assertion: etree._Element
    span: Span | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A challenge that comes back."""

    context: str | None
    challenge: str


def read_request(element: etree._Element) -> Issue | Renew | Answered:
    """Reads the element that stood in the verified Body.

    Raises SoapFault SOA-03006 naming element and rule, StsFailure for what is understood and never granted.
    """
    try:
        if element.tag == wst("RequestSecurityTokenResponse"):
            return _answered(element)
        return _request(element)
    except SoapFault as fault:
        # The call is authenticated by now: what is wrong is its form, and that is another fault.
        raise SoapFault("SOA-03006", fault.reason) from fault


def _request(element: etree._Element) -> Issue | Renew:
    if element.tag != wst("RequestSecurityToken"):
        raise refused(_PLACE, "is not what the Body holds")
    context = _context(element, _PLACE)
    parts = _parts(element)
    if not _VOUCHING.isdisjoint(parts):
        raise StsFailure("Only holder-of-key is granted: sender-vouches (OnBehalfOf) is not")
    if (token_type := parts.get(wst("TokenType"))) is not None and _uri(
        token_type, "wst:TokenType"
    ) != names.SAML_TOKEN:
        raise StsFailure("The only TokenType issued here is SAML 1.1")
    request_type = parts.get(wst("RequestType"))
    kind = None if request_type is None else _uri(request_type, "wst:RequestType")
    if kind == ISSUE:
        _demand_known(parts, _ISSUED)
        return _issue(context, parts)
    if kind == RENEW:
        _demand_known(parts, _RENEWED)
        return _renew(context, parts)
    if kind is None:
        raise refused(_PLACE, "holds no RequestType")
    raise StsFailure("The only RequestTypes here are Issue and Renew")


def _parts(element: etree._Element) -> Mapping[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for child in reading.children(element, _PLACE):
        if child.tag in found:
            raise refused(_PLACE, "holds an element twice")
        found[child.tag] = child
    return found


def _demand_known(parts: Mapping[str, etree._Element], known: frozenset[str]) -> None:
    if not known.issuperset(parts):
        raise refused(_PLACE, "holds an element that is not understood with this RequestType")


def _issue(context: str | None, parts: Mapping[str, etree._Element]) -> Issue:
    if wst("Claims") not in parts:
        raise refused(_PLACE, "holds no Claims")
    claims, asked = _claims(parts[wst("Claims")])
    key_type = parts.get(wst("KeyType"))
    if key_type is not None and _uri(key_type, "wst:KeyType") not in PUBLIC_KEYS:
        raise StsFailure("Only holder-of-key is granted: KeyType must be PublicKey")
    use_key = parts.get(wst("UseKey"))
    holder = None if use_key is None else _key(use_key)
    return Issue(context, holder, claims, asked, _span(parts))


def _claims(element: etree._Element) -> tuple[tuple[Attribute, ...], tuple[Asked, ...]]:
    """What the caller claims, by the Value, and what it asks to be certified: every Uri."""
    if reading.attributes(element, "wst:Claims", required=("Dialect",))["Dialect"] != AUTH_CLAIMS:
        raise refused("wst:Claims", "is of a Dialect that is not understood")
    found = reading.children(element, "wst:Claims")
    if len(found) > _MOST_CLAIMS:
        raise refused("wst:Claims", f"holds more than {_MOST_CLAIMS} claims")
    claims: list[Attribute] = []
    asked: list[Asked] = []
    for child in found:
        name, values = _claim(child)
        designator = Asked(qualities.namespace_of(name), name)
        asked.append(designator)
        if values:
            claims.append(Attribute(designator.namespace, name, values))
    return tuple(claims), tuple(asked)


def _claim(element: etree._Element) -> tuple[str, tuple[str, ...]]:
    """Uri and values of an auth:ClaimType; a client writes several values with `;` between."""
    if element.tag != auth("ClaimType"):
        raise refused("wst:Claims", "holds something else than auth:ClaimType")
    name = reading.attributes(element, "auth:ClaimType", required=("Uri",), optional=("Optional",))["Uri"]
    if not reading.children(element, "auth:ClaimType"):
        return name, ()
    (value,) = reading.exactly(element, "auth:ClaimType", auth("Value"))
    reading.attributes(value, "auth:Value")
    return name, tuple(each.strip() for each in reading.leaf(value, "auth:Value").split(";") if each.strip())


def _span(parts: Mapping[str, etree._Element]) -> Span | None:
    lifetime = parts.get(wst("Lifetime"))
    if lifetime is None:
        return None
    reading.attributes(lifetime, "wst:Lifetime")
    created, expires = reading.exactly(lifetime, "wst:Lifetime", wsu("Created"), wsu("Expires"))
    return _moment(created, "wst:Lifetime/wsu:Created"), _moment(expires, "wst:Lifetime/wsu:Expires")


def _moment(element: etree._Element, place: str) -> datetime:
    reading.attributes(element, place, optional=(wsu("Id"),))
    text = reading.leaf(element, place).strip()
    zone = _ZONE.fullmatch(text[-5:])
    return reading.instant(text if zone is None else f"{text[:-5]}{zone[1]}:{zone[2]}", place)


def _key(element: etree._Element) -> x509.Certificate:
    place = "wst:UseKey"
    reading.attributes(element, place)
    (reference,) = reading.exactly(element, place, wsse("SecurityTokenReference"))
    place += "/wsse:SecurityTokenReference"
    reading.attributes(reference, place, optional=(wsu("Id"),))
    (data,) = reading.exactly(reference, place, ds("X509Data"))
    (certificate,) = reading.exactly(data, f"{place}/ds:X509Data", ds("X509Certificate"))
    place += "/ds:X509Data/ds:X509Certificate"
    return read_certificate(reading.leaf(certificate, place), place)


def _renew(context: str | None, parts: Mapping[str, etree._Element]) -> Renew:
    if wst("RenewTarget") not in parts:
        raise refused(_PLACE, "holds no RenewTarget")
    target, place = parts[wst("RenewTarget")], "wst:RenewTarget"
    reading.attributes(target, place)
    (reference,) = reading.exactly(target, place, wsse("SecurityTokenReference"))
    place += "/wsse:SecurityTokenReference"
    reading.attributes(reference, place, optional=(wsu("Id"),))
    (embedded,) = reading.exactly(reference, place, wsse("Embedded"))
    place += "/wsse:Embedded"
    reading.attributes(embedded, place, optional=(wsu("Id"), "ValueType"))
    (assertion,) = reading.exactly(embedded, place, saml("Assertion"))
    return Renew(context, assertion, _span(parts))


def _answered(element: etree._Element) -> Answered:
    place = "wst:RequestSecurityTokenResponse"
    context = _context(element, place)
    (response,) = reading.exactly(element, place, wst("SignChallengeResponse"))
    place += "/wst:SignChallengeResponse"
    reading.attributes(response, place)
    (challenge,) = reading.exactly(response, place, wst("Challenge"))
    place += "/wst:Challenge"
    reading.attributes(challenge, place)
    text = reading.leaf(challenge, place)
    if len(text) > _LONGEST_CHALLENGE:
        raise refused(place, f"is longer than {_LONGEST_CHALLENGE} characters")
    return Answered(context, text)


def _context(element: etree._Element, place: str) -> str | None:
    """The caller's name for this exchange, which the answer repeats."""
    own = reading.attributes(element, place, optional=_CONTEXTS)
    context = next((own[name] for name in _CONTEXTS if name in own), None)
    if context is not None and len(context) > _LONGEST_CONTEXT:
        raise refused(f"{place}/Context", f"is longer than {_LONGEST_CONTEXT} characters")
    return context


def _uri(element: etree._Element, place: str) -> str:
    reading.attributes(element, place)
    return reading.leaf(element, place).strip()

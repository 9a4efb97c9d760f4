"""How the layout of a Security header is learned from one that was read and verified whole.

Knows: which values of a header differ from one call of a client to the next. Must not know: keys, times, what is
trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from lxml import etree

from ehbox_soap.security import reading, signature
from ehbox_soap.security.layout import Layout, Signing, Token
from ehbox_soap.security.markup import TEXT, Place, Written, learned
from ehbox_soap.security.names import ds, saml, wsse, wsu
from ehbox_soap.security.signature_form import Signature

_ID = wsu("Id")
_TEXT = frozenset((TEXT,))
_CERTIFICATE, _DIGEST, _VALUE = ds("X509Certificate"), ds("DigestValue"), ds("SignatureValue")
_VARIABLE = {
    wsse("Security"): frozenset((_ID,)),
    wsu("Timestamp"): frozenset((_ID,)),
    wsu("Created"): _TEXT,
    wsu("Expires"): _TEXT,
    saml("Assertion"): frozenset(("AssertionID", "IssueInstant")),
    saml("Conditions"): frozenset(("NotBefore", "NotOnOrAfter")),
    saml("AuthenticationStatement"): frozenset(("AuthenticationInstant",)),
    saml("NameIdentifier"): _TEXT,
    saml("AttributeValue"): _TEXT,
    _CERTIFICATE: _TEXT,
    ds("Signature"): frozenset(("Id",)),
    ds("SignedInfo"): frozenset(("Id",)),
    ds("Reference"): frozenset(("Id", "URI")),
    _DIGEST: _TEXT,
    _VALUE: frozenset(("Id", TEXT)),
    ds("KeyInfo"): frozenset(("Id",)),
    wsse("SecurityTokenReference"): frozenset((_ID,)),
    wsse("KeyIdentifier"): _TEXT,
}
_NOWHERE = etree.Element("nowhere")


class Stated(Protocol):
    """An attribute of an assertion."""

    @property
    def namespace(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def values(self) -> Sequence[str]: ...


class Said(Protocol):
    """What an assertion says, as far as its layout tells it."""

    @property
    def issuer(self) -> str: ...
    @property
    def attributes(self) -> Sequence[Stated]: ...


class Header(NamedTuple):
    """A Security header that was read and verified: its text, which of its children are Timestamp, Assertion and
    Signature, what the assertion says, the signatures of the message and of the assertion."""

    text: str
    parts: tuple[int, int, int]
    said: Said
    message: Signature
    signed: Signature


def layout_of(header: Header) -> Layout | None:
    """The layout of a header; None for one that could not be met again."""
    found = learned(header.text, _VARIABLE)
    if found is None:
        return None
    at = _Positions(found.places)
    timestamp, token, last = header.parts
    message = header.message
    # Whichever of its references is to the Timestamp.
    stamps = [Written(signature.canonical(found.root[timestamp], each.prefixes)) for each in message.references]
    try:
        return Layout(
            markup=found.markup,
            parts=(timestamp, token),
            created=at.one(timestamp, wsu("Created")),
            expires=at.one(timestamp, wsu("Expires")),
            message=_signing(
                at,
                last,
                message._replace(element=found.root[last]),
                at.of(last, wsse("KeyIdentifier")),
                stamps,
            ),
            token=_token(at, token, found.root[token], header),
            other_ids=at.ids(),
            same_ids=tuple(reading.ids_among([found.same])),
        )
    except ValueError:
        # Something is empty, or is there twice: not as the next will be.
        return None


def _signing(
    at: _Positions, part: int, known: Signature, named: Sequence[int], references: Sequence[Written]
) -> Signing:
    """Of a signature whose element has holes. Raises ValueError where it has no such layout."""
    (token,) = named
    return Signing(
        signature=known._replace(element=_NOWHERE, signed_info=_NOWHERE),
        uris=at.of(part, ds("Reference"), "URI"),
        digests=at.of(part, _DIGEST),
        value=at.one(part, _VALUE),
        named=token,
        signed_info=Written(signature.canonical(known.element[0], known.prefixes)),
        references=tuple(references),
    )


def _token(at: _Positions, part: int, element: etree._Element, header: Header) -> Token:
    """Of an assertion with holes. Raises ValueError where it has no such layout."""
    signed, attributes = header.signed._replace(element=element[-1]), header.said.attributes
    form = signature.enveloped_form(element, signed, signed.references[0], signature.canonical(element))
    holder, again, *signer = at.of(part, _CERTIFICATE)
    subject, other = at.of(part, saml("NameIdentifier"))
    values = at.of(part, saml("AttributeValue"))
    if len(values) != sum(len(each.values) for each in attributes):
        raise ValueError("not every value has a text")
    spans, start = [], values[0]
    for each in attributes:
        spans.append((each.namespace, each.name, start, start + len(each.values)))
        start += len(each.values)
    own = at.within(part)
    return Token(
        first=own[0],
        last=own[-1] + 1,
        issuer=header.said.issuer,
        id=at.one(part, saml("Assertion"), "AssertionID"),
        begin=at.one(part, saml("Conditions"), "NotBefore"),
        end=at.one(part, saml("Conditions"), "NotOnOrAfter"),
        subjects=(subject, other),
        holders=(holder, again),
        attributes=tuple(spans),
        signed=_signing(at, part, signed, signer, [Written(form)]),
    )


class _Positions:
    """Which values stand where."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places

    def of(self, part: int, element: str, name: str = TEXT) -> tuple[int, ...]:
        return tuple([at for at, place in enumerate(self._places) if place == (part, element, name)])

    def one(self, part: int, element: str, name: str = TEXT) -> int:
        (at,) = self.of(part, element, name)
        return at

    def within(self, part: int) -> list[int]:
        return [at for at, place in enumerate(self._places) if place.part == part]

    def ids(self) -> tuple[int, ...]:
        """Of the children of Security; its own is looked at where it stands."""
        named = [(at, place.name) for at, place in enumerate(self._places) if place.part >= 0]
        return tuple([at for at, name in named if reading.ids_among([[(name, "")]])])

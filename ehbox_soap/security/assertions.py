"""Assertions that are believed: signed by a trusted STS, in time, held by somebody who is trusted.

Knows: what is demanded of an assertion that was read, and what is remembered of one that was verified. Must not know:
how it is read (saml.py), which box an attribute opens, SOAP.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import reading, signature
from ehbox_soap.security.forms import Rows
from ehbox_soap.security.layout import Layout, Token
from ehbox_soap.security.markup import LONGEST, exact
from ehbox_soap.security.memory import Memory
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.saml import Assertion, read_again, read_rows
from ehbox_soap.security.signature_form import KeyInfo, Signature
from ehbox_soap.security.trust import Trust, read_certificate

# The grain of a datetime: the last moment before NotOnOrAfter.
_INSTANT = timedelta(microseconds=1)

_MOST = 4
"""How many layouts of the calls that bring an assertion are remembered."""


class Once(NamedTuple):
    """A call that brought an assertion: its layout, which any assertion may come in, and its values."""

    layout: Layout
    values: Sequence[str]

    def brings(self, other: Once) -> bool:
        """Whether both bring the very same assertion."""
        if self.layout is not other.layout:
            return False
        return _token(self.layout).own(self.values) == _token(other.layout).own(other.values)


class Known(NamedTuple):
    """An assertion that was verified: what it says, and whether SHA-1 occurs in its signature.

    It holds from `begin` to `end`, both included: within them it, its holder's chain and the certificate of the STS
    that signed it are all valid; and only while what is trusted is what it was, `generation` (Trust.generation).
    It is this one only in exactly the ways that it came: as an element of the text `form`, if that is known, with
    these `ids` in it; `once` in a call of some layout; in calls of the `layouts`, which hold it. `tries` counts the
    calls that were looked at to learn one.
    """

    assertion: Assertion
    sha1: bool
    begin: datetime
    end: datetime
    generation: int
    form: str = ""
    ids: tuple[str, ...] = ()
    once: Once | None = None
    layouts: tuple[Layout, ...] = ()
    tries: int = 0

    def says_as(self, other: Known) -> bool:
        """Whether both say the same, for the same time."""
        return self[:5] == other[:5]

    def held_by(self, layout: Layout) -> Known:
        """The same, of which that layout is known too."""
        return self._replace(layouts=(layout, *self.layouts[: _MOST - 1]))


class Presented(NamedTuple):
    """An assertion as a call brings it, read and not yet verified: in the text `form`, with these `ids` in it, or
    `once` in a layout, which tells the ids. `signed` is None where it is `known`."""

    element: etree._Element
    known: Known | None
    assertion: Assertion
    signed: Signature | None = None
    form: str = ""
    ids: tuple[str, ...] = ()
    once: Once | None = None


class AssertionVerifier:
    """Verifies assertions. Thread-safe.

    One that was verified is remembered by its id, with the ways in which it came (Known); in any other, or at a moment
    outside of its span, all of it is looked at again.
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
        known = self.holding(element.get("AssertionID", ""), now)
        if known is not None and known.form == form:
            return Presented(element, known, known.assertion, ids=known.ids)
        rows = Rows("Assertion", element)
        assertion, signed = read_rows(rows, self._policy)
        return Presented(element, None, assertion, signed, form, tuple(reading.ids_among(rows.attributes)))

    def present_again(
        self, layout: Layout, values: Sequence[str], element: etree._Element, now: datetime
    ) -> Presented | None:
        """The same, of an assertion in a layout that was met before: only its values are read. None, or SoapFault
        SOA-01001, where it is to be read whole."""
        token, once = _token(layout), Once(layout, values)
        known = self.holding(values[token.id], now)
        if known is not None and known.once is not None and known.once.brings(once):
            # The second call that brings it: there will be more.
            known = known.held_by(layout.of(values))._replace(once=None)
            self._verified.put(known.assertion.id, known)
            return Presented(element, known, known.assertion)
        read = read_again(token, values, element)
        return None if read is None else Presented(element, None, read[0], read[1], once=once)

    def learned(self, known: Known, layout: Layout | None) -> None:
        """Remembers a layout that holds what is known, or that none could be learned."""
        more = known if layout is None else known.held_by(layout)
        self._verified.put(known.assertion.id, more._replace(tries=known.tries + 1))

    def holding(self, identifier: str, now: datetime) -> Known | None:
        """What was verified before under that id, if it holds now."""
        known = self._verified.get(identifier)
        if known is None:
            return None
        if known.begin <= now <= known.end and known.generation == self._trust.generation(now):
            return known
        self._verified.drop(identifier)
        return None

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
            assertion=assertion,
            sha1=signed.sha1,
            begin=max(begin, believed[0], signing[0]),
            end=min(assertion.not_on_or_after - _INSTANT, believed[1], signing[1]),
            generation=generation,
        )
        return self._remembered(known, presented)

    def _remembered(self, known: Known, presented: Presented) -> Known:
        """Remembers what was verified, and the way in which it came beside those in which it came before."""
        before, once = self._verified.get(known.assertion.id), presented.once
        if before is not None and before.says_as(known):
            known = before if once is None else before.held_by(once.layout.of(once.values))
        elif once is not None:
            known = known._replace(once=once)
        # Namespaces that nobody uses may make any text long.
        if once is None and len(presented.form) <= LONGEST:
            known = known._replace(form=presented.form, ids=presented.ids)
        self._verified.put(known.assertion.id, known)
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


def _token(layout: Layout) -> Token:
    """Of a layout that any assertion may come in."""
    assert layout.token is not None
    return layout.token


def _signer(key_info: KeyInfo | None) -> x509.Certificate | None:
    """Which certificate the assertion says it is signed by; it only picks one of the trusted."""
    return None if key_info is None else read_certificate(key_info.text, "Assertion/ds:KeyInfo")

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
from ehbox_soap.security.layout import Layout
from ehbox_soap.security.markup import exact
from ehbox_soap.security.memory import Memory
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.saml import Assertion, read_again, read_rows
from ehbox_soap.security.signature_form import KeyInfo, Signature
from ehbox_soap.security.trust import Trust, read_certificate

# The grain of a datetime: the last moment before NotOnOrAfter.
_INSTANT = timedelta(microseconds=1)

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
        assertion, signed = read_rows(rows, self._policy)
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
        read = read_again(token, values, element)
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


def _signer(key_info: KeyInfo | None) -> x509.Certificate | None:
    """Which certificate the assertion says it is signed by; it only picks one of the trusted."""
    return None if key_info is None else read_certificate(key_info.text, "Assertion/ds:KeyInfo")

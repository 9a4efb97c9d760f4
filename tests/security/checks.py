"""What the tests of this room ask: is it accepted, and if it is not, for which reason."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

import pytest
import xmlsec
from lxml import etree

from ehbox_soap.clock import SetClock
from ehbox_soap.errors import SoapFault
from ehbox_soap.security.policy import profile
from ehbox_soap.security.trust import Trust
from ehbox_soap.security.wss import VerifiedCall, VerifiedStsCall, Verifier
from tests.security.builders import Call, Token, envelope, nothing, opened
from tests.security.keys import NOW, Owner, pki


def trust(sts: Sequence[Owner] | None = None, authorities: Sequence[Owner] | None = None) -> Trust:
    """Trusts the standing authority and both STSs, or what is given."""
    return Trust(
        [owner.certificate for owner in (authorities if authorities is not None else [pki().root])],
        [owner.certificate for owner in (sts if sts is not None else [pki().sts, pki().sts_ec])],
    )


def verifier(name: Literal["wire", "strict"] = "wire", now: datetime = NOW, believed: Trust | None = None) -> Verifier:
    return Verifier(profile(name), believed or trust(), SetClock(now))


def practised(call: Call) -> list[Verifier]:
    """Verifiers that have met the layout of a call before: with the same assertion, and only with another."""
    usual = Call()
    honest = replace(call, edit=nothing, after=nothing, signing_key=None, created=usual.created, expires=usual.expires)
    own = call.token or Token(holder=call.holder)
    token = replace(own, edit=nothing, after=nothing, signing_key=None)
    return [_having_met([replace(honest, token=each)]) for each in (token, replace(token, id="_other"))]


@cache
def _knowing_all() -> Verifier:
    """One that has met the layouts of the standing clients, with two assertions. It is asked only what it refuses, of
    which at most the assertion is remembered."""
    return _having_met([Call(layout=layout, token=Token(id=name)) for layout in ("C", "E") for name in ("_1", "_2")])


def _having_met(calls: Sequence[Call]) -> Verifier:
    by = verifier()
    for each in calls:
        octets = envelope(each)
        # A layout is learned from the second call that brings an assertion; the fourth is read by it.
        with suppress(SoapFault):
            for _ in range(4):
                by.call(*opened(octets))
    return by


def having_met(*calls: Call) -> Verifier:
    """One that has met these often enough to know their layouts."""
    by = verifier()
    for each in calls:
        for _ in range(3):
            accepted(each, by)
    return by


def accepted(call: Call, by: Verifier | None = None) -> VerifiedCall:
    """A mailbox call that must hold; whoever has met its layout before finds the same."""
    octets = envelope(call)
    found = (by or verifier()).call(*opened(octets))
    if by is None:
        for other in practised(call):
            for _ in range(4):
                header, body = opened(octets)
                again = other.call(header, body)
                assert again.body is body
                assert again._replace(body=found.body) == found
    return found


def accepted_sts(call: Call, by: Verifier | None = None) -> VerifiedStsCall:
    """An STS call that must hold."""
    return (by or verifier()).sts_call(*opened(envelope(call)))


def refusal(call: Call, by: Verifier | None = None) -> str:
    """The reason for which a call is refused; it must not quote the call."""
    octets = envelope(call)
    reason = refusal_of(*opened(octets), by or verifier(), call.kind)
    if by is None and call.kind == "mailbox":
        for other in (*practised(call), _knowing_all()):
            assert refusal_of(*opened(octets), other) == reason, "it is worth more to who knows its layout"
    return reason


def refusal_of(
    header: etree._Element | None, body: etree._Element, by: Verifier, kind: Literal["mailbox", "sts"] = "mailbox"
) -> str:
    with pytest.raises(SoapFault) as caught:
        (by.call if kind == "mailbox" else by.sts_call)(header, body)
    assert caught.value.code == "SOA-01001"
    reason = caught.value.reason
    for value in _values(body.getroottree().getroot()):
        assert value not in reason, "a reason quotes the request"
    return reason


def xmlsec_verifies(node: etree._Element, public_pem: bytes, id_attribute: str, namespace: str | None) -> None:
    """Raises xmlsec.Error if libxmlsec does not agree."""
    context = xmlsec.SignatureContext()
    for element in node.getroottree().iter(etree.Element):
        if element.get(f"{{{namespace}}}{id_attribute}" if namespace else id_attribute) is not None:
            context.register_id(element, id_attribute, namespace)
    context.key = xmlsec.Key.from_memory(public_pem, xmlsec.constants.KeyDataFormatPem)
    context.verify(node)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def _values(root: etree._Element) -> list[str]:
    """What a reason must not quote: every text and attribute value, but for short ones such as `1` or `CN`."""
    texts = [str(text) for text in root.itertext()]
    values = [str(value) for element in root.iter(etree.Element) for value in element.attrib.values()]
    return [value.strip() for value in texts + values if len(value.strip()) > 3]

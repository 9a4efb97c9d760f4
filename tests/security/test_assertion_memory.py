"""What is remembered of a verified assertion: its canonical form, never a call, a time or a holder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import saml, signature
from ehbox_soap.security.policy import Policy, profile
from tests.security.builders import (
    Token,
    assertion,
    envelope,
    opened,
    parse,
)
from tests.security.checks import accepted, refusal, refusal_of, trust, verifier
from tests.security.edits import call
from tests.security.keys import NOW


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the assertions whose signature is verified, as it happens."""
    seen: list[str] = []
    original: Callable[..., None] = signature.verify_read_enveloped

    def spy(
        element: etree._Element, signed: signature.Signature, key: PublicKeyTypes, policy: Policy, form: bytes
    ) -> None:
        original(element, signed, key, policy, form)
        seen.append(str(element.get("AssertionID")))

    monkeypatch.setattr(signature, "verify_read_enveloped", spy)
    return seen


def test_an_assertion_is_verified_once(verified: list[str]) -> None:
    by = verifier()
    token = Token()
    for _ in range(3):
        accepted(call(token=token), by)
    accepted(call(token=Token(id="_other")), by)
    assert verified == [token.id, "_other"]


def test_the_same_assertion_written_otherwise_is_the_same(verified: list[str]) -> None:
    by = verifier()
    octets = envelope(call())
    by.call(*opened(octets))
    by.call(*opened(octets.replace(b"<Conditions ", b"<Conditions\n  ")))
    assert len(verified) == 1


def test_what_failed_is_not_remembered(verified: list[str]) -> None:
    by = verifier()
    token = Token(after=lambda root: root[0].set("NotOnOrAfter", "2027-01-15T00:00:00.000Z"))
    for _ in range(2):
        assert refusal(call(token=token), by) == "ds:Reference: the digest is not that of the element"
    assert verified == []


def test_the_holder_is_looked_at_on_every_call() -> None:
    """A remembered assertion does not carry a holder whose authority is not trusted: each verifier has its own."""
    octets = envelope(call())
    assert verifier().call(*opened(octets))
    reason = refusal_of(*opened(octets), verifier(believed=trust(authorities=[])))
    assert reason.endswith("was not issued by a trusted authority")


def test_an_assertion_is_forgotten_once_it_has_ended(verified: list[str]) -> None:
    """Even a clock that goes back does not find it again."""
    policy = profile("wire")
    element = parse(assertion(Token()))
    read, signed = saml.read_assertion(element, policy)
    remembering = saml.AssertionVerifier(policy, trust())
    remembering.verify(element, read, signed, NOW)
    with pytest.raises(SoapFault, match="no longer valid"):
        remembering.verify(element, read, signed, read.not_on_or_after)
    remembering.verify(element, read, signed, NOW)
    assert len(verified) == 2


def test_the_memory_is_bounded(verified: list[str]) -> None:
    element = parse(assertion(Token()))
    policy = profile("wire")
    verifier_ = saml.AssertionVerifier(policy, trust(), capacity=2)
    for name in ("_a", "_b", "_c", "_c", "_a"):
        element = parse(assertion(Token(id=name)))
        verifier_.verify(verifier_.present(element, NOW), NOW)
    assert verified == ["_a", "_b", "_c", "_a"]

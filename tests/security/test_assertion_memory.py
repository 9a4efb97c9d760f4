"""What is remembered of a verified assertion: what it says in its exact form, within the span in which it holds;
never a call."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import assertions, saml, signature
from ehbox_soap.security.policy import Policy, profile
from ehbox_soap.security.signature_form import Signature
from tests.security.builders import (
    RSA_SHA1,
    SHA1,
    WSU,
    Call,
    Token,
    assertion,
    envelope,
    find,
    opened,
    parse,
)
from tests.security.checks import accepted, refusal, refusal_of, trust, verifier
from tests.security.edits import BODY, HEADER, SECURITY, SIGNATURE, call
from tests.security.keys import NOW


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the assertions whose signature is verified, as it happens."""
    seen: list[str] = []
    original: Callable[..., None] = signature.verify_read_enveloped

    def spy(element: etree._Element, signed: Signature, key: PublicKeyTypes, policy: Policy, form: bytes) -> None:
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


def test_what_is_remembered_says_the_same(verified: list[str]) -> None:
    by = verifier()
    first, second = accepted(call(), by), accepted(call(), by)
    assert len(verified) == 1
    assert second.assertion == first.assertion == accepted(call()).assertion
    assert second.sha1 is first.sha1 is False
    for _ in range(2):
        assert accepted(call(token=Token(algorithm=RSA_SHA1, digest=SHA1)), by).sha1 is True


@pytest.mark.parametrize("kind", ["value", "attribute", "element"])
def test_another_assertion_of_the_same_id_is_another(kind: str) -> None:
    by = verifier()
    accepted(call(), by)

    def change(root: etree._Element) -> None:
        value = find(root, SECURITY + "/saml:Assertion/saml:AttributeStatement/saml:Attribute[4]/saml:AttributeValue")
        attribute = value.getparent()
        assert attribute is not None
        if kind == "value":
            value.text = "false"
        elif kind == "attribute":
            attribute.set("AttributeName", "urn:be:fgov:person:ssin:nurse:boolean")
        else:
            attribute.append(deepcopy(value))

    assert refusal(call(after=change), by) == "ds:Reference: the digest is not that of the element"


# Where an id is allowed, and how it is spelled there: beside the assertion nothing else would refuse it.
PLACES = {
    "/S:Envelope": "RequestID",
    HEADER: "id",
    HEADER + "/other": "AssertionID",
    HEADER + "/other/inner": "ID",
    SECURITY: f"{{{WSU}}}Id",
    SIGNATURE: "Id",
    SIGNATURE + "/ds:SignedInfo": "Id",
    SIGNATURE + "/ds:KeyInfo/wsse:SecurityTokenReference": f"{{{WSU}}}Id",
    BODY: "RequestID",
    BODY + "/*": "RequestID",
}


def _with(value: str, *places: str) -> Call:
    """A call with a second header, and the same id at these places."""

    def repeat(root: etree._Element) -> None:
        for place in places:
            find(root, place).set(PLACES[place], value)

    return call(
        edit=lambda root: etree.SubElement(etree.SubElement(find(root, HEADER), "other"), "inner"), after=repeat
    )


@pytest.mark.parametrize("place", PLACES)
def test_an_id_of_a_remembered_assertion_occurs_nowhere_else(place: str) -> None:
    by = verifier()
    accepted(_with(""), by)
    assert refusal(_with(Token().id, place), by) == "Envelope: an id occurs twice"


@pytest.mark.parametrize(("one", "other"), list(combinations(PLACES, 2)))
def test_no_id_occurs_twice_beside_a_remembered_assertion(one: str, other: str) -> None:
    by = verifier()
    accepted(_with(""), by)
    assert refusal(_with("doubled", one, other), by) == "Envelope: an id occurs twice"


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
    read, _ = saml.read_assertion(element, policy)
    remembering = assertions.AssertionVerifier(policy, trust())
    remembering.verify(remembering.present(element, NOW), NOW)
    with pytest.raises(SoapFault, match="no longer valid"):
        remembering.verify(remembering.present(element, read.not_on_or_after), read.not_on_or_after)
    remembering.verify(remembering.present(element, NOW), NOW)
    assert len(verified) == 2


def test_the_memory_is_bounded(verified: list[str]) -> None:
    element = parse(assertion(Token()))
    policy = profile("wire")
    verifier_ = assertions.AssertionVerifier(policy, trust(), capacity=2)
    for name in ("_a", "_b", "_c", "_c", "_a"):
        element = parse(assertion(Token(id=name)))
        verifier_.verify(verifier_.present(element, NOW), NOW)
    assert verified == ["_a", "_b", "_c", "_a"]

"""Algorithms: every URI that exists, in every place of every signature that the house verifies, by both profiles; and
transforms that would do something. What the policy's table does not list is refused before any canonicalisation."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import signature
from ehbox_soap.security.policy import Policy, profile
from ehbox_soap.security.signature import verify_enveloped
from tests.front.signed import text
from tests.fuzz.good import entry
from tests.security.builders import DS, EXC_C14N, RSA_SHA1, SHA1, SHA256, Call, Token, envelope, find, opened, parse
from tests.security.checks import accepted, accepted_sts, refusal, verifier
from tests.security.edits import SIGNATURE, Kind, call
from tests.security.keys import PrivateKey, holder, pki
from tests.security.uris import EVERY, MACS, TRANSFORMS
from tests.sts.layouts import Ask

Name = Literal["wire", "strict"]
PROFILES: tuple[Name, ...] = ("wire", "strict")


@dataclass(frozen=True)
class Place:
    """A signature that is verified: the document with it, where it is, and who reads it."""

    name: str
    octets: Callable[[], bytes]
    path: str
    read: Callable[[etree._Element, Name], object]
    enveloped: bool


def _call(kind: Kind) -> Callable[[], bytes]:
    return cache(lambda: envelope(call(kind=kind)))


def _verified(kind: Kind) -> Callable[[etree._Element, Name], object]:
    def read(root: etree._Element, name: Name) -> object:
        by = verifier(name)
        return (by.call if kind == "mailbox" else by.sts_call)(*opened(etree.tostring(root)))

    return read


@cache
def _request() -> bytes:
    """A samlp:Request that the holder-of-key key signed (wire.md, STS)."""
    ask = Ask(entry(pki().rsa), (), (), inner="rsa-sha256")
    return etree.tostring(ask.element(), with_tail=False)


def _inner(root: etree._Element, name: Name) -> object:
    return verify_enveloped(root, pki().rsa.key.public_key(), profile(name))


WITHIN = "/ds:SignedInfo"
PLACES = (
    Place("message", _call("mailbox"), SIGNATURE, _verified("mailbox"), enveloped=False),
    Place("call to an STS", _call("sts"), SIGNATURE, _verified("sts"), enveloped=False),
    Place("assertion", _call("mailbox"), "//saml:Assertion/ds:Signature", _verified("mailbox"), enveloped=True),
    Place("request", _request, "/samlp:Request/ds:Signature", _inner, enveloped=True),
)
places = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
METHODS = ("CanonicalizationMethod", "SignatureMethod", "Transform", "DigestMethod")


def never(*_: object) -> bytes:
    raise AssertionError("canonicalised")


def allowed(method: str, policy: Policy, place: Place, at: int) -> set[str]:
    """What the policy's table lists there."""
    if method == "CanonicalizationMethod":
        return set(policy.canonicalisations)
    if method == "SignatureMethod":
        return set(policy.signatures)
    if method == "DigestMethod":
        return set(policy.digests)
    return {(policy.enveloped if place.enveloped else policy.referenced)[at]}


def refused(place: Place, root: etree._Element, name: Name) -> str:
    with pytest.raises(SoapFault) as caught:
        place.read(root, name)
    assert caught.value.code == "SOA-01001"
    return caught.value.reason


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("method", METHODS)
@places
def test_every_algorithm_in_every_place(place: Place, method: str, name: Name, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each reference the first and the last; what is allowed goes on to be canonicalised, and nothing else does."""
    octets = place.octets()
    monkeypatch.setattr(signature, "canonical", never)
    steps = 2 if place.enveloped and method == "Transform" else 1
    for at in range(steps):
        table = allowed(method, profile(name), place, at)
        # In a strict server the algorithms of the other methods are strict ones already: only this one is another.
        for uri in EVERY:
            root = parse(octets)
            found = root.xpath(f"({place.path}{WITHIN}//ds:{method})[{at + 1}]", namespaces=_NAMESPACES)
            assert isinstance(found, list)
            found[0].set("Algorithm", uri)  # type: ignore[union-attr]
            if uri in table:
                with pytest.raises((AssertionError, SoapFault)) as caught:
                    place.read(root, name)
                assert "not allowed" not in str(caught.value)
            else:
                assert refused(place, root, name).endswith(": is not allowed by the policy"), uri


_NAMESPACES = {"S": "http://schemas.xmlsoap.org/soap/envelope/", "ds": DS}
_NAMESPACES |= {
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "saml": "urn:oasis:names:tc:SAML:1.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:1.0:protocol",
}


@pytest.mark.parametrize("digest", [SHA1, SHA256])
@pytest.mark.parametrize("algorithm", [RSA_SHA1, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"])
@pytest.mark.parametrize("kind", ["mailbox", "sts"])
def test_what_a_profile_lists_holds_and_sha1_is_strictly_refused(kind: Kind, algorithm: str, digest: str) -> None:
    sha1 = algorithm == RSA_SHA1 or digest == SHA1
    signed = call(kind=kind, algorithm=algorithm, digest=digest)
    assert (accepted if kind == "mailbox" else accepted_sts)(signed).sha1 is sha1
    if sha1:
        assert refusal(signed, verifier("strict")).endswith(": is not allowed by the policy")
    else:
        (accepted if kind == "mailbox" else accepted_sts)(signed, verifier("strict"))


# Transforms

CONTENTS = {
    "http://www.w3.org/TR/1999/REC-xslt-19991116": '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
    'version="1.0"><xsl:template match="/"><xsl:copy-of select="document(\'http://127.0.0.1:9/\')"/></xsl:template>'
    "</xsl:stylesheet>",
    "http://www.w3.org/TR/1999/REC-xpath-19991116": f'<ds:XPath xmlns:ds="{DS}">count(//*) > count(//*//*)</ds:XPath>',
    "http://www.w3.org/2002/06/xmldsig-filter2": '<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" '
    'Filter="subtract">//*</f:XPath>',
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform": (
        '<w:TransformationParameters xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-'
        f'secext-1.0.xsd"><ds:CanonicalizationMethod xmlns:ds="{DS}" Algorithm="{EXC_C14N}"/>'
        "</w:TransformationParameters>"
    ),
}
WAYS = ("instead", "before", "behind", "doubled", "forty")


def transformed(root: etree._Element, place: Place, uri: str, way: str) -> None:
    """Puts a transform into the last reference of a signature."""
    transforms = find(root, f"{place.path}{WITHIN}/ds:Reference[last()]/ds:Transforms")
    made = etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=uri)
    if uri in CONTENTS:
        made.append(etree.fromstring(CONTENTS[uri]))
    if way == "instead":
        transforms[:] = [made]
    elif way == "before":
        transforms.insert(0, made)
    else:
        for _ in range({"behind": 0, "doubled": 1, "forty": 39}[way]):
            transforms.append(deepcopy(made))


@pytest.mark.parametrize("way", WAYS)
@places
def test_transforms(place: Place, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """XSLT, XPath, XPath filter 2, base64, STR-Transform and unknown ones, and the allowed ones once too often."""
    octets = place.octets()
    monkeypatch.setattr(signature, "canonical", never)
    for uri in (*TRANSFORMS, EXC_C14N, "urn:unknown", ""):
        if way == "instead" and uri == EXC_C14N and not place.enveloped:
            continue
        root = parse(octets)
        transformed(root, place, uri, way)
        reason = refused(place, root, "wire")
        assert reason.startswith(("ds:Transform", "ds:Transforms", "ds:Reference", "ds:SignedInfo")), uri


# Keys and values


@pytest.mark.parametrize("bits", [None, 8, 0])
def test_a_mac_under_the_public_key_truncated_or_not(bits: int | None) -> None:
    """The public key, which everybody has, as a shared secret; and a MAC of so few bits that it is soon guessed."""

    def forge(root: etree._Element) -> None:
        info = find(root, SIGNATURE + WITHIN)
        method = find(info, "ds:SignatureMethod")
        method.set("Algorithm", MACS[3])
        mac = hmac.new(pki().rsa.public_pem, etree.tostring(info, method="c14n", exclusive=True), "sha256").digest()
        if bits is not None:
            etree.SubElement(method, f"{{{DS}}}HMACOutputLength").text = str(bits)
            mac = mac[: bits // 8]
        find(root, SIGNATURE + "/ds:SignatureValue").text = base64.b64encode(mac).decode()

    assert refusal(call(after=forge)).startswith("ds:SignatureMethod: ")


@pytest.mark.parametrize("kind", ["mailbox", "sts"])
def test_a_dsa_key(kind: Kind) -> None:
    """Its certificate is by the trusted authority; nobody's key is of that kind."""
    key: object = dsa.generate_private_key(1024)
    owner = holder(key, pki().root)  # type: ignore[arg-type]
    assert isinstance(key, PrivateKey) is False
    reason = refusal(call(kind=kind, holder=owner, signing_key=pki().rsa))
    assert reason.endswith(("the key is neither RSA nor EC", "was not issued by a trusted authority for signing"))


@pytest.mark.parametrize("value", ["", " ", "\r\n", "=", "===="])
@pytest.mark.parametrize("path", [SIGNATURE, "//saml:Assertion/ds:Signature"])
def test_an_empty_value(path: str, value: str) -> None:
    reason = refusal(call(after=text(path + "/ds:SignatureValue", value), token=Token(id="_empty")))
    assert reason == "ds:SignatureValue: is not base64 in its one canonical form"


def test_an_empty_digest() -> None:
    edit = text(f"{SIGNATURE}{WITHIN}/ds:Reference[1]/ds:DigestValue", "")
    assert refusal(call(after=edit)) == "ds:DigestValue: is not base64 in its one canonical form"


def test_the_guard_against_canonicalising_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that holds is canonicalised."""
    octets = envelope(Call())
    monkeypatch.setattr(signature, "canonical", never)
    with pytest.raises(AssertionError, match="canonicalised"):
        verifier().call(*opened(octets))

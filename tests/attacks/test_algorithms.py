"""Algorithms: every URI that exists, in every place of every signature that the house verifies, by both profiles; and
transforms that would do something. What the policy's table does not list is refused before any canonicalisation."""

from __future__ import annotations

import ast
import base64
import hmac
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa
from lxml import etree

import ehbox_soap
from ehbox_soap.security import signature
from ehbox_soap.security.policy import Policy, profile
from tests.attacks.readers import ByHttp, Found, Name, Reader, Within
from tests.clients.wstrust import C, renew
from tests.door import CONSULTATION
from tests.door_kinds import WITHIN as WITHIN_THE_PROCESS
from tests.front.calls import post
from tests.front.signed import STS_REQUEST, text
from tests.fuzz.good import entry
from tests.security.builders import (
    DS,
    EXC_C14N,
    LIST_REQUEST,
    RSA_SHA1,
    SHA1,
    SHA256,
    Call,
    Token,
    assertion,
    envelope,
    find,
    parse,
)
from tests.security.edits import SIGNATURE, Kind, call
from tests.security.keys import PrivateKey, holder, pki
from tests.security.uris import EVERY, MACS, TRANSFORMS
from tests.sts.layouts import Ask

PROFILES: tuple[Name, ...] = ("wire", "strict")


@dataclass(frozen=True)
class Place:
    """A signature that is verified: the document with it, and where it is; `kind` is of a call, else what the document
    asks of the STS."""

    name: str
    octets: Callable[[], bytes]
    path: str
    kind: Kind | Literal["request", "renewal"]
    enveloped: bool

    def found(self, reader: Reader, root: etree._Element, name: Name) -> Found:
        """What a reader says of an edited document."""
        if self.kind == "request":
            return reader.request(root, name)
        if self.kind == "renewal":
            return reader.renewal(root, name)
        return reader.call(etree.tostring(root), self.kind, name)


def of_kind(kind: Kind, **changes: object) -> Call:
    """A call that the port of that kind gets as far as to verify."""
    return call(kind=kind, content=STS_REQUEST if kind == "sts" else LIST_REQUEST, **changes)


def _call(kind: Kind) -> Callable[[], bytes]:
    return cache(lambda: envelope(of_kind(kind)))


@cache
def _request() -> bytes:
    """A samlp:Request that the holder-of-key key signed (wire.md, STS)."""
    ask = Ask(entry(pki().rsa), (), (), inner="rsa-sha256")
    return etree.tostring(ask.element(), with_tail=False)


@cache
def _renewal() -> bytes:
    """A RequestSecurityToken with an assertion to be renewed (wire.md, STS, WS-Trust)."""
    return renew(assertion(Token()).decode(), "context-1", C).encode()


WITHIN = "/ds:SignedInfo"
PLACES = (
    Place("message", _call("mailbox"), SIGNATURE, "mailbox", enveloped=False),
    Place("call to an STS", _call("sts"), SIGNATURE, "sts", enveloped=False),
    Place("assertion", _call("mailbox"), "//saml:Assertion/ds:Signature", "mailbox", enveloped=True),
    Place("request", _request, "/samlp:Request/ds:Signature", "request", enveloped=True),
    Place("renewal", _renewal, "//saml:Assertion/ds:Signature", "renewal", enveloped=True),
)
places = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
METHODS = ("CanonicalizationMethod", "SignatureMethod", "Transform", "DigestMethod")


@pytest.fixture
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    """Whoever verifies; over HTTP nothing may be stored by any of it."""
    if request.config.getoption("--door") == WITHIN_THE_PROCESS:
        yield Within()
        return
    doors = [request.getfixturevalue(name) for name in ("standing_foreign", "standing_strict")]
    for door in doors:
        door.reset()
        # What is allowed is answered: its caller has a box from the first such call on.
        assert door.send(post(CONSULTATION, envelope(call()))).status == 200
        door.reset()
    before = [door.contents() for door in doors]
    yield ByHttp(*doors)
    assert [door.contents() for door in doors] == before


def refusal(reader: Reader, broken: Call, name: Name = "wire") -> str:
    """Why a call is not authenticated."""
    found = reader.call(envelope(broken), broken.kind, name)
    assert found.reason
    return found.reason


def allowed(method: str, policy: Policy, place: Place, at: int) -> set[str]:
    """What the policy's table lists there."""
    if method == "CanonicalizationMethod":
        return set(policy.canonicalisations)
    if method == "SignatureMethod":
        return set(policy.signatures)
    if method == "DigestMethod":
        return set(policy.digests)
    return {(policy.enveloped if place.enveloped else policy.referenced)[at]}


def refused(reader: Reader, place: Place, root: etree._Element, name: Name) -> str:
    """Why, and before anything was canonicalised."""
    found = place.found(reader, root, name)
    assert found.reason
    assert found.canonicalised == 0
    return found.reason


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("method", METHODS)
@places
def test_every_algorithm_in_every_place(place: Place, method: str, name: Name, reader: Reader) -> None:
    """Of each reference the first and the last; what is allowed goes on to be canonicalised, and nothing else does."""
    octets = place.octets()
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
                assert "not allowed" not in place.found(reader, root, name).reason, uri
            else:
                assert refused(reader, place, root, name).endswith(": is not allowed by the policy"), uri


@pytest.mark.parametrize("name", PROFILES)
@places
def test_what_is_canonicalised_is_seen_in_every_place(place: Place, name: Name, reader: Reader) -> None:
    """Else `refused` would say nothing: as it came, each signature is verified over what it signs."""
    # A server that knows the layout knows all other forms than the Body's.
    assert place.found(reader, parse(place.octets()), name).canonicalised >= 1


@pytest.mark.within("reads the source")
def test_nothing_canonicalises_by_a_name_of_its_own() -> None:
    """What imports the function itself is not counted, and so could canonicalise what the policy refuses."""
    for path in Path(ehbox_soap.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == signature.__name__:
                assert "canonical" not in {each.name for each in node.names}, path.name


_NAMESPACES = {"S": "http://schemas.xmlsoap.org/soap/envelope/", "ds": DS}
_NAMESPACES |= {
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "saml": "urn:oasis:names:tc:SAML:1.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:1.0:protocol",
}


@pytest.mark.parametrize("digest", [SHA1, SHA256])
@pytest.mark.parametrize("algorithm", [RSA_SHA1, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"])
@pytest.mark.parametrize("kind", ["mailbox", "sts"])
def test_what_a_profile_lists_holds_and_sha1_is_strictly_refused(
    kind: Kind, algorithm: str, digest: str, reader: Reader
) -> None:
    sha1 = algorithm == RSA_SHA1 or digest == SHA1
    signed = of_kind(kind, algorithm=algorithm, digest=digest)
    found = reader.call(envelope(signed), kind, "wire")
    assert found.reason == ""
    # The Body at least: of all else who knows the layout knows the form.
    assert found.canonicalised >= 1, "the guard against canonicalising is none"
    assert found.sha1 in (sha1, None)
    if sha1:
        assert refusal(reader, signed, "strict").endswith(": is not allowed by the policy")
    else:
        assert reader.call(envelope(signed), kind, "strict").reason == ""


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
def test_transforms(place: Place, way: str, reader: Reader) -> None:
    """XSLT, XPath, XPath filter 2, base64, STR-Transform and unknown ones, and the allowed ones once too often."""
    octets = place.octets()
    for uri in (*TRANSFORMS, EXC_C14N, "urn:unknown", ""):
        if way == "instead" and uri == EXC_C14N and not place.enveloped:
            continue
        root = parse(octets)
        transformed(root, place, uri, way)
        reason = refused(reader, place, root, "wire")
        assert reason.startswith(("ds:Transform", "ds:Transforms", "ds:Reference", "ds:SignedInfo")), uri


# Keys and values


@pytest.mark.parametrize("bits", [None, 8, 0])
def test_a_mac_under_the_public_key_truncated_or_not(bits: int | None, reader: Reader) -> None:
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

    assert refusal(reader, call(after=forge)).startswith("ds:SignatureMethod: ")


@pytest.mark.parametrize("kind", ["mailbox", "sts"])
def test_a_dsa_key(kind: Kind, reader: Reader) -> None:
    """Its certificate is by the trusted authority; nobody's key is of that kind."""
    key: object = dsa.generate_private_key(1024)
    owner = holder(key, pki().root)  # type: ignore[arg-type]
    assert isinstance(key, PrivateKey) is False
    reason = refusal(reader, of_kind(kind, holder=owner, signing_key=pki().rsa))
    assert reason.endswith(("the key is neither RSA nor EC", "was not issued by a trusted authority for signing"))


@pytest.mark.parametrize("value", ["", " ", "\r\n", "=", "===="])
@pytest.mark.parametrize("path", [SIGNATURE, "//saml:Assertion/ds:Signature"])
def test_an_empty_value(path: str, value: str, reader: Reader) -> None:
    reason = refusal(reader, call(after=text(path + "/ds:SignatureValue", value), token=Token(id="_empty")))
    assert reason == "ds:SignatureValue: is not base64 in its one canonical form"


def test_an_empty_digest(reader: Reader) -> None:
    edit = text(f"{SIGNATURE}{WITHIN}/ds:Reference[1]/ds:DigestValue", "")
    assert refusal(reader, call(after=edit)) == "ds:DigestValue: is not base64 in its one canonical form"

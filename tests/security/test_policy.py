"""The closed lists: every algorithm URI of XML Signature, XML Encryption and their extensions that the policy does not
list is refused, wherever it stands, before anything is canonicalised."""

from __future__ import annotations

import base64
import hmac
from dataclasses import FrozenInstanceError

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import signature
from ehbox_soap.security.policy import profile
from tests.security.builders import (
    DS,
    ECDSA_SHA256,
    EXC_C14N,
    RSA_SHA1,
    SHA1,
    Token,
    envelope,
    find,
    opened,
    with_token,
)
from tests.security.checks import accepted, refusal, refusal_of, trust, verifier
from tests.security.edits import KINDS, SIGNATURE, Edit, Kind, add, call, double, drop
from tests.security.exclusive import exclusive
from tests.security.keys import ec_key, holder, pki, rsa_key
from tests.security.uris import ENC, EVERY, MACS, MORE

MESSAGE = SIGNATURE + "/ds:SignedInfo"
PLACES = (
    "ds:CanonicalizationMethod",
    "ds:SignatureMethod",
    "ds:Reference[1]//ds:Transform",
    "ds:Reference[2]/ds:DigestMethod",
)
OF_ASSERTION = (
    "ds:CanonicalizationMethod",
    "ds:SignatureMethod",
    "ds:Reference//ds:Transform[1]",
    "ds:Reference//ds:Transform[2]",
    "ds:Reference/ds:DigestMethod",
)


def allowed(place: str, name: str, enveloped: bool) -> set[str]:
    policy = profile("strict" if name == "strict" else "wire")
    if "CanonicalizationMethod" in place:
        return set(policy.canonicalisations)
    if "SignatureMethod" in place:
        return set(policy.signatures)
    if "DigestMethod" in place:
        return set(policy.digests)
    return {(policy.enveloped if enveloped else policy.referenced)[1 if "[2]" in place else 0]}


def named(place: str) -> str:
    """The element at the end of a path, as refusals name it."""
    return "ds:" + place.rpartition(":")[2].partition("[")[0]


def test_the_profiles_list_exactly_this() -> None:
    """wire.md: rsa-sha1, rsa-sha256, ecdsa-sha256; sha1, sha256; exclusive c14n; strict without SHA-1."""
    wire, strict = profile("wire"), profile("strict")
    assert (wire.name, strict.name) == ("wire", "strict")
    assert sorted(wire.signatures) == sorted([RSA_SHA1, MORE + "rsa-sha256", ECDSA_SHA256])
    assert sorted(wire.digests) == sorted([SHA1, ENC + "sha256"])
    assert sorted(strict.signatures) == sorted([MORE + "rsa-sha256", ECDSA_SHA256])
    assert sorted(strict.digests) == [ENC + "sha256"]
    for policy in (wire, strict):
        assert policy.canonicalisations == {EXC_C14N}
        assert policy.referenced == (EXC_C14N,)
        assert policy.enveloped == (DS + "enveloped-signature", EXC_C14N)
        assert {*policy.signatures, *policy.digests, *policy.canonicalisations, *policy.enveloped} <= set(EVERY)


def test_a_policy_cannot_be_changed() -> None:
    policy = profile("wire")
    with pytest.raises(FrozenInstanceError):
        policy.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        policy.signatures["urn:x"] = policy.signatures[RSA_SHA1]  # type: ignore[index]


@pytest.mark.parametrize("name", ["wire", "strict"])
@pytest.mark.parametrize("place", PLACES)
def test_no_other_algorithm_in_a_message_signature(place: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    octets = envelope(call())
    monkeypatch.setattr(signature, "canonical", None)
    for uri in EVERY:
        if uri not in allowed(place, name, enveloped=False):
            header, body = opened(octets)
            find(body.getroottree().getroot(), f"{MESSAGE}/{place}").set("Algorithm", uri)
            reason = refusal_of(header, body, verifier("strict" if name == "strict" else "wire"))
            assert reason == f"{named(place)}: is not allowed by the policy", uri


@pytest.mark.parametrize("place", OF_ASSERTION)
def test_no_other_algorithm_in_an_assertions_signature(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    octets = envelope(call())
    monkeypatch.setattr(signature, "canonical", None)
    for uri in EVERY:
        if uri not in allowed(place, "wire", enveloped=True):
            header, body = opened(octets)
            find(header, f".//saml:Assertion/ds:Signature/ds:SignedInfo/{place}").set("Algorithm", uri)
            assert refusal_of(header, body, verifier()) == f"{named(place)}: is not allowed by the policy", uri


FORMS: list[tuple[str, Edit, str]] = [
    ("no signed info", drop(MESSAGE), "ds:Signature: does not hold exactly"),
    ("no value", drop(SIGNATURE + "/ds:SignatureValue"), "ds:Signature: does not hold exactly"),
    ("two signed infos", double(MESSAGE), "ds:Signature: does not hold exactly"),
    ("object", add(SIGNATURE, f"{{{DS}}}Object"), "ds:Signature: does not hold exactly"),
    ("signature attribute", lambda r: find(r, SIGNATURE).set("x", "y"), "ds:Signature: has an attribute"),
    ("info attribute", lambda r: find(r, MESSAGE).set("x", "y"), "ds:SignedInfo: has an attribute"),
    ("value attribute", lambda r: find(r, SIGNATURE + "/ds:SignatureValue").set("x", "y"), "ds:SignatureValue: has an"),
    ("value child", add(SIGNATURE + "/ds:SignatureValue", "x"), "ds:SignatureValue: must hold text only"),
    (
        "value empty",
        lambda r: setattr(find(r, SIGNATURE + "/ds:SignatureValue"), "text", ""),
        "ds:SignatureValue: is not base64",
    ),
    (
        "value no base64",
        lambda r: setattr(find(r, SIGNATURE + "/ds:SignatureValue"), "text", "AA=A"),
        "ds:SignatureValue: is not",
    ),
    ("no c14n", drop(MESSAGE + "/ds:CanonicalizationMethod"), "ds:SignedInfo: does not begin"),
    ("no method", drop(MESSAGE + "/ds:SignatureMethod"), "ds:SignedInfo: does not begin"),
    ("method first", lambda r: find(r, MESSAGE).insert(0, find(r, MESSAGE)[1]), "ds:SignedInfo: does not begin"),
    ("method without name", lambda r: find(r, MESSAGE)[1].attrib.clear(), "ds:SignatureMethod: lacks"),
    (
        "hmac length",
        add(MESSAGE + "/ds:SignatureMethod", f"{{{DS}}}HMACOutputLength"),
        "ds:SignatureMethod: does not hold",
    ),
    (
        "other than references",
        lambda r: setattr(find(r, MESSAGE)[2], "tag", "{urn:x}y"),
        "ds:SignedInfo: holds something else",
    ),
    ("reference type", lambda r: find(r, MESSAGE)[2].set("Type", "urn:x"), "ds:Reference: has an attribute"),
    ("no uri", lambda r: find(r, MESSAGE)[2].attrib.pop("URI"), "ds:Reference: lacks"),
    ("no transforms", drop(MESSAGE + "/ds:Reference[1]/ds:Transforms"), "ds:Reference: does not hold exactly"),
    ("transforms attribute", lambda r: find(r, MESSAGE)[2][0].set("x", "y"), "ds:Transforms: has an"),
    ("no transform", drop(MESSAGE + "/ds:Reference[1]//ds:Transform"), "ds:Transforms: does not hold exactly"),
    ("two transforms", double(MESSAGE + "/ds:Reference[1]//ds:Transform"), "ds:Transforms: does not hold exactly"),
    ("transform attribute", lambda r: find(r, MESSAGE)[2][0][0].set("x", "y"), "ds:Transform: has an"),
    (
        "xpath in a transform",
        add(MESSAGE + "/ds:Reference[1]//ds:Transform", f"{{{DS}}}XPath"),
        "ds:Transform: holds something else",
    ),
    ("digest method child", add(MESSAGE + "/ds:Reference[1]/ds:DigestMethod", "x"), "ds:DigestMethod: does not hold"),
    ("digest attribute", lambda r: find(r, MESSAGE)[2][2].set("x", "y"), "ds:DigestValue: has an"),
    ("digest no base64", lambda r: setattr(find(r, MESSAGE)[2][2], "text", "é"), "ds:DigestValue: is not base64"),
    ("no digest", drop(MESSAGE + "/ds:Reference[1]/ds:DigestValue"), "ds:Reference: does not hold exactly"),
    ("two digests", double(MESSAGE + "/ds:Reference[1]/ds:DigestValue"), "ds:Reference: does not hold exactly"),
    (
        "c14n child",
        add(MESSAGE + "/ds:CanonicalizationMethod", f"{{{DS}}}XPath"),
        "ds:CanonicalizationMethod: holds something",
    ),
]


@pytest.mark.parametrize(("change", "reason"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_a_signature_has_one_form(change: Edit, reason: str) -> None:
    assert refusal(call(after=change)).startswith(reason)


INCLUSIVE = MESSAGE + "/ds:Reference[1]//ec:InclusiveNamespaces"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (double(INCLUSIVE), "ds:Transform: holds something else than InclusiveNamespaces"),
        (lambda root: find(root, INCLUSIVE).attrib.clear(), "ec:InclusiveNamespaces: lacks"),
        (lambda root: find(root, INCLUSIVE).set("x", "y"), "ec:InclusiveNamespaces: has an"),
        (add(INCLUSIVE, "x"), "ec:InclusiveNamespaces: does not hold exactly"),
        (lambda root: find(root, INCLUSIVE).set("PrefixList", "p " * 65), "ec:InclusiveNamespaces: lists more than 64"),
    ],
)
def test_inclusive_namespaces_have_one_form(change: Edit, reason: str) -> None:
    assert refusal(call(layout="E", after=change)).startswith(reason)


def test_inclusive_namespaces_list_64_prefixes_at_most() -> None:
    most = " ".join(f"p{number}" for number in range(64))
    assert accepted(call(layout="E", inclusive=(most, most, most)))


def test_a_signature_that_ends_with_its_canonicalisation() -> None:
    """Behind it nothing more stands in the header: no next element is there to be looked at."""

    def cut(root: etree._Element) -> None:
        signature, info = find(root, SIGNATURE), find(root, MESSAGE)
        del signature[1:]
        del info[1:]

    assert refusal(call(after=cut)).endswith("does not hold exactly the elements of the profile, in order")


def test_an_enveloped_transform_holds_nothing() -> None:
    """Within an assertion's signature, whose first transform would otherwise be read by nobody."""
    change = add("ds:Signature//ds:Transform[1]", f"{{{DS}}}XPath")
    assert refusal(with_token(call(), after=change)).startswith("ds:Transform: does not hold exactly")


def test_a_long_list_of_references_is_not_read() -> None:
    def many(root: etree._Element) -> None:
        info = find(root, MESSAGE)
        for _ in range(1000):
            etree.SubElement(info, f"{{{DS}}}Reference")

    assert refusal(call(after=many)) == "ds:SignedInfo: does not refer to exactly the elements that must be signed"


# Keys


@pytest.mark.parametrize("uri", MACS[:4])
def test_a_mac_under_the_public_key_is_no_signature(uri: str) -> None:
    """The classic confusion: the public key, which everybody has, taken for a shared secret."""

    def forge(root: etree._Element) -> None:
        info = find(root, MESSAGE)
        find(info, "ds:SignatureMethod").set("Algorithm", uri)
        mac = hmac.new(pki().rsa.public_pem, exclusive(info), uri.rpartition("-")[2]).digest()
        find(root, SIGNATURE + "/ds:SignatureValue").text = base64.b64encode(mac).decode()

    assert refusal(call(after=forge)) == "ds:SignatureMethod: is not allowed by the policy"


@pytest.mark.parametrize(("key", "algorithm"), [("rsa", ECDSA_SHA256), ("ec", RSA_SHA1), ("ec", MORE + "rsa-sha256")])
def test_an_algorithm_of_the_other_kind_of_key(key: str, algorithm: str) -> None:
    owner = getattr(pki(), key)
    fitting = MORE + "rsa-sha256" if key == "rsa" else ECDSA_SHA256
    signed = call(
        holder=owner,
        algorithm=fitting,
        after=lambda r: find(r, MESSAGE + "/ds:SignatureMethod").set("Algorithm", algorithm),
    )
    assert refusal(signed) == "ds:SignatureMethod: does not fit the kind of key"


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_rsa_key(kind: Kind) -> None:
    short = holder(rsa_key("short", 1024), pki().root)
    assert refusal(call(holder=short, kind=kind)) == "ds:SignatureMethod: the key is weaker than the policy asks"


def test_a_short_rsa_key_of_the_sts() -> None:
    short = holder(rsa_key("short", 1024), pki().root)
    by = verifier(believed=trust(sts=[short]))
    assert refusal(call(token=Token(sts=short)), by) == "ds:SignatureMethod: the key is weaker than the policy asks"


def test_another_curve_of_the_sts() -> None:
    other = holder(ec_key("p384", "P-384"), pki().root)
    by = verifier(believed=trust(sts=[other]))
    signed = call(token=Token(sts=other, algorithm=ECDSA_SHA256))
    assert refusal(signed, by) == "ds:SignatureMethod: the key is weaker than the policy asks"


def test_a_key_that_is_neither_rsa_nor_ec() -> None:
    element = find(opened(envelope(call()))[0], ".//saml:Assertion")
    with pytest.raises(SoapFault, match="ds:SignatureMethod: the key is neither RSA nor EC"):
        signature.verify_enveloped(element, Ed25519PrivateKey.generate().public_key(), profile("wire"))


@pytest.mark.parametrize("change", ["der", "short", "long", "zero", "swapped"])
def test_an_ecdsa_value_is_r_and_s_of_the_curves_length(change: str) -> None:
    def rewrite(root: etree._Element) -> None:
        value = find(root, SIGNATURE + "/ds:SignatureValue")
        raw = base64.b64decode(value.text or "")
        assert len(raw) == 64
        changed = {
            "der": encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])),
            "short": raw[:-1],
            "long": raw + b"\0\0",
            "zero": bytes(64),
            "swapped": raw[32:] + raw[:32],
        }[change]
        value.text = base64.b64encode(changed).decode()

    reason = refusal(call(holder=pki().ec, algorithm=ECDSA_SHA256, after=rewrite))
    if change in ("zero", "swapped"):
        assert reason == "ds:SignatureValue: is not by the key that must have signed"
    else:
        assert reason == "ds:SignatureValue: has not the length of its curve"

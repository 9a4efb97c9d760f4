"""WS-Security of mailbox and STS calls (wire.md): what clients send holds; the header holds exactly its parts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest
from lxml import etree

from tests.security.builders import (
    DOCTOR,
    ECDSA_SHA256,
    RSA_SHA1,
    RSA_SHA256,
    SHA1,
    SHA256,
    SOAP,
    WSSE,
    Call,
    Token,
    envelope,
    find,
    opened,
    parse,
    stamp,
)
from tests.security.checks import accepted, accepted_sts, refusal, refusal_of, seconds, verifier
from tests.security.edits import HEADER, KINDS, SECURITY, SIGNATURE, Edit, Kind, add, call, double, drop
from tests.security.keys import NOW, pki

ALGORITHMS = [
    (RSA_SHA1, SHA1, "rsa"),
    (RSA_SHA256, SHA256, "rsa"),
    (RSA_SHA256, SHA1, "rsa"),
    (ECDSA_SHA256, SHA256, "ec"),
]


@pytest.mark.parametrize("layout", ["C", "E"])
@pytest.mark.parametrize(("algorithm", "digest", "key"), ALGORITHMS)
def test_a_mailbox_call_tells_who_calls(layout: str, algorithm: str, digest: str, key: str) -> None:
    owner = getattr(pki(), key)
    header, body = opened(envelope(call(layout=layout, algorithm=algorithm, digest=digest, holder=owner)))
    verified = verifier().call(header, body)
    assert verified.body is body
    assert verified.assertion.holder == owner.certificate
    assert verified.assertion.id == "_174ef6a478a8428d9cdcc9a79b003c8b"
    assert verified.assertion.subject == 'CN="SSIN=79021802145", C=BE'
    assert [(a.namespace, a.name, a.values) for a in verified.assertion.attributes] == [
        (namespace, name, (value,)) for namespace, name, value in DOCTOR
    ]
    assert verified.replay_until == NOW + seconds(60)
    assert verified.sha1 is (SHA1 in (algorithm, digest) or algorithm == RSA_SHA1)


@pytest.mark.parametrize("layout", ["C", "E"])
@pytest.mark.parametrize(("algorithm", "digest", "key"), ALGORITHMS)
def test_an_sts_call_tells_the_certificate(layout: str, algorithm: str, digest: str, key: str) -> None:
    owner = getattr(pki(), key)
    header, body = opened(envelope(call(kind="sts", layout=layout, algorithm=algorithm, digest=digest, holder=owner)))
    verified = verifier().sts_call(header, body)
    assert verified.body is body
    assert verified.certificate == owner.certificate
    assert verified.sha1 is (digest == SHA1)


@pytest.mark.parametrize("lists", [("", "", ""), (None, "", "S"), ("#default S", "#default ns4", "wsse nowhere")])
@pytest.mark.parametrize("layout", ["C", "E"])
@pytest.mark.parametrize("kind", KINDS)
def test_inclusive_namespaces_hold_also_when_empty(layout: str, lists: tuple[str | None, ...], kind: Kind) -> None:
    signed = call(layout=layout, inclusive=lists, kind=kind)
    if kind == "mailbox":
        assert accepted(signed)
    else:
        assert accepted_sts(signed)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
@pytest.mark.parametrize("kind", KINDS)
def test_the_order_in_the_header_is_free(order: tuple[int, ...], kind: Kind) -> None:
    def reorder(root: etree._Element) -> None:
        security = find(root, SECURITY)
        security.extend([list(security)[at] for at in order])

    call_ = call(edit=reorder, kind=kind)
    assert accepted(call_) if kind == "mailbox" else accepted_sts(call_)


def test_the_order_of_the_references_is_free() -> None:
    def reorder(root: etree._Element) -> None:
        info = find(root, SIGNATURE + "/ds:SignedInfo")
        info.append(info[2])

    assert accepted(call(edit=reorder))


def test_white_space_between_the_elements_is_nothing() -> None:
    def space(root: etree._Element) -> None:
        security = find(root, SECURITY)
        for element in [security, *find(root, SIGNATURE).iter(), find(root, SECURITY + "/wsu:Timestamp")]:
            if len(element):
                element.text = "\n  "
                for child in element:
                    child.tail = "\n  "

    assert accepted(call(edit=space))


def test_the_replay_key_is_the_hash_of_the_signature_value() -> None:
    octets = envelope(Call())
    value = find(parse(octets), SIGNATURE + "/ds:SignatureValue")
    assert "\r\n" in (value.text or ""), "the clients' line ends are part of the layout"
    expected = hashlib.sha256(base64.b64decode(value.text or "")).hexdigest()
    assert verifier().call(*opened(octets)).replay_key == expected


def test_line_ends_in_the_signature_value_do_not_make_another_replay_key() -> None:
    octets = envelope(Call())
    root = parse(octets)
    value = find(root, SIGNATURE + "/ds:SignatureValue")
    value.text = " ".join((value.text or "").split())
    assert verifier().call(*opened(etree.tostring(root))).replay_key == verifier().call(*opened(octets)).replay_key


def test_the_twin_of_an_ecdsa_signature_is_the_same_replay() -> None:
    """Of (r, s) anybody makes (r, n - s), which is as good: it must not pass for a new call."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    octets = envelope(call(holder=pki().ec, algorithm=ECDSA_SHA256))
    root = parse(octets)
    value = find(root, SIGNATURE + "/ds:SignatureValue")
    raw = base64.b64decode(value.text or "")
    twin = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    value.text = base64.b64encode(twin).decode()
    first, second = verifier().call(*opened(octets)), verifier().call(*opened(etree.tostring(root)))
    assert twin != raw
    assert first.replay_key == second.replay_key


def test_newly_signed_calls_have_other_replay_keys() -> None:
    """A client that lost the answer signs again, with a new Timestamp."""
    keys = {
        accepted(call(holder=owner, algorithm=algorithm, created=stamp(NOW - seconds(late)))).replay_key
        for owner, algorithm in ((pki().rsa, RSA_SHA256), (pki().ec, ECDSA_SHA256))
        for late in range(2)
    }
    assert len(keys) == 4


def test_sha1_of_the_assertion_is_told_too() -> None:
    assert accepted(call(token=Token(algorithm=RSA_SHA1))).sha1
    assert accepted(call(token=Token(digest=SHA1))).sha1


@pytest.mark.parametrize(
    "signed",
    [
        call(algorithm=RSA_SHA1),
        call(digest=SHA1),
        call(token=Token(algorithm=RSA_SHA1)),
        call(token=Token(digest=SHA1)),
        call(kind="sts", algorithm=RSA_SHA1),
        call(kind="sts", digest=SHA1),
    ],
)
def test_strict_refuses_sha1(signed: Call) -> None:
    assert "Method: is not allowed by the policy" in refusal(signed, verifier("strict"))


@pytest.mark.parametrize("kind", KINDS)
def test_strict_accepts_sha256(kind: Kind) -> None:
    header, body = opened(envelope(call(kind=kind)))
    strict = verifier("strict")
    assert strict.call(header, body) if kind == "mailbox" else strict.sts_call(header, body)


# The envelope and its one Security header


def test_without_a_header_nobody_calls() -> None:
    _, body = opened(envelope(Call()))
    assert refusal_of(None, body, verifier()) == "wsse:Security: is missing"


def test_a_header_without_security() -> None:
    assert "wsse:Security: must stand exactly once, in the Header" in refusal(
        call(after=lambda root: find(root, HEADER).remove(find(root, SECURITY)))
    )


def _elsewhere(root: etree._Element, parent: str) -> None:
    find(root, parent).append(etree.Element(f"{{{WSSE}}}Security"))


@pytest.mark.parametrize("parent", [HEADER, "/S:Envelope/S:Body/*", SECURITY])
def test_a_second_security_anywhere(parent: str) -> None:
    assert "wsse:Security: must stand exactly once, in the Header" in refusal(
        call(edit=lambda root: _elsewhere(root, parent))
    )


def test_security_below_another_header() -> None:
    def nest(root: etree._Element) -> None:
        header, security = find(root, HEADER), find(root, SECURITY)
        etree.SubElement(header, "{urn:x}Other").append(security)

    assert "wsse:Security: must stand exactly once, in the Header" in refusal(call(edit=nest))


NOT_ONE_EACH = "Envelope: does not hold exactly one Header and one Body"


@pytest.mark.parametrize("name", ["Body", "Header"])
def test_a_second_body_or_header(name: str) -> None:
    def double(root: etree._Element) -> None:
        etree.SubElement(root, f"{{{SOAP}}}{name}")

    root = parse(envelope(call(after=double)))
    assert refusal_of(root[0], root[1], verifier()) == NOT_ONE_EACH


def test_a_body_that_is_not_the_envelopes() -> None:
    root = parse(envelope(Call()))
    inner = etree.SubElement(find(root, "/S:Envelope/S:Body/*"), f"{{{SOAP}}}Body")
    assert refusal_of(root[0], inner, verifier()) == NOT_ONE_EACH


def test_an_envelope_within_something_else() -> None:
    """Whatever stands around it is signed by nobody."""
    root = parse(envelope(Call()))
    etree.Element("{urn:x}Other").append(root)
    assert refusal_of(root[0], root[1], verifier()) == NOT_ONE_EACH


def test_a_body_that_stands_nowhere() -> None:
    root = parse(envelope(Call()))
    header, body = root
    root.remove(body)
    assert refusal_of(header, body, verifier()) == NOT_ONE_EACH


def test_an_unknown_attribute_of_security() -> None:
    signed = call(edit=lambda root: find(root, SECURITY).set(f"{{{SOAP}}}actor", "urn:another"))
    assert refusal(signed).startswith("wsse:Security: has an attribute")


PARTS = ["wsu:Timestamp", "saml:Assertion", "ds:Signature"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("change", [drop, double])
def test_each_part_of_security_stands_exactly_once(part: str, change: Callable[[str], Edit]) -> None:
    reason = refusal(call(after=change(f"{SECURITY}/{part}")))
    assert reason == "wsse:Security: does not hold exactly the elements of the profile"


@pytest.mark.parametrize("part", ["wsu:Timestamp", "wsse:BinarySecurityToken", "ds:Signature"])
@pytest.mark.parametrize("change", [drop, double])
def test_each_part_of_an_sts_calls_security_stands_exactly_once(part: str, change: Callable[[str], Edit]) -> None:
    reason = refusal(call(kind="sts", after=change(f"{SECURITY}/{part}")))
    assert reason == "wsse:Security: does not hold exactly the elements of the profile"


@pytest.mark.parametrize("tag", [f"{{{WSSE}}}BinarySecurityToken", f"{{{WSSE}}}UsernameToken", "{urn:x}Other"])
def test_nothing_else_in_security(tag: str) -> None:
    reason = refusal(call(edit=add(SECURITY, tag)))
    assert reason == "wsse:Security: does not hold exactly the elements of the profile"


def test_no_text_in_security() -> None:
    signed = call(edit=lambda root: setattr(find(root, SECURITY), "text", "words"))
    assert refusal(signed) == "wsse:Security: holds text"
    signed = call(edit=lambda root: setattr(find(root, SECURITY + "/ds:Signature"), "tail", "words"))
    assert refusal(signed) == "wsse:Security: holds text"


def test_no_comment_in_security() -> None:
    signed = call(edit=lambda root: find(root, SECURITY).append(etree.Comment("x")))
    assert refusal(signed) == "wsse:Security: holds a comment or processing instruction"


def test_an_sts_call_is_no_mailbox_call_and_the_reverse() -> None:
    header, body = opened(envelope(call(kind="sts")))
    assert "exactly the elements of the profile" in refusal_of(header, body, verifier())
    header, body = opened(envelope(Call()))
    assert "exactly the elements of the profile" in refusal_of(header, body, verifier(), "sts")


@pytest.mark.parametrize(
    ("kind", "part", "place"),
    [
        ("mailbox", "wsu:Timestamp", "wsse:Security"),
        ("mailbox", "ds:Signature", "wsse:Security"),
        ("mailbox", "saml:Assertion", "Assertion"),
        ("sts", "wsse:BinarySecurityToken", "wsse:Security"),
    ],
)
def test_a_header_of_very_many_elements(kind: Kind, part: str, place: str) -> None:
    """It is told before any of them is looked at."""

    def crowd(root: etree._Element) -> None:
        element = find(root, f"{SECURITY}/{part}")
        for _ in range(4096):
            etree.SubElement(element, "x")

    assert refusal(call(kind=kind, after=crowd)) == f"{place}: holds more than 4096 elements"

"""A layout that is known (layout.py) is worth no more than reading whole: the same is refused, for the same reason."""

from __future__ import annotations

import base64

import pytest
from lxml import etree

from ehbox_soap.clock import SetClock
from ehbox_soap.errors import SoapFault
from ehbox_soap.security.policy import profile
from ehbox_soap.security.wss import Verifier
from tests.security.builders import (
    RSA_SHA1,
    SHA1,
    WSU,
    Call,
    Token,
    envelope,
    find,
    opened,
    parse,
    stamp,
)
from tests.security.checks import accepted, having_met, refusal_of, seconds, trust, verifier
from tests.security.conftest import Work
from tests.security.edits import BODY, HEADER, SECURITY, SIGNATURE, Edit, call
from tests.security.keys import NOW, pki


def test_who_sends_false_signatures_does_not_make_a_caller_be_forgotten(work: Work) -> None:
    by = having_met(Call(), call(token=Token(id="_2")))
    work.since()
    for _ in range(3):
        refusal_of(*opened(envelope(call(signing_key=pki().stranger))), by)
        refusal_of(*opened(envelope(call(token=Token(id="_2"), signing_key=pki().stranger))), by)
    # Each was read whole once, to be sure; the assertion stays what it was.
    assert work.verified <= 2
    work.since()
    accepted(Call(), by)
    accepted(call(token=Token(id="_2")), by)
    assert (work.verified, *work.since()) == (0, 0, 0, 0)


def test_what_one_policy_has_read_is_read_again_by_another() -> None:
    old = call(algorithm=RSA_SHA1, digest=SHA1, token=Token(algorithm=RSA_SHA1, digest=SHA1))
    having_met(old)
    strict = verifier("strict")
    assert "not allowed" in refusal_of(*opened(envelope(old)), strict)
    assert strict._layouts is not verifier()._layouts


def test_both_references_to_one_element_are_refused_in_a_known_layout() -> None:
    def twice(root: etree._Element) -> None:
        info = find(root, SIGNATURE + "/ds:SignedInfo")
        for at in (2, 3):
            info[at].set("URI", "#id-1")

    by = having_met(Call())
    expected = "ds:SignedInfo: does not refer to exactly the elements that must be signed"
    assert refusal_of(*opened(envelope(call(edit=twice))), by) == expected


@pytest.mark.parametrize("place", [BODY, BODY + "/*[1]", HEADER])
@pytest.mark.parametrize("before", [False, True])
def test_another_security_is_found_beside_a_known_layout(place: str, before: bool) -> None:
    def nest(root: etree._Element) -> None:
        block = etree.Element("{urn:x}block")
        etree.SubElement(block, find(root, SECURITY).tag)
        find(root, place).insert(0 if before else 9, block)

    by = having_met(Call())
    expected = "wsse:Security: must stand exactly once, in the Header"
    assert refusal_of(*opened(envelope(call(edit=nest))), by) == expected


def test_an_id_has_its_form_in_a_known_layout_too() -> None:
    by = having_met(Call())
    odd = call(token=Token(id="a:b"))
    reason = refusal_of(*opened(envelope(odd)), verifier())
    assert reason == refusal_of(*opened(envelope(odd)), by)
    assert "AssertionID" in reason


def test_any_change_of_a_value_is_found_as_by_who_reads_whole() -> None:
    """Each text and each attribute of the envelope, with its last character another: both say the same."""
    knowing = having_met(Call(), call(token=Token(id="_2")), call(layout="E"))
    for layout in ("C", "E"):
        octets = envelope(call(layout=layout, token=Token(id="_3")))
        for at, element in enumerate(parse(octets).iter()):
            for name in [None, *element.keys()]:
                root = parse(octets)
                _change(list(root.iter())[at], None if name is None else str(name))
                assert _verdict(knowing, root) == _verdict(verifier(), root), (element.tag, name)


def _change(element: etree._Element, name: str | None) -> None:
    value = str(element.text if name is None else element.get(name) or "")
    changed = value[:-1] + ("A" if value[-1:] != "A" else "B")
    if name is not None:
        element.set(name, changed)
    elif not len(element):
        element.text = changed


def _verdict(by: Verifier, root: etree._Element) -> object:
    copy = parse(etree.tostring(root))
    try:
        found = by.call(copy[0], copy[1])
    except SoapFault as fault:
        return fault.reason
    return (found.assertion, found.replay_key, found.replay_until, found.sha1)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_nothing_is_learned_of_what_is_refused(at: int, work: Work) -> None:
    by = verifier()
    accepted(Call(), by)
    work.since()
    refused_calls = [
        call(signing_key=pki().sts),
        call(created=stamp(NOW + seconds(3000)), expires=stamp(NOW + seconds(3060))),
        call(after=lambda root: find(root, BODY).set("{urn:x}id", "TS-1")),
    ]
    for _ in range(3):
        with pytest.raises(SoapFault):
            accepted(refused_calls[at], by)
    assert work.since()[2] == 0


def test_two_subjects_in_a_known_layout_are_refused() -> None:
    """Signed by the STS itself: no digest says so, the reading does."""
    by = having_met(Call(), call(token=Token(id="_2")))

    def other(path: str, text: str) -> Edit:
        def edit(root: etree._Element) -> None:
            find(root, path).text = text

        return edit

    statement = "saml:AttributeStatement/saml:Subject"
    for path, text in (
        (statement + "/saml:NameIdentifier", 'CN="SSIN=71031499894", C=BE'),
        (
            statement + "/saml:SubjectConfirmation/ds:KeyInfo/ds:X509Data/ds:X509Certificate",
            base64.b64encode(pki().ec.der).decode(),
        ),
    ):
        token = Token(id="_3", edit=other("/saml:Assertion/" + path, text))
        assert "AuthenticationStatement" in refusal_of(*opened(envelope(call(token=token))), by)


def test_an_assertion_ends_for_who_knows_its_layout_too(work: Work) -> None:
    clock = SetClock(NOW)
    by = Verifier(profile("wire"), trust(), clock)
    brief = Token(not_on_or_after=stamp(NOW + seconds(120)))
    for _ in range(4):
        accepted(call(token=brief), by)
    clock.moment = NOW + seconds(119)
    later = {"created": stamp(NOW + seconds(119)), "expires": stamp(NOW + seconds(179))}
    work.since()
    accepted(call(token=brief, **later), by)
    assert work.since() == (0, 0, 0)
    clock.moment = NOW + seconds(120)
    assert "NotOnOrAfter" in refusal_of(*opened(envelope(call(token=brief, **later))), by)


def test_a_timestamp_ends_for_who_is_known_too() -> None:
    clock = SetClock(NOW)
    by = Verifier(profile("wire"), trust(), clock)
    octets = envelope(Call())
    for _ in range(4):
        by.call(*opened(octets))
    clock.moment = NOW + seconds(60)
    assert refusal_of(*opened(octets), by) == "wsu:Expires: has passed"
    clock.moment = NOW - seconds(61)
    assert refusal_of(*opened(octets), by) == "wsu:Created: is in the future"


def test_who_is_revoked_meanwhile_is_so_in_a_known_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    believed = trust()
    by = verifier(believed=believed)
    for _ in range(4):
        accepted(Call(), by)
    generation = believed.generation(NOW)
    monkeypatch.setattr(believed, "generation", lambda _: generation + 1)

    def revoked(*_: object) -> object:
        raise SoapFault("SOA-01001", "holder-of-key certificate: is revoked")

    monkeypatch.setattr(believed, "believe", revoked)
    assert refusal_of(*opened(envelope(Call())), by) == "holder-of-key certificate: is revoked"


@pytest.mark.parametrize("name", ["TS-1", "id-1", "_174ef6a478a8428d9cdcc9a79b003c8b"])
@pytest.mark.parametrize("place", [SECURITY, SIGNATURE, SIGNATURE + "/ds:KeyInfo", HEADER, "/S:Envelope"])
def test_an_id_occurs_once_in_a_known_layout_too(place: str, name: str) -> None:
    def identified(root: etree._Element, value: str) -> None:
        find(root, place).set("Id" if "Signature" in place else f"{{{WSU}}}Id", value)

    honest = call(after=lambda root: identified(root, "own"))
    by = verifier()
    for _ in range(4):
        try:
            accepted(honest, by)
        except SoapFault:
            # An attribute that stands nowhere in the profile: there it is refused for that.
            assert "attribute" in refusal_of(*opened(envelope(honest)), by)
    twice = call(after=lambda root: identified(root, name))
    reason = refusal_of(*opened(envelope(twice)), by)
    assert reason == refusal_of(*opened(envelope(twice)), verifier())


def test_an_assertion_that_came_once_is_none_that_comes_in_another_known_layout() -> None:
    """Of the same id, changed by its holder, who signs the call: only the signature of the STS tells."""

    def risen(root: etree._Element) -> None:
        find(root, "/saml:Assertion/saml:AttributeStatement/saml:Attribute[4]/saml:AttributeValue").text = "risen"

    by = having_met(Call(), call(layout="E"))
    accepted(call(token=Token(id="_2")), by)
    for layout in ("E", "C"):
        forged = call(layout=layout, token=Token(id="_2", after=risen))
        assert refusal_of(*opened(envelope(forged)), by) == "ds:Reference: the digest is not that of the element"

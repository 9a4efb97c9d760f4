"""Layouts of headers (layout.py): from which call on one is known, and what it says then."""

from __future__ import annotations

from typing import Literal

import pytest
from lxml import etree

from ehbox_soap.security import learning, reading, saml
from ehbox_soap.security.layout import Layout, Layouts
from ehbox_soap.security.layout import Token as TokenLayout
from ehbox_soap.security.learning import Header
from ehbox_soap.security.markup import LONGEST, exact
from ehbox_soap.security.names import ds
from ehbox_soap.security.policy import profile
from tests.security.builders import (
    DOCTOR,
    ECDSA_SHA256,
    RSA_SHA1,
    RSA_SHA256,
    SHA1,
    SHA256,
    WSU,
    Call,
    Token,
    envelope,
    find,
    opened,
    stamp,
)
from tests.security.checks import accepted, having_met, seconds, verifier
from tests.security.conftest import Work
from tests.security.edits import BODY, SECURITY, SIGNATURE, call
from tests.security.keys import NOW, pki

ALGORITHMS = [(RSA_SHA1, SHA1, "rsa"), (RSA_SHA256, SHA256, "rsa"), (ECDSA_SHA256, SHA256, "ec")]


@pytest.mark.parametrize("layout", ["C", "E"])
@pytest.mark.parametrize(("algorithm", "digest", "key"), ALGORITHMS)
def test_a_layout_is_learned_from_the_second_call(
    layout: str, algorithm: str, digest: str, key: str, work: Work
) -> None:
    owner = getattr(pki(), key)
    of_client = call(layout=layout, algorithm=algorithm, digest=digest, holder=owner)
    by = verifier()
    first = accepted(of_client, by)
    assert work.since() == (1, 1, 0)
    accepted(of_client, by)
    assert work.since() == (1, 0, 1)
    for _ in range(3):
        again = accepted(of_client, by)
        assert (again.assertion, again.replay_until, again.sha1) == (first.assertion, first.replay_until, first.sha1)
        assert work.since() == (0, 0, 0)


def test_a_new_assertion_in_a_known_layout_is_verified_and_not_read_whole(work: Work) -> None:
    by = having_met(Call())
    work.since()
    attributes = tuple((namespace, name, f"{value}0") for namespace, name, value in DOCTOR)
    later = Token(id="_later", attributes=attributes, not_before=stamp(NOW), not_on_or_after=stamp(NOW + seconds(90)))
    for _ in range(3):
        found = accepted(call(token=later), by)
        assert found.assertion == accepted(call(token=later), verifier()).assertion
        work.since()
        assert accepted(call(token=later), by).assertion == found.assertion
        assert work.since() == (0, 0, 0)


def test_a_new_assertion_in_a_known_layout_is_verified_once(work: Work) -> None:
    by = having_met(Call())
    work.since()
    for _ in range(4):
        accepted(call(token=Token(id="_2")), by)
    for _ in range(4):
        accepted(call(token=Token(id="_3")), by)
    assert work.verified == 2
    assert work.since() == (0, 0, 0)


def test_only_the_body_is_made_canonical_where_the_layout_is_known(work: Work) -> None:
    by = having_met(Call())
    for token in (Token(), Token(id="_2"), Token(id="_2"), Token(id="_2")):
        work.since()
        accepted(call(token=token), by)
        assert work.canonical == 1


def test_a_layout_that_holds_the_assertion_is_the_first_that_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    by = having_met(Call())
    for _ in range(2):
        accepted(call(token=Token(id="_2")), by)

    def sought(*_: object) -> None:
        raise AssertionError("another layout is sought")

    monkeypatch.setattr(by._layouts, "find", sought)
    for token in (Token(), Token(id="_2")):
        accepted(call(token=token), by)
        accepted(call(token=token, edit=_renamed), by)


def _renamed(root: etree._Element) -> None:
    """Other ids of what is signed, and of the signature."""
    find(root, SIGNATURE).set("Id", "SIG-9")
    find(root, SECURITY + "/wsu:Timestamp").set(f"{{{WSU}}}Id", "TS-9")
    find(root, BODY).set(f"{{{WSU}}}Id", "body-9")
    for element in find(root, SIGNATURE).iter():
        if (uri := element.get("URI")) is not None:
            element.set("URI", {"#TS-1": "#TS-9", "#id-1": "#body-9"}[uri])


def test_two_programs_of_one_caller_are_both_known(work: Work) -> None:
    """They share its assertion and take turns, each in its own layout."""
    by = having_met(Call(), call(layout="E"))
    shared = Token(id="_shared")
    for _ in range(2):
        for layout in ("C", "E"):
            accepted(call(token=shared, layout=layout), by)
    work.since()
    for _ in range(3):
        for layout in ("C", "E"):
            accepted(call(token=shared, layout=layout), by)
    assert (work.verified, *work.since()) == (0, 0, 0, 0)


def test_of_the_layouts_that_hold_an_assertion_the_last_few_are_kept(work: Work) -> None:
    lists = [(f"p{number}", None, None) for number in range(5)]
    by = having_met(*[call(inclusive=each) for each in lists[:3]], call(inclusive=lists[3]), call(inclusive=lists[4]))
    known = by._assertions.holding(Token().id, NOW)
    assert known is not None
    assert len(known.layouts) == 3, "of three layouts only it is tried to learn"


def test_a_value_that_is_written_otherwise_is_read_whole(work: Work) -> None:
    by = having_met(Call())
    work.since()
    values = tuple((namespace, name, "A & B") for namespace, name, _ in DOCTOR)
    for _ in range(3):
        found = accepted(call(token=Token(id="_2", attributes=values)), by)
        assert [each.values for each in found.assertion.attributes] == [("A & B",)] * len(DOCTOR)
    assert work.since()[0] == 3


def test_a_text_that_namespaces_make_long_is_not_remembered(work: Work) -> None:
    by = verifier()
    octets = envelope(Call()).replace(
        b"<SOAP-ENV:Envelope ", b'<SOAP-ENV:Envelope xmlns:zz="urn:%s" ' % (b"z" * LONGEST)
    )
    for _ in range(4):
        by.call(*opened(octets))
    assert work.verified == 4
    known = by._assertions._verified.get(Token().id)
    assert known is not None
    assert (known.form, known.layouts) == ("", ())


def _numbered(number: int) -> Call:
    """A call in which whatever may differ does."""

    def token(root: etree._Element) -> None:
        root.set("IssueInstant", stamp(NOW + seconds(number)))
        find(root, "/saml:Assertion/saml:AuthenticationStatement").set(
            "AuthenticationInstant", stamp(NOW - seconds(number))
        )
        for at, element in enumerate(root.iter()):
            if element.tag in IDENTIFIED:
                element.set("Id", f"of-token-{number}-{at}")

    def message(root: etree._Element) -> None:
        security, signed = find(root, SECURITY), find(root, SIGNATURE)
        security.set(f"{{{WSU}}}Id", f"SEC-{number}")
        find(root, SECURITY + "/wsu:Timestamp").set(f"{{{WSU}}}Id", f"TS-{number}")
        find(root, BODY).set(f"{{{WSU}}}Id", f"body-{number}")
        for at, element in enumerate(signed.iter()):
            if element.tag in IDENTIFIED:
                element.set("Id", f"of-message-{number}-{at}")
            if (uri := element.get("URI")) is not None:
                element.set("URI", {"#TS-1": f"#TS-{number}", "#id-1": f"#body-{number}"}[uri])
        find(root, SIGNATURE + "/ds:KeyInfo/wsse:SecurityTokenReference").set(f"{{{WSU}}}Id", f"STR-{number}")

    moment = stamp(NOW - seconds(number))
    values = tuple((namespace, name, f"{value}{number}") for namespace, name, value in DOCTOR)
    assertion = Token(id=f"_{number}", attributes=values, not_before=moment, edit=token)
    return call(token=assertion, edit=message, created=moment, expires=stamp(NOW + seconds(number)))


IDENTIFIED = tuple(ds(name) for name in ("Signature", "SignedInfo", "Reference", "SignatureValue", "KeyInfo"))


def test_whatever_differs_from_call_to_call_is_no_other_layout(work: Work) -> None:
    by = having_met(_numbered(1))
    work.since()
    for number in (2, 3, 4):
        again = accepted(_numbered(number), by)
        assert work.since() == (0, 0, 0)
        fresh = accepted(_numbered(number), verifier())
        assert (again.assertion, again.replay_until) == (fresh.assertion, fresh.replay_until)
        work.since()


def test_what_it_says_of_a_new_one_is_what_reading_it_says() -> None:
    by = having_met(Call(), call(token=Token(id="_2")))
    token = Token(id="_3", attributes=tuple((namespace, name, f"é{value}\r\n") for namespace, name, value in DOCTOR))
    octets = envelope(call(token=token))
    header, body = opened(octets)
    found, fresh = by.call(header, body), verifier().call(*opened(octets))
    assert found.body is body
    assert (found.assertion, found.replay_key, found.replay_until, found.sha1) == (
        fresh.assertion,
        fresh.replay_key,
        fresh.replay_until,
        fresh.sha1,
    )


def test_callers_of_one_layout_are_told_apart(work: Work) -> None:
    by = having_met(Call(), call(holder=pki().ec, algorithm=ECDSA_SHA256))
    work.since()
    for token in (Token(id="_4"), Token(id="_5", attributes=DOCTOR[:2]), Token(id="_6", attributes=DOCTOR[:2])):
        found = accepted(call(token=token), by).assertion
        assert found.id == token.id
        assert len(found.attributes) == len(token.attributes)
        assert found.holder == pki().rsa.certificate


def _spaced(root: etree._Element) -> None:
    find(root, SIGNATURE + "/ds:SignedInfo").text = "\n"


def _swapped(root: etree._Element) -> None:
    info = find(root, SIGNATURE + "/ds:SignedInfo")
    info.append(info[2])


def _reordered(root: etree._Element) -> None:
    security = find(root, SECURITY)
    security.insert(0, security[2])


def _bare(root: etree._Element) -> None:
    del find(root, SECURITY).attrib["{http://schemas.xmlsoap.org/soap/envelope/}mustUnderstand"]


@pytest.mark.parametrize(
    "other",
    [
        call(edit=_spaced),
        call(edit=_reordered),
        call(edit=_bare),
        call(algorithm=RSA_SHA1),
        call(digest=SHA1),
        call(inclusive=("S", None, None)),
        call(inclusive=(None, None, "wsse")),
        call(layout="E"),
    ],
)
def test_another_layout_is_read_whole_and_holds(other: Call, work: Work) -> None:
    by = having_met(Call())
    work.since()
    found = accepted(other, by)
    assert work.since()[0] == 1
    assert found.sha1 is (RSA_SHA1 in (other.algorithm,) or SHA1 in (other.digest,))
    # And is learned in its turn, beside the first, whose assertion it shares.
    for _ in range(3):
        accepted(other, by)
    work.since()
    accepted(other, by)
    accepted(Call(), by)
    assert work.since() == (0, 0, 0)


def test_what_stands_behind_the_header_is_no_part_of_its_layout(work: Work) -> None:
    def tail(root: etree._Element) -> None:
        find(root, SECURITY).tail = "\n"

    by = having_met(call(after=tail))
    work.since()
    accepted(call(after=tail), by)
    accepted(Call(), by)
    assert work.since() == (0, 0, 0)


def test_the_order_of_the_references_is_no_layout_of_its_own(work: Work) -> None:
    by = having_met(Call())
    work.since()
    for _ in range(2):
        accepted(call(edit=_swapped), by)
        accepted(Call(), by)
    assert work.since() == (0, 0, 0)


def test_who_never_writes_as_before_does_not_pay_for_it_each_time(work: Work) -> None:
    by = verifier()
    for number in range(8):
        accepted(call(inclusive=(f"p{number}", None, None)), by)
    assert work.since() == (8, 1, 3)


def test_an_assertion_without_the_certificate_of_its_signer_has_no_layout(work: Work) -> None:
    by = verifier()
    for _ in range(6):
        accepted(call(token=Token(key_info=False)), by)
    assert work.since() == (6, 1, 3)


def test_a_value_that_is_empty_has_no_layout(work: Work) -> None:
    by = verifier()
    empty = Token(attributes=(*DOCTOR, ("urn:x", "urn:y", "")))
    for _ in range(4):
        assert accepted(call(token=empty), by).assertion.attributes[-1].values == ("",)
    assert work.since()[0] == 4


def test_of_layouts_that_are_alike_the_last_few_are_kept() -> None:
    layouts = Layouts()
    found = []
    for number in range(10):
        made = _layout(call(inclusive=(f"p{number}", None, None)))
        layouts.keep(*made)
        found.append(made)
    texts = [layouts.find(text) is not None for text, _ in found]
    assert texts == [False] * 2 + [True] * 8
    text, layout = found[-1]
    known = layouts.find(text)
    assert known is not None
    assert known[0] is layout
    assert layouts.find(text + " ") is None


def test_a_layout_that_is_kept_twice_takes_one_place() -> None:
    layouts = Layouts()
    other = _layout(call(inclusive=("p", None, None)))
    layouts.keep(*other)
    # As often as would push the other out.
    for _ in range(8):
        layouts.keep(*_layout(call(inclusive=("q", None, None))))
    assert layouts.find(other[0]) is not None


def test_kinds_of_layouts_are_forgotten() -> None:
    layouts = Layouts(capacity=2)
    made = [_layout(call(token=Token(attributes=DOCTOR[:count]))) for count in (1, 2, 3)]
    for each in made:
        layouts.keep(*each)
    assert [layouts.find(text) is not None for text, _ in made] == [False, True, True]


def _layout(of: Call) -> tuple[str, Layout]:
    header, body = opened(envelope(of))
    by = verifier()
    security = header[0]
    read = by._read(security, body, NOW)
    assertion, signed = saml.read_assertion(security[1], profile("wire"))
    told = Header(exact(security), (0, 1, 2), assertion, read.signature, signed)
    layout = learning.layout_of(told)
    assert layout is not None
    # It keeps nothing of a tree, which may be large.
    for each in (layout.message.signature, _token(layout).signed.signature):
        assert each.element.getroottree().getroot() is each.signed_info
    return told.text, layout


def _token(layout: Layout) -> TokenLayout:
    assert layout.token is not None
    return layout.token


@pytest.mark.parametrize("of", ["C", "E"])
def test_a_layout_tells_every_id_of_the_header(of: Literal["C", "E"]) -> None:
    text, layout = _layout(call(layout=of, after=lambda root: find(root, SIGNATURE + "/ds:KeyInfo").set("Id", "KI-1")))
    expected = sorted(reading.ids(etree.fromstring(text)))
    values = layout.markup.values(text)
    assert values is not None
    assert sorted(layout.ids(values)) == expected
    # Also where the assertion's are no values any more.
    own = layout.of(values)
    assert own.token is None
    others = own.markup.values(text)
    assert others is not None
    assert sorted(own.ids(others)) == expected
    assert len(others) < len(values)

"""What is read before anybody is known to have signed it is small; SignedInfo by itself is what the standard says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import canonical, saml, signature_form
from ehbox_soap.security.canonical import MOST_ATTRIBUTES, MOST_ELEMENTS, SHORT
from ehbox_soap.security.memory import ByObject
from ehbox_soap.security.policy import profile
from tests.security.builders import DS, NAMESPACES, SAML, WSU, Call, Token, assertion, envelope, find, parse
from tests.security.checks import accepted, refusal, trust
from tests.security.edits import SECURITY, call
from tests.security.exclusive import exclusive
from tests.security.keys import NOW

LARGE = f"holds more than {MOST_ELEMENTS} elements"
WIDE = f"holds an element of more than {MOST_ATTRIBUTES} attributes"


def size(document: bytes) -> float:
    return canonical.size(parse(document), "place")


def told(document: bytes) -> str:
    with pytest.raises(SoapFault) as caught:
        size(document)
    assert caught.value.code == "SOA-01001"
    return caught.value.reason


def wide(count: int) -> bytes:
    return b"<b " + b" ".join(b'a%d="1"' % number for number in range(count)) + b"/>"


def test_few_elements_with_few_attributes_are_made_canonical() -> None:
    assert size(b"<a><b/>x<c><d/></c></a>") == 3
    assert size(b"<a>" + b"<b/>" * (MOST_ELEMENTS - 1) + b"</a>") == MOST_ELEMENTS - 1
    assert told(b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>") == f"place: {LARGE}"
    assert size(b"<a>" + wide(MOST_ATTRIBUTES) + b"</a>") == 1
    assert told(b"<a>" + wide(MOST_ATTRIBUTES + 1) + b"</a>") == f"place: {WIDE}"
    assert told(wide(MOST_ATTRIBUTES + 1)) == f"place: {WIDE}"


def test_nothing_short_is_large() -> None:
    """The fewest characters of so many elements are counted."""
    assert len(b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>") > SHORT


@pytest.mark.parametrize("part", ["wsu:Timestamp", "ds:Signature", "saml:Assertion"])
@pytest.mark.parametrize("name", ["AssertionID", f"{{{SAML}}}AssertionID", f"{{{WSU}}}Id"])
def test_no_part_of_the_header_is_made_canonical_that_is_large(
    part: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its attributes say of it."""
    seen: list[str] = []
    original = canonical._form

    def spy(element: etree._Element, prefixes: list[str] | None, *, comments: bool) -> bytes:
        seen.append(element.tag)
        return original(element, prefixes, comments=comments)

    def crowd(root: etree._Element) -> None:
        element = find(root, f"{SECURITY}/{part}")
        element.set(name, element.get(name, "_crowd"))
        element.extend([etree.Element("x") for _ in range(MOST_ELEMENTS)])

    monkeypatch.setattr(canonical, "_form", spy)
    assert refusal(call(after=crowd)).endswith(LARGE)
    assert find(parse(envelope(call())), f"{SECURITY}/{part}").tag not in seen


@pytest.mark.parametrize("more", [MOST_ELEMENTS, 1])
def test_an_assertion_by_itself_is_as_small(more: int) -> None:
    element = parse(assertion(Token()))
    element.extend([etree.Element("x") for _ in range(more)])
    told = f"Assertion: {LARGE}" if more > 1 else "Assertion: does not hold exactly"
    with pytest.raises(SoapFault, match=told):
        saml.read_assertion(element, profile("wire"))
    with pytest.raises(SoapFault, match=told):
        saml.AssertionVerifier(profile("wire"), trust()).present(element, NOW)


@pytest.mark.parametrize("layout", ["C", "E"])
@pytest.mark.parametrize("path", [f"{SECURITY}/ds:Signature", f"{SECURITY}/saml:Assertion/ds:Signature"])
def test_signed_info_by_itself_is_cut_out_of_what_holds_it(layout: str, path: str) -> None:
    root = parse(envelope(Call(layout="E" if layout == "E" else "C", token=Token())))
    element = find(root, path)
    holder = element.getparent() if "Assertion" in path else element
    assert holder is not None
    cut = signature_form._signed_info(element.prefix, canonical.commented(holder))
    if b"InclusiveNamespaces" in etree.tostring(element[0]):
        assert cut is None
    else:
        assert cut == exclusive(element[0], ())


PREFIXES = ("", "ds", "a")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.sampled_from(PREFIXES),
    st.lists(st.sampled_from(PREFIXES), min_size=5, max_size=5),
    st.sampled_from(["", ' Id="s"', ' Id="&gt; xmlns"', ' xmlns:u="urn:u"']),
    st.sampled_from(["", "<Object/>", "<ds:SignedInfos>x</ds:SignedInfos>"]),
)
def test_whatever_prefixes_its_elements_have(own: str, used: list[str], attribute: str, behind: str) -> None:
    """Either it is cut out as the standard has it, or it is not cut out."""

    def name(prefix: str, local: str) -> str:
        return f"{prefix}:{local}" if prefix else local

    method, reference, value, info, end = used
    declared = f'xmlns="{DS}" xmlns:ds="{DS}" xmlns:a="{DS}"'
    document = (
        f'<r {declared}><{name(own, "Signature")} Id="x"><{name(info, "SignedInfo")}{attribute}>'
        f'<{name(method, "SignatureMethod")} Algorithm="m"/>\n<{name(reference, "Reference")} URI="#a">'
        f"<{name(value, 'DigestValue')}>xmlns=</{name(value, 'DigestValue')}></{name(reference, 'Reference')}>"
        f"</{name(info, 'SignedInfo')}><{name(end, 'SignatureValue')}/>{behind}</{name(own, 'Signature')}></r>"
    )
    signature = parse(document.encode())[0]
    cut = signature_form._signed_info(signature.prefix, canonical.commented(signature))
    assert cut in (None, exclusive(signature[0], ()))
    if set(used) == {own} and not attribute:
        assert cut is not None


def test_a_signature_of_any_prefixes_is_accepted() -> None:
    """Nothing of it was written as any known client does."""

    def rename(root: etree._Element) -> None:
        assert NAMESPACES["ds"] == DS
        signature = find(root, f"{SECURITY}/ds:Signature")
        for element in signature.iter(f"{{{DS}}}SignedInfo", f"{{{DS}}}Reference"):
            element.set("Id", f"other-{len(list(element.iter()))}-{element.get('URI', '')[-4:]}")

    accepted(call(edit=rename))


def test_a_memory_of_objects_does_not_compare_them() -> None:
    class Certificate:
        def __eq__(self, other: object) -> bool:
            raise AssertionError

        __hash__ = None  # type: ignore[assignment]

    memory: ByObject[Certificate, int] = ByObject(2)
    first, second, third = Certificate(), Certificate(), Certificate()
    for number, each in enumerate((first, second)):
        assert memory.get(each) is None
        memory.put(each, number)
    assert (memory.get(first), memory.get(second), memory.get(third)) == (0, 1, None)
    memory.put(third, 2)
    assert len(memory) == 2


def test_a_memory_of_objects_keeps_them() -> None:
    """Nothing else gets the number of one that is remembered."""
    memory: ByObject[bytearray, int] = ByObject(64)
    for number in range(64):
        memory.put(bytearray(b"x"), number)
    assert [memory.get(bytearray(b"x")) for _ in range(64)] == [None] * 64

"""The canonical form is that of the standard, for an element where it stands: an independent implementation agrees."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import signature
from tests.security.builders import Call, envelope, find, parse
from tests.security.exclusive import exclusive

PREFIXES = ("", "a", "b", "S", "ds")
URIS = ("urn:one", "urn:two", "urn:three")


@st.composite
def documents(draw: st.DrawFn, depth: int = 0, scope: dict[str, str] | None = None) -> str:
    """XML whose prefixes are declared, declared again, declared anew and not used, at every depth."""
    scope = dict(scope or {})
    declarations = draw(st.dictionaries(st.sampled_from(PREFIXES), st.sampled_from(URIS), max_size=3))
    if draw(st.booleans()) and "" not in declarations:
        declarations[""] = ""
    scope.update(declarations)
    usable = [prefix for prefix, uri in scope.items() if prefix and uri]
    prefix = draw(st.sampled_from(["", *usable]))
    name = f"{prefix}:e" if prefix else "e"
    attributes = "".join(f' xmlns{":" + p if p else ""}="{uri}"' for p, uri in declarations.items())
    used: set[tuple[str, str]] = set()
    for p in draw(st.lists(st.sampled_from(["", "xml", *usable]), max_size=3, unique=True)):
        if (scope.get(p, p) if p else "", "k") not in used:
            used.add((scope.get(p, p) if p else "", "k"))
            attributes += f' {p + ":" if p else ""}k="{draw(st.sampled_from(["1", "&#13;&#10;&lt;", "&quot;é&gt;"]))}"'
    text = draw(st.sampled_from(["", "x", "&#13;\n", "&lt;a&gt;&amp;", "<![CDATA[<b>]]>"]))
    children = "".join(draw(st.lists(documents(depth + 1, scope), max_size=2))) if depth < 3 else ""
    return f"<{name}{attributes}>{text}{children}{text}</{name}>"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(documents(), st.lists(st.sampled_from([*PREFIXES[1:], "#default", "unknown"]), max_size=3, unique=True))
def test_every_element_has_the_standards_form(document: str, prefixes: list[str]) -> None:
    root = parse(document.encode())
    for element in root.iter(etree.Element):
        assert signature.canonical(element, tuple(prefixes)) == exclusive(element, tuple(prefixes))


@pytest.mark.parametrize("layout", ["C", "E"])
@pytest.mark.parametrize("prefixes", [(), ("S", "SOAP-ENV"), ("wsse", "S"), ("#default", "ns4"), ("wsu", "nowhere")])
def test_the_clients_layouts(layout: str, prefixes: tuple[str, ...]) -> None:
    """E declares prefixes on the Envelope that only a PrefixList brings into a signed part, and xmlns="" on Body."""
    root = parse(envelope(Call(layout="E" if layout == "E" else "C")))
    for element in root.iter(etree.Element):
        assert signature.canonical(element, prefixes) == exclusive(element, prefixes)


def test_default_namespace_by_prefix_list_from_another_thread() -> None:
    """lxml passes `#default` on only if the thread has met the string before."""
    forms = []

    def canonicalise() -> None:
        root = parse(b'<E xmlns="urn:q" xmlns:a="urn:a"><a:S><c xmlns=""/></a:S></E>')
        forms.append(signature.canonical(root[0], ("#default",)))

    thread = threading.Thread(target=canonicalise)
    thread.start()
    thread.join()
    assert forms == [b'<a:S xmlns="urn:q" xmlns:a="urn:a"><c xmlns=""></c></a:S>']


def test_comments_are_no_part_of_it() -> None:
    assert signature.canonical(parse(b"<a>x<!--y-->z</a>")) == b"<a>xz</a>"


@pytest.mark.parametrize("document", [b'<a xmlns="relative"/>', b'<a xmlns:r="relative"><b/></a>'])
def test_a_relative_namespace_has_no_canonical_form(document: bytes) -> None:
    root = parse(document)
    with pytest.raises(SoapFault, match="relative namespace URI") as caught:
        signature.canonical(root)
    assert caught.value.code == "SOA-01001"


ENVELOPED = (
    # The signature's own prefix differs from an outer one of the same namespace: lxml would rename it if it moved.
    b'<E xmlns:dsig="http://www.w3.org/2000/09/xmldsig#"><A AssertionID="a"><x>1</x>'
    b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature></A></E>',
    b'<E><A AssertionID="a"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature><x/></A></E>',
    # Others of the same name before it, within a child, and of another namespace under the same prefix.
    b'<E xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><A AssertionID="a"><n><ds:Signature>n</ds:Signature></n>'
    b'<ds:Signature xmlns:ds="urn:other">o</ds:Signature><ds:SignatureValue/>'
    b"<ds:Signature><ds:SignedInfo/></ds:Signature><n><ds:Signature>m</ds:Signature></n></A></E>",
    # The last child, without and with attributes, where its namespace is written further out; others before it.
    b'<E><ds:A xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Signature Id="n"><ds:SignedInfo/></ds:Signature>'
    b"</ds:A></E>",
    b'<E><ds:A xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><n><ds:Signature Id="n"/></n><ds:x/>'
    b"<ds:Signature><ds:SignedInfo/></ds:Signature></ds:A></E>",
    b'<E><ds:A xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><n><ds:Signature>n</ds:Signature></n>'
    b'<ds:Signature Id="s"><ds:SignedInfo/></ds:Signature></ds:A></E>',
    b'<E><ds:A xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><n><ds:Signature>n</ds:Signature></n><n><ds:Signature/></n>'
    b"<ds:Signature><ds:SignedInfo/></ds:Signature></ds:A></E>",
    b'<E><ds:A xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><n><ds:Signature Id="n"/></n><n><ds:Signature Id="m"/></n>'
    b'<ds:Signature Id="s"><ds:SignedInfo/></ds:Signature></ds:A></E>',
)


@pytest.mark.parametrize("document", ENVELOPED)
def test_an_enveloped_signature_is_left_out_of_the_form_and_stays_in_the_tree(document: bytes) -> None:
    root = parse(document)
    element = root[0]
    before = etree.tostring(root)
    (signed,) = [child for child in element if child.tag == "{http://www.w3.org/2000/09/xmldsig#}Signature"]
    cut = signature._without(signed, element, signature.canonical(element))
    assert etree.tostring(root) == before
    element.remove(signed)
    assert cut == exclusive(element)


def test_a_processing_instruction_cannot_pass_for_the_signature() -> None:
    root = parse(
        b'<E xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><A AssertionID="a"><?x <ds:Signature >?><y/>'
        b"<ds:Signature><ds:SignedInfo/></ds:Signature></A></E>"
    )
    with pytest.raises(SoapFault, match="enveloped ds:Signature: signs a processing instruction"):
        signature._without(find(root, "A/ds:Signature"), root[0], signature.canonical(root[0]))

"""What an element may hold: the helpers that every closed form is read with, here, in the STS and in the client."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import reading
from tests.security.builders import parse

EXACTLY = "place: does not hold exactly the elements of the profile, in order"
TEXT = "place: holds text"


def reason(read: Callable[[], object]) -> str:
    with pytest.raises(SoapFault) as caught:
        read()
    assert caught.value.code == "SOA-01001"
    return caught.value.reason


@pytest.mark.parametrize("document", [b"<a/>", b"<a> \n<b/>\t<c><d/>text</c>\r\n</a>", b"<a>\n</a>"])
def test_children_with_white_space_between_them(document: bytes) -> None:
    element = parse(document)
    assert reading.children(element, "place") == list(element)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"<a>x<b/></a>", TEXT),
        (b"<a> <b/>x</a>", TEXT),
        (b"<a><b/> <b/> x</a>", TEXT),
        (b"<a>x</a>", TEXT),
        ("<a><b/>\N{NO-BREAK SPACE}x</a>".encode(), TEXT),
        (b"<a><b/><!-- --></a>", "place: holds a comment or processing instruction"),
        (b"<a><?p?><b/></a>", "place: holds a comment or processing instruction"),
    ],
)
def test_children_and_nothing_else(document: bytes, told: str) -> None:
    assert reason(lambda: reading.children(parse(document), "place")) == told


def test_exactly_these_children() -> None:
    element = parse(b"<a> <b/> <c>text</c> </a>")
    assert reading.exactly(element, "place", "b", "c") == list(element)
    assert reading.exactly(parse(b"<a/>"), "place") == []


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"<a/>", EXACTLY),
        (b"<a><b/></a>", EXACTLY),
        (b"<a><c/><b/></a>", EXACTLY),
        (b"<a><b/><c/><c/></a>", EXACTLY),
        (b"<a><b/><c xmlns='urn:n'/></a>", EXACTLY),
        (b"<a><b/><!-- --><c/></a>", EXACTLY),
        (b"<a>x<b/><c/></a>", TEXT),
        (b"<a><b/>x<c/></a>", TEXT),
        (b"<a><b/><c/>x</a>", TEXT),
    ],
)
def test_no_other_children(document: bytes, told: str) -> None:
    assert reason(lambda: reading.exactly(parse(document), "place", "b", "c")) == told


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (b"<a r='1'/>", {"r": "1"}),
        (b"<a o='2' r='1'/>", {"r": "1", "o": "2"}),
        (b"<a xmlns:n='urn:n' n:q='3' r='1'/>", {"r": "1", "{urn:n}q": "3"}),
    ],
)
def test_attributes(document: bytes, found: dict[str, str]) -> None:
    assert reading.attributes(parse(document), "place", ("r",), ("o", "{urn:n}q")) == found


def test_no_attributes_at_all() -> None:
    assert reading.attributes(parse(b"<a/>"), "place", (), ("o",)) == {}
    assert reading.attributes(parse(b"<a/>"), "place") == {}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"<a/>", "place: lacks a required attribute"),
        (b"<a o='2'/>", "place: lacks a required attribute"),
        (b"<a xmlns:n='urn:n' n:r='1'/>", "place: lacks a required attribute"),
        (b"<a r='1' s='1'/>", "place: has an attribute that the profile does not know"),
        (b"<a xmlns:n='urn:n' r='1' n:o='2'/>", "place: has an attribute that the profile does not know"),
    ],
)
def test_no_other_attributes(document: bytes, told: str) -> None:
    assert reason(lambda: reading.attributes(parse(document), "place", ("r",), ("o",))) == told


def test_where_no_attribute_is_required_none_is_let_in_either() -> None:
    told = "place: has an attribute that the profile does not know"
    assert reason(lambda: reading.attributes(parse(b"<a s='1'/>"), "place", (), ("o",))) == told


@pytest.mark.parametrize("value", ["a", "_1", "a-b.c_D9", "x" * 64])
def test_ids(value: str) -> None:
    assert reading.identifier(parse(f"<a id='{value}'/>".encode()), "place", "id") == value


@pytest.mark.parametrize(
    "attribute", ["", "id=''", "id=' a'", "id='a b'", "id='#a'", "id='a&#10;'", "id='a:b'", "Id='a'"]
)
def test_no_other_ids(attribute: str) -> None:
    element = parse(f"<a {attribute}/>".encode())
    told = "place: has no id, or one of a form that is not allowed"
    assert reason(lambda: reading.identifier(element, "place", "id")) == told


def test_a_leaf() -> None:
    assert reading.leaf(parse(b"<a> text </a>"), "place") == " text "
    assert reading.leaf(parse(b"<a/>"), "place") == ""
    for document in (b"<a>te<b/>xt</a>", b"<a>te<!-- -->xt</a>", b"<a>te<?p?>xt</a>"):
        assert reason(partial(reading.leaf, parse(document), "place")) == "place: must hold text only"


def test_an_id_occurs_once_whatever_its_attribute_is_called() -> None:
    reading.unique_ids(parse(b"<a Id='x'><b ID='y'/><c AssertionID='z'/></a>"))
    for document in (b"<a Id='x'><b ID='x'/></a>", b"<a><b Id='x'/><c><d AssertionID='x'/></c></a>"):
        assert reason(partial(reading.unique_ids, parse(document))) == "Envelope: an id occurs twice"

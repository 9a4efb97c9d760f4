"""Closed forms as tables: what a table does not say is refused, with the place and the rule."""

from __future__ import annotations

import pytest

from ehbox_soap.errors import SoapFault
from ehbox_soap.security.forms import MOST_ELEMENTS, Form, Line, Rows, has_text
from tests.security.builders import parse

FORM = Form(
    Line("Letter", "a", 2, required=("id",), optional=("lang",)),
    Line("Letter/To", "b", 1),
    Line("Letter/Name", "c", text=True),
    Line("Letter/Mark", "d"),
)
OPEN = Form(
    Line("List", "list", -1, rule="holds nothing"),
    Line("List/First", "first", text=True, within=("List", "does not begin with the first")),
)


@pytest.mark.parametrize(
    ("document", "attributes"),
    [
        (b'<a id="1"><b><c>x</c></b><d/></a>', [{"id": "1"}]),
        (b'<a id="1" lang="FR"><b><c/></b><d/></a>', [{"id": "1", "lang": "FR"}]),
        (b'<a id="1"> <b>\n<c>x</c>\t</b> <d> </d> </a>', [{"id": "1"}]),
    ],
)
def test_what_the_table_says(document: bytes, attributes: list[dict[str, str]]) -> None:
    assert FORM.read(Rows("Letter", parse(document)), 0) == attributes


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b'<x id="1"><b><c>x</c></b><d/></x>', "Whole: is another"),
        (b'<a id="1"><d/><b><c>x</c></b></a>', "Letter: does not hold exactly"),
        (b'<a id="1"><b><c>x</c></b></a>', "Letter: does not hold exactly"),
        (b'<a id="1"><b><c>x</c></b><d/><d/></a>', "Letter: does not hold exactly"),
        (b'<a id="1"><b><c>x</c><d/></b></a>', "Letter: does not hold exactly"),
        (b'<a id="1"><b/><c>x</c><d/></a>', "Letter: does not hold exactly"),
        (b'<a id="1"><b><x>x</x></b><d/></a>', "Letter/To: does not hold exactly"),
        (b'<a id="1"><b><c>x</c><!-- --></b><d/></a>', "Letter/To: does not hold exactly"),
        (b'<a id="1"><b><c>x<?y?></c></b><d/></a>', "Letter/Name: must hold text only"),
        (b'<a id="1"><b><c>x</c></b><d><e/></d></a>', "Letter/Mark: does not hold exactly"),
        (b'<a id="1"><b><c>x</c></b><d>x</d></a>', "Letter/Mark: holds text"),
        (b'<a id="1">x<b><c>x</c></b><d/></a>', "Letter: holds text"),
        (b'<a id="1"><b><c>x</c></b>x<d/></a>', "Letter: holds text"),
        (b'<a id="1"><b><c>x</c></b><d/>x</a>', "Letter: holds text"),
        (b'<a id="1"><b><c>x</c>x</b><d/></a>', "Letter/To: holds text"),
        (b"<a><b><c>x</c></b><d/></a>", "Letter: lacks a required attribute"),
        (b'<a lang="FR"><b><c>x</c></b><d/></a>', "Letter: lacks a required attribute"),
        (b'<a id="1" size="2"><b><c>x</c></b><d/></a>', "Letter: has an attribute"),
        (b'<a id="1"><b lang="FR"><c>x</c></b><d/></a>', "Letter/To: has an attribute"),
    ],
)
def test_nothing_else(document: bytes, reason: str) -> None:
    whole = Line("Letter", "a", 2, required=("id",), optional=("lang",), within=("Whole", "is another"))
    with pytest.raises(SoapFault) as caught:
        Form(whole, *FORM.lines[1:]).read(Rows("Letter", parse(document)), 0)
    assert caught.value.code == "SOA-01001"
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize("more", [0, 1, 5])
def test_a_number_of_children_that_may_differ(more: int) -> None:
    rows = Rows("List", parse(b"<list><first>x</first>" + b"<next/>" * more + b"</list>"))
    assert OPEN.read(rows, 0) == []


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<root><list/><first/></root>", "List: holds nothing"),
        (b"<root><list/></root>", "List: holds nothing"),
        (b"<root><list><next/></list></root>", "List: holds nothing"),
        (b"<root><list><first/>x<next/></list></root>", "List: holds text"),
    ],
)
def test_the_first_child_is_a_child(document: bytes, reason: str) -> None:
    """An element beside it has the same place in the order of the document."""
    with pytest.raises(SoapFault, match=reason):
        OPEN.read(Rows("List", parse(document)), 1)


def test_a_table_begins_where_it_is_told_to() -> None:
    rows = Rows("Letter", parse(b"<e/>"), parse(b'<a id="1"><b><c>x</c></b><d/></a>'))
    assert FORM.read(rows, 1) == [{"id": "1"}]
    with pytest.raises(SoapFault):
        FORM.read(rows, 0)


def test_an_endless_element_is_not_looked_at() -> None:
    """Nobody has signed it when its rows are made."""
    most = parse(b"<a>" + b"<b/>" * (MOST_ELEMENTS - 1) + b"</a>")
    assert len(Rows("Letter", most).tags) == MOST_ELEMENTS
    with pytest.raises(SoapFault, match=f"Letter: holds more than {MOST_ELEMENTS} elements"):
        Rows("Letter", parse(b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>"))


@pytest.mark.parametrize(("texts", "found"), [((), False), ((None, "", " \r\n\t"), False), ((None, " ", "x"), True)])
def test_text_is_more_than_white_space(texts: tuple[str | None, ...], found: bool) -> None:
    assert has_text(texts) is found

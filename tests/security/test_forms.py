"""Closed forms as tables: what a table does not say is refused, with the place and the rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import forms
from ehbox_soap.security.forms import Form, Line, Read, fixed
from ehbox_soap.security.markup import Rows, has_text
from ehbox_soap.security.reading import refused
from tests.security.builders import parse

ROOT = Line("Letter", "a", 2, required=("id",), optional=("lang",), settled=("lang",))
LINES = (
    Line("Letter/To", "b", 1),
    Line("Letter/Name", "c", text=True),
    Line("Letter/Mark", "d"),
)
FORM = fixed(ROOT, *LINES)


def read(form: Form, document: str | bytes) -> Read:
    return form.read(parse(document.encode() if isinstance(document, str) else document), "Whole", 0)


def reason(form: Form, document: str | bytes) -> str:
    with pytest.raises(SoapFault) as caught:
        read(form, document)
    assert caught.value.code == "SOA-01001"
    return caught.value.reason


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The forms that are held against a table element by element, as it happens."""
    seen: list[str] = []

    class Spy(Rows):
        def __init__(self, form: str, place: str) -> None:
            seen.append(form)
            super().__init__(form, place)

    monkeypatch.setattr(forms, "Rows", Spy)
    return seen


@pytest.mark.parametrize(
    ("document", "values"),
    [
        (b'<a id="1"><b><c>x</c></b><d/></a>', ("1", None, "x")),
        (b'<a lang="FR" id="1"><b><c/></b><d/></a>', ("1", "FR", "")),
        (b'<a id="1"> <b>\n<c>x</c>\t</b> <d> </d> </a>', ("1", None, "x")),
        (b'<a id="1">&#13;<b><c> x&#13;\n</c></b><d/></a>', ("1", None, " x\r\n")),
        (
            b'<a id="&lt;&quot;&gt;&#9;&#10;&#13;"><b><c>&lt;"&gt;&amp;lt;</c></b><d/></a>',
            ('<">\t\n\r', None, '<">&lt;'),
        ),
        ("<a id='é'><b><c>=\"'>ü</c></b><d/></a>", ("é", None, "=\"'>ü")),
        (b"<a id='>x<!---->'><b><c><![CDATA[<c>]]></c></b><d/></a>".replace(b"<!---->", b""), (">x", None, "<c>")),
    ],
)
def test_what_the_table_says(document: str | bytes, values: tuple[str | None, ...]) -> None:
    """Twice: the second time the markup is known."""
    form = fixed(ROOT, *LINES)
    for _ in range(2):
        found = read(form, document)
        assert (found.values, found.ids, found.counts) == (values, values[:1], ())


def test_what_is_read_is_the_canonical_form() -> None:
    document = b"<e xmlns:n='urn:n'><a lang='FR' id='1'><b><c>x</c></b><d/></a></e>"
    assert FORM.read(parse(document)[0], "Whole", 0).form == b'<a id="1" lang="FR"><b><c>x</c></b><d></d></a>'


def test_one_markup_is_held_against_the_table_once(held: list[str]) -> None:
    form = fixed(ROOT, *LINES)
    documents = ['<a id="1"><b><c>x</c></b><d/></a>', "<a id='2'><b><c>y&amp;z</c></b><d></d></a>"]
    assert [read(form, document).values for document in documents] == [("1", None, "x"), ("2", None, "y&z")]
    assert len(held) == 1
    for other in ('<a id="1"> <b><c>x</c></b><d/></a>', '<a id="1" lang="FR"><b><c>x</c></b><d/></a>'):
        read(form, other)
        read(form, other)
    assert len(held) == 3
    assert read(form, '<a id="1" lang="NL"><b><c>x</c></b><d/></a>').values == ("1", "NL", "x")
    assert len(held) == 4, "a settled value is part of the markup"


def test_what_was_met_does_not_let_others_in(held: list[str]) -> None:
    """A known markup is all of it, to the last character."""
    form = fixed(ROOT, *LINES)
    good = '<a id="1"><b><c>x</c></b><d></d></a>'
    read(form, good)
    for at in range(len(good)):
        for changed in (good[:at] + good[at + 1 :], good[:at] + "x" + good[at:], good[:at] + " " + good[at:]):
            try:
                element = parse(changed.encode())
            except etree.XMLSyntaxError:
                continue
            try:
                known = form.read(element, "Whole", 0)
            except SoapFault:
                with pytest.raises(SoapFault):
                    read(fixed(ROOT, *LINES), changed)
            else:
                assert known == read(fixed(ROOT, *LINES), changed)


@pytest.mark.parametrize("names", [("urn:a", "urn:b"), ("urn:b", "urn:a"), ("urn:a", "urn:a"), ("urn:a", "")])
def test_a_markup_is_known_with_its_namespaces(names: tuple[str, str]) -> None:
    form = fixed(Line("Letter", "{urn:a}a", 1), Line("Letter/To", "{urn:b}b", text=True))
    document = '<a xmlns="{}"><b xmlns="{}">x</b></a>'
    read(form, document.format("urn:a", "urn:b"))
    if names == ("urn:a", "urn:b"):
        assert read(form, document.format(*names)).values == ("x",)
    else:
        assert reason(form, document.format(*names)).startswith("Letter: does not hold exactly")


@pytest.mark.parametrize(
    "document",
    [
        '<p:a xmlns:p="urn:a" xmlns:q="urn:b" q:id="1"><q:b>x</q:b></p:a>',
        '<a xmlns="urn:a" xmlns:q="urn:b" q:id="1"><b xmlns="urn:b">x</b></a>',
        '<a xmlns="urn:a"  xmlns:p="urn:b" xmlns:q="urn:b" p:id="1"><q:b>x</q:b></a>',
        '<q:a xmlns:q="urn:a" xmlns:p="urn:b" p:id="1"><q:b xmlns:q="urn:b">x</q:b></q:a>',
    ],
)
def test_prefixes_are_anybodys(document: str) -> None:
    form = fixed(Line("Letter", "{urn:a}a", 1, required=("{urn:b}id",)), Line("Letter/To", "{urn:b}b", text=True))
    assert read(form, document).values == ("1", "x")


def test_all_ids_are_found_wherever_they_stand() -> None:
    """Also in what is not read."""
    form = fixed(Line("Letter", "a", 1, required=("ID", "x")), Line("Letter/To", "b", unread=True))
    document = (
        '<a ID="1" x="2"><b id="3"><c xmlns:n="urn:n" n:Id="4" y="5"><d AssertionID="6" xml:id="n7"/></c></b></a>'
    )
    for _ in range(2):
        found = read(form, document)
        assert (found.values, sorted(found.ids)) == (("1", "2"), ["1", "3", "4", "6", "n7"])


def test_what_is_not_there_and_what_is_not_read() -> None:
    lines = (
        Line("Letter", "a", 2),
        Line("Letter/From", "f", required=("id",), text=True, absent=True),
        Line("Letter/To", "b", required=("id",), unread=True),
        Line("Letter/Name", "c", text=True),
    )
    form = fixed(*lines)
    for _ in range(2):
        assert read(form, "<a><b>text<x>y</x>text</b><c>z</c></a>").values == (None, None, "z")
    assert reason(form, "<a><c>z</c><b/></a>").startswith("Letter: does not hold exactly")
    assert reason(form, "<a><b/><c>z</c><c>z</c></a>").startswith("Letter: does not hold exactly")
    told = "Letter: holds a comment or processing instruction"
    assert [reason(form, f"<a><b>{odd}</b><c>z</c></a>") for odd in ("<!-- <c> -->", "<?y <c>?>")] == [told, told]


@pytest.mark.parametrize(
    ("document", "told"),
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
def test_nothing_else(document: bytes, told: str) -> None:
    """Twice: what is refused is not remembered."""
    form = fixed(replace(ROOT, within=("Whole", "is another")), *LINES)
    for _ in range(2):
        assert reason(form, document).startswith(told)


def _list(rows: Rows) -> Iterator[Line]:
    """A list of one first and any number of others, at most three."""
    yield Line("List", "list", -1, rule="holds nothing")
    yield Line("List/First", "first", text=True, within=("List", "does not begin with the first"))
    more = rows.count(0) - 1
    if more > 3:
        raise refused("List", "is too long")
    rows.counts.append(more)
    yield from [Line("List/Next", "next", required=("n",))] * more


@pytest.mark.parametrize("more", [0, 1, 3])
def test_a_number_of_children_that_may_differ(more: int) -> None:
    form = Form(_list)
    for _ in range(2):
        found = read(form, "<list><first>x</first>" + "<next n='1'/>" * more + "</list>")
        assert (found.values, found.counts) == (("x", *["1"] * more), (more,))


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"<list/>", "List: holds nothing"),
        (b"<list><next n='1'/></list>", "List: does not begin with the first"),
        (b"<list><first/>x<next n='1'/></list>", "List: holds text"),
        (b"<list><first/><next/></list>", "List/Next: lacks a required attribute"),
        (b"<list><first/><next n='1'/><next n='1'/><next n='1'/><next n='1'/></list>", "List: is too long"),
    ],
)
def test_a_line_is_asked_for_once_those_before_it_were_found(document: bytes, told: str) -> None:
    assert reason(Form(_list), document) == told


def test_what_no_line_fits_to_is_not_let_in() -> None:
    form = fixed(Line("List", "list", -1, rule="holds something else"), Line("List/First", "first"))
    assert read(form, "<list><first/></list>").values == ()
    assert reason(form, "<list><first/><next/></list>") == "List: holds something else"
    longer = fixed(Line("List", "list", -1), Line("List/First", "first"), Line("List/Next", "next"))
    assert reason(longer, "<list><first/></list>").startswith("List: does not hold exactly")


def test_what_is_remembered_is_bounded(held: list[str]) -> None:
    """The newest markups of a sort, and none that is very long."""
    form = fixed(Line("Letter", "a", text=True))

    def ask(element: etree._Element, sort: int) -> bool:
        before = len(held)
        form.read(element, "Letter", sort)
        return len(held) > before

    assert [ask(parse(b"<a>x</a>"), sort) for sort in (1, 1, 2)] == [True, False, True]
    spaced = fixed(Line("Letter", "a", 1), Line("Letter/To", "b"))
    held.clear()
    for spaces in (*range(9), 8, 1, 0):
        spaced.read(parse(b"<a>" + b" " * spaces + b"<b/></a>"), "Letter", 0)
    assert len(held) == 9 + 1
    held.clear()
    for _ in range(2):
        spaced.read(parse(b"<a>" + b" " * 70000 + b"<b/></a>"), "Letter", 0)
    assert len(held) == 2


def test_what_is_no_canonical_form_is_not_taken_apart() -> None:
    with pytest.raises(SoapFault, match="Whole: has no canonical form that can be read"):
        Rows("<a x='1'></a>", "Whole")


@pytest.mark.parametrize(("texts", "found"), [((), False), (("", " \r\n\t&#xD;"), False), (("", " ", "x"), True)])
def test_text_is_more_than_white_space(texts: tuple[str, ...], found: bool) -> None:
    assert has_text(texts) is found

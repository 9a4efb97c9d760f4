"""multipart/related as it comes: SOAP with Attachments in the layouts of real clients (wire.md), parts exactly."""

from __future__ import annotations

import pytest

from ehbox_soap.wire import mime
from ehbox_soap.wire.mime import Part

XML = b'<?xml version="1.0"?><a>\xc3\xa9</a>'

# Java connector 4.0: boundary quoted, no start, root without Content-ID, bare Content-IDs, no transfer encoding,
# parts in any order, nothing after the closing boundary.
CONNECTOR_TYPE = 'multipart/related; boundary="----=_Part_3_1502882632.1795290942826"; type="text/xml"'
CONNECTOR = (
    b"------=_Part_3_1502882632.1795290942826\r\n"
    b"Content-Type: text/xml; charset=utf-8\r\n"
    b"\r\n" + XML + b"\r\n"
    b"------=_Part_3_1502882632.1795290942826\r\n"
    b"Content-Type: application/octet-stream\r\n"
    b"Content-ID: 338aa11b-893f@ehealth.fgov.be\r\n"
    b"\r\n"
    b"\x00\x07\x0e\r\n\r\n\r\n"
    b"------=_Part_3_1502882632.1795290942826\r\n"
    b"Content-Type: text/plain\r\n"
    b"Content-ID: 565d54ec-5353@ehealth.fgov.be\r\n"
    b"\r\n"
    b"line1\r\nline2\r\n"
    b"------=_Part_3_1502882632.1795290942826--"
)

# E-Contract (JAX-WS RI): type before boundary, "Content-Id:" without space and with angle brackets, binary.
JAXWS_TYPE = 'multipart/related; type="text/xml"; boundary="uuid:f0197cba-b514-4db8-a424-a2a55c33d66e"'
JAXWS = (
    b"--uuid:f0197cba-b514-4db8-a424-a2a55c33d66e\r\n"
    b"Content-Type: text/xml; charset=utf-8\r\n"
    b"\r\n" + XML + b"\r\n"
    b"--uuid:f0197cba-b514-4db8-a424-a2a55c33d66e\r\n"
    b"Content-Id:<432f6a0a-c058@example.jaxws.sun.com>\r\n"
    b"Content-Type: application/octet-stream\r\n"
    b"Content-Transfer-Encoding: binary\r\n"
    b"\r\n"
    b"hello world\r\n"
    b"--uuid:f0197cba-b514-4db8-a424-a2a55c33d66e--\r\n"
)


def test_the_layout_of_the_java_connector() -> None:
    message = mime.read(CONNECTOR_TYPE, CONNECTOR)
    assert (message.root, message.charset) == (XML, "utf-8")
    first, second = "338aa11b-893f@ehealth.fgov.be", "565d54ec-5353@ehealth.fgov.be"
    assert message.parts == {
        first: Part("application/octet-stream", first, b"\x00\x07\x0e\r\n\r\n"),
        second: Part("text/plain", second, b"line1\r\nline2"),
    }


def test_the_layout_of_e_contract() -> None:
    message = mime.read(JAXWS_TYPE, JAXWS)
    bare = "432f6a0a-c058@example.jaxws.sun.com"
    assert (message.root, message.charset) == (XML, "utf-8")
    assert message.parts == {bare: Part("application/octet-stream", bare, b"hello world")}


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/related; boundary=----=_Part_3_1502882632.1795290942826",
        "Multipart/Related;BOUNDARY=----=_Part_3_1502882632.1795290942826;Type=TEXT/XML",
        'multipart/related; type="text/xml; charset=utf-8"; boundary="----=_Part_3_1502882632.1795290942826"',
    ],
)
def test_parameters_in_any_order_case_and_quoting(content_type: str) -> None:
    assert len(mime.read(content_type, CONNECTOR).parts) == 2


def test_without_attachments_the_body_is_the_root() -> None:
    message = mime.read("text/xml; charset=utf-8", XML)
    assert (message.root, message.charset, dict(message.parts)) == (XML, "utf-8", {})
    assert mime.read('Text/XML; action="x"', XML).charset is None


def body(*parts: bytes, boundary: bytes = b"b", before: bytes = b"", after: bytes = b"") -> bytes:
    """A body whose parts (headers, empty line, octets) are framed as RFC 2046 says."""
    return (
        before
        + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
        + b"--"
        + boundary
        + b"--"
        + after
    )


def part(data: bytes, *headers: bytes) -> bytes:
    return b"".join(header + b"\r\n" for header in headers) + b"\r\n" + data


ROOT = part(XML, b"Content-Type: text/xml")
RELATED = 'multipart/related; boundary="b"'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"\r\n\r\n",
        b"ends in CR LF\r\n",
        b"ends in CR\r",
        b"ends in LF\n",
        b"\r\nbegins with CR LF",
        b"--bc",
        b"a --b inside a line --b--",
        b"\n--b\n",
        b"x\r\n--bc\r\ny",
        b"x\r\n--b y\r\nz",
        b"x\r\n--b--y\r\nz",
        b"x\r\n--b\nz",
        b"x\r\n --b\r\nz",
        b"x\r\n--B\r\nz",
        bytes(range(256)),
    ],
)
def test_octets_are_kept_exactly(data: bytes) -> None:
    """PUB-5: the digest is over these octets."""
    found = mime.read(RELATED, body(ROOT, part(data, b"Content-ID: x")))
    assert found.parts["x"].data == data


def test_a_part_of_headers_only_is_empty() -> None:
    found = mime.read(RELATED, body(ROOT, b"Content-ID: x\r\n"))
    assert found.parts["x"].data == b""


def test_a_part_of_headers_only_may_stand_far_behind() -> None:
    """Its headers are counted from where it begins, not from the body's beginning."""
    found = mime.read(RELATED, body(ROOT, part(b"d" * 9000, b"Content-ID: x"), b"Content-ID: y\r\n"))
    assert (len(found.parts["x"].data), found.parts["y"].data) == (9000, b"")


def test_preamble_epilogue_and_padding_are_ignored() -> None:
    whole = body(ROOT, part(b"d", b"Content-ID: x"), before=b"a preamble\r\n", after=b" \t\r\nepilogue\r\n--b\r\n")
    found = mime.read(RELATED, whole.replace(b"--b\r\n", b"--b \t\r\n", 2))
    assert (found.root, found.parts["x"].data) == (XML, b"d")


@pytest.mark.parametrize("length", range(8))
def test_a_preamble_is_never_taken_for_a_boundary(length: int) -> None:
    """Also one that is as long as the boundary, or an empty line only."""
    found = mime.read(RELATED, body(ROOT, part(b"d", b"Content-ID: x"), before=b"x" * length + b"\r\n"))
    assert (found.root, found.parts["x"].data) == (XML, b"d")


@pytest.mark.parametrize(
    "header",
    [b"Content-ID: <x@y>", b"content-id:x@y", b"CONTENT-ID:  <x@y>  ", b"Content-Id:\r\n <x@y>"],
)
def test_content_ids_with_and_without_brackets(header: bytes) -> None:
    assert list(mime.read(RELATED, body(ROOT, part(b"d", header))).parts) == ["x@y"]


@pytest.mark.parametrize("content_id", ["<x@y", "x@y>"])
def test_one_bracket_belongs_to_the_content_id(content_id: str) -> None:
    found = mime.read(RELATED, body(ROOT, part(b"d", f"Content-ID: {content_id}".encode())))
    assert list(found.parts) == [content_id]


@pytest.mark.parametrize("encoding", ["binary", "8bit", "7bit", "BINARY", "8Bit"])
def test_encodings_that_change_nothing(encoding: str) -> None:
    headers = (b"Content-ID: x", f"Content-Transfer-Encoding: {encoding}".encode())
    assert mime.read(RELATED, body(ROOT, part(b"=3D\r\n", *headers))).parts["x"].data == b"=3D\r\n"


def test_base64_is_decoded() -> None:
    headers = (b"Content-ID: x", b"Content-Transfer-Encoding: base64")
    assert mime.read(RELATED, body(ROOT, part(b"aGVs\r\nbG8=\r\n", *headers))).parts["x"].data == b"hello"


def test_start_names_the_root_wherever_it_stands() -> None:
    other = part(b"<b/>", b"Content-Type: text/xml", b"Content-ID: other")
    root = part(XML, b"Content-Type: text/xml; charset=UTF-8", b"Content-ID: <main>")
    for start in ("<main>", "main"):
        found = mime.read(f'{RELATED}; start="{start}"', body(other, root))
        assert (found.root, found.charset, list(found.parts)) == (XML, "UTF-8", ["other"])


def test_without_start_the_root_is_the_first_text_xml() -> None:
    pdf = part(b"%PDF", b"Content-Type: application/pdf", b"Content-ID: pdf")
    late = part(b"<late/>", b"Content-Type: text/xml", b"Content-ID: late")
    first = part(XML, b"Content-Type: text/xml", b"Content-ID: first")
    found = mime.read(RELATED, body(pdf, first, late))
    assert (found.root, sorted(found.parts)) == (XML, ["late", "pdf"])


def test_without_start_an_attached_xml_document_is_not_taken_for_the_root() -> None:
    """The order is arbitrary and a document may be text/xml; the root of the connector has no Content-ID."""
    attached = part(b"<document/>", b"Content-Type: text/xml", b"Content-ID: document")
    found = mime.read(RELATED, body(attached, ROOT))
    assert (found.root, list(found.parts)) == (XML, ["document"])


def test_an_odd_type_of_an_attachment_is_not_our_business() -> None:
    odd = part(b"d", b"Content-Type: plain/text; =; \xe9", b"Content-ID: x")
    assert mime.read(RELATED, body(ROOT, odd)).parts["x"].content_type == "plain/text; =; é"
    bare = part(b"d", b"Content-ID: x")
    assert mime.read(RELATED, body(ROOT, bare)).parts["x"].content_type == ""


@pytest.mark.parametrize("stated", [b"Text/XML", b"TEXT/XML; charset=utf-8", b"text/xml\t; charset=utf-8"])
def test_the_type_of_the_root_in_any_case(stated: bytes) -> None:
    assert mime.read(RELATED, body(part(XML, b"Content-Type: " + stated))).root == XML


def test_a_boundary_of_200_characters_is_the_longest() -> None:
    found = mime.read(f'multipart/related; boundary="{"b" * 200}"', body(ROOT, boundary=b"b" * 200))
    assert found.root == XML


def test_nothing_of_the_parts_is_shown() -> None:
    """Neither of a message nor of one of its parts."""
    message = mime.read(JAXWS_TYPE, JAXWS)
    assert repr(message) == "Message(charset='utf-8')"
    (attached,) = message.parts.values()
    assert repr(attached) == (
        "Part(content_type='application/octet-stream', content_id='432f6a0a-c058@example.jaxws.sun.com')"
    )

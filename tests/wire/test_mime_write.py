"""multipart/related as it goes out: what clients break on (wire.md, answers 7 and 8), and that it comes back."""

from __future__ import annotations

import email
import email.policy
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehbox_soap.wire import mime
from ehbox_soap.wire.mime import Part
from tests.wire.checks import GENERATED

ROOT = "<a>é</a>".encode()


def test_without_parts_the_document_goes_alone() -> None:
    assert mime.write(ROOT, (), "b") == ("text/xml; charset=utf-8", ROOT)


def test_the_layout_of_an_answer() -> None:
    content_type, body = mime.write(ROOT, [Part("application/pdf", "0f@ehbox", b"%PDF\r\n")], "token")
    assert content_type == 'multipart/related; boundary="token"; type="text/xml"; start="<root@ehbox>"'
    assert body == (
        b"--token\r\n"
        b"Content-Type: text/xml; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: binary\r\n"
        b"Content-ID: <root@ehbox>\r\n"
        b"\r\n" + ROOT + b"\r\n"
        b"--token\r\n"
        b"Content-Type: application/pdf\r\n"
        b"Content-Transfer-Encoding: binary\r\n"
        b"Content-ID: <0f@ehbox>\r\n"
        b"\r\n"
        b"%PDF\r\n\r\n"
        b"--token--\r\n"
    )


NASTY = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from([b"--b", b"--b--", b"\r\n", b"\n", b"\r", b"b", b".1", b" ", b"--b.1"]), max_size=8).map(
        b"".join
    ),
)
IDS = st.text(alphabet=string.ascii_letters + string.digits + "._-@", min_size=1, max_size=20)


@given(st.dictionaries(IDS, NASTY, min_size=1, max_size=5))
@GENERATED
def test_arbitrary_octets_come_back(contents: dict[str, bytes]) -> None:
    parts = [Part("application/octet-stream", content_id, data) for content_id, data in contents.items()]
    content_type, body = mime.write(ROOT, parts, "b")
    message = mime.read(content_type, body)
    assert message.root == ROOT
    assert list(message.parts.values()) == parts


@given(st.dictionaries(IDS, NASTY, min_size=1, max_size=5))
@GENERATED
def test_an_independent_reader_agrees(contents: dict[str, bytes]) -> None:
    parts = [Part("application/octet-stream", content_id, data) for content_id, data in contents.items()]
    content_type, body = mime.write(ROOT, parts, "b")
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    whole = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    assert whole.get_content_type() == "multipart/related"
    found = [found.get("Content-ID") for found in whole.iter_parts()]
    assert found == ["<root@ehbox>", *(f"<{content_id}>" for content_id in contents)]


def test_the_boundary_occurs_in_no_part() -> None:
    parts = [Part("", "x", b"token token.1"), Part("", "y", b"token.2 token.12")]
    content_type, body = mime.write(b"token.3", parts, "token")
    assert 'boundary="token.4"' in content_type
    assert body.count(b"token.4") == 4


@pytest.mark.parametrize(
    "content_type",
    ["application/pdf", "text/plain; charset=utf-8", 'text/plain;charset="UTF-8"', "image/svg+xml", "plain/text"],
)
def test_the_documents_own_type_is_stated(content_type: str) -> None:
    assert f"Content-Type: {content_type}\r\n".encode() in mime.write(ROOT, [Part(content_type, "x", b"")], "b")[1]


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "nonsense",
        "text/plain\r\nContent-ID: <y>",
        "text/plain\n",
        "texte/dépêche",
        "text/plain; charset",
        "multipart/mixed; boundary=x",
        "Message/RFC822",
        "a/b/c",
        'text/plain; name="a"b"',
    ],
)
def test_a_type_that_readers_stumble_over_becomes_octet_stream(content_type: str) -> None:
    """MimeType is any text to the schema, so it may try to inject a header or a nested multipart."""
    body = mime.write(ROOT, [Part(content_type, "x", b"")], "b")[1]
    assert b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <x>\r\n" in body
    assert body.count(b"Content-ID") == 2


@pytest.mark.parametrize("content_id", ["a+b", "", "a b", "<a>", "a\r\nb", "é", "root@ehbox", "x" * 256])
def test_a_content_id_that_readers_stumble_over_is_a_mistake_of_ours(content_id: str) -> None:
    with pytest.raises(ValueError, match="Content-ID"):
        mime.write(ROOT, [Part("a/b", content_id, b"")], "b")


def test_a_doubled_content_id_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="Content-ID"):
        mime.write(ROOT, [Part("a/b", "x", b"1"), Part("a/b", "x", b"2")], "b")


@pytest.mark.parametrize("boundary", ["", 'a"b', "a b", "a\r\nb", "é", "b" * 61])
def test_a_boundary_that_readers_stumble_over_is_a_mistake_of_ours(boundary: str) -> None:
    with pytest.raises(ValueError, match="boundary"):
        mime.write(ROOT, [Part("a/b", "x", b"")], boundary)


@pytest.mark.slow
def test_ten_megabytes_there_and_back() -> None:
    data = bytes(range(256)) * 40_960
    content_type, body = mime.write(ROOT, [Part("a/b", "x", data), Part("a/b", "y", data)], "b")
    message = mime.read(content_type, body)
    assert message.parts["x"].data == message.parts["y"].data == data

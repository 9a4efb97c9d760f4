"""Media types and header lines: tolerant where clients differ, strict where two readers could disagree."""

from __future__ import annotations

import pytest

from ehbox_soap.wire.headers import header_block, media_type
from tests.wire.checks import CANARY, refused


@pytest.mark.parametrize(
    ("value", "name", "parameters"),
    [
        ("text/xml", "text/xml", {}),
        ("Text/XML ; Charset=UTF-8", "text/xml", {"charset": "UTF-8"}),
        ("text/xml;charset='utf-8'", "text/xml", {"charset": "'utf-8'"}),
        ("text/xml;", "text/xml", {}),
        ("text/xml;; charset=utf-8 ;", "text/xml", {"charset": "utf-8"}),
        (
            'multipart/related; boundary="----=_Part_3_150.179"; type="text/xml"',
            "multipart/related",
            {"boundary": "----=_Part_3_150.179", "type": "text/xml"},
        ),
        (
            "multipart/related;type=text/xml;BOUNDARY=----=_Part_3_150.179",
            "multipart/related",
            {"boundary": "----=_Part_3_150.179", "type": "text/xml"},
        ),
        (
            "multipart/related; boundary=uuid:f0-1; start=<a@b>",
            "multipart/related",
            {"boundary": "uuid:f0-1", "start": "<a@b>"},
        ),
        (r'a/b; x="q\"\\;=q"; y=""', "a/b", {"x": r'q"\;=q', "y": ""}),
        ("a/b; X=y", "a/b", {"x": "y"}),
        ("", "", {}),
    ],
)
def test_media_types_in_the_forms_that_clients_write(value: str, name: str, parameters: dict[str, str]) -> None:
    found = media_type(value)
    assert (found.name, found.parameters) == (name, parameters)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (f"text/xml; {CANARY}", "malformed"),
        ("text/xml; =x", "malformed"),
        ("text/xml; char set=utf-8", "malformed"),
        (f'text/xml; charset="{CANARY}', "does not end"),
        (f'text/xml; charset="a"{CANARY}', "does not end"),
        (r'text/xml; charset="a\"', "does not end"),
        ("text/xml; charset=utf-8; Charset=utf-8", "twice"),
    ],
)
def test_a_malformed_media_type_is_refused(value: str, reason: str) -> None:
    with refused("SOA-03001", reason):
        media_type(value)


def test_header_lines_in_the_forms_that_clients_write() -> None:
    assert header_block(b"Content-Id:<a@b>\r\nCONTENT-TYPE:\ttext/plain; \r\n name=x\r\nX-A: 1\r\nX-A: 2") == {
        "content-id": "<a@b>",
        "content-type": "text/plain;  name=x",
        "x-a": "2",
    }
    assert header_block(b"") == {}
    assert header_block(b"Content-Type: \ta/b\xa0\t ") == {"content-type": "a/b\xa0"}
    assert header_block(b"X-A: X1X") == {"x-a": "X1X"}


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"Content-ID a", "malformed"),
        (b"Content-ID : a", "malformed"),
        (b" folded: first", "malformed"),
        (b": a", "malformed"),
        (b"Content-ID: a\nContent-Type: b", "malformed"),
        (b"Content-ID: a\rb", "malformed"),
        (b"Content-ID: a\x00b", "malformed"),
        (b"Content-ID: a\r\ncontent-id: a", "twice"),
        (b"\r\n".join(b"X-%d: 1" % i for i in range(33)), "more than 32"),
    ],
)
def test_malformed_header_lines_are_refused(octets: bytes, reason: str) -> None:
    with refused("SOA-03001", reason):
        header_block(octets)

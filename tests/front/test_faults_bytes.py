"""Faults before there is an envelope: content type, charset, what is no XML or forbidden XML (SOA-03001, SOA-03004).

Each test takes a call that is answered and changes the one thing in question.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.clients.connector40 import HttpRequest
from tests.door import CONSULTATION, PUBLICATION, STS, Door
from tests.front.calls import ask, box_info, fault, post, told, with_body, with_header
from tests.front.cast import Cast
from tests.front.conftest import Fresh


@pytest.fixture
def good(door: Door, people: Cast) -> HttpRequest:
    """A call that is answered; each test sends it changed."""
    return box_info(door, people.doctor)


def test_the_good_call_is_good(door: Door, good: HttpRequest) -> None:
    ask(door, good)


# Content type


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain; charset=utf-8",
        "application/soap+xml; charset=utf-8",
        "application/xml",
        "application/xop+xml; type=text/xml",
        "application/x-www-form-urlencoded",
        'multipart/related; boundary="b"; type="application/xop+xml"; start-info="text/xml"',
        'multipart/related; boundary="b"; type="application/soap+xml"',
        'multipart/form-data; boundary="b"',
        "text/xmlx",
    ],
)
def test_the_content_type_is_text_xml_or_related_of_it(content_type: str | None, door: Door, good: HttpRequest) -> None:
    found = fault(door, with_header(good, "Content-Type", content_type))
    assert (found.code, found.reason) == (
        "SOA-03004",
        "Content-Type is neither text/xml nor multipart/related of text/xml",
    )


@pytest.mark.parametrize("content_type", ["TEXT/XML", "text/xml;charset=UTF-8", 'text/xml ; action="x"'])
def test_other_spellings_of_text_xml(content_type: str, door: Door, good: HttpRequest) -> None:
    ask(door, with_header(good, "Content-Type", content_type))


@pytest.mark.parametrize(
    ("content_type", "reason"),
    [
        ("text/xml; charset", "Content-Type: a parameter is malformed"),
        ("text/xml; charset=utf-8; charset=utf-8", "Content-Type: a parameter is stated twice"),
        ('text/xml; charset="utf-8', "Content-Type: a quoted parameter does not end"),
    ],
)
def test_a_content_type_that_is_malformed(content_type: str, reason: str, door: Door, good: HttpRequest) -> None:
    found = fault(door, with_header(good, "Content-Type", content_type))
    assert (found.code, found.reason) == ("SOA-03001", reason)


# Charset

CHARSET = "the charset is neither utf-8 nor us-ascii"


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "windows-1252", "x"])
def test_another_charset_in_the_header(charset: str, door: Door, good: HttpRequest) -> None:
    found = fault(door, with_header(good, "Content-Type", f"text/xml; charset={charset}"))
    assert (found.code, found.reason) == ("SOA-03001", CHARSET)


@pytest.mark.parametrize("charset", ["ISO-8859-1", "utf-16", "utf-7"])
def test_another_charset_in_the_declaration(charset: str, door: Door, good: HttpRequest) -> None:
    declaration = f'<?xml version="1.0" encoding="{charset}"?>'.encode()
    found = fault(door, replace(good, body=declaration + good.body))
    assert (found.code, found.reason) == ("SOA-03001", CHARSET)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-32"])
def test_octets_in_another_charset(codec: str, door: Door, good: HttpRequest) -> None:
    found = fault(door, replace(good, body=good.body.decode().encode(codec)))
    assert (found.code, found.reason) == ("SOA-03001", "NUL in the document")


def test_octets_that_are_not_utf_8(door: Door, good: HttpRequest) -> None:
    found = fault(door, replace(good, body=b"<!-- \xe9 -->" + good.body))
    assert found.code == "SOA-03001"
    assert found.reason.startswith("not well-formed XML: line 1")


def test_us_ascii_that_is_not(door: Door, good: HttpRequest) -> None:
    found = fault(
        door,
        with_header(replace(good, body=b"<!-- \xc3\xa9 -->" + good.body), "Content-Type", "text/xml; charset=us-ascii"),
    )
    assert (found.code, found.reason) == ("SOA-03001", "us-ascii is declared, but other characters follow")


# Not XML, forbidden XML


@pytest.mark.parametrize("body", [b"", b" ", b"hello", b"{}", b"<a>", b"<a/><b/>", b"<a b='1' b='2'/>", b"<a>&x;</a>"])
@pytest.mark.parametrize("path", [PUBLICATION, CONSULTATION, STS])
def test_not_xml(body: bytes, path: str, door: Door) -> None:
    found = fault(door, post(path, body))
    assert found.code == "SOA-03001"
    assert found.reason.startswith("not well-formed XML: line ")


def test_the_envelope_cut_anywhere(door: Door, good: HttpRequest) -> None:
    for at in range(0, len(good.body), 397):
        assert fault(door, replace(good, body=good.body[:at])).code == "SOA-03001"


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE x>",
        "<!DOCTYPE SOAP-ENV:Envelope []>",
        '<!-- first --><?and this?> <!DOCTYPE x [<!ENTITY e "x">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x PUBLIC "a" "http://127.0.0.1:9/x.dtd">',
        f'<!DOCTYPE bomb [<!ENTITY a0 "ha">{ENTITIES}]>',
    ],
)
def test_a_doctype_is_refused(doctype: str, door: Door, good: HttpRequest) -> None:
    found = fault(door, replace(good, body=doctype.encode() + good.body))
    assert (found.code, found.reason) == ("SOA-03001", "DOCTYPE is not allowed")


def test_an_entity_bomb_is_not_expanded(door: Door, good: HttpRequest) -> None:
    """Ten to the ninth of "ha": refused before it is read."""
    bomb = f'<!DOCTYPE bomb [<!ENTITY a0 "ha">{ENTITIES}]>'.encode()
    request = with_body(replace(good, body=bomb + good.body), b"<wsu:Created>", b"<wsu:Created>&a9;")
    assert fault(door, request).reason == "DOCTYPE is not allowed"


def in_header(request: HttpRequest, block: bytes) -> HttpRequest:
    """A header block that nobody must understand; nothing that is signed changes."""
    return with_body(request, b"<SOAP-ENV:Header>", b"<SOAP-ENV:Header>" + block)


def test_256_levels_and_no_more(door: Door, good: HttpRequest) -> None:
    """Envelope and Header are two of them."""
    ask(door, in_header(good, b"<x>" * 254 + b"</x>" * 254))
    found = fault(door, in_header(good, b"<x>" * 255 + b"</x>" * 255))
    assert found.code == "SOA-03001"
    assert "256 levels" in found.reason


def test_200_000_elements_and_no_more(door: Door, good: HttpRequest) -> None:
    there = good.body.count(b"<") - good.body.count(b"</")
    ask(door, in_header(good, b"<x/>" * (200_000 - there)))
    door.reset()
    found = fault(door, in_header(good, b"<x/>" * (200_001 - there)))
    assert (found.code, found.reason) == ("SOA-03001", "more than 200000 elements")


def test_a_relative_namespace_has_no_canonical_form(door: Door, good: HttpRequest) -> None:
    found = fault(door, in_header(good, b'<x xmlns="a/b"/>'))
    assert (found.code, found.reason) == ("SOA-03001", "a namespace name is not absolute")


@pytest.mark.parametrize("environment", ["Development", "Production"])
def test_the_environment_is_a_setting(environment: str, fresh: Fresh) -> None:
    """rules.md, Faults: Environment is a setting, Simulation by default."""
    door = fresh({"server.environment": environment})
    answer = door.post(CONSULTATION, b"")
    assert f"<soa:Environment>{environment}</soa:Environment>".encode() in answer.body
    assert answer.status == 500


def test_every_fault_has_an_id_of_its_own(door: Door) -> None:
    assert told(door.post(CONSULTATION, b"")).id != told(door.post(CONSULTATION, b"")).id

"""Faults of SOAP with Attachments: multipart that is not as declared, references and parts that do not match."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.clients.connector40 import HttpRequest
from tests.door import CONSULTATION, PUBLICATION, STS, Door
from tests.front.calls import ask, fault, post, publish, with_body, with_header
from tests.front.cast import NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import Inline, attached, send_message

MARK = b"--mark"
CLOSE = b"\r\n--mark--"


@pytest.fixture
def good(door: Door, people: Cast) -> HttpRequest:
    """A letter with a document and two annexes; it would be accepted."""
    doctor = people.doctor
    connector = replace(doctor.connector, boundary="mark")
    return connector.send_message(PUBLICATION, door.now, doctor.assertion, attached("parts", [NURSE_BOX]))


def test_the_good_letter_is_good(fresh: Fresh, good: HttpRequest) -> None:
    ask(fresh(), good)


def the_part(request: HttpRequest, at: int) -> bytes:
    """One of the parts behind the root, from its boundary to its end."""
    return b"\r\n" + MARK + b"\r\n" + request.body.split(b"\r\n" + MARK + b"\r\n")[at]


def content_id(request: HttpRequest, at: int) -> bytes:
    head = the_part(request, at).partition(b"\r\n\r\n")[0]
    return head.partition(b"Content-ID: ")[2]


@pytest.mark.parametrize(
    ("content_type", "reason"),
    [
        ('multipart/related; type="text/xml"', "boundary is missing or malformed"),
        ('multipart/related; boundary=""', "boundary is missing or malformed"),
        (f'multipart/related; boundary="{"b" * 201}"', "boundary is missing or malformed"),
        ('multipart/related; boundary="other"; type="text/xml"', "a boundary is missing"),
        ('multipart/related; boundary="mark"; type="text/xml"; start="<nowhere@x>"', "no root part of type text/xml"),
    ],
)
def test_the_declaration_does_not_fit(content_type: str, reason: str, door: Door, good: HttpRequest) -> None:
    found = fault(door, with_header(good, "Content-Type", content_type))
    assert found.code == "SOA-03001"
    assert found.reason.startswith(f"multipart: {reason}")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (CLOSE, b"", "multipart: a boundary is missing (lines must end in CR LF)"),
        (CLOSE, b"\r\n--mark", "multipart: a boundary is missing (lines must end in CR LF)"),
        (CLOSE, b"\n--mark--", "multipart: a boundary is missing (lines must end in CR LF)"),
        (b"Content-Type: text/xml", b"Content-Type: text/plain", "multipart: no root part of type text/xml"),
        (
            b"Content-Type: text/xml; charset=utf-8\r\n\r\n<SOAP",
            b"Content-Type: text/xml; charset=utf-16\r\n\r\n<SOAP",
            "the charset is neither utf-8 nor us-ascii",
        ),
        (
            b"application/pdf\r\nContent-ID",
            b"application/pdf\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-ID",
            "a part's Content-Transfer-Encoding is not supported",
        ),
        (
            b"application/pdf\r\nContent-ID",
            b"application/pdf\r\nContent-Transfer-Encoding: x-uuencode\r\nContent-ID",
            "a part's Content-Transfer-Encoding is not supported",
        ),
        (
            b"application/pdf\r\nContent-ID",
            b"application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-ID",
            "a part is not in its Content-Transfer-Encoding",
        ),
        (b"application/pdf\r\nContent-ID: ", b"application/pdf\r\nContent-ID: a b", "a part's Content-ID is malformed"),
        (
            b"application/pdf\r\nContent-ID: ",
            b"application/pdf\r\nContent-ID: x\r\nContent-ID: ",
            "a part has a header twice",
        ),
        (b"application/pdf\r\nContent-ID: ", b"application/pdf\r\nno colon\r\nContent-ID: ", "a part has a malformed"),
    ],
)
def test_multipart_that_is_not_as_declared(old: bytes, new: bytes, reason: str, door: Door, good: HttpRequest) -> None:
    found = fault(door, with_body(good, old, new))
    assert found.code == "SOA-03001"
    assert found.reason.startswith(reason)


def test_an_attached_xml_document_is_no_envelope(door: Door, good: HttpRequest) -> None:
    """Without a root, the annex of type text/xml is not answered in its place."""
    found = fault(door, with_body(good, b"Content-Type: text/xml; charset=utf-8", b"Content-Type: text/plain"))
    assert found.code == "SOA-03007"


def test_a_doubled_content_id(door: Door, good: HttpRequest) -> None:
    """Two parts of one name: two readers could take different ones."""
    found = fault(door, with_body(good, CLOSE, the_part(good, 1) + CLOSE))
    assert (found.code, found.reason) == ("SOA-03001", "multipart: a Content-ID occurs twice")


def test_a_cid_without_its_part(door: Door, good: HttpRequest) -> None:
    found = fault(door, with_body(good, the_part(good, 2), b""))
    assert (found.code, found.reason) == (
        "SOA-03007",
        "EncryptableBinaryContent: no part has the Content-ID that is referred to",
    )


def test_a_cid_and_no_multipart_at_all(door: Door, good: HttpRequest, people: Cast) -> None:
    element = send_message(Inline([NURSE_BOX], references=["1@x"]))
    found = fault(door, publish(door, people.doctor, element))
    assert found.code == "SOA-03007"


def test_a_part_without_a_reference(door: Door, good: HttpRequest) -> None:
    spare = b"\r\n--mark\r\nContent-ID: spare@x\r\n\r\nspare"
    found = fault(door, with_body(good, CLOSE, spare + CLOSE))
    assert (found.code, found.reason) == ("SOA-03007", "1 parts that nothing refers to")


def test_a_part_that_nothing_can_refer_to(door: Door, good: HttpRequest) -> None:
    found = fault(door, with_body(good, CLOSE, b"\r\n--mark\r\nContent-Type: text/plain\r\n\r\nspare" + CLOSE))
    assert (found.code, found.reason) == ("SOA-03007", "a part has no Content-ID, so nothing refers to it")


def test_the_root_is_no_attachment(door: Door, people: Cast) -> None:
    """A cid: of the root part itself."""
    element = send_message(Inline([NURSE_BOX], references=["root@x"]))
    signed = people.doctor.connector.secured(element, door.now, people.doctor.assertion)
    body = b"--b\r\nContent-Type: text/xml\r\nContent-ID: <root@x>\r\n\r\n" + signed + b"\r\n--b--"
    found = fault(door, post(PUBLICATION, body, 'multipart/related; boundary="b"; type="text/xml"'))
    assert found.code == "SOA-03007"


def test_parts_with_a_call_that_refers_to_none(door: Door, people: Cast) -> None:
    signed = people.doctor.connector.get_box_info(CONSULTATION, door.now, people.doctor.assertion)
    body = b"--b\r\nContent-Type: text/xml\r\n\r\n" + signed.body + b"\r\n--b\r\nContent-ID: 1@x\r\n\r\nx\r\n--b--"
    found = fault(door, post(CONSULTATION, body, 'multipart/related; boundary="b"; type="text/xml"'))
    assert (found.code, found.reason) == ("SOA-03007", "1 parts that nothing refers to")


def test_parts_with_a_call_to_the_sts(door: Door, people: Cast) -> None:
    signed = people.doctor.connector.request_secure_token(STS, door.now, [], [])
    body = b"--b\r\nContent-Type: text/xml\r\n\r\n" + signed.body + b"\r\n--b\r\nContent-ID: 1@x\r\n\r\nx\r\n--b--"
    found = fault(door, post(STS, body, 'multipart/related; boundary="b"; type="text/xml"'))
    assert (found.code, found.reason) == ("SOA-03007", "part without reference")


@pytest.mark.parametrize("reference", ["1@x", "http://127.0.0.1/1@x", "cid", "file:///etc/passwd"])
def test_a_reference_that_is_no_cid(reference: str, door: Door, people: Cast) -> None:
    element = send_message(Inline([NURSE_BOX], references=["1@x"])).replace("cid:1@x", reference)
    found = fault(door, publish(door, people.doctor, element))
    assert (found.code, found.reason) == ("SOA-03007", "EncryptableBinaryContent: the reference is no cid:")


@pytest.mark.parametrize("content", ["not*base64", "YQ", "YQ=", "YR==", "YQ==YQ==", "YQ===", "é"])
def test_content_that_is_not_base64(content: str, door: Door, people: Cast) -> None:
    element = send_message(Inline([NURSE_BOX]))
    before, _, rest = element.partition("<EncryptableTextContent>")
    rest = rest.partition("</EncryptableTextContent>")[2]
    element = f"{before}<EncryptableTextContent>{content}</EncryptableTextContent>{rest}"
    found = fault(door, publish(door, people.doctor, element))
    assert (found.code, found.reason) == ("SOA-03007", "EncryptableTextContent: not base64")

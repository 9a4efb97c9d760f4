"""Bodies that are refused: SOA-03004 for what is announced, SOA-03001 for multipart that is not as declared."""

from __future__ import annotations

import pytest

from ehbox_soap import clock
from ehbox_soap.errors import SoapFault
from ehbox_soap.wire import mime
from tests.wire.checks import CANARY, refused
from tests.wire.test_mime_read import RELATED, ROOT, XML, body, part

ATTACHMENT = part(CANARY.encode(), b"Content-ID: x")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/soap+xml; charset=utf-8",
        "application/xop+xml; type=text/xml",
        "application/xml",
        "text/html",
        "text/xmlx",
        "application/json",
        "multipart/mixed; boundary=b",
        "multipart/form-data; boundary=b",
        'multipart/related; boundary=b; type="application/xop+xml"; start-info="text/xml"',
        'multipart/related; boundary=b; type="application/soap+xml"',
        f"{CANARY}/x",
    ],
)
def test_other_content_types(content_type: str) -> None:
    with refused("SOA-03004", "Content-Type"):
        mime.read(content_type, body(ROOT))


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/related; type=text/xml",
        "multipart/related; boundary=",
        'multipart/related; boundary=""',
        'multipart/related; boundary="b "',
        'multipart/related; boundary="é"',
        f'multipart/related; boundary="{"b" * 201}"',
        "multipart/related; boundary*0=b",
    ],
)
def test_a_boundary_that_is_none(content_type: str) -> None:
    with refused("SOA-03001", "boundary is missing or malformed"):
        mime.read(content_type, body(ROOT))


@pytest.mark.parametrize(
    "whole",
    [
        b"",
        XML,
        b"--b",
        b"--b\r\n",
        body(ROOT).removesuffix(b"--b--"),
        body(ROOT).removesuffix(b"--"),
        body(ROOT, ATTACHMENT).removesuffix(b"\r\n--b--"),
        body(ROOT, boundary=b"c"),
        body(ROOT).replace(b"\r\n", b"\n"),
        body(ROOT, ATTACHMENT).replace(b"\r\n--b--", b"\n--b--"),
        body(ROOT, after=b"x"),
    ],
)
def test_a_boundary_is_missing(whole: bytes) -> None:
    """Cut off anywhere, or with bare LF, about which two readers could disagree."""
    with refused("SOA-03001", "a boundary is missing"):
        mime.read(RELATED, whole)


def test_a_boundary_begins_its_line() -> None:
    with refused("SOA-03001", "no root part"):
        mime.read(RELATED, b"x" + body(ROOT))


def test_every_truncation_is_refused() -> None:
    whole = body(ROOT, ATTACHMENT, after=b"\r\n")
    for length in range(len(whole) - 2):
        with refused("SOA-03001", ""):
            mime.read(RELATED, whole[:length])


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ((), "no root part"),
        ((ATTACHMENT,), "no root part"),
        ((part(XML, b"Content-Type: application/xop+xml"),), "no root part"),
        ((part(XML, b"Content-Type: text/xmlx"),), "no root part"),
        ((part(XML),), "no root part"),
        ((ROOT, ATTACHMENT, ATTACHMENT), "a Content-ID occurs twice"),
        ((ROOT, ATTACHMENT, part(b"y", b"Content-Id:<x>")), "a Content-ID occurs twice"),
        ((part(XML, b"Content-Type: text/xml", b"Content-ID: x"), ATTACHMENT), "a Content-ID occurs twice"),
        ((ROOT, part(b"y", b"Content-ID:")), "Content-ID is malformed"),
        ((ROOT, part(b"y", b"Content-ID: <>")), "Content-ID is malformed"),
        ((ROOT, part(b"y", b"Content-ID: a b")), "Content-ID is malformed"),
        ((ROOT, part(b"y", b"Content-ID: \xe9")), "Content-ID is malformed"),
        ((ROOT, part(b"y", b"Content-ID: " + b"x" * 256)), "Content-ID is malformed"),
        ((ROOT, part(b"y", b"Content-ID: x", b"Content-ID: x")), "a header twice"),
        ((ROOT, part(b"y", b"Content-ID: x", b"Content-Transfer-Encoding: quoted-printable")), "is not supported"),
        ((ROOT, part(b"y", b"Content-ID: x", b"Content-Transfer-Encoding: x-uuencode")), "is not supported"),
        ((ROOT, part(b"!!!!", b"Content-ID: x", b"Content-Transfer-Encoding: base64")), "not in its Content-Transfer"),
        ((ROOT, b"no header and no end"), "headers do not end"),
        ((ROOT, part(b"y", b"Content-ID: x", b"X: " + b"x" * 8192)), "headers do not end within 8192"),
        ((ROOT, b"X: " + b"x" * 8192 + b"\r\n"), "headers do not end within 8192"),
        ((ROOT, part(b"y", *(b"X-%d: 1" % i for i in range(33)))), "more than 32 header lines"),
    ],
)
def test_parts_that_are_not_as_declared(parts: tuple[bytes, ...], reason: str) -> None:
    with refused("SOA-03001", reason):
        mime.read(RELATED, body(*parts))


def test_a_start_that_names_no_text_xml_part() -> None:
    for start in ("unknown", "<x>"):
        with refused("SOA-03001", "no root part"):
            mime.read(f'{RELATED}; start="{start}"', body(ROOT, ATTACHMENT))


def test_a_part_without_content_id_cannot_be_referred_to() -> None:
    with refused("SOA-03007", "no Content-ID"):
        mime.read(RELATED, body(ROOT, part(b"y", b"Content-Type: text/plain")))


def test_200_parts_are_the_most() -> None:
    parts = [part(b"", b"Content-ID: %d" % i) for i in range(200)]
    assert len(mime.read(RELATED, body(ROOT, *parts[:199])).parts) == 199
    with refused("SOA-03001", "more than 200 parts"):
        mime.read(RELATED, body(ROOT, *parts))


@pytest.mark.parametrize(
    "filling",
    [
        b"\r\n--bb" * 500_000,
        b"\r\n--b " * 500_000,
        b"\r\n--b" + b" " * 4_000_000,
        (b"\r\n--b" + b" " * 10_000 + b"x") * 400,
        b"\r\n\r\n" * 1_000_000,
        b"\r\n--b" * 700,
        b"-" * 4_000_000,
        b"X: " + b"\r\n " * 1_000_000,
    ],
)
def test_hostile_bodies_take_no_time(filling: bytes) -> None:
    """Each would take minutes if anything were quadratic."""
    before = clock.monotonic()
    for whole in (filling, b"--b\r\n" + filling, body(ROOT, filling)):
        with pytest.raises(SoapFault):
            mime.read(RELATED, whole)
    assert clock.monotonic() - before < 10


def test_text_that_looks_like_the_boundary_a_thousand_times_is_by_design() -> None:
    with refused("SOA-03001", "occurs inside a part"):
        mime.read(RELATED, body(ROOT, part(b"\r\n--bx" * 1000, b"Content-ID: x")))
    assert mime.read(RELATED, body(ROOT, part(b"\r\n--bx" * 999, b"Content-ID: x")))

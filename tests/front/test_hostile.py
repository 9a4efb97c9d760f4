"""Hostile input at the front door, by tables that are made of the message itself: every place, every pair, every set.

What one rule refuses by name stands in the other tests of this folder; here nothing may be forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import permutations, product

import pytest
from lxml import etree

from tests.clients.connector40 import File, HttpRequest
from tests.door import CONSULTATION, PUBLICATION, Door
from tests.front.calls import ask, box_info, consult, consultation, fault, post, told, with_body, with_header
from tests.front.cast import DOCTOR, NURSE, NURSE_BOX, Cast
from tests.front.conftest import Fresh
from tests.front.letters import Inline, send_message
from tests.front.signed import COVERED, STS_REQUEST, request, turned_away
from tests.security.builders import SOAP, WSSE, Call, Token, find
from tests.security.edits import ID, KINDS, SIGNATURE, Kind, call

REFUSALS = {"SOA-01001", "SOA-03002", "SOA-03003"}


def refused(door: Door, sent: HttpRequest, where: object) -> str:
    """The fault's code; nothing else than one of REFUSALS may come of it."""
    found = told(door.send(sent))
    assert found.code in REFUSALS, where
    return found.code


def signed_call(kind: Kind, token: str) -> HttpRequest:
    """A good call of that kind."""
    return request(
        call(kind=kind, token=Token(id=token)) if kind == "mailbox" else Call(kind=kind, content=STS_REQUEST)
    )


# SOAP: a second Header, Body and Security


@pytest.mark.parametrize("name", [f"{{{SOAP}}}Header", f"{{{SOAP}}}Body", f"{{{WSSE}}}Security"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_second_header_body_or_security_anywhere(name: str, kind: Kind, foreign: Door) -> None:
    """Below and beside each element of the message, empty and as a copy; of the known and of the unknown assertion."""
    good = signed_call(kind, "_second")
    before = foreign.contents()
    root = etree.fromstring(good.body)
    places = len(list(root.iter()))
    codes = set()
    for at, below, copied in product(range(places), (True, False), (True, False)):
        attacked = deepcopy(root)
        place = list(attacked.iter())[at]
        second = deepcopy(next(attacked.iter(name))) if copied else etree.Element(name)
        if below:
            place.insert(0, second)
        elif place is not attacked:
            place.addnext(second)
        else:
            continue
        codes.add(refused(foreign, replace(good, body=etree.tostring(attacked)), (place.tag, below, copied)))
    assert "SOA-01001" in codes
    assert foreign.contents() == before
    assert foreign.send(good).status == (200 if kind == "mailbox" else 500)


# Ids


@pytest.mark.parametrize("kind", KINDS)
def test_every_pair_of_ids(kind: Kind, foreign: Door) -> None:
    """Each id of the message takes the value of each other one, in every attribute that anybody reads as an id."""
    good = signed_call(kind, "_pairs")
    root = etree.fromstring(good.body)
    names = (ID, "Id", "AssertionID", "RequestID")
    found = [(at, name) for at, element in enumerate(root.iter()) for name in names if element.get(name) is not None]
    assert len(found) >= 6
    for (first, its_name), (second, other_name) in permutations(found, 2):
        attacked = deepcopy(root)
        elements = list(attacked.iter())
        elements[first].set(its_name, elements[second].get(other_name) or "")
        assert refused(foreign, replace(good, body=etree.tostring(attacked)), (first, second)) == "SOA-01001"


# References


def sets(known: Sequence[str], needed: Sequence[str]) -> list[tuple[str, ...]]:
    """Every list of up to three of the known ids that does not name exactly those that must be signed."""
    lists = [each for length in range(4) for each in product(known, repeat=length)]
    return [each for each in lists if sorted(each) != sorted(needed)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_set_of_references(kind: Kind, foreign: Door) -> None:
    """Signed so: the signature holds, and covers too little, too much, or the same thing twice."""
    needed = ("id-1", "TS-1") if kind == "mailbox" else ("id-1", "TS-1", "X509-1")
    wrong = sets((*needed, "STR-1"), needed)
    assert len(wrong) > 30
    for chosen in wrong:

        def refer(root: etree._Element, chosen: tuple[str, ...] = chosen) -> None:
            info = find(root, SIGNATURE + "/ds:SignedInfo")
            pattern = info[2]
            info[2:] = []
            for name in chosen:
                reference = deepcopy(pattern)
                reference.set("URI", f"#{name}")
                info.append(reference)

        sent = call(kind=kind, edit=refer)
        if kind == "sts":
            sent = replace(sent, content=STS_REQUEST)
        # Without any reference there is no signature to speak of: libxmlsec makes none.
        if chosen:
            assert turned_away(foreign, sent) == COVERED, chosen


# Identifiers


@pytest.mark.parametrize("split", [b"<!-- x -->", b"<?x y?>", b"<![CDATA[]]>"])
def test_an_identifier_cannot_be_split(split: bytes, door: Door, people: Cast) -> None:
    """At every place of the assertion's and of the request's identifier: a reader that takes the text before the
    comment would see somebody else. Nothing changes for the signatures, nor for us."""
    content = consultation(
        "GetBoxInfoRequest", f"<BoxId><Id>{DOCTOR}</Id><Type>INSS</Type><Quality>DOCTOR</Quality></BoxId>"
    )
    for at in range(len(DOCTOR) + 1):
        whole = consult(door, people.doctor, content)
        parted = DOCTOR.encode()[:at] + split + DOCTOR.encode()[at:]
        answer = ask(door, with_body(whole, b">" + DOCTOR.encode() + b"<", b">" + parted + b"<"))
        assert answer.element.findtext("BoxId/Id") == DOCTOR


@pytest.mark.parametrize("split", [b"<x/>", b"<!---->\x00", b"&#8203;", b"&#0;"])
def test_what_is_no_comment_is_a_change(split: bytes, door: Door, people: Cast) -> None:
    whole = consult(door, people.doctor, consultation("GetBoxInfoRequest"))
    parted = DOCTOR.encode()[:4] + split + DOCTOR.encode()[4:]
    found = fault(door, with_body(whole, b">" + DOCTOR.encode() + b"<", b">" + parted + b"<"))
    assert found.code in {"SOA-01001", "SOA-03001"}


def test_a_split_destination_is_the_whole_one(fresh: Fresh, people: Cast) -> None:
    door = fresh()
    content = send_message(Inline([NURSE_BOX]))
    sent = post(PUBLICATION, people.doctor.connector.secured(content, door.now, people.doctor.assertion))
    whole, parted = b">" + NURSE.encode() + b"<", b">8506<!-- -->1999865<"
    answer = ask(door, with_body(sent, whole, parted))
    assert answer.element.findtext("Recipient/Id") == NURSE
    listed = ask(door, people.nurse.connector.get_messages_list(CONSULTATION, door.now, people.nurse.assertion))
    assert [row.findtext("Destination/Id") for row in listed.element.iterfind("Message")] == [NURSE]


# Octets


def test_utf_7(door: Door, people: Cast) -> None:
    """Without any declaration it is ASCII text and no XML; with one it is another charset."""
    good = box_info(door, people.doctor)
    octets = replace(good, body=good.body.replace(b"<", b"+ADw-").replace(b">", b"+AD4-"))
    assert fault(door, octets).reason.startswith("not well-formed XML")
    found = fault(door, with_header(octets, "Content-Type", "text/xml; charset=utf-7"))
    assert found.reason == "the charset is neither utf-8 nor us-ascii"


@pytest.mark.parametrize(
    ("nul", "reason"), [(b"\x00", "NUL in the document"), (b"&#0;", "not well-formed"), (b"&#x0;", "not well-formed")]
)
def test_nul(nul: bytes, reason: str, door: Door, people: Cast) -> None:
    good = box_info(door, people.doctor)
    for place in (b"<wsu:Created>", b"<SOAP-ENV:Header>", b'wsu:Id="'):
        found = fault(door, with_body(good, place, place + nul))
        assert found.code == "SOA-03001"
        assert found.reason.startswith(reason)


# Multipart


def multipart(root: bytes, parts: Sequence[bytes]) -> HttpRequest:
    body = b"\r\n--m\r\n".join([b"--m\r\nContent-Type: text/xml\r\n\r\n" + root, *parts]) + b"\r\n--m--"
    return post(PUBLICATION, body, 'multipart/related; boundary="m"; type="text/xml"')


def test_ten_thousand_parts(door: Door, people: Cast) -> None:
    """Refused while they are counted: none is kept."""
    root = box_info(door, people.doctor).body
    found = fault(door, multipart(root, [b"Content-ID: %d@x\r\n\r\nx" % number for number in range(10_000)]))
    assert (found.code, found.reason) == ("SOA-03001", "multipart: more than 200 parts")


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"X: " + b"x" * 10_000_000, "a part's headers do not end within 8192 octets"),
        (b"\r\n".join([b"X: x"] * 1000), "a part has more than 32 header lines"),
        (b"X:" + b"\r\n x" * 3000, "a part's headers do not end within 8192 octets"),
        (b"x" * 8000, "a part has a malformed header line"),
    ],
)
def test_giant_headers_of_a_part(head: bytes, reason: str, door: Door, people: Cast) -> None:
    root = box_info(door, people.doctor).body
    found = fault(door, multipart(root, [b"Content-ID: 1@x\r\n" + head + b"\r\n\r\nx"]))
    assert (found.code, found.reason) == ("SOA-03001", reason)


LOOKALIKES = [
    b"\n--m\r\n",
    b"x--m\r\n",
    b"\r\n--mm\r\n",
    b"\r\n--m--x\r\n",
    b"\r\n --m\r\n",
    b"\r\n--M\r\n",
    b"\r\n-- m\r\n",
]


def test_what_looks_like_a_boundary_is_content(fresh: Fresh, people: Cast) -> None:
    """To the octet; of the boundary itself a part is made, and the content does not have its digest."""
    door = fresh()
    for data in (*LOOKALIKES, b"".join(LOOKALIKES), b"\r\n--m\r\nContent-ID: 2@x\r\n\r\n"):
        letter = Inline([NURSE_BOX], File("t", "n", "a/b", data), references=["1@x"])
        root = people.doctor.connector.secured(send_message(letter), door.now, people.doctor.assertion)
        sent = multipart(root, [b"Content-ID: 1@x\r\n\r\n" + data])
        if data.startswith(b"\r\n--m\r\n"):
            assert fault(door, sent).code == "SOA-03007"
        else:
            message_id = ask(door, sent).element.get("Id", "")
            nurse = people.nurse
            read = nurse.connector.get_full_message(CONSULTATION, door.now, nurse.assertion, message_id)
            assert list(ask(door, read).parts.values()) == [data]

"""Faults of the envelope: what is not SOAP 1.1, how many Bodies, whose element, whose SOAPAction, mustUnderstand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.clients.connector40 import CONSULTATION as CONS
from tests.clients.connector40 import PUBLICATION as PUB
from tests.clients.connector40 import SOAP, HttpRequest
from tests.door import CONSULTATION, PUBLICATION, STS, Door
from tests.front.calls import ask, box_info, consult, consultation, fault, post, publish, with_body, with_header
from tests.front.cast import NURSE_BOX, Cast
from tests.front.letters import Inline, send_message

HEADER = b"<SOAP-ENV:Header>"
END = b"</SOAP-ENV:Envelope>"


@pytest.fixture
def good(door: Door, people: Cast) -> HttpRequest:
    """A call that is answered; each test sends it changed."""
    return box_info(door, people.doctor)


def the_body(request: HttpRequest) -> bytes:
    start, end = request.body.index(b"<SOAP-ENV:Body "), request.body.index(b"</SOAP-ENV:Body>")
    return request.body[start : end + len(b"</SOAP-ENV:Body>")]


def the_header(request: HttpRequest) -> bytes:
    end = b"</SOAP-ENV:Header>"
    return request.body[request.body.index(HEADER) : request.body.index(end) + len(end)]


# SOA-03002, SOA-03003


@pytest.mark.parametrize(
    "body",
    [
        b"<hello/>",
        b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body><a/></Body></Envelope>',
        b"<Envelope><Body/></Envelope>",
        f'<Body xmlns="{SOAP}"/>'.encode(),
        b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    ],
)
@pytest.mark.parametrize("path", [PUBLICATION, CONSULTATION, STS])
def test_not_an_envelope_of_soap_1_1(body: bytes, path: str, door: Door) -> None:
    found = fault(door, post(path, body))
    assert (found.code, found.reason) == ("SOA-03002", "the root is not a SOAP 1.1 Envelope")


def test_soap_1_2(door: Door, good: HttpRequest) -> None:
    found = fault(door, with_body(good, SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"))
    assert (found.code, found.reason) == ("SOA-03002", "the root is not a SOAP 1.1 Envelope")


def test_an_envelope_of_another_shape(door: Door, good: HttpRequest) -> None:
    """A Header at most, then one Body, nothing else and no text."""
    header, body = the_header(good), the_body(good)
    shape = "Envelope: something else than one Header and one Body"
    text = "Envelope: text between the elements"
    for changed, reason in (
        (with_body(good, header, header * 2), shape),
        (with_body(good, body, body * 2), shape),
        (with_body(good, header + body, body + header), shape),
        (with_body(good, END, b"<x/>" + END), shape),
        (with_body(good, header, b"<x/>" + header), shape),
        (with_body(good, END, b"text" + END), text),
        (with_body(good, HEADER, HEADER + b"text"), text),
    ):
        found = fault(door, changed)
        assert (found.code, found.reason) == ("SOA-03002", reason)


def test_no_body(door: Door, good: HttpRequest) -> None:
    found = fault(door, with_body(good, the_body(good), b""))
    assert (found.code, found.reason) == ("SOA-03003", "Envelope: no Body")


@pytest.mark.parametrize(
    "content",
    [
        "",
        " \n ",
        "text",
        consultation("GetBoxInfoRequest") * 2,
        consultation("GetBoxInfoRequest") + "<x/>",
        "text" + consultation("GetBoxInfoRequest"),
        consultation("GetBoxInfoRequest") + "text",
    ],
)
def test_the_body_holds_exactly_one_element(content: str, door: Door, people: Cast) -> None:
    """Well signed, so that only their number is wrong."""
    found = fault(door, consult(door, people.doctor, content))
    assert (found.code, found.reason) == ("SOA-03003", "Body: not exactly one element")


def test_white_space_around_the_element_is_nothing(door: Door, people: Cast) -> None:
    ask(door, consult(door, people.doctor, f"\n  {consultation('GetBoxInfoRequest')}\n"))


# SOA-03005


@pytest.mark.parametrize(
    "element",
    [
        consultation("Unknown"),
        consultation("GetBoxInfoResponse"),
        consultation("getBoxInfo"),
        "<GetBoxInfoRequest/>",
        '<GetBoxInfoRequest xmlns="urn:other"/>',
        f'<GetBoxInfoRequest xmlns="{PUB}"/>',
        f'<x:Fault xmlns:x="{SOAP}"/>',
    ],
)
def test_an_element_that_is_no_operation(element: str, door: Door, people: Cast) -> None:
    found = fault(door, consult(door, people.doctor, element))
    assert (found.code, found.reason) == ("SOA-03005", "element of the Body")


def test_an_element_of_the_other_port(door: Door, people: Cast) -> None:
    """Each port answers its own operations, well signed or not."""
    good = box_info(door, people.doctor)
    letter = publish(door, people.doctor, send_message(Inline([NURSE_BOX])))
    token = people.doctor.connector.request_secure_token(STS, door.now, [], [])
    for request, path in (
        (good, PUBLICATION),
        (good, STS),
        (letter, CONSULTATION),
        (letter, STS),
        (token, PUBLICATION),
    ):
        assert fault(door, with_header(replace(request, path=path), "SOAPAction", None)).code == "SOA-03005"


# SOA-03004: SOAPAction


@pytest.mark.parametrize(
    "action",
    [
        f'"{CONS}:getBoxInfo"',
        f"{CONS}:getBoxInfo",
        f' "{CONS}:getBoxInfo" ',
        '""',
        "",
        None,
    ],
)
def test_dispatch_is_by_element(action: str | None, door: Door, good: HttpRequest) -> None:
    """wire.md, Requests: the action quoted or bare, empty or missing."""
    answer = ask(door, with_header(good, "SOAPAction", action))
    assert answer.element.tag == f"{{{CONS}}}GetBoxInfoResponse"


@pytest.mark.parametrize(
    "action",
    [
        f'"{CONS}:getMessagesList"',
        f"{CONS}:getMessagesList",
        f'"{PUB}:sendMessage"',
        '"getBoxInfo"',
        f'"{CONS}:GetBoxInfo"',
        '"urn:other"',
        "x",
    ],
)
def test_a_soap_action_of_another_operation(action: str, door: Door, good: HttpRequest) -> None:
    """The element of getBoxInfo is well signed; the action only says something else."""
    found = fault(door, with_header(good, "SOAPAction", action))
    assert (found.code, found.reason) == ("SOA-03004", "SOAPAction names another operation")


@pytest.mark.parametrize("action", ['""', "", None, "RequestSecureToken", '"AttributeQuery"'])
def test_soap_actions_of_the_sts(action: str | None, door: Door, people: Cast) -> None:
    request = people.doctor.connector.request_secure_token(STS, door.now, [], [])
    assert door.send(with_header(request, "SOAPAction", action)).status == 200
    found = fault(door, with_header(request, "SOAPAction", f'"{CONS}:getBoxInfo"'))
    assert (found.code, found.reason) == ("SOA-03004", "SOAPAction names another operation")


# SOA-03004: mustUnderstand


@pytest.mark.parametrize(
    ("attributes", "fine"),
    [
        ('SOAP-ENV:mustUnderstand="1"', False),
        ('SOAP-ENV:mustUnderstand="true"', False),
        ('SOAP-ENV:mustUnderstand="1" SOAP-ENV:actor="http://schemas.xmlsoap.org/soap/actor/next"', False),
        ('SOAP-ENV:mustUnderstand="1" SOAP-ENV:actor="urn:somebody:else"', True),
        ('SOAP-ENV:mustUnderstand="0"', True),
        ('mustUnderstand="1"', True),
        ("", True),
    ],
)
def test_a_header_that_must_be_understood(attributes: str, fine: bool, door: Door, good: HttpRequest) -> None:
    block = f'<w:To xmlns:w="http://www.w3.org/2005/08/addressing" {attributes}>x</w:To>'.encode()
    request = with_body(good, HEADER, HEADER + block)
    if fine:
        ask(door, request)
        return
    found = fault(door, request)
    assert (found.code, found.reason) == ("SOA-03004", "Header: a block that must be understood is not known")


# The order of what is told


def test_the_shape_is_told_before_the_caller_is_known(door: Door, good: HttpRequest) -> None:
    """What `?wsdl` tells anybody anyway is told to anybody; nothing else is."""
    unsigned = with_body(good, the_header(good), b"")
    assert fault(door, unsigned).code == "SOA-01001"
    assert fault(door, with_body(unsigned, b"GetBoxInfoRequest", b"Unknown")).code == "SOA-03005"
    assert fault(door, with_header(unsigned, "SOAPAction", '"urn:other"')).code == "SOA-03004"

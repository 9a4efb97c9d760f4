"""HTTP of the client: attachments keep every byte both ways, faults and what is no answer become exceptions."""

from __future__ import annotations

import re

import pytest
import requests
from lxml import etree

from ehbox_soap.client.errors import AnswerError, ClientError, FaultError, UnreachableError
from ehbox_soap.client.transport import Reply
from ehbox_soap.wire.mime import Part
from tests.client.conftest import PUBLICATION_URL, Asked, Caller, Told, envelope

NASTY = b"\r\n--x\r\n\n\r \x00\xff" + bytes(range(256)) + b"\r\n"
ERRORS = "urn:be:fgov:ehealth:errors:soa:v1"
FAULT = (
    "<s:Fault><faultcode>s:Server</faultcode><faultstring>SOA-02001</faultstring><detail>"
    f'<e:SystemError xmlns:e="{ERRORS}" Id="42"><Origin>Provider</Origin><Code>SOA-02001</Code>'
    '<Message xml:lang="fr">non</Message><Message xml:lang="en">not available</Message>'
    "<e:Environment>Simulation</e:Environment></e:SystemError></detail></s:Fault>"
)


def _exchange(caller: Caller, told: Told, parts: tuple[Part, ...] = ()) -> tuple[Reply, Asked]:
    session, service = caller.session(lambda _: told)
    reply = session.transport.exchange(PUBLICATION_URL, "an:action", etree.fromstring(envelope("<x>é</x>")), parts)
    return reply, service.asked[0]


def _failure(caller: Caller, told: Told) -> ClientError:
    with pytest.raises(ClientError) as caught:
        _exchange(caller, told)
    return caught.value


def test_without_parts_an_envelope_is_text_xml(caller: Caller) -> None:
    _, asked = _exchange(caller, Told(envelope("<y/>")))
    assert asked.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert asked.headers["SOAPAction"] == '"an:action"'
    assert etree.fromstring(asked.body).findtext(".//x") == "é"


def test_parts_go_out_without_a_changed_byte(caller: Caller) -> None:
    _, asked = _exchange(caller, Told(envelope("<y/>")), (Part("application/pdf", "1@here", NASTY), Part("", "2", b"")))
    kind = asked.headers["Content-Type"]
    assert kind.startswith("multipart/related")
    boundary = re.search(r'boundary="([^"]+)"', kind)
    assert boundary
    pieces = (b"\r\n" + asked.body).split(b"\r\n--" + boundary[1].encode())
    assert [piece.partition(b"\r\n\r\n")[2] for piece in pieces[2:-1]] == [NASTY, b""]
    assert b"Content-ID: <1@here>" in pieces[2]
    assert b"<x>" in pieces[1]


def test_parts_come_in_without_a_changed_byte(caller: Caller) -> None:
    root = b"Content-Type: text/xml; charset=utf-8\r\n\r\n" + envelope("<y/>")
    part = b"Content-Type: application/pdf\r\nContent-ID: <1@here>\r\n\r\n" + NASTY
    body = b"--bound\r\n" + root + b"\r\n--bound\r\n" + part + b"\r\n--bound--\r\n"
    reply, _ = _exchange(caller, Told(body, 'multipart/related; boundary="bound"; type="text/xml"'))
    assert reply.content.tag == "y"
    assert reply.parts["1@here"].data == NASTY


def test_a_fault_is_told_with_code_id_and_message(caller: Caller) -> None:
    fault = _failure(caller, Told(envelope(FAULT), status=500))
    assert isinstance(fault, FaultError)
    assert (fault.side, fault.code, fault.id, fault.message) == ("Server", "SOA-02001", "42", "not available")
    assert fault.detail is not None
    assert (fault.detail.origin, fault.detail.environment) == ("Provider", "Simulation")


def test_a_fault_without_detail_is_told_too(caller: Caller) -> None:
    inner = "<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring></s:Fault>"
    fault = _failure(caller, Told(envelope(inner), status=500))
    assert isinstance(fault, FaultError)
    assert (fault.side, fault.code, fault.id, fault.message, fault.detail) == ("Client", "no", "", "no", None)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (Told(b"<html/>", "text/html", 404), "HTTP status 404"),
        (Told(b"", status=202), "HTTP status 202"),
        (Told(b"<html>", "text/html"), "not an answer of SOAP"),
        (Told(b"<a><b></a>"), "not an answer of SOAP"),
        (Told(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "not an answer of SOAP"),
        (Told(b"<a/>"), "one Body with one element"),
        (Told(envelope("")), "one Body with one element"),
        (Told(envelope("<a/><b/>")), "one Body with one element"),
        (Told(envelope("<a/>"), status=500), "HTTP status 500 without a fault"),
    ],
)
def test_what_is_no_answer_is_told(caller: Caller, told: Told, reason: str) -> None:
    error = _failure(caller, told)
    assert isinstance(error, AnswerError)
    assert reason in str(error)


def test_no_connection_is_unreachable(caller: Caller) -> None:
    def answer(_: Asked) -> Told:
        raise requests.ConnectionError("refused")

    session, _ = caller.session(answer)
    with pytest.raises(UnreachableError, match="ConnectionError"):
        session.transport.exchange(PUBLICATION_URL, "", etree.fromstring(envelope("<x/>")))
    with pytest.raises(UnreachableError, match="ConnectionError"):
        session.transport.load(PUBLICATION_URL)


def test_no_proxy_of_the_environment_is_used(caller: Caller) -> None:
    session, _ = caller.session(lambda _: Told(b""))
    assert session.transport.session.trust_env is False

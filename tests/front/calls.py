"""What the tests of the front door send, and how strictly they read what comes back.

Knows: requests, the client models, the form of a fault. Must not know: which code or reason a test expects.
Every answer is read as a real client reads it (connector40_reader); a fault or refusal must leave the store as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from lxml import etree

from ehbox_soap.ports.call import HttpAnswer
from tests.clients import connector40_reader
from tests.clients.connector40 import CONSULTATION, PUBLICATION, SOAP, HttpRequest
from tests.clients.connector40_reader import ERRORS, Answer
from tests.door import CONSULTATION as CONSULTATION_PATH
from tests.door import PUBLICATION as PUBLICATION_PATH
from tests.door import Client, Door

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
Edit = Callable[[etree._Element], object]


@dataclass(frozen=True)
class Told:
    """A fault, as far as tests look at it: `reason` is what follows the code's own text."""

    code: str
    reason: str
    id: str
    octets: bytes


@dataclass(frozen=True)
class Refused:
    """A refusal: an ordinary answer with another code than 100; `place` is what follows the code's own text."""

    code: str
    place: str
    element: str


def ask(door: Door, request: HttpRequest) -> Answer:
    """The answer to a request that must succeed."""
    answer = _read(door.send(request))
    assert answer.code == "100", [message.text for message in answer.element.iterfind("Status/Message")]
    return answer


def refusal(door: Door, request: HttpRequest) -> Refused:
    """The refusal of a request, told in three languages; nothing is changed by it."""
    before = door.contents()
    answer = _read(door.send(request))
    assert door.contents() == before, "a refusal left something behind"
    assert answer.code != "100"
    messages = {each.get("Lang", ""): each.text or "" for each in answer.element.iterfind("Status/Message")}
    assert sorted(messages) == ["EN", "FR", "NL"]
    assert [child.tag for child in answer.element] == ["Status"]
    return Refused(answer.code, messages["EN"].partition(": ")[2], etree.QName(answer.element).localname)


def fault(door: Door, request: HttpRequest) -> Told:
    """The fault that a request becomes; nothing is changed by it."""
    before = door.contents()
    answer = door.send(request)
    assert door.contents() == before, "a fault left something behind"
    return told(answer)


def told(answer: HttpAnswer) -> Told:
    """An answer that must be a fault in the one form that clients understand (rules.md, Faults)."""
    headers = dict(answer.headers)
    assert (answer.status, headers["Content-Type"]) == (500, "text/xml; charset=utf-8")
    assert int(headers["Content-Length"]) == len(answer.body)
    with pytest.raises(connector40_reader.Fault) as caught:
        _read(answer)
    fault = caught.value
    expected = "Server" if fault.code in ("SOA-00001", "SOA-02001", "SOA-02002") else "Client"
    assert (fault.side, fault.environment) == (expected, "Simulation")
    return Told(fault.code, _reason(answer.body), fault.id, answer.body)


def _reason(octets: bytes) -> str:
    """Demands what the reader leaves open: one SystemError and nothing beside it, its Id, a language for each text."""
    root = etree.fromstring(octets)
    assert [child.tag for child in root] == [f"{{{SOAP}}}Body"]
    (fault,) = root[0]
    assert [child.tag for child in fault] == ["faultcode", "faultstring", "detail"]
    assert fault.findtext("faultcode") in ("soap:Client", "soap:Server")
    (error,) = fault[2]
    assert error.tag == f"{{{ERRORS}}}SystemError"
    assert len(error.get("Id", "")) == 32
    assert [child.tag for child in error] == ["Origin", "Code", *["Message"] * 3, f"{{{ERRORS}}}Environment"]
    messages = {each.get(XML_LANG, ""): each.text or "" for each in error.iterfind("Message")}
    assert sorted(messages) == ["en", "fr", "nl"]
    reasons = {text.partition(": ")[2] for text in messages.values()}
    assert len(reasons) == 1, "the languages give different reasons"
    return reasons.pop()


def _read(answer: HttpAnswer) -> Answer:
    return connector40_reader.read(answer.status, dict(answer.headers), answer.body)


def post(path: str, body: bytes, content_type: str | None = "text/xml; charset=utf-8", action: str = "") -> HttpRequest:
    """A request of any bytes."""
    headers = () if content_type is None else (("Content-Type", content_type),)
    return HttpRequest(path, (*headers, ("SOAPAction", action)), body)


def with_header(request: HttpRequest, name: str, value: str | None) -> HttpRequest:
    """The request with another value of a header, or without it."""
    rest = tuple(each for each in request.headers if each[0] != name)
    return replace(request, headers=rest if value is None else (*rest, (name, value)))


def with_body(request: HttpRequest, old: bytes, new: bytes) -> HttpRequest:
    """The request with some of its bytes changed, all wherever they stand."""
    assert old in request.body
    return replace(request, body=request.body.replace(old, new))


def edited(request: HttpRequest, edit: Edit) -> HttpRequest:
    """The request with its envelope changed; `edit` gets the root. Signed parts that it does not touch stay good."""
    root = etree.fromstring(request.body)
    edit(root)
    return replace(request, body=etree.tostring(root))


def consult(door: Door, client: Client, content: str) -> HttpRequest:
    """Any element for the Consultation port, signed as the connector does; no SOAPAction."""
    return post(CONSULTATION_PATH, client.connector.secured(content, door.now, client.assertion))


def publish(door: Door, client: Client, content: str) -> HttpRequest:
    """Any element for the Publication port, signed as the connector does; no SOAPAction."""
    return post(PUBLICATION_PATH, client.connector.secured(content, door.now, client.assertion))


def consultation(name: str, content: str = "", attributes: str = "") -> str:
    """An element of the Consultation port, e.g. GetBoxInfoRequest."""
    return f'<c:{name} xmlns:c="{CONSULTATION}"{attributes}>{content}</c:{name}>'


def publication(name: str, content: str, attributes: str = "") -> str:
    """An element of the Publication port, e.g. SendMessageRequest."""
    return f'<p:{name} xmlns:p="{PUBLICATION}"{attributes}>{content}</p:{name}>'


def box_info(door: Door, client: Client) -> HttpRequest:
    """A good call that changes nothing: getBoxInfo."""
    return client.connector.get_box_info(CONSULTATION_PATH, door.now, client.assertion)

"""Plays a case twice: as raw XML, and through zeep.

Knows: the shipped WSDLs, the model of connector 4.0 that signs, the reader that is as strict as the clients. Must not
know: the server's inside. A case that expects a fault must get that fault from both.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import zeep
from lxml import etree
from zeep.xsd import CompoundValue

from tests.cases.pattern import differences, leaves, unlike
from tests.cases.people import BOXES
from tests.cases.reading import Case, element
from tests.cases.stage import Stage
from tests.clients.connector40 import SOAP
from tests.clients.connector40_reader import Answer, Fault
from tests.door import Client, Door

# What no mail may hold (PUB-13, MAIL-1): contents, titles and names of the cases.
SECRET = ("ten bytes.", "A letter", "Voorbeeld", "Dora", "Proefpersoon", "Nele", "Exemple", "71031499894")
_WSDL = Path(__file__).resolve().parents[2] / "wsdl" / "ehealthbox"


def play_raw(case: Case, door: Door, people: Mapping[str, Client]) -> list[str]:
    """What differs from what the case expects when its request is sent as it stands."""
    stage = Stage(door, people, case)
    request = element(case.request, stage.names)
    expected = element(case.expected, stage.names)
    try:
        answer = stage.ask(case.caller, etree.tostring(request, encoding="unicode"), case.sending)
    except Fault as fault:
        return _told(case, expected, fault)
    return differences(expected, answer.element) + _attached(case, answer) + _followed(case, stage)


def play_zeep(case: Case, door: Door, people: Mapping[str, Client]) -> list[str]:
    """What differs when zeep writes the request and reads the answer."""
    stage = Stage(door, people, case)
    client, operation = _operation(case.operation)
    expected = element(case.expected, stage.names)
    request = element(case.request, stage.names)
    if expected.tag != f"{{{SOAP}}}Fault":
        request = _written(client, case.operation, operation, request)
    try:
        answer = stage.ask(case.caller, etree.tostring(request, encoding="unicode"), case.sending)
    except Fault as fault:
        return _told(case, expected, fault)
    operation.process_reply(answer.element.getroottree().getroot())  # raises for what is not of the WSDL
    value = operation.output.body.parse(answer.element, client.wsdl.types)
    found = list(_values(etree.QName(answer.element).localname, value))
    return unlike(leaves(expected), found) + _attached(case, answer) + _followed(case, stage)


def _values(name: str, value: object) -> Iterator[tuple[str, str]]:
    """What zeep read, as names and texts: elements in their order, then the attributes."""
    match value:
        case None:
            return
        case list():
            for each in value:
                yield from _values(name, each)
        case CompoundValue():
            for key, each in value.__values__.items():
                yield from _values(name if key == "_value_1" else key, each)
        case bytes():
            yield name, base64.b64encode(value).decode()
        case bool():
            yield name, str(value).lower()
        case date():
            yield name, value.isoformat()
        case _:
            yield name, str(value)


def _written(client: Any, name: str, operation: Any, request: etree._Element) -> etree._Element:
    """The request as zeep writes it, of the values that it reads in the case's own."""
    value = operation.input.body.parse(request, client.wsdl.types)
    envelope = client.create_message(client.service, name, **({} if value is None else dict(value.__values__)))
    (body,) = envelope.iterchildren(f"{{{SOAP}}}Body")
    written: etree._Element = body[0]
    return written


@cache
def _operation(name: str) -> tuple[Any, Any]:
    wsdl = "ehBoxPublication.wsdl" if name == "sendMessage" else "ehBoxConsultation.wsdl"
    client = _client(wsdl)
    (binding,) = client.wsdl.bindings.values()
    return client, binding.get(name)


@cache
def _client(wsdl: str) -> Any:
    return zeep.Client(str(_WSDL / wsdl), settings=zeep.Settings(strict=True))


def _told(case: Case, expected: etree._Element, fault: Fault) -> list[str]:
    if expected.tag != f"{{{SOAP}}}Fault":
        return [f"the fault {fault.code}"]
    stated = (expected.findtext("faultcode"), expected.findtext("faultstring"))
    found = (f"soap:{fault.side}", fault.code)
    return [] if stated == found else [f"the fault {found} instead of {stated}"]


def _attached(case: Case, answer: Answer) -> list[str]:
    """The attachments that the answer refers to, in its order."""
    references = [each.text or "" for each in answer.element.iter("EncryptableBinaryContent")]
    found = tuple(answer.parts[each.removeprefix("cid:")].decode() for each in references)
    return [] if found == case.told else [f"the attachments {found} instead of {case.told}"]


def _followed(case: Case, stage: Stage) -> list[str]:
    """What differs in the mails that the call causes and in the report of USE-5, where the case looks at them."""
    found: list[str] = []
    if case.mails is not None:
        mails = stage.mails()
        expected = [(mail["to"], mail["subject"], mail["text"]) for mail in case.mails]
        found += [f"the mail {mail} says {word}" for mail in mails for word in SECRET if word in " ".join(mail[1:])]
        found += [] if mails == expected else [f"the mails {mails} instead of {expected}"]
    if case.kept is not None:
        kept = [(BOXES[each["box"]], each["read"], each["receipts"]) for each in case.kept]
        found += [] if stage.kept() == kept else [f"the report {stage.kept()} instead of {kept}"]
    return found

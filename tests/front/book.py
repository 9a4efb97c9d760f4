"""What the tests of the address book ask at the front door, and what they look at of an answer.

Knows: requests in connector 4.0's layout, the contract. Must not know: what any answer should be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from ehbox_soap.wire.contract import Contract
from tests.clients.connector40 import HttpRequest
from tests.door import Client, Door, content_of

PATH = "/AddressBook/v1"
NAMESPACE = "urn:be:fgov:ehealth:addressbook:protocol:v1"
NS = {
    "book": NAMESPACE,
    "aa": "urn:be:fgov:ehealth:aa:complextype:v1",
    "core": "urn:be:fgov:ehealth:addressbook:core:v1",
    "common": "urn:be:fgov:ehealth:commons:core:v2",
}
STATUS = "urn:be:fgov:ehealth:2.0:status:"
DENIS, NOOR, ERIKA, CITIZEN = "68072599721", "01010599873", "93042799282", "04022999310"
(PORT,) = Contract.load("addressbook").ports.values()
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Answer:
    """An answer as far as tests look at it: status codes without their common beginning."""

    element: etree._Element
    codes: tuple[str, ...]
    message: str

    def texts(self, path: str) -> list[str]:
        return [each.text or "" for each in self.element.iterfind(path, NS)]

    @property
    def people(self) -> list[str]:
        return self.texts("aa:HealthCareProfessional/aa:SSIN")

    @property
    def organisations(self) -> list[tuple[str, str]]:
        found = self.element.iterfind("book:HealthCareOrganization", NS)
        return [(each.findtext("aa:Id", "", NS), each.findtext("aa:OrganizationTypeCode", "", NS)) for each in found]


def request(
    door: Door, who: Client, operation: str, criteria: Mapping[str, str], page: tuple[int, int] | None = (0, 100)
) -> HttpRequest:
    """A request as connector 4.0 writes it, with a default namespace."""
    stem = operation[0].upper() + operation[1:]
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in criteria.items())
    paging = "" if page is None else f' Offset="{page[0]}" MaxElements="{page[1]}"'
    content = (
        f'<{stem}Request xmlns="{NAMESPACE}" Id="_req1" IssueInstant="2026-11-22T10:00:00.000+01:00"{paging}>{inner}'
        f"</{stem}Request>"
    )
    body = who.connector.secured(content, door.now, who.assertion, NAMESPACE)
    return who.connector.post(PATH, f'"{NAMESPACE}:{operation}"', body)


def read(door: Door, sent: HttpRequest) -> Answer:
    """The answer, which must keep to the contract and change nothing."""
    before = door.contents()
    answer = door.send(sent)
    assert answer.status == 200, answer.body
    assert door.contents() == before
    assert re.search(rb"<soap:Body>\S", answer.body), "white space breaks a client"
    element = content_of(answer)
    PORT.validate_answer(element)
    assert element.get("InResponseTo") == "_req1"
    codes = [str(each.get("Value")) for each in element.iterfind("common:Status//common:StatusCode", NS)]
    assert all(code.startswith(STATUS) for code in codes)
    return Answer(
        element,
        tuple(code.removeprefix(STATUS) for code in codes),
        element.findtext("common:Status/common:StatusMessage", "", NS),
    )


@dataclass(frozen=True)
class Book:
    """The address book as the doctor asks it."""

    door: Door
    who: Client

    def people(self, page: tuple[int, int] = (0, 100), /, **criteria: str) -> Answer:
        return read(self.door, request(self.door, self.who, "searchProfessionals", criteria, page))

    def organisations(self, page: tuple[int, int] = (0, 100), /, **criteria: str) -> Answer:
        return read(self.door, request(self.door, self.who, "searchOrganizations", criteria, page))

    def person(self, **criteria: str) -> Answer:
        return read(self.door, request(self.door, self.who, "getProfessionalContactInfo", criteria, None))

    def organisation(self, **criteria: str) -> Answer:
        return read(self.door, request(self.door, self.who, "getOrganizationContactInfo", criteria, None))

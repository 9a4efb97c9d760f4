"""The connector looks people up in the address book, in its own layout, and reads what it answers by its own XSD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from tests.clients.conftest import Open
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.connector40_reader import Broken, Fault
from tests.clients.connector_book import BookRequest, LookupRefused, read_book
from tests.clients.econtract import EContract
from tests.clients.talking import DOCTOR, Octets, Talk
from tests.clients.test_connector_kgss import GENERATIONS
from tests.clients.test_operations import SENDER, SHA256, talk
from tests.door import Door

PATH = "/AddressBook/v1"
BY_NAME = BookRequest("searchProfessionals", [("LastName", "Voorbeeld"), ("Profession", "PHYSICIAN")])
HOSPITAL = "71990133"
EACH = {
    "searchProfessionals": (BY_NAME, "SSIN", SENDER),
    "searchOrganizations": (BookRequest("searchOrganizations", [("NIHII", HOSPITAL)], (0, 10)), "Id", HOSPITAL),
    "getProfessionalContactInfo": (
        BookRequest("getProfessionalContactInfo", [("SSIN", SENDER)], None, "_1"),
        "SSIN",
        SENDER,
    ),
    "getOrganizationContactInfo": (
        BookRequest("getOrganizationContactInfo", [("NIHII", HOSPITAL)], None),
        "Id",
        HOSPITAL,
    ),
}
"""Each operation, and what the shipped seed has it tell, in which element."""


@pytest.fixture(scope="module")
def door(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    opened = Door(tmp_path_factory.mktemp("book") / "data", template)
    yield opened
    opened.close()


@pytest.fixture(params=GENERATIONS)
def client(request: pytest.FixtureRequest, door: Door) -> Talk:
    """A doctor with the connector of each generation."""
    return talk(door, *GENERATIONS[request.param], SENDER).identify(DOCTOR)


@pytest.fixture
def newer(door: Door) -> Talk:
    return talk(door, *GENERATIONS["4.0"], SENDER).identify(DOCTOR)


def sent(client: Talk, asked: BookRequest) -> Octets:
    """The answer, not read yet."""
    model, now = client.model, client.line.now
    if isinstance(model, EContract):
        return client.line.post(model.look_up(PATH, now, client.assertion, asked.content(now)))
    assert isinstance(model, Connector40)
    return client.line.post(model.look_up(PATH, now, client.assertion, asked))


def found(client: Talk, asked: BookRequest) -> etree._Element:
    return read_book(*sent(client, asked), asked)


def texts(element: etree._Element, name: str) -> list[str]:
    return [each.text or "" for each in element.iter(f"{{*}}{name}")]


def test_people_and_organisations_are_searched(client: Talk) -> None:
    assert SENDER in texts(found(client, BY_NAME), "SSIN")
    by_number = BookRequest("searchProfessionals", [("SSIN", SENDER)])
    assert texts(found(client, by_number), "SSIN") == [SENDER]
    # As those write it that set nothing but what must be there.
    organisations = BookRequest("searchOrganizations", [("NIHII", HOSPITAL)], (0, 10))
    assert HOSPITAL in texts(found(client, organisations), "Id")


def test_everything_about_one_is_told(client: Talk) -> None:
    person = found(client, BookRequest("getProfessionalContactInfo", [("SSIN", SENDER)], None, "_1"))
    assert SENDER in texts(person, "SSIN")
    hospital = found(client, BookRequest("getOrganizationContactInfo", [("NIHII", HOSPITAL)], None))
    assert HOSPITAL in texts(hospital, "Id")


def test_nobody_found_is_a_success(client: Talk) -> None:
    """Any other status than Success would be an exception in the connector, where the search found just nobody."""
    answer = found(client, BookRequest("searchProfessionals", [("LastName", "Nobody"), ("Profession", "PHYSICIAN")]))
    assert texts(answer, "SSIN") == []


def test_more_results_than_asked_for_are_a_success(client: Talk) -> None:
    one = replace(BY_NAME, page=(0, 1))
    assert len(texts(found(client, one), "HealthCareProfessional")) == 1
    assert texts(found(client, replace(BY_NAME, page=(1, 1))), "SSIN") != texts(found(client, one), "SSIN")


def test_what_cannot_be_searched_is_an_exception(client: Talk) -> None:
    """EhealthReplyValidatorImpl."""
    with pytest.raises(LookupRefused) as caught:
        found(client, BookRequest("searchProfessionals", [("LastName", "Voorbeeld")]))
    assert caught.value.code == "urn:be:fgov:ehealth:2.0:status:Requester"


def test_criteria_in_another_order_are_a_fault(newer: Talk) -> None:
    with pytest.raises(Fault) as caught:
        found(newer, replace(BY_NAME, criteria=BY_NAME.criteria[::-1]))
    assert caught.value.code == "SOA-03006"


BROKEN = {
    "white space between Body and its element": (rb"<soap:Body>", rb"<soap:Body> "),
    "another answer than the operation's": (rb"SearchProfessionalsResponse", rb"SearchOrganizationsResponse"),
    "XSD: .*attribute 'Extra'": (rb"SearchProfessionalsResponse ", rb'SearchProfessionalsResponse Extra="1" '),
    "XSD: .*Extra": (rb"(</\w+:SearchProfessionalsResponse>)", rb"<Extra/>\1"),
    "XSD: .*IssueInstant": (rb' IssueInstant="[^"]*"', rb""),
    "XSD: .*StatusCode": (rb"(<\w+:)StatusCode [^>]*/>", rb""),
    "HTTP status 404": (rb"", rb""),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_an_answer_that_breaks_the_connector_is_caught(newer: Talk, broken: str) -> None:
    status, headers, body = sent(newer, BY_NAME)
    old, new = BROKEN[broken]
    changed = re.sub(old, new, body) if old else body
    assert bool(old) is (changed != body)
    with pytest.raises(Broken, match=broken):
        read_book(status if old else 404, headers, changed, BY_NAME)


@pytest.mark.parametrize("operation", EACH)
def test_e_contract_sends_what_its_caller_writes(door: Door, operation: str) -> None:
    """AddressbookClient.invoke: an empty SOAPAction."""
    asked, name, value = EACH[operation]
    assert value in texts(found(talk(door, EContract, "rsa", SENDER).identify(DOCTOR), asked), name)


@pytest.mark.parametrize("kind", SHA256)
def test_every_operation_in_the_profile_strict(kind: str, open_door: Open) -> None:
    """By whoever uses no SHA-1 (wire.md, WS-Security)."""
    client = talk(open_door({"security.profile": "strict"}), *SHA256[kind], SENDER).identify(DOCTOR)
    for asked, name, value in EACH.values():
        assert value in texts(found(client, asked), name)


def test_sha1_is_refused_in_the_profile_strict(open_door: Open) -> None:
    """Each operation, although its assertion came in another way."""
    door = open_door({"security.profile": "strict"})
    older = talk(door, Connector3, "rsa", SENDER)
    older.assertion = talk(door, Connector40, "rsa", SENDER).identify(DOCTOR).assertion
    for asked, _, _ in EACH.values():
        with pytest.raises(Fault) as caught:
            found(older, asked)
        assert caught.value.code == "SOA-01001"

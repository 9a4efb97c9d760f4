"""The address book through the front door: every search found, not found, several, too many, wrongly asked.

People and organisations are those of the shipped seed; expectations come from the contract, the searches of the
platform's page and what clients read (ehbox_soap/addressbook/ours.py names the rest).
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
import structlog
from lxml import etree

from ehbox_soap.register import seed
from ehbox_soap.wire.contract import Contract
from tests.clients.connector40 import HttpRequest
from tests.door import START, Client, Door, content_of
from tests.front.calls import fault
from tests.front.cast import DOCTOR, HOSPITAL, NURSE, Cast
from tests.front.conftest import Fresh

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


@pytest.fixture
def book(door: Door, people: Cast) -> Book:
    return Book(door, people.doctor)


# --- professionals ---

FOUND = [
    ({"SSIN": DOCTOR}, [DOCTOR]),
    ({"SSIN": ERIKA, "Profession": "MIDWIFE"}, [ERIKA]),
    ({"NIHII": "19990116004"}, [DOCTOR]),
    ({"NIHII": "19990116"}, [DOCTOR]),
    ({"NIHII": "19990116999", "Profession": "PHYSICIAN"}, [DOCTOR]),
    ({"LastName": "Voorbeeld", "Profession": "PHYSICIAN"}, [DOCTOR, NOOR]),
    ({"LastName": "VOOR", "Profession": "DOCTOR"}, [DOCTOR, NOOR]),
    ({"LastName": "vóórb*", "Profession": "physician"}, [DOCTOR, NOOR]),
    ({"FirstName": "dor", "LastName": "Voorbeeld", "Profession": "PHYSICIAN"}, [DOCTOR]),
    ({"FirstName": "Hélène", "LastName": "inventee", "Profession": "MIDWIFE"}, ["88080899488"]),
    ({"Profession": "PHYSICIAN", "ZipCode": "9000"}, [NOOR, DOCTOR]),
    ({"Profession": "PHYSICIAN", "ZipCode": "9050"}, [DOCTOR]),
    ({"Profession": "PHYSICIAN", "City": "gent"}, [NOOR, DOCTOR]),
    ({"Profession": "PHYSICIAN", "City": "Gand"}, [NOOR, DOCTOR]),
    ({"Profession": "PHYSICIAN", "City": "Gentb*"}, [DOCTOR]),
    ({"Profession": "PHYSICIAN", "City": "LIEGE"}, [DENIS]),
    ({"EMail": "Dora.Voorbeeld@praktijk.example"}, [DOCTOR]),
    # One with no text is none at all.
    ({"SSIN": DOCTOR, "FirstName": "", "LastName": " "}, [DOCTOR]),
]


@pytest.mark.parametrize(("criteria", "found"), FOUND)
def test_professionals_are_found(book: Book, criteria: dict[str, str], found: list[str]) -> None:
    answer = book.people(**criteria)
    assert (answer.codes, answer.people) == (("Success",), found)


@pytest.mark.parametrize(
    "criteria",
    [
        {"SSIN": "85010199786"},
        {"SSIN": CITIZEN},
        {"SSIN": DOCTOR, "Profession": "NURSE"},
        {"NIHII": "19990117"},
        {"NIHII": "19990116", "Profession": "NURSE"},
        {"LastName": "Oorbeeld", "Profession": "PHYSICIAN"},
        {"LastName": "Voorbeeld", "Profession": "NURSE"},
        {"FirstName": "Zoë", "LastName": "Voorbeeld", "Profession": "PHYSICIAN"},
        {"Profession": "PHYSICIAN", "ZipCode": "900"},
        {"Profession": "PHYSICIAN", "City": "Gentbrug"},
        {"EMail": "praktijk.example"},
    ],
)
def test_professionals_who_are_not_there(book: Book, criteria: dict[str, str]) -> None:
    """DataNotFound within Success: clients raise at any other outer code (wire.md, client)."""
    answer = book.people(**criteria)
    assert (answer.codes, answer.people) == (("Success", "DataNotFound"), [])


NOT_SUPPORTED = "This combination of search criteria is not supported: "
WRONG = [
    ({}, f"{NOT_SUPPORTED}no criterion is given"),
    ({"Profession": "PHYSICIAN"}, f"{NOT_SUPPORTED}SSIN or NIHII or LastName or ZipCode or City is missing"),
    ({"LastName": "Voorbeeld"}, f"{NOT_SUPPORTED}Profession is missing"),
    ({"FirstName": "Dora"}, f"{NOT_SUPPORTED}LastName and Profession are missing"),
    ({"FirstName": "Dora", "Profession": "PHYSICIAN"}, f"{NOT_SUPPORTED}LastName is missing"),
    ({"ZipCode": "9000"}, f"{NOT_SUPPORTED}Profession is missing"),
    ({"City": "Gent"}, f"{NOT_SUPPORTED}Profession is missing"),
    (
        {"LastName": "Voorbeeld", "Profession": "PHYSICIAN", "City": "Gent"},
        f"{NOT_SUPPORTED}City cannot stand beside LastName and Profession",
    ),
    ({"SSIN": DOCTOR, "LastName": "Voorbeeld"}, f"{NOT_SUPPORTED}LastName cannot stand beside SSIN"),
    ({"NIHII": "19990116", "EMail": "a@b"}, f"{NOT_SUPPORTED}EMail cannot stand beside NIHII"),
    ({"Profession": "PHYSICIAN", "EMail": "a@b"}, f"{NOT_SUPPORTED}Profession cannot stand beside EMail"),
    ({"LastName": "*beeld", "Profession": "PHYSICIAN"}, "LastName: * may only stand at its end"),
    ({"LastName": "-", "Profession": "PHYSICIAN"}, "LastName: a letter or digit is missing"),
    ({"FirstName": "*", "LastName": "V", "Profession": "PHYSICIAN"}, "FirstName: a letter or digit is missing"),
    ({"LastName": "V", "Profession": "WIZARD"}, "Profession: there is no such profession"),
    ({"SSIN": DOCTOR, "Profession": "CITIZEN"}, "Profession: there is no such profession"),
]


@pytest.mark.parametrize(("criteria", "told"), WRONG)
def test_professionals_asked_for_wrongly(book: Book, criteria: dict[str, str], told: str) -> None:
    """Refused as Requester with words (client); no value of the request is told."""
    answer = book.people(**criteria)
    assert (answer.codes, answer.message, answer.people) == (("Requester",), told, [])


def test_a_professional_is_told_with_every_profession(book: Book) -> None:
    """What clients read of a result (F): names, ssin, each profession with code and NIHII, the speciality."""
    (found,) = book.people(SSIN=ERIKA).element.iterfind("aa:HealthCareProfessional", NS)
    assert [etree.QName(each).localname for each in found] == [
        "SSIN", "LastName", "FirstName", "Language", "Gender", "BirthDate", "Profession", "Profession",
    ]  # fmt: skip
    assert [each.text for each in list(found)[:6]] == [ERIKA, "Beispiel", "Erika", "de", "F", "1993-04-27"]
    codes = found.findall("aa:Profession/aa:ProfessionCode", NS)
    assert [(each.text, each.get("type")) for each in codes] == [("NURSE", "code"), ("MIDWIFE", "code")]
    assert [each.text for each in found.iterfind("aa:Profession/aa:NIHII", NS)] == ["49990830401", "49990929402"]
    words = found.findall("aa:Profession/aa:ProfessionFriendlyName", NS)
    assert {each.get(XML_LANG) for each in words} == {"fr", "nl", "en"}
    speciality = book.people(SSIN=DOCTOR).texts(
        "aa:HealthCareProfessional/aa:Profession/aa:Speciality/aa:SpecialityCode"
    )
    assert speciality == ["10"]
    assert book.people(SSIN=DOCTOR).texts("aa:HealthCareProfessional/aa:Profession/aa:ProfessionCode") == ["PHYSICIAN"]


# --- pages ---


def test_pages_go_on_until_one_is_not_full(book: Book) -> None:
    """Offset begins at 0 (client); the last page says no more."""
    asked = {"LastName": "Voorbeeld", "Profession": "PHYSICIAN"}
    first, second, third = (book.people((offset, 1), **asked) for offset in range(3))
    assert (first.people, first.codes) == ([DOCTOR], ("Success", "MoreResults"))
    assert first.message == "There are more results: ask again with Offset 1"
    assert (second.people, second.codes) == ([NOOR], ("Success",))
    assert (third.people, third.codes) == ([], ("Success", "DataNotFound"))
    assert (second.element.get("Offset"), second.element.get("MaxElements")) == ("1", "1")
    exact = book.people((0, 2), **asked)
    assert (exact.people, exact.codes) == ([DOCTOR, NOOR], ("Success",))


def test_a_search_by_number_is_not_paged(book: Book) -> None:
    """A known client asks for the second result of a number."""
    assert book.people((1, 10), NIHII="19990116").people == [DOCTOR]
    assert book.organisations((1, 10), NIHII=HOSPITAL).organisations == [(HOSPITAL, "HOSPITAL")]


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ((0, 101), "The maxElements paging attribute is too high: at most 100"),
        ((0, 0), "The maxElements paging attribute is too low: at least 1"),
        ((0, -1), "The maxElements paging attribute is too low: at least 1"),
        ((-1, 10), "The offset paging attribute is too low: 0 is the first result"),
    ],
)
def test_pages_that_there_are_not(book: Book, page: tuple[int, int], told: str) -> None:
    for answer in (
        book.people(page, LastName="V", Profession="PHYSICIAN"),
        book.organisations(page, InstitutionName="V", InstitutionType="PHARMACY"),
    ):
        assert (answer.codes, answer.message) == (("Requester",), told)


def test_the_most_results_are_a_setting(fresh: Fresh, people: Cast) -> None:
    book = Book(fresh({"address_book.max_results": "1"}), people.doctor)
    asked = {"LastName": "Voorbeeld", "Profession": "PHYSICIAN"}
    assert book.people((0, 2), **asked).message == "The maxElements paging attribute is too high: at most 1"
    assert book.people((0, 1), **asked).codes == ("Success", "MoreResults")


# --- organisations ---

ANY_OF = "NIHII or CBE or EHP or InstitutionName or ZipCode or City"


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"NIHII": HOSPITAL}, [(HOSPITAL, "HOSPITAL")]),
        ({"NIHII": "71990133000", "InstitutionType": "hospital"}, [(HOSPITAL, "HOSPITAL")]),
        ({"CBE": "0999999031"}, [("0999999031", "INSTITUTION")]),
        ({"CBE": "0999990123"}, [(HOSPITAL, "HOSPITAL")]),
        ({"EHP": "1999999006"}, [("1999999006", "INSTITUTION_EHP")]),
        ({"InstitutionName": "hopital ex", "InstitutionType": "HOSPITAL"}, [(HOSPITAL, "HOSPITAL")]),
        ({"InstitutionName": "Ziekenhuis*", "InstitutionType": "HOSPITAL"}, [(HOSPITAL, "HOSPITAL")]),
        ({"InstitutionType": "HOSPITAL", "ZipCode": "4000"}, [(HOSPITAL, "HOSPITAL")]),
        ({"InstitutionType": "HOSPITAL", "City": "lüttich"}, [(HOSPITAL, "HOSPITAL")]),
    ],
)
def test_organisations_are_found(book: Book, criteria: dict[str, str], found: list[tuple[str, str]]) -> None:
    answer = book.organisations(**criteria)
    assert (answer.codes, answer.organisations) == (("Success",), found)


@pytest.mark.parametrize(
    "criteria",
    [
        {"NIHII": "71990134"},
        {"NIHII": HOSPITAL, "InstitutionType": "LABO"},
        {"CBE": "1999999006"},
        {"EHP": "0999999031"},
        {"InstitutionName": "Hopital", "InstitutionType": "LABO"},
        {"InstitutionName": "Exemple", "InstitutionType": "HOSPITAL"},
        {"InstitutionType": "HOSPITAL", "ZipCode": "9000"},
        {"InstitutionType": "HOSPITAL", "City": "Gent"},
    ],
)
def test_organisations_that_are_not_there(book: Book, criteria: dict[str, str]) -> None:
    answer = book.organisations(**criteria)
    assert (answer.codes, answer.organisations) == (("Success", "DataNotFound"), [])


@pytest.mark.parametrize(
    ("criteria", "told"),
    [
        ({}, f"{NOT_SUPPORTED}no criterion is given"),
        ({"InstitutionType": "LABO"}, f"{NOT_SUPPORTED}{ANY_OF} is missing"),
        ({"InstitutionName": "A"}, f"{NOT_SUPPORTED}InstitutionType is missing"),
        ({"ZipCode": "4000"}, f"{NOT_SUPPORTED}InstitutionType is missing"),
        ({"CBE": "0999999031", "City": "A"}, f"{NOT_SUPPORTED}City cannot stand beside CBE"),
        (
            {"InstitutionType": "LABO", "EMail": "a@b"},
            f"{NOT_SUPPORTED}{ANY_OF} is missing; EMail cannot stand beside InstitutionType",
        ),
        ({"InstitutionName": "A", "InstitutionType": "WIZARDS"}, "InstitutionType: there is no such type"),
        ({"InstitutionName": "*A*", "InstitutionType": "LABO"}, "InstitutionName: * may only stand at its end"),
    ],
)
def test_organisations_asked_for_wrongly(book: Book, criteria: dict[str, str], told: str) -> None:
    answer = book.organisations(**criteria)
    assert (answer.codes, answer.organisations) == (("Requester",), [])
    assert answer.message.startswith(told)


# --- everything that is known ---


def test_everything_about_a_professional(book: Book) -> None:
    answer = book.person(SSIN=DOCTOR)
    assert answer.codes == ("Success",)
    (person,) = answer.element.iterfind("book:IndividualContactInformation", NS)
    told = [person.findtext(f"aa:{name}", None, NS) for name in ("SSIN", "LastName", "FirstName", "MiddleNames")]
    assert told == [DOCTOR, "Voorbeeld", "Dora", "Maria"]
    (home,) = person.iterfind("aa:Address", NS)
    assert (home.get("Type"), home.findtext("aa:PostBox", "", NS)) == ("Home", "B")
    (work,) = person.iterfind("core:ProfessionalInformation", NS)
    address = work.find("aa:Address", NS)
    assert address is not None
    assert address.get("Type") == "Work"
    street = address.find("aa:Street/aa:Description", NS)
    assert street is not None
    assert (street.text, street.get(XML_LANG)) == ("Voorbeeldstraat", "nl")
    assert address.findtext("aa:HouseNumber", "", NS) == "12"
    assert address.findtext("aa:Municipality/aa:ZipCode", "", NS) == "9000"
    cities = address.iterfind("aa:Municipality/aa:Description", NS)
    assert {each.get(XML_LANG): each.text for each in cities} == {"nl": "Gent", "fr": "Gand"}
    assert address.findtext("aa:Country/aa:ISOCode", "", NS) == "BE"
    known = work.iterfind("aa:HealthCareAdditionalInformation", NS)
    assert [(each.get("Type"), each.text) for each in known] == [
        ("Mail", "dora.voorbeeld@praktijk.example"),
        ("Phone", "+32 9 000 00 12"),
    ]
    (box,) = work.iterfind("core:EHealthBox", NS)
    assert [each.text for each in box] == [DOCTOR, "INSS", "DOCTOR"]


@pytest.mark.parametrize("nihii", ["19990116", "19990116004"])
def test_a_professional_by_nihii(book: Book, nihii: str) -> None:
    assert book.person(NIHII=nihii).texts("book:IndividualContactInformation/aa:SSIN") == [DOCTOR]


def test_a_box_for_each_profession(book: Book) -> None:
    boxes = book.person(SSIN=ERIKA).texts(".//core:EHealthBox/core:Quality")
    assert boxes == ["NURSE", "MIDWIFE"]


@pytest.mark.parametrize("criteria", [{"SSIN": CITIZEN}, {"SSIN": "85010199786"}, {"NIHII": "19990117"}])
def test_nothing_about_nobody(book: Book, criteria: dict[str, str]) -> None:
    answer = book.person(**criteria)
    assert answer.codes == ("Success", "DataNotFound")
    assert answer.element.find("book:IndividualContactInformation", NS) is None


def test_everything_about_an_organisation(book: Book) -> None:
    answer = book.organisation(NIHII=HOSPITAL)
    (hospital,) = answer.element.iterfind("book:OrganizationContactInformation", NS)
    id_ = hospital.find("aa:Id", NS)
    assert id_ is not None
    assert (id_.text, id_.get("authenticSource"), id_.get("type")) == (HOSPITAL, "NIHII", "NIHII")
    names = hospital.iterfind("aa:Name", NS)
    assert {each.get(XML_LANG): each.text for each in names} == {"fr": "Hôpital Exemple", "nl": "Ziekenhuis Voorbeeld"}
    assert hospital.findtext("aa:Address/aa:Municipality/aa:ZipCode", "", NS) == "4000"
    (box,) = hospital.iterfind("core:EHealthBox", NS)
    assert [each.text for each in box] == [HOSPITAL, "NIHII", "HOSPITAL", "HOSPITAL"]


@pytest.mark.parametrize(
    ("criteria", "source", "kind", "box"),
    [
        ({"CBE": "0999999031"}, "CBE", "CBE", ["0999999031", "CBE", "INSTITUTION"]),
        ({"EHP": "1999999006"}, "EHP", "HCI", ["1999999006", "EHP", "INSTITUTION_EHP"]),
        ({"CBE": "0999990123"}, "NIHII", "NIHII", [HOSPITAL, "NIHII", "HOSPITAL", "HOSPITAL"]),
    ],
)
def test_kinds_of_numbers_as_clients_tell_them_apart(
    book: Book, criteria: dict[str, str], source: str, kind: str, box: list[str]
) -> None:
    answer = book.organisation(**criteria)
    id_ = answer.element.find(".//aa:Id", NS)
    assert id_ is not None
    assert (id_.get("authenticSource"), id_.get("type")) == (source, kind)
    assert answer.texts(".//core:EHealthBox/*") == box


def test_an_organisation_in_a_type(book: Book) -> None:
    assert book.organisation(NIHII=HOSPITAL, InstitutionType="HOSPITAL").codes == ("Success",)
    assert book.organisation(NIHII=HOSPITAL, InstitutionType="LABO").codes == ("Success", "DataNotFound")
    refused = book.organisation(NIHII=HOSPITAL, InstitutionType="WIZARDS")
    assert (refused.codes, refused.message) == (
        ("Requester",),
        "InstitutionType: there is no such type of organisation",
    )


# --- several with one number ---

SEVERAL = """
[[person]]
inss = "85010199786"
last_name = "Ander"
first_name = "An"
[[person.profession]]
quality = "NURSE"
nihii = "19990116"
[[organisation]]
type = "NIHII"
id = "71990133"
quality = "PHARMACY"
name = "Apotheek van het ziekenhuis"
language = "nl"
[[organisation]]
type = "NIHII"
id = "81990338"
quality = "LABO"
name = "Laboratoire Fictif"
cbe = "0999990123"
"""


@pytest.fixture
def several(fresh: Fresh, people: Cast) -> Book:
    door = fresh()
    path = door.folder / "several.toml"
    path.write_text(SEVERAL, encoding="utf-8")
    with door.house.store.begin() as transaction:
        seed.load(seed.read_seed(path), transaction)
    return Book(door, people.doctor)


def test_several_people_with_one_number(several: Book) -> None:
    assert several.people(NIHII="19990116").people == [DOCTOR, "85010199786"]
    assert several.people(NIHII="19990116", Profession="NURSE").people == ["85010199786"]
    answer = several.person(NIHII="19990116")
    assert answer.codes == ("Requester",)
    assert answer.message == "NIHII: several professionals have that number; ask by SSIN"


def test_one_number_in_several_types(several: Book) -> None:
    assert several.organisations(NIHII=HOSPITAL).organisations == [(HOSPITAL, "HOSPITAL"), (HOSPITAL, "PHARMACY")]
    whole = several.organisation(NIHII=HOSPITAL)
    assert whole.texts(".//aa:OrganizationTypeCode") == ["HOSPITAL", "PHARMACY"]
    assert whole.texts(".//core:EHealthBox/core:Quality") == ["HOSPITAL", "PHARMACY"]
    assert "Apotheek van het ziekenhuis" in whole.texts(".//aa:Name")
    one = several.organisation(NIHII=HOSPITAL, InstitutionType="PHARMACY")
    assert one.texts(".//core:EHealthBox/core:Quality") == ["PHARMACY"]


def test_a_further_number_of_two_organisations_tells_the_first(several: Book) -> None:
    assert several.organisations(CBE="0999990123").organisations == [(HOSPITAL, "HOSPITAL"), ("81990338", "LABO")]
    assert several.organisation(CBE="0999990123").texts(".//core:EHealthBox/core:Id") == [HOSPITAL]


# --- who may ask, and what goes wrong ---


def test_it_is_secured_like_the_mailbox(door: Door, people: Cast) -> None:
    sent = request(door, people.nurse, "searchProfessionals", {"SSIN": NURSE})
    assert read(door, sent).people == [NURSE]
    assert fault(door, sent).code == "SOA-01001", "the same call again"
    sent = request(door, people.doctor, "searchProfessionals", {"SSIN": NURSE})
    other = HttpRequest(PATH, sent.headers, sent.body.replace(NURSE.encode(), DOCTOR.encode()))
    assert fault(door, other).code == "SOA-01001", "a changed Body"


def test_an_organisation_may_ask(door: Door, people: Cast) -> None:
    assert Book(door, people.hospital).people(SSIN=DOCTOR).people == [DOCTOR]


@pytest.mark.parametrize("action", ['""', "", f'"{NAMESPACE}:searchProfessionals"'])
def test_a_soap_action_may_be_missing(door: Door, people: Cast, action: str) -> None:
    sent = request(door, people.doctor, "searchProfessionals", {"SSIN": DOCTOR})
    headers = tuple((name, action if name == "SOAPAction" else value) for name, value in sent.headers)
    assert read(door, HttpRequest(PATH, headers, sent.body)).people == [DOCTOR]


def test_a_soap_action_of_another_operation(door: Door, people: Cast) -> None:
    sent = request(door, people.doctor, "searchProfessionals", {"SSIN": DOCTOR})
    headers = tuple(
        (name, f"{NAMESPACE}:searchOrganizations" if name == "SOAPAction" else value) for name, value in sent.headers
    )
    assert fault(door, HttpRequest(PATH, headers, sent.body)).code == "SOA-03004"


@pytest.mark.parametrize(
    ("criteria", "told"),
    [
        ({"SSIN": "7103149989"}, "SSIN: pattern [0-9]{11}; value of 10 characters"),
        ({"CBE": "0999999031"}, "CBE: unexpected element"),
        ({"City": "A", "ZipCode": "1"}, "ZipCode: unexpected element expected EMail"),
    ],
)
def test_what_the_schema_does_not_allow(door: Door, people: Cast, criteria: dict[str, str], told: str) -> None:
    found = fault(door, request(door, people.doctor, "searchProfessionals", criteria))
    assert found.code == "SOA-03006"
    assert told in found.reason


def test_an_element_of_the_mailbox_is_no_operation_here(door: Door, people: Cast) -> None:
    content = '<c:GetBoxInfoRequest xmlns:c="urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"/>'
    body = people.doctor.connector.secured(content, door.now, people.doctor.assertion, NAMESPACE)
    assert fault(door, people.doctor.connector.post(PATH, '""', body)).code == "SOA-03005"


def test_nothing_personal_is_logged(fresh: Fresh, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = structlog.get_config()
    logged = io.StringIO()
    monkeypatch.setattr(sys, "stderr", logged)
    book = Book(fresh({"log.level": "DEBUG", "log.format": "json"}), people.doctor)
    book.people(LastName="Voorbeeld", Profession="PHYSICIAN")
    book.people(LastName="*Voorbeeld", Profession="PHYSICIAN")
    book.person(SSIN=DOCTOR)
    structlog.configure(**before)
    told = logged.getvalue()
    assert '"port": "address_book"' in told
    assert '"operation": "searchProfessionals"' in told
    assert '"outcome": "Requester"' in told
    for word in ("Voorbeeld", "voorbeeld", DOCTOR, "19990116", "praktijk"):
        assert word not in told


def test_it_is_counted_with_the_other_ports(book: Book) -> None:
    book.people(SSIN=CITIZEN)
    figures = book.door.server.observer.figures.exposition().decode()
    assert re.search(r'operation="searchProfessionals",outcome="DataNotFound",port="address_book"', figures)


def test_the_strict_directory_answers_who_is_registered(fresh: Fresh, people: Cast) -> None:
    """BOX-4: as in the mailbox; the doctor of the seed is registered."""
    assert Book(fresh({"mailbox.directory": "strict"}), people.doctor).people(SSIN=DOCTOR).codes == ("Success",)


def test_answers_are_made_at_true_time(book: Book) -> None:
    instant = book.people(SSIN=DOCTOR).element.get("IssueInstant", "")
    assert instant.startswith(START.date().isoformat())

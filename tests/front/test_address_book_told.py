"""What the address book tells of somebody, of several with one number, to whom, and what goes wrong before."""

from __future__ import annotations

import io
import re
import sys

import pytest

from ehbox_soap.register.loading import load
from ehbox_soap.register.seed import read_seed
from tests.clients.connector40 import HttpRequest
from tests.door import START, Door
from tests.front.book import CITIZEN, ERIKA, NAMESPACE, NS, PATH, XML_LANG, Book, read, request
from tests.front.calls import fault
from tests.front.cast import DOCTOR, HOSPITAL, NURSE, Cast
from tests.front.conftest import Fresh
from tests.listening import LogAsItIs

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
    return with_several(fresh(), people)


def with_several(door: Door, people: Cast) -> Book:
    path = door.folder / "several.toml"
    path.write_text(SEVERAL, encoding="utf-8")
    with door.house.store.begin() as transaction:
        load(read_seed(path), transaction)
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


def test_a_number_of_more_than_an_answer_holds_is_told_in_part(fresh: Fresh, people: Cast) -> None:
    """BOOK-5: an enterprise may have any number of pharmacies; the setting bounds this answer too, and it says so."""
    book = with_several(fresh({"address_book.max_results": "1"}), people)
    of_both = {"CBE": "0999990123"}
    cut = book.organisations((0, 1), **of_both)
    assert (cut.organisations, cut.codes) == ([(HOSPITAL, "HOSPITAL")], ("Success", "MoreResults"))
    assert cut.message == "There are more results with that number than the 1 of one answer"
    whole = book.organisations((0, 1), **of_both, InstitutionType="LABO")
    assert (whole.organisations, whole.codes) == ([("81990338", "LABO")], ("Success",))
    assert book.people((0, 1), NIHII="19990116").codes == ("Success", "MoreResults")


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
    before = LogAsItIs()
    logged = io.StringIO()
    monkeypatch.setattr(sys, "stderr", logged)
    book = Book(fresh({"log.level": "DEBUG", "log.format": "json"}), people.doctor)
    book.people(LastName="Voorbeeld", Profession="PHYSICIAN")
    book.people(LastName="*Voorbeeld", Profession="PHYSICIAN")
    book.person(SSIN=DOCTOR)
    before.put_back()
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

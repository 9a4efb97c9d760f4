"""The address book's searches through the front door: found, not found, several, too many, wrongly asked.

People and organisations are those of the shipped seed; expectations come from the contract, the searches of the
platform's page and what clients read (ehbox_soap/addressbook/ours.py names the rest).
"""

from __future__ import annotations

import pytest
from lxml import etree

from tests.front.book import CITIZEN, DENIS, ERIKA, NOOR, NS, XML_LANG, Book
from tests.front.cast import DOCTOR, HOSPITAL, Cast
from tests.front.conftest import Fresh

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

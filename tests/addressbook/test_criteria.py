"""Which searches there are: every combination of criteria, against the list of the platform's page written out here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import Any

import pytest

from ehbox_soap import qualities
from ehbox_soap.addressbook import criteria, names
from ehbox_soap.addressbook.criteria import ByMail, ByName, ByNumber, ByPlace
from ehbox_soap.addressbook.statuses import NOT_SUPPORTED, Refused
from ehbox_soap.store.address_book import Place
from ehbox_soap.wire.types import address_book as book

PEOPLE = {
    "ssin": "71031499894",
    "nihii": "19990116",
    "profession": "PHYSICIAN",
    "last_name": "Voorbeeld",
    "first_name": "Dora",
    "zip_code": "9000",
    "city": "Gent",
    "e_mail": "a@b",
}
ORGANISATIONS = {
    "nihii": "71990133",
    "cbe": "0999999031",
    "ehp": "1999999006",
    "institution_type": "HOSPITAL",
    "institution_name": "Hôpital",
    "zip_code": "4000",
    "city": "Liège",
    "e_mail": "a@b",
}
ELEMENTS = {
    "ssin": "SSIN", "nihii": "NIHII", "cbe": "CBE", "ehp": "EHP", "profession": "Profession", "last_name": "LastName",
    "first_name": "FirstName", "zip_code": "ZipCode", "city": "City", "e_mail": "EMail",
    "institution_type": "InstitutionType", "institution_name": "InstitutionName",
}  # fmt: skip
SEARCHES_OF_PEOPLE = [
    {"ssin"}, {"ssin", "profession"}, {"nihii"}, {"nihii", "profession"}, {"profession", "last_name"},
    {"profession", "last_name", "first_name"}, {"profession", "zip_code"}, {"profession", "city"}, {"e_mail"},
]  # fmt: skip
SEARCHES_OF_ORGANISATIONS = [
    {"nihii"}, {"nihii", "institution_type"}, {"cbe"}, {"cbe", "institution_type"}, {"ehp"},
    {"ehp", "institution_type"}, {"institution_type", "institution_name"}, {"institution_type", "zip_code"},
    {"institution_type", "city"},
]  # fmt: skip


def subsets(of: Mapping[str, str]) -> Iterator[dict[str, str]]:
    keys: Sequence[str] = list(of)
    for some in chain.from_iterable(combinations(keys, size) for size in range(len(keys) + 1)):
        yield {key: of[key] for key in some}


@pytest.mark.parametrize(
    ("kind", "read", "all_of", "searches"),
    [
        (book.SearchProfessionalsRequest, criteria.of_professionals, PEOPLE, SEARCHES_OF_PEOPLE),
        (book.SearchOrganizationsRequest, criteria.of_organisations, ORGANISATIONS, SEARCHES_OF_ORGANISATIONS),
    ],
    ids=["people", "organisations"],
)
def test_every_combination_is_a_search_or_told_what_is_wrong(kind: Any, read: Any, all_of: Any, searches: Any) -> None:
    count = 0
    for given in subsets(all_of):
        count += 1
        if set(given) in searches:
            read(kind(**given))
            continue
        with pytest.raises(Refused) as caught:
            read(kind(**given))
        told = str(caught.value)
        assert told.startswith(f"{NOT_SUPPORTED}: ")
        assert "missing" in told or "cannot stand beside" in told or "no criterion" in told
        # What cannot stand is something that was given, and what is missing is not.
        missing, _, too_much = told.removeprefix(f"{NOT_SUPPORTED}: ").rpartition("; ")
        words = f"{missing} {too_much}" if "missing" in too_much else missing
        assert not [name for name in given if f"{ELEMENTS[name]} is missing" in words]
        assert not any(value in told for value in given.values() if value != "PHYSICIAN")
    assert count == 256


def test_criteria_become_what_is_searched_for() -> None:
    def people(**given: str) -> object:
        return criteria.of_professionals(book.SearchProfessionalsRequest(**given))  # type: ignore[arg-type]

    assert people(ssin="71031499894") == ByNumber("SSIN", "71031499894", None)
    assert people(nihii="19990116", profession="doctor") == ByNumber("NIHII", "19990116", "DOCTOR")
    assert people(profession="PHYSICIAN", last_name=" Van den É* ") == ByName("DOCTOR", "vandene")
    assert people(profession="NURSE", last_name="A", first_name="B-c") == ByName("NURSE", "a", "bc")
    assert people(profession="NURSE", zip_code="9000") == ByPlace("NURSE", Place("ZIP", "9000"))
    assert people(profession="NURSE", city="Saint-Gilles") == ByPlace("NURSE", Place("CITY", "saintgilles"))
    assert people(profession="NURSE", city="Saint*") == ByPlace("NURSE", Place("CITY", "saint", prefix=True))
    assert people(e_mail=" A@B.example ") == ByMail("a@b.example")


def test_every_quality_has_a_code_that_is_understood_and_words() -> None:
    for quality in qualities.PROFESSIONS:
        (code,) = names.codes(quality)
        assert names.profession(code.value) == quality
        assert names.profession(quality.lower()) == quality
    for quality in qualities.ORGANISATIONS:
        (code,) = names.codes(quality)
        assert names.organisation_type(code.value) == quality
    for quality in (*qualities.PROFESSIONS, *qualities.ORGANISATIONS):
        words = names.words(quality)
        assert [each.lang for each in words] == ["fr", "nl", "en"]
        assert all(each.text.strip() for each in words)


@pytest.mark.parametrize("code", ["CITIZEN", "HOSPITAL", "", "PHYSICIANS"])
def test_what_is_no_profession(code: str) -> None:
    assert names.profession(code) is None


def test_what_is_no_type_of_organisation() -> None:
    assert names.organisation_type("PHYSICIAN") is None

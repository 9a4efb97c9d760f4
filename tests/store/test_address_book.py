"""The searches of the address book on every database: what they find, and in which order.

That an index answers them stands in test_address_book_plans.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from alembic import command

from ehbox_soap.folding import fold
from ehbox_soap.store import migrate
from ehbox_soap.store.address_book import Page, Place
from ehbox_soap.store.contact_records import (
    MAIL,
    PHONE,
    Contact,
    Information,
    OrganisationDetail,
    PersonDetail,
    PostalAddress,
    ProfessionDetail,
    Speciality,
)
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.records import Organisation, Person, Profession
from ehbox_soap.store.transaction import Transaction

ALL = Page(0, 100)
GHENT = PostalAddress((("nl", "Veldstraat"),), (("nl", "Gent"), ("fr", "Gand")), "Work", "1", "A", "9000", "BE")
LIEGE = PostalAddress((("", "Rue d'Exemple"),), (("", "Liège"),), postal_code="4000")

DORA = Person(
    "71031499894", "Voorbeeld", "Dora", "nl", (Profession("DOCTOR", "19990116004"), Profession("NURSE", "19990116"))
)
DORA_DETAIL = PersonDetail(
    "Maria",
    "F",
    date(1971, 3, 14),
    date(2025, 1, 2),
    Contact((LIEGE,), (Information(MAIL, "Dora@Home.example"), Information(PHONE, "+32 4 000"))),
    (
        ProfessionDetail(
            "DOCTOR", (Speciality("10", (("nl", "Huisarts"),)),), Contact((GHENT,), (Information(MAIL, "d@w.example"),))
        ),
    ),
)
DENIS = Person("68072599721", "Vandenbergh", "Élan", "fr", (Profession("DOCTOR", "19990215003"),))
CITIZEN = Person("04022999310", "Voorbeeld", "Basile")
HOSPITAL = Organisation("NIHII", "71990133", "HOSPITAL", "Hôpital Exemple", "fr")
HOSPITAL_DETAIL = OrganisationDetail(
    (("nl", "Ziekenhuis Voorbeeld"),),
    (("CBE", "0999999031"), ("EHP", "1999999006")),
    Contact((GHENT,), (Information(MAIL, "info@hospital.example"),)),
)
PHARMACY = Organisation("NIHII", "71990133", "PHARMACY", "Apotheek")


@pytest.fixture
def book(store: Store) -> Iterator[Transaction]:
    with store.begin() as transaction:
        register = transaction.register
        register.put_person(DORA, DORA_DETAIL)
        register.put_person(DENIS, PersonDetail(contact=Contact((GHENT,))))
        register.put_person(CITIZEN, PersonDetail(contact=Contact((GHENT,), (Information(MAIL, "d@w.example"),))))
        register.put_organisation(HOSPITAL, HOSPITAL_DETAIL)
        register.put_organisation(PHARMACY)
        yield transaction


def test_everything_that_is_known_comes_back(book: Transaction) -> None:
    (dora,) = book.address_book.professionals([DORA.inss])
    assert (dora.person, dora.detail) == (DORA, DORA_DETAIL)
    (hospital,) = book.address_book.organisations([("NIHII", "71990133", "HOSPITAL")])
    assert (hospital.organisation, hospital.detail) == (HOSPITAL, HOSPITAL_DETAIL)
    assert book.contacts.person(DORA.inss) == DORA_DETAIL
    assert book.contacts.person("93042799282") == PersonDetail()
    assert book.contacts.organisation(Address.of("NIHII", "71990133", "HOSPITAL")) == HOSPITAL_DETAIL
    assert book.contacts.organisation(Address.of("NIHII", "71990133", "LABO")) == OrganisationDetail()


def test_those_asked_for_come_in_that_order_without_those_unknown(book: Transaction) -> None:
    asked = [DENIS.inss, "93042799282", DORA.inss]
    assert [found.person for found in book.address_book.professionals(asked)] == [DENIS, DORA]
    keys = [("NIHII", "71990133", quality) for quality in ("PHARMACY", "LABO", "HOSPITAL")]
    assert [found.organisation for found in book.address_book.organisations(keys)] == [PHARMACY, HOSPITAL]


@pytest.mark.parametrize(
    ("quality", "last", "first", "found"),
    [
        ("DOCTOR", "v", "", (DENIS.inss, DORA.inss)),
        ("DOCTOR", "voor", "", (DORA.inss,)),
        ("DOCTOR", "voorbeeld", "do", (DORA.inss,)),
        ("DOCTOR", "voorbeeld", "da", ()),
        ("DOCTOR", "oorbeeld", "", ()),
        ("DOCTOR", fold("van den bergh"), fold("Elan"), (DENIS.inss,)),
        ("NURSE", "v", "", (DORA.inss,)),
        ("DENTIST", "v", "", ()),
    ],
)
def test_by_profession_and_the_beginning_of_names(
    book: Transaction, quality: str, last: str, first: str, found: tuple[str, ...]
) -> None:
    assert book.address_book.professionals_by_name(quality, last, first, ALL) == found


@pytest.mark.parametrize(
    ("quality", "place", "found"),
    [
        ("DOCTOR", Place("ZIP", "9000"), (DENIS.inss, DORA.inss)),
        ("DOCTOR", Place("CITY", "gent"), (DENIS.inss, DORA.inss)),
        ("DOCTOR", Place("CITY", "gand"), (DENIS.inss, DORA.inss)),
        ("DOCTOR", Place("CITY", "ga"), ()),
        ("DOCTOR", Place("CITY", "g", prefix=True), (DENIS.inss, DORA.inss)),
        ("DOCTOR", Place("CITY", "liege"), (DORA.inss,)),
        ("NURSE", Place("CITY", "liege"), (DORA.inss,)),
        ("NURSE", Place("ZIP", "9000"), ()),
    ],
)
def test_by_profession_and_place_of_the_profession_or_the_person(
    book: Transaction, quality: str, place: Place, found: tuple[str, ...]
) -> None:
    assert book.address_book.professionals_by_place(quality, place, ALL) == found


def test_by_mail_each_once_and_only_professionals(book: Transaction) -> None:
    assert book.address_book.professionals_by_mail("dora@home.example", ALL) == (DORA.inss,)
    assert book.address_book.professionals_by_mail("d@w.example", ALL) == (DORA.inss,)
    assert book.address_book.professionals_by_mail("d@w", ALL) == ()


@pytest.mark.parametrize("nihii", ["19990116", "19990116004", "19990116999"])
def test_box_2_by_8_or_11_digits_of_nihii(book: Transaction, nihii: str) -> None:
    assert book.address_book.professionals_by_nihii(nihii, None) == (DORA.inss,)
    assert book.address_book.professionals_by_nihii(nihii, "NURSE") == (DORA.inss,)
    assert book.address_book.professionals_by_nihii(nihii, "DENTIST") == ()


def test_organisations_by_every_name_place_and_number(book: Transaction) -> None:
    address_book = book.address_book
    hospital, pharmacy = ("NIHII", "71990133", "HOSPITAL"), ("NIHII", "71990133", "PHARMACY")
    for name in ("hopitalex", "ziekenhuis"):
        assert address_book.organisations_by_name("HOSPITAL", name, ALL) == (hospital,)
    assert address_book.organisations_by_name("PHARMACY", "hopital", ALL) == ()
    for place in (Place("ZIP", "9000"), Place("CITY", "gand"), Place("CITY", "g", prefix=True)):
        assert address_book.organisations_by_place("HOSPITAL", place, ALL) == (hospital,)
        assert address_book.organisations_by_place("PHARMACY", place, ALL) == ()
    for kind, number in (("CBE", "0999999031"), ("EHP", "1999999006")):
        assert address_book.organisations_by_number(kind, number, None) == (hospital,)
        assert address_book.organisations_by_number(kind, number, "PHARMACY") == ()
    assert address_book.organisations_by_number("NIHII", "71990133000", None) == (hospital, pharmacy)
    assert address_book.organisations_by_number("CBE", "71990133", None) == ()


def test_a_page_is_a_part_of_the_whole_in_its_order(book: Transaction) -> None:
    def names(page: Page) -> tuple[str, ...]:
        return book.address_book.professionals_by_name("DOCTOR", "v", "", page)

    assert (names(Page(0, 1)), names(Page(1, 1)), names(Page(2, 1))) == ((DENIS.inss,), (DORA.inss,), ())


def test_what_is_put_again_is_found_by_its_newest_details_only(book: Transaction) -> None:
    moved = PersonDetail(professions=(ProfessionDetail("NURSE", contact=Contact((LIEGE,))),))
    book.register.put_person(replace(DORA, professions=DORA.professions[1:]), moved)
    book.register.put_organisation(HOSPITAL)
    address_book = book.address_book
    assert address_book.professionals_by_name("DOCTOR", "voor", "", ALL) == ()
    assert address_book.professionals_by_place("DOCTOR", Place("ZIP", "9000"), ALL) == (DENIS.inss,)
    assert address_book.professionals_by_place("NURSE", Place("ZIP", "4000"), ALL) == (DORA.inss,)
    assert address_book.professionals_by_mail("d@w.example", ALL) == ()
    assert address_book.organisations_by_number("CBE", "0999999031", None) == ()
    assert address_book.organisations_by_name("HOSPITAL", "hopital", ALL) == (("NIHII", "71990133", "HOSPITAL"),)
    (hospital,) = address_book.organisations([("NIHII", "71990133", "HOSPITAL")])
    assert hospital.detail == OrganisationDetail()


def test_a_name_alone_put_again_keeps_what_is_found_by_it(book: Transaction) -> None:
    """The profession is written anew, and its keys with it."""
    book.register.put_person(replace(DORA, language="fr"), DORA_DETAIL)
    assert book.address_book.professionals_by_place("DOCTOR", Place("CITY", "gent"), ALL) == (DENIS.inss, DORA.inss)
    assert book.address_book.professionals_by_name("NURSE", "voorbeeld", "dora", ALL) == (DORA.inss,)


def test_migrating_gives_keys_to_those_who_are_registered(store: Store) -> None:
    config = migrate.configuration()
    with store.begin() as transaction:
        transaction.register.put_person(DENIS)
        transaction.register.put_organisation(HOSPITAL)
        config.attributes["connection"] = transaction._connection
        command.downgrade(config, "0003")
        command.upgrade(config, "0004")
        address_book = transaction.address_book
        assert address_book.professionals_by_name("DOCTOR", "vandenbergh", "elan", ALL) == (DENIS.inss,)
        key = ("NIHII", "71990133", "HOSPITAL")
        assert address_book.organisations_by_name("HOSPITAL", "hopital", ALL) == (key,)
        assert address_book.organisations_by_number("NIHII", "71990133", None) == (key,)
        command.upgrade(config, "head")


@pytest.mark.parametrize(
    ("text_", "folded"),
    [
        ("Élan", "elan"),
        ("VAN DEN BERGH", "vandenbergh"),
        ("D'Hondt", "dhondt"),
        ("Strauß-Øst", "straussost"),
        ("Œuvre Æon Łódź", "oeuvreaeonlodz"),
        ("Ｆｕｌｌ", "full"),
        ("İnci", "inci"),
        ("Γιάννης", "γιαννησ"),
        (" -*'", ""),
    ],
)
def test_names_are_folded_to_letters_and_digits(text_: str, folded: str) -> None:
    assert fold(text_) == folded
    assert fold(folded) == folded

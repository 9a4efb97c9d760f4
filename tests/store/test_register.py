"""The register: what is put is found, by every number, and twice is once (BOX-2, BOX-4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.people import RegisterConflict
from ehbox_soap.store.records import BoxOverride, Organisation, Person, Profession

DORA = Person(
    "71031499894",
    "Voorbeeld",
    "Dora",
    "nl",
    (Profession("NURSE"), Profession("DOCTOR", "19990116004"), Profession("DENTIST", "19990116")),
)
HOSPITAL = Organisation("NIHII", "71089914", "HOSPITAL", "A hospital", "fr")
PHARMACY = Organisation("NIHII", "71089914123", "PHARMACY", "A pharmacy of the same number")
INSTITUTION = Organisation("CBE", "0999999922", "INSTITUTION", "An institution")


def test_a_person_is_found_by_inss_with_the_professions_in_their_order(store: Store) -> None:
    with store.begin() as transaction:
        transaction.register.put_person(DORA)
        assert transaction.register.person(DORA.inss) == DORA
        assert transaction.register.person("68072599721") is None


@pytest.mark.parametrize("nihii", ["19990116", "19990116004", "19990116999"])
def test_box_2_a_person_is_found_by_8_or_11_digits_of_nihii_within_the_quality(store: Store, nihii: str) -> None:
    with store.begin() as transaction:
        transaction.register.put_person(DORA)
        assert transaction.register.person_by_nihii(nihii, "DOCTOR") == DORA
        assert transaction.register.person_by_nihii(nihii, "DENTIST") == DORA
        assert transaction.register.person_by_nihii(nihii, "NURSE") is None
        assert transaction.register.person_by_nihii("19990117", "DOCTOR") is None


@pytest.mark.parametrize("number", ["71089914", "71089914123", "71089914000"])
def test_organisations_are_found_by_number_and_keep_it_as_registered(store: Store, number: str) -> None:
    with store.begin() as transaction:
        for each in (PHARMACY, HOSPITAL, INSTITUTION):
            transaction.register.put_organisation(each)
        assert transaction.register.organisation("NIHII", number, "HOSPITAL") == HOSPITAL
        assert transaction.register.organisation("NIHII", number, "PHARMACY") == PHARMACY
        assert transaction.register.organisation("NIHII", number, "LABO") is None
        assert transaction.register.organisations("NIHII", number) == (HOSPITAL, PHARMACY)
        assert transaction.register.organisations("CBE", number) == ()
        assert transaction.register.organisations("CBE", "0999999922") == (INSTITUTION,)


def test_what_is_put_again_is_there_once_and_newest(store: Store) -> None:
    changed = replace(DORA, last_name="Other", language=None, professions=(Profession("DOCTOR", "19990116"),))
    renamed = replace(HOSPITAL, name="Renamed")
    with store.begin() as transaction:
        for person in (DORA, DORA, changed, changed):
            transaction.register.put_person(person)
        for organisation in (HOSPITAL, HOSPITAL, renamed):
            transaction.register.put_organisation(organisation)
        assert transaction.register.person(DORA.inss) == changed
        assert transaction.register.person_by_nihii("19990116", "DENTIST") is None
        assert transaction.register.organisations("NIHII", HOSPITAL.id) == (renamed,)
        assert len(transaction.boxes.of_quality("DOCTOR")) == 1


def test_box_4_whoever_is_registered_has_registered_boxes(store: Store) -> None:
    with store.begin() as transaction:
        transaction.register.put_person(DORA)
        transaction.register.put_organisation(HOSPITAL)
        for quality in ("NURSE", "DOCTOR", "DENTIST", "CITIZEN", "HOSPITAL"):
            (box,) = transaction.boxes.of_quality(quality)
            assert box.registered
        by_inss = Address.of("INSS", DORA.inss, "DOCTOR")
        by_nihii = Address.of("NIHII", "19990116", "DOCTOR")
        assert transaction.boxes.find([by_inss]) == transaction.boxes.find([by_nihii])
        transaction.register.put_person(replace(DORA, professions=(Profession("NURSE"),)))
        (dentist,) = transaction.boxes.of_quality("DENTIST")
        (nurse,) = transaction.boxes.of_quality("NURSE")
        assert (dentist.registered, nurse.registered) == (False, True)


def test_box_8_a_limit_of_its_own_is_kept_for_a_box(store: Store) -> None:
    with store.begin() as transaction:
        transaction.register.put_boxes([BoxOverride("NIHII", "71089914123", "HOSPITAL", 5)])
        transaction.register.put_boxes([BoxOverride("NIHII", "71089914", "HOSPITAL", 7)])
        (box,) = transaction.boxes.of_quality("HOSPITAL")
        assert (box.max_size, box.registered) == (7, True)


def test_two_people_cannot_hold_one_nihii_in_one_quality(store: Store) -> None:
    other = Person("68072599721", "Exemple", "Denis", professions=(Profession("DOCTOR", "19990116004"),))
    with store.begin() as transaction:
        transaction.register.put_person(DORA)
    with pytest.raises(RegisterConflict) as caught, store.begin() as transaction:
        transaction.register.put_person(other)
    assert "1999" not in str(caught.value)
    with store.begin(write=False) as transaction:
        assert transaction.register.person(other.inss) is None

"""What a caller asks of the STS: the names come from what real clients ask for (BOX-7)."""

from __future__ import annotations

from ehbox_soap.client.designators import Designator, Owner, claims, designators, owner
from tests.client.conftest import HOSPITAL, INSS, Caller

IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"


def test_a_certificate_tells_its_owner(caller: Caller) -> None:
    assert owner(caller.entries["rsa"].certificate) == Owner("SSIN", INSS)
    assert owner(caller.entries["hospital"].certificate) == Owner("NIHII-HOSPITAL", HOSPITAL)


def test_a_doctor_asks_what_the_connector_asks() -> None:
    found = designators(Owner("SSIN", INSS), "DOCTOR")
    assert found[:2] == (
        Designator(IDENTIFICATION, "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin"),
        Designator(IDENTIFICATION, "urn:be:fgov:person:ssin"),
    )
    assert set(found[2:]) == {
        Designator(CERTIFIED, "urn:be:fgov:person:ssin:ehealth:1.0:surname"),
        Designator(CERTIFIED, "urn:be:fgov:person:ssin:ehealth:1.0:givenname"),
        Designator(CERTIFIED, "urn:be:fgov:person:ssin:doctor:boolean"),
        Designator(CERTIFIED, "urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11"),
    }


def test_a_person_of_no_stated_quality_asks_for_every_profession_once() -> None:
    found = designators(Owner("SSIN", INSS))
    assert Designator(CERTIFIED, "urn:be:fgov:person:ssin:doctor:boolean") in found
    assert Designator(CERTIFIED, "urn:be:fgov:person:ssin:ehealth:1.0:professional:midwife:boolean") in found
    assert len(set(found)) == len(found)


def test_a_citizen_asks_for_no_profession() -> None:
    found = designators(Owner("SSIN", INSS), "CITIZEN")
    assert not [each for each in found if each.name.endswith((":boolean", ":nihii11"))]


def test_a_hospital_claims_its_number_and_asks_for_its_recognition() -> None:
    who = Owner("NIHII-HOSPITAL", HOSPITAL)
    number = "urn:be:fgov:ehealth:1.0:hospital:nihii-number"
    assert Designator(IDENTIFICATION, number) in claims(who)
    found = designators(who)
    assert Designator(CERTIFIED, f"{number}:recognisedhospital:boolean") in found
    assert Designator(CERTIFIED, f"{number}:recognisedhospital:nihii11") in found
    assert not [each for each in found if "person" in each.name]


def test_an_enterprise_number_may_stand_for_several_kinds() -> None:
    assert Owner("CBE", "0999999031").qualities == ("INSTITUTION", "CONSORTIUM", "TREATMENT_CENTER")
    found = designators(Owner("CBE", "0999999031"))
    assert Designator(IDENTIFICATION, "urn:be:fgov:kbo-bce:organization:cbe-number") in found
    assert Designator(CERTIFIED, "urn:be:fgov:ehealth:1.0:certificateholder:recognisedorganization:boolean") in found


def test_an_owner_of_a_type_without_box_claims_nothing() -> None:
    assert designators(Owner("SOMETHING", "1")) == ()

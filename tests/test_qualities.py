"""The fact tables of ehbox_soap/qualities.py against the contract (BOX-1, BOX-7, BOX-8)."""

from __future__ import annotations

import hashlib

import pytest

from ehbox_soap import qualities

# SHA-256 of the contract's lines (quality, Type, SubType or "-", type in the ETK depot, length of the identifier;
# tabs between, sorted, line feeds between), taken from the contract itself.
CONTRACT_LINES = "684bee58a7248ef93ac306c172bd605c99dc39d99dadd857068214e52bf0ae8a"


def test_box_1_the_table_is_the_contracts() -> None:
    lines = sorted(
        "\t".join((row.quality, row.type, row.sub_type or "-", row.etk_type, str(row.id_length)))
        for row in qualities.ALL
    )
    assert len(lines) == 87
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == CONTRACT_LINES


def test_box_1_a_missing_sub_type_is_the_one_that_the_quality_implies() -> None:
    assert qualities.implied_sub_type("HOSPITAL", "NIHII") == "HOSPITAL"
    assert qualities.implied_sub_type("DOCTOR", "NIHII") is None
    assert qualities.find("HOSPITAL", "NIHII") == qualities.find("HOSPITAL", "NIHII", "HOSPITAL")
    assert qualities.find("HOSPITAL", "NIHII", "PHARMACY") is None
    assert qualities.find("DOCTOR", "NIHII", "HOSPITAL") is None
    assert qualities.find("HOSPITAL", "INSS") is None


def test_box_8_a_quality_with_an_inss_is_an_individual() -> None:
    assert qualities.is_individual("NURSE")
    assert qualities.is_individual("CITIZEN")
    assert not qualities.is_individual("HOSPITAL")
    assert not qualities.is_individual("INSTITUTION")


# What known clients ask for, taken from the contract's table of attributes.
BOOLEANS = {
    "urn:be:fgov:person:ssin:doctor:boolean": "DOCTOR",
    "urn:be:fgov:person:ssin:ehealth:1.0:fpsph:doctor:boolean": "DOCTOR",
    "urn:be:fgov:person:ssin:nurse:boolean": "NURSE",
    "urn:be:fgov:person:ssin:ehealth:1.0:fpsph:nurse:boolean": "NURSE",
    "urn:be:fgov:person:ssin:ehealth:1.0:professional:physiotherapist:boolean": "PHYSIOTHERAPIST",
    "urn:be:fgov:person:ssin:ehealth:1.0:fpsph:dentist:boolean": "DENTIST",
    "urn:be:fgov:person:ssin:ehealth:1.0:professional:clinicalpsychologist:boolean": "PSYCHOLOGIST",
    "urn:be:fgov:ehealth:1.0:medicalhouse:nihii-number:recognisedmedicalhouse:boolean": "MEDICAL_HOUSE",
    "urn:be:fgov:ehealth:1.0:guardpost:nihii-number:recognisedguardpost:boolean": "GUARD_POST",
    "urn:be:fgov:ehealth:1.0:officedoctors:nihii-number:recognisedofficedoctors:boolean": "OFFICE_DOCTORS",
    "urn:be:fgov:ehealth:1.0:certificateholder:groupofnurses:nihii-number:recognisedgroupofnurses:boolean": "GROUP",
    "urn:be:fgov:ehealth:1.0:organization:ehp-number:recognisedehp:boolean": "INSTITUTION_EHP",
    "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin:usersession:boolean": None,
    "urn:be:fgov:ehealth:1.0:sortingcenter:nihii-number:recognisedsortingcenter:boolean": None,
}
NUMBERS = {
    "urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11": "DOCTOR",
    "urn:be:fgov:person:ssin:ehealth:1.0:nurse:nihii11": "NURSE",
    "urn:be:fgov:person:ssin:ehealth:1.0:nihii:nurse:nihii11": "NURSE",
    "urn:be:fgov:person:ssin:ehealth:1.0:nihii:optician:nihii11": "OPTICIEN",
    "urn:be:fgov:person:ssin:ehealth:1.0:nihii:podologist:nihii11": "PODOLOGIST",
    "urn:be:fgov:ehealth:1.0:medicalhouse:nihii-number:recognisedmedicalhouse:nihii11": "MEDICAL_HOUSE",
    "urn:be:fgov:person:ssin:doctor:boolean": None,
}


@pytest.mark.parametrize(("name", "quality"), BOOLEANS.items())
def test_box_7_quality_of_a_boolean_attribute(name: str, quality: str | None) -> None:
    assert qualities.quality_of_attribute(name) == quality


@pytest.mark.parametrize(("name", "quality"), NUMBERS.items())
def test_box_7_quality_of_a_nihii11_attribute(name: str, quality: str | None) -> None:
    assert qualities.quality_of_nihii11(name) == quality


def test_box_7_every_quality_but_the_citizens_can_be_certified_by_names_of_its_own() -> None:
    names: dict[str, str] = {}
    for quality in sorted(qualities.QUALITIES - {qualities.CITIZEN}):
        own = qualities.person_attribute_names(quality) or qualities.organisation_boolean_attributes(quality)
        assert own
        for name in own:
            assert names.setdefault(name, quality) == quality
            assert qualities.quality_of_attribute(name) == quality
    assert qualities.person_attribute_names(qualities.CITIZEN) == ()


def test_box_7_the_number_of_an_organisation_stands_in_its_own_attribute() -> None:
    assert qualities.identity_attribute_names("HOSPITAL")[0] == "urn:be:fgov:ehealth:1.0:hospital:nihii-number"
    assert qualities.identity_attribute_names("INSTITUTION")[0] == "urn:be:fgov:kbo-bce:organization:cbe-number"
    assert qualities.identity_attribute_names("INSTITUTION_EHP")[0] == (
        "urn:be:fgov:ehealth:1.0:organization:ehp-number"
    )
    assert qualities.identity_attribute_names("NURSE")[0] == "urn:be:fgov:person:ssin"

"""Who calls: which boxes an assertion names, which one a call is about, how a sender is called (BOX-6, 7, 11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ehbox_soap.errors import Refusal, SoapFault
from ehbox_soap.wire import types
from tests.mailbox.registered import A_DOCTOR, A_HOSPITAL, A_NURSE, DOCTOR_TRUE, INSTITUTION, NURSE_TRUE, register
from tests.mailbox.world import (
    CERTIFIED,
    CITIZEN,
    CITIZEN_BOX,
    DOCTOR,
    DOCTOR_BOX,
    DOCTOR_BY_NIHII,
    DOCTOR_INSS,
    DOCTOR_NIHII,
    HOSPITAL,
    HOSPITAL_BOX,
    IDENTIFICATION,
    NURSE,
    NURSE_BOX,
    NURSE_INSS,
    SSIN,
    Attributes,
    Names,
    World,
    certified,
    letter,
    person,
)

MEDICAL_HOUSE: Attributes = (
    (IDENTIFICATION, "urn:be:fgov:ehealth:1.0:medicalhouse:nihii-number", "82052214"),
    certified("urn:be:fgov:ehealth:1.0:medicalhouse:nihii-number:recognisedmedicalhouse:boolean"),
    certified("urn:be:fgov:ehealth:1.0:certificateholder:recognisedorganization:boolean"),
)
CERTIFIED_NAMES = (
    certified("urn:be:fgov:person:ssin:ehealth:1.0:givenname", "Certified"),
    certified("urn:be:fgov:person:ssin:ehealth:1.0:surname", "Name"),
)
CARD = Names(surname="Card", given_name="Eid")
EHEALTH = Names(name="NELE PROEFPERSOON")
EHP: Attributes = (
    (IDENTIFICATION, "urn:be:fgov:ehealth:1.0:organization:ehp-number", "1990000035"),
    certified("urn:be:fgov:ehealth:1.0:organization:ehp-number:recognisedehp:boolean"),
)


@pytest.mark.parametrize(
    ("who", "box"),
    [
        (person(NURSE_INSS, NURSE_TRUE, DOCTOR_TRUE), NURSE_BOX),
        (person(NURSE_INSS, DOCTOR_TRUE, NURSE_TRUE), replace(NURSE_BOX, quality="DOCTOR")),
        (CITIZEN, CITIZEN_BOX),
        (HOSPITAL, HOSPITAL_BOX),
        ((*NURSE, *HOSPITAL), HOSPITAL_BOX),
        (MEDICAL_HOUSE, types.BoxId("82052214", "NIHII", "MEDICAL_HOUSE", "MEDICAL_HOUSE")),
        (INSTITUTION, types.BoxId("0999999922", "CBE", "INSTITUTION")),
        (EHP, types.BoxId("1990000035", "EHP", "INSTITUTION_EHP")),
    ],
)
def test_box_6_the_default_box(world: World, who: Attributes, box: types.BoxId) -> None:
    assert world.info(who).box == box


@pytest.mark.parametrize(
    "box_id",
    [
        DOCTOR_BOX,
        DOCTOR_BY_NIHII,
        replace(DOCTOR_BY_NIHII, id=DOCTOR_NIHII),
        replace(DOCTOR_BOX, sub_type=""),
    ],
)
def test_box_6_box_id_picks_a_box_by_any_of_its_names(world: World, box_id: types.BoxId) -> None:
    assert world.info((*HOSPITAL, *DOCTOR), box_id).box == DOCTOR_BOX


def test_box_6_box_id_picks_by_a_number_that_only_the_register_links(world: World) -> None:
    register(world, A_DOCTOR)
    assert world.info(person(DOCTOR_INSS, DOCTOR_TRUE), DOCTOR_BY_NIHII).box == DOCTOR_BOX


@pytest.mark.parametrize(
    "box_id",
    [
        NURSE_BOX,
        replace(DOCTOR_BOX, quality="CITIZEN"),
        replace(DOCTOR_BOX, id=NURSE_INSS),
        replace(DOCTOR_BOX, sub_type="DOCTOR"),
        replace(DOCTOR_BY_NIHII, id=DOCTOR_NIHII[:9]),
        replace(DOCTOR_BY_NIHII, type="INSS"),
        replace(HOSPITAL_BOX, sub_type="PHARMACY"),
        replace(HOSPITAL_BOX, id="71089915"),
        replace(DOCTOR_BOX, id="ALL"),
    ],
)
def test_box_6_anything_else_is_810(world: World, box_id: types.BoxId) -> None:
    world.listed(NURSE)
    who = (*HOSPITAL, *DOCTOR)
    request = replace(letter(NURSE_BOX), box_id=box_id)
    for call in (
        lambda: world.info(who, box_id),
        lambda: world.listed(who, box_id=box_id),
        lambda: world.read(who, "A" * 13, box_id=box_id),
        lambda: world.send(who, request),
    ):
        with pytest.raises(Refusal) as caught:
            call()
        assert (caught.value.status.code, caught.value.place) == ("810", "BoxId")


NO_BOX = {
    "nothing": (),
    "certified without identity": (NURSE_TRUE,),
    "identity in the certified namespace": ((CERTIFIED, SSIN, NURSE_INSS),),
    "an organisation that is not recognised": HOSPITAL[:1],
    "an organisation without its number": HOSPITAL[1:],
    "recognised only in the identification namespace": (HOSPITAL[0], (IDENTIFICATION, *HOSPITAL[1][1:])),
    "a malformed number": person("8506199986", NURSE_TRUE),
    "two numbers for one identity": (*NURSE, (IDENTIFICATION, SSIN, "59091199772")),
    "the number of another organisation": (HOSPITAL[0], *MEDICAL_HOUSE[1:]),
}


@pytest.mark.parametrize("case", NO_BOX)
def test_box_6_an_assertion_that_names_no_box_is_a_fault(world: World, case: str) -> None:
    with pytest.raises(SoapFault) as caught:
        world.info(NO_BOX[case])
    assert caught.value.code == "SOA-01002"


@pytest.mark.parametrize(
    ("attribute", "quality"),
    [
        (certified("urn:be:fgov:person:ssin:ehealth:1.0:fpsph:nurse:boolean"), "NURSE"),
        (certified("urn:be:fgov:person:ssin:ehealth:1.0:professional:physiotherapist:boolean"), "PHYSIOTHERAPIST"),
        (certified("urn:be:fgov:person:ssin:ehealth:1.0:professional:clinicalpsychologist:boolean"), "PSYCHOLOGIST"),
        (certified("urn:be:fgov:person:ssin:ehealth:1.0:nihii:podologist:nihii11", "12345678901"), "PODOLOGIST"),
        (certified("urn:be:fgov:person:ssin:ehealth:1.0:nihii:podologist:nihii11", "unknown"), "CITIZEN"),
        (certified("urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11", "12345678901"), "DOCTOR"),
        (certified("urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11", ""), "CITIZEN"),
        ((IDENTIFICATION, "urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11", "12345678901"), "CITIZEN"),
        (certified("urn:be:fgov:person:ssin:nurse:boolean", "false"), "CITIZEN"),
        (certified("urn:be:fgov:person:ssin:nurse:boolean", "TRUE"), "CITIZEN"),
        ((IDENTIFICATION, "urn:be:fgov:person:ssin:nurse:boolean", "true"), "CITIZEN"),
        (certified("urn:be:fgov:person:ssin:astronaut:boolean"), "CITIZEN"),
    ],
)
def test_box_7_only_certified_attributes_make_a_quality(
    world: World, attribute: tuple[str, str, str], quality: str
) -> None:
    assert world.info(person(NURSE_INSS, attribute)).box == types.BoxId(NURSE_INSS, "INSS", quality)


def test_box_7_a_nihii11_beside_a_boolean_that_is_not_true_makes_no_quality(world: World) -> None:
    """What certifies it is asked first: the number alone does where nobody asked for anything else."""
    nihii11 = certified("urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11", "12345678901")
    for denied in (nihii11, certified("urn:be:fgov:person:ssin:doctor:boolean", "false")):
        quality = world.info(person(NURSE_INSS, *{denied: None, nihii11: None})).box.quality
        assert quality == ("DOCTOR" if denied == nihii11 else "CITIZEN")


@pytest.mark.parametrize(
    ("attributes", "registered", "certificate", "name", "first_name"),
    [
        ((*NURSE, *CERTIFIED_NAMES), True, CARD, "Name", "Certified"),
        (NURSE, True, CARD, "Proefpersoon", "Nele"),
        (NURSE, False, CARD, "Card", "Eid"),
        (NURSE, False, EHEALTH, "NELE PROEFPERSOON", None),
        (NURSE, False, Names(), "NURSE", None),
    ],
)
def test_box_11_the_senders_name_is_certified_else_registered_else_of_the_certificate(
    world: World,
    attributes: Attributes,
    registered: bool,
    certificate: Names,
    name: str,
    first_name: str | None,
) -> None:
    if registered:
        register(world, A_NURSE)
    world.names = certificate
    sent = world.send(attributes, letter(CITIZEN_BOX))
    expected = types.Sender(NURSE_BOX, name, first_name)
    assert world.read(CITIZEN, sent.id).sender == expected
    assert world.listed(CITIZEN).messages[0].sender == expected


@pytest.mark.parametrize(
    ("attributes", "registered", "name", "person_in_organisation"),
    [
        (HOSPITAL, True, "A hospital", None),
        (HOSPITAL, False, "CERTIFICATE", None),
        ((*HOSPITAL, *NURSE, *CERTIFIED_NAMES), True, "A hospital", NURSE_INSS),
        ((*HOSPITAL, *NURSE, *CERTIFIED_NAMES), False, "HOSPITAL", NURSE_INSS),
    ],
)
def test_box_11_an_organisations_name_is_its_own(
    world: World, attributes: Attributes, registered: bool, name: str, person_in_organisation: str | None
) -> None:
    if registered:
        register(world, A_HOSPITAL)
    world.names = Names(name="CERTIFICATE")
    sent = world.send(attributes, letter(CITIZEN_BOX))
    assert world.read(CITIZEN, sent.id).sender == types.Sender(HOSPITAL_BOX, name, None, person_in_organisation)

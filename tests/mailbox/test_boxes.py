"""Addresses, boxes and sizes: BOX-1 to 5, BOX-8, BOX-9, INFO-1."""

from __future__ import annotations

from dataclasses import replace

import pytest
import structlog

from ehbox_soap.errors import Refusal, SoapFault
from ehbox_soap.store.records import BoxOverride
from ehbox_soap.wire import types
from tests.mailbox.registered import A_DOCTOR, A_HOSPITAL, A_NURSE, DOCTOR_TRUE, INSTITUTION, NURSE_TRUE, register
from tests.mailbox.world import (
    CITIZEN,
    CITIZEN_BOX,
    DOCTOR,
    DOCTOR_BOX,
    DOCTOR_BY_NIHII,
    DOCTOR_INSS,
    DOCTOR_NIHII,
    HOSPITAL,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    NURSE_INSS,
    Attributes,
    World,
    certified,
    document,
    letter,
    person,
)


@pytest.mark.parametrize("sub_type", [None, "", "HOSPITAL"])
def test_box_1_a_sub_type_left_out_is_the_implied_one(world: World, sub_type: str | None) -> None:
    sent = world.send(DOCTOR, letter(replace(HOSPITAL_BOX, sub_type=sub_type)))
    assert sent.recipients[0].destination.box == HOSPITAL_BOX
    assert world.ids(HOSPITAL) == [sent.id]
    assert world.info(HOSPITAL, replace(HOSPITAL_BOX, sub_type=sub_type)).box == HOSPITAL_BOX


@pytest.mark.parametrize(
    ("box", "code"),
    [
        (replace(HOSPITAL_BOX, sub_type="PHARMACY"), "803"),
        (replace(HOSPITAL_BOX, type="CBE", id="0999999999"), "805"),
        (replace(NURSE_BOX, sub_type="NURSE"), "805"),
        (replace(HOSPITAL_BOX, quality="INSTITUTION", sub_type=None), "803"),
        (replace(CITIZEN_BOX, type="NIHII", id="71089914"), "803"),
    ],
)
def test_box_1_a_combination_that_does_not_exist_is_no_box(world: World, box: types.BoxId, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        world.send(DOCTOR, letter(box))


@pytest.mark.parametrize("number", [DOCTOR_NIHII, DOCTOR_NIHII[:8], DOCTOR_NIHII[:8] + "999"])
def test_box_2_a_registered_nihii_of_8_or_11_digits_is_the_persons_box(world: World, number: str) -> None:
    register(world, A_DOCTOR)
    sent = world.send(NURSE, letter(types.BoxId(number, "NIHII", "DOCTOR")))
    assert sent.recipients[0].destination.box == DOCTOR_BOX
    assert world.ids(person(DOCTOR_INSS, DOCTOR_TRUE)) == [sent.id]


def test_box_2_a_certified_nihii11_links_both_names(world: World) -> None:
    """Sent to either name before the doctor ever called: one box from the call that certifies the link."""
    by_nihii = world.send(NURSE, letter(DOCTOR_BY_NIHII))
    assert by_nihii.recipients[0].destination.box == DOCTOR_BY_NIHII
    world.pass_time(seconds=1)
    by_inss = world.send(NURSE, letter(DOCTOR_BOX))
    assert world.ids(DOCTOR) == [by_inss.id, by_nihii.id]
    again = world.send(NURSE, letter(DOCTOR_BY_NIHII))
    assert again.recipients[0].destination.box == DOCTOR_BOX
    assert world.read(NURSE, by_nihii.id, types.Source.SENTBOX).destinations[0].box == DOCTOR_BOX


def test_box_2_both_names_are_one_size_even_before_they_are_joined(world: World) -> None:
    world.send(NURSE, letter(DOCTOR_BY_NIHII))
    world.send(NURSE, letter(DOCTOR_BOX))
    size = 2 * len(document().content.data)
    assert world.info(DOCTOR).current_size == size
    world.listed(DOCTOR)
    assert world.info(DOCTOR).current_size == size


def test_box_2_the_same_message_to_both_names_is_there_once_when_they_are_joined(world: World) -> None:
    sent = world.send(NURSE, letter(DOCTOR_BY_NIHII, DOCTOR_BOX))
    assert world.ids(DOCTOR) == [sent.id]
    assert world.info(DOCTOR).current_size == len(document().content.data)


def test_box_2_a_letter_to_oneself_by_the_other_name_joins_the_boxes_first(world: World) -> None:
    world.send(NURSE, letter(DOCTOR_BY_NIHII))
    world.send(NURSE, letter(DOCTOR_BOX))
    sent = world.send(DOCTOR, letter(DOCTOR_BY_NIHII))
    assert sent.recipients[0].destination.box == DOCTOR_BOX
    assert sent.id in world.ids(DOCTOR)


def test_box_2_the_boxes_of_two_qualities_are_two(world: World) -> None:
    both = person(NURSE_INSS, NURSE_TRUE, DOCTOR_TRUE)
    sent = world.send(DOCTOR, letter(NURSE_BOX))
    assert [row.message_id for row in world.listed(both, box_id=NURSE_BOX).messages] == [sent.id]
    assert world.listed(both, box_id=replace(NURSE_BOX, quality="DOCTOR")).messages == ()


@pytest.mark.parametrize("number", ["", "123", "1999011600", "unknown 123"])
def test_box_2_what_is_no_nihii_links_nothing(world: World, number: str) -> None:
    who = person(DOCTOR_INSS, DOCTOR_TRUE, certified("urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11", number))
    world.listed(who)
    assert world.info(who).box == DOCTOR_BOX
    with world.store.begin(write=False) as transaction:
        (box,) = transaction.boxes.of_quality("DOCTOR")
        assert len(transaction.boxes.names(box.key)) == 1


def test_box_2_an_assertion_cannot_take_over_a_nihii_that_the_register_gives_to_another(world: World) -> None:
    register(world, A_DOCTOR)
    world.send(NURSE, letter(DOCTOR_BY_NIHII))
    other = person(
        NURSE_INSS, certified("urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11", DOCTOR_NIHII), DOCTOR_TRUE
    )
    assert world.ids(other) == []
    assert len(world.ids(DOCTOR)) == 1


@pytest.mark.parametrize("inss", ["85061999865", "00010100105"])
def test_box_3_check_digits_of_both_centuries_hold(world: World, inss: str) -> None:
    with structlog.testing.capture_logs() as logs:
        world.send(DOCTOR, letter(types.BoxId(inss, "INSS", "NURSE")))
    assert logs == []


def test_box_3_check_digits_are_warned_of_in_the_open_directory_without_the_number(world: World) -> None:
    with structlog.testing.capture_logs() as logs:
        world.send(DOCTOR, letter(types.BoxId("85061999866", "INSS", "NURSE"), NURSE_BOX))
    assert [(entry["log_level"], entry["rule"], entry["destinations"]) for entry in logs] == [("warning", "BOX-3", 1)]
    assert "8506" not in repr(logs)


def test_box_3_check_digits_refuse_in_the_strict_directory(world: World) -> None:
    """Registered all the same, so that nothing but the digits can be what is refused."""
    wrong = replace(A_NURSE, inss="85061999866")
    register(world, A_DOCTOR, A_NURSE, wrong)
    world.configure(directory="strict")
    world.send(DOCTOR, letter(NURSE_BOX))
    with pytest.raises(Refusal) as caught:
        world.send(DOCTOR, letter(NURSE_BOX, replace(NURSE_BOX, id=wrong.inss)))
    assert (caught.value.status.code, caught.value.place) == ("802", "DestinationContext[2]/Id")


@pytest.mark.parametrize("directory", ["open", "strict"])
@pytest.mark.parametrize(
    "box",
    [
        types.BoxId("8506199986", "INSS", "NURSE"),
        types.BoxId("850619998655", "INSS", "NURSE"),
        types.BoxId("8506199986x", "INSS", "NURSE"),
        types.BoxId("٨٥٠٦١٩٩٩٨٦٥", "INSS", "NURSE"),
        types.BoxId("all", "INSS", "NURSE"),
        types.BoxId("", "INSS", "NURSE"),
        types.BoxId("7108991", "NIHII", "HOSPITAL"),
        types.BoxId("710899140", "NIHII", "HOSPITAL"),
        types.BoxId("71089914", "CBE", "INSTITUTION"),
        types.BoxId("71089914", "EHP", "INSTITUTION_EHP"),
    ],
)
def test_box_3_length_and_digits_always_refuse(world: World, directory: str, box: types.BoxId) -> None:
    register(world, A_DOCTOR)
    world.configure(directory=directory)
    with pytest.raises(Refusal, match="802"):
        world.send(DOCTOR, letter(box))


def test_box_4_in_the_open_directory_a_box_exists_once_addressed(world: World) -> None:
    sent = world.send(DOCTOR, letter(CITIZEN_BOX))
    assert world.ids(CITIZEN) == [sent.id]


def test_box_4_in_the_strict_directory_only_registered_boxes_exist(world: World) -> None:
    world.send(DOCTOR, letter(NURSE_BOX, HOSPITAL_BOX))
    register(world, A_DOCTOR, A_NURSE)
    world.configure(directory="strict")
    world.send(DOCTOR, letter(NURSE_BOX, DOCTOR_BY_NIHII))
    with pytest.raises(Refusal) as caught:
        world.send(DOCTOR, letter(HOSPITAL_BOX))
    assert (caught.value.status.code, caught.value.place) == ("802", "DestinationContext[1]/Id")
    with pytest.raises(SoapFault) as fault:
        world.listed(HOSPITAL)
    assert fault.value.code == "SOA-01002"
    register(world, A_HOSPITAL)
    world.send(DOCTOR, letter(HOSPITAL_BOX))
    assert len(world.ids(HOSPITAL)) == 2


def test_box_4_a_profession_that_left_the_register_has_no_box_in_the_strict_directory(world: World) -> None:
    register(world, A_NURSE, replace(A_NURSE, professions=()))
    world.configure(directory="strict")
    with pytest.raises(SoapFault):
        world.listed(NURSE)
    assert world.ids(person(NURSE_INSS)) == []


ALL_NURSES = types.BoxId("ALL", "INSS", "NURSE")
OTHER_NURSE_INSS = "85041310259"
OTHER_NURSE = person(OTHER_NURSE_INSS, NURSE_TRUE)


def test_box_5_all_reaches_every_box_of_the_quality_that_exists(world: World) -> None:
    world.configure(all_publishers=("DOCTOR",))
    register(world, A_NURSE)
    world.listed(OTHER_NURSE)
    world.listed(CITIZEN)
    sent = world.send(DOCTOR, letter(ALL_NURSES))
    later = person("59091199772", NURSE_TRUE)
    assert world.ids(NURSE) == world.ids(OTHER_NURSE) == [sent.id]
    assert world.ids(CITIZEN) == world.ids(later) == []
    assert sent.recipients == (types.Recipient(types.Destination(ALL_NURSES)),)
    assert world.listed(NURSE).messages[0].destination.box == NURSE_BOX
    assert world.listed(DOCTOR, types.Source.SENTBOX).messages[0].destination.box == ALL_NURSES
    assert world.read(NURSE, sent.id).destinations[0].box == ALL_NURSES


def test_box_5_a_box_reached_by_all_and_by_name_has_it_once(world: World) -> None:
    world.configure(all_publishers=("DOCTOR",))
    world.listed(NURSE)
    sent = world.send(DOCTOR, letter(ALL_NURSES, NURSE_BOX))
    assert world.ids(NURSE) == [sent.id]


@pytest.mark.parametrize("publishers", [(), ("NURSE",), ("HOSPITAL",)])
def test_box_5_all_is_for_the_qualities_that_configuration_names(world: World, publishers: tuple[str, ...]) -> None:
    world.configure(all_publishers=publishers)
    with pytest.raises(Refusal) as caught:
        world.send(DOCTOR, letter(ALL_NURSES))
    assert (caught.value.status.code, caught.value.place) == ("814", "DestinationContext[1]/Quality")


@pytest.mark.parametrize(
    ("who", "size"),
    [(NURSE, 10_485_760), (CITIZEN, 10_485_760), (HOSPITAL, 104_857_600), (INSTITUTION, 104_857_600)],
)
def test_box_8_max_size_by_the_kind_of_box(world: World, who: Attributes, size: int) -> None:
    assert world.info(who).max_size == size
    world.configure(individual_box_bytes=1, organisation_box_bytes=2)
    assert world.info(who).max_size == (1 if size == 10_485_760 else 2)


def test_box_8_a_box_may_have_a_limit_of_its_own(world: World) -> None:
    register(world, BoxOverride("NIHII", DOCTOR_NIHII, "DOCTOR", 5), BoxOverride("INSS", NURSE_INSS, "NURSE", 0))
    register(world, A_DOCTOR)
    assert world.info(DOCTOR).max_size == 5
    assert world.info(NURSE).max_size == 0
    assert world.info(CITIZEN).max_size == 10_485_760


def test_box_9_current_size_is_what_stands_in_the_inbox(world: World) -> None:
    world.send(DOCTOR, letter(NURSE_BOX, content=types.MessageContent(document(b"x" * 100), patient_inss=b"12")))
    world.send(DOCTOR, letter(NURSE_BOX, HOSPITAL_BOX, content=types.MessageContent(document(b"x" * 10))))
    assert world.info(NURSE).current_size == 112
    assert world.info(HOSPITAL).current_size == 10
    assert world.info(DOCTOR).current_size == 0


def test_info_1_of_a_box_that_was_never_used(world: World) -> None:
    assert world.info(NURSE) == types.BoxInfo(NURSE_BOX, 0, 0, 10_485_760)

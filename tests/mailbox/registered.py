"""Who is in the register of the tests, and how they get there."""

from __future__ import annotations

from ehbox_soap.store.records import BoxOverride, Organisation, Person, Profession
from tests.mailbox.world import (
    DOCTOR_INSS,
    DOCTOR_NIHII,
    HOSPITAL_NIHII,
    IDENTIFICATION,
    NURSE_INSS,
    Attributes,
    World,
    certified,
)

NURSE_TRUE = certified("urn:be:fgov:person:ssin:nurse:boolean")
DOCTOR_TRUE = certified("urn:be:fgov:person:ssin:doctor:boolean")


def register(world: World, *entries: Person | Organisation | BoxOverride) -> None:
    with world.store.begin() as transaction:
        for entry in entries:
            match entry:
                case Person():
                    transaction.register.put_person(entry)
                case Organisation():
                    transaction.register.put_organisation(entry)
                case BoxOverride():
                    transaction.register.put_boxes([entry])


A_DOCTOR = Person(DOCTOR_INSS, "Voorbeeld", "Dora", "nl", (Profession("DOCTOR", DOCTOR_NIHII),))
A_NURSE = Person(NURSE_INSS, "Proefpersoon", "Nele", "nl", (Profession("NURSE"),))
A_HOSPITAL = Organisation("NIHII", HOSPITAL_NIHII, "HOSPITAL", "A hospital")
INSTITUTION: Attributes = (
    (IDENTIFICATION, "urn:be:fgov:kbo-bce:organization:cbe-number", "0999999922"),
    certified("urn:be:fgov:ehealth:1.0:certificateholder:recognisedorganization:boolean"),
)

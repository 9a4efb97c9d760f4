"""Who calls in the tests of the front door: people and organisations of the shipped seed (conf/seed.toml)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.clients.connector40 import Destination
from tests.door import Client, Door

SSIN = "urn:be:fgov:person:ssin"
DOCTOR, NURSE, HOSPITAL = "71031499894", "85061999865", "71990133"
NURSE_BOX = Destination(NURSE, "INSS", "NURSE")
HOSPITAL_BOX = Destination(HOSPITAL, "NIHII", "HOSPITAL", "HOSPITAL")
# E and M leave SubType out (wire.md, Requests).
HOSPITAL_WITHOUT_SUBTYPE = Destination(HOSPITAL, "NIHII", "HOSPITAL")


@dataclass(frozen=True)
class Cast:
    """Three callers with assertions of the tests' STS; they hold at any door from the same template."""

    doctor: Client
    nurse: Client
    hospital: Client


def cast(door: Door) -> Cast:
    """Asks the door's STS for the three assertions."""
    return Cast(
        doctor=door.person(DOCTOR, (f"{SSIN}:ehealth:1.0:doctor:nihii11", f"{SSIN}:doctor:boolean")),
        nurse=door.person(NURSE, (f"{SSIN}:nurse:boolean",), "ec"),
        hospital=door.organisation(
            "NIHII-HOSPITAL",
            HOSPITAL,
            (
                "urn:be:fgov:ehealth:1.0:certificateholder:hospital:nihii-number",
                "urn:be:fgov:ehealth:1.0:hospital:nihii-number",
            ),
            ("urn:be:fgov:ehealth:1.0:hospital:nihii-number:recognisedhospital:boolean",),
        ),
    )

"""Who plays in the cases: people and organisations of the shipped seed, and their boxes as elements.

Knows: the seed's numbers. Must not know: what is asked or answered.
"""

from __future__ import annotations

from tests.door import Client, Door

SSIN = "urn:be:fgov:person:ssin"
_ORGANISATION = "urn:be:fgov:ehealth:1.0"


def _box(number: str, type: str, quality: str, sub_type: str = "") -> str:
    stated = f"<SubType>{sub_type}</SubType>" if sub_type else ""
    return f"<Id>{number}</Id><Type>{type}</Type>{stated}<Quality>{quality}</Quality>"


BOXES = {
    "doctor": _box("71031499894", "INSS", "DOCTOR"),
    "doctor by NIHII": _box("19990116", "NIHII", "DOCTOR"),
    "doctor as citizen": _box("71031499894", "INSS", "CITIZEN"),
    "second doctor": _box("68072599721", "INSS", "DOCTOR"),
    "nurse": _box("85061999865", "INSS", "NURSE"),
    "dentist": _box("79020299635", "INSS", "DENTIST"),
    "citizen": _box("04022999310", "INSS", "CITIZEN"),
    "two as nurse": _box("93042799282", "INSS", "NURSE"),
    "two as midwife": _box("93042799282", "INSS", "MIDWIFE"),
    "hospital": _box("71990133", "NIHII", "HOSPITAL", "HOSPITAL"),
    "hospital without SubType": _box("71990133", "NIHII", "HOSPITAL"),
    "institution": _box("0999999031", "CBE", "INSTITUTION"),
    "every nurse": _box("ALL", "INSS", "NURSE"),
    "system": _box("0809394427", "CBE", "INSTITUTION"),
}
_PEOPLE = {
    "doctor": ("71031499894", (f"{SSIN}:ehealth:1.0:doctor:nihii11", f"{SSIN}:doctor:boolean")),
    "second doctor": ("68072599721", (f"{SSIN}:doctor:boolean",)),
    "nurse": ("85061999865", (f"{SSIN}:nurse:boolean",)),
    "citizen": ("04022999310", ()),
    "two": ("93042799282", (f"{SSIN}:nurse:boolean", f"{SSIN}:ehealth:1.0:professional:midwife:boolean")),
}


def cast(door: Door) -> dict[str, Client]:
    """Everybody who calls, with assertions of the door's STS; they hold at any door from the same template."""
    people = {name: door.person(inss, certified, "ec") for name, (inss, certified) in _PEOPLE.items()}
    hospital = door.organisation(
        "NIHII-HOSPITAL",
        "71990133",
        (
            f"{_ORGANISATION}:certificateholder:hospital:nihii-number",
            f"{_ORGANISATION}:hospital:nihii-number",
        ),
        (f"{_ORGANISATION}:hospital:nihii-number:recognisedhospital:boolean",),
    )
    return {**people, "hospital": hospital}

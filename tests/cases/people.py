"""Who plays in the cases: people and organisations of the shipped seed, and their boxes as elements.

Knows: the seed's numbers. Must not know: what is asked or answered.
"""

from __future__ import annotations

from tests.door import Client, Door

SSIN = "urn:be:fgov:person:ssin"
_ORGANISATION = "urn:be:fgov:ehealth:1.0"


def box(number: str, type: str, quality: str, sub_type: str = "") -> str:
    """A box as the elements of a request or an answer."""
    stated = f"<SubType>{sub_type}</SubType>" if sub_type else ""
    return f"<Id>{number}</Id><Type>{type}</Type>{stated}<Quality>{quality}</Quality>"


BOXES = {
    "doctor": box("71031499894", "INSS", "DOCTOR"),
    "doctor by NIHII": box("19990116", "NIHII", "DOCTOR"),
    "doctor as citizen": box("71031499894", "INSS", "CITIZEN"),
    "second doctor": box("68072599721", "INSS", "DOCTOR"),
    "nurse": box("85061999865", "INSS", "NURSE"),
    "dentist": box("79020299635", "INSS", "DENTIST"),
    "citizen": box("04022999310", "INSS", "CITIZEN"),
    "two as nurse": box("93042799282", "INSS", "NURSE"),
    "two as midwife": box("93042799282", "INSS", "MIDWIFE"),
    "hospital": box("71990133", "NIHII", "HOSPITAL", "HOSPITAL"),
    "hospital without SubType": box("71990133", "NIHII", "HOSPITAL"),
    "institution": box("0999999031", "CBE", "INSTITUTION"),
    "every nurse": box("ALL", "INSS", "NURSE"),
    "system": box("0809394427", "CBE", "INSTITUTION"),
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

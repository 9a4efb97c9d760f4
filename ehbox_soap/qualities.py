"""Who can hold a box: the 87 combinations of quality, Type and SubType, and the attributes that certify a quality.

Knows: names of the mailbox wire, of the ETK depot and of assertions. Must not know: who exists, how an assertion is
verified, any other room. Pure tables, for the mailbox (BOX-1, BOX-7), the mock STS and the ETK depot alike.
"""

from __future__ import annotations

from dataclasses import dataclass

# AttributeNamespace of an assertion: who the caller is, and what was certified about it.
IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"

SSIN = "urn:be:fgov:person:ssin"
HOLDER_SSIN = "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin"
CBE_NUMBER = "urn:be:fgov:kbo-bce:organization:cbe-number"
HOLDER_CBE_NUMBER = "urn:be:fgov:ehealth:1.0:certificateholder:enterprise:cbe-number"
EHP_NUMBER = "urn:be:fgov:ehealth:1.0:organization:ehp-number"
HOLDER_EHP_NUMBER = "urn:be:fgov:ehealth:1.0:certificateholder:organization:ehp-number"

GIVENNAME = "urn:be:fgov:person:ssin:ehealth:1.0:givenname"
SURNAME = "urn:be:fgov:person:ssin:ehealth:1.0:surname"
# Certifies any organisation; it tells an INSTITUTION only beside a CBE number (`identity_attribute_names`).
RECOGNISED_ORGANISATION = "urn:be:fgov:ehealth:1.0:certificateholder:recognisedorganization:boolean"
RECOGNISED_EHP = "urn:be:fgov:ehealth:1.0:organization:ehp-number:recognisedehp:boolean"


@dataclass(frozen=True, slots=True)
class Row:
    """One combination. `id_length` in digits; a NIHII number may also be written with its 11."""

    quality: str
    type: str
    sub_type: str | None
    etk_type: str
    id_length: int


CITIZEN = "CITIZEN"
# Every one of them has the types INSS and NIHII, without SubType.
PROFESSIONS: tuple[str, ...] = tuple(
    """AMBULANCE_RESCUER APPLIED_PSYCH_BACHELOR AUDICIEN AUDIOLOGIST DENTIST DIETICIAN DOCTOR FAMILY_SCIENCE_BACHELOR
    GERONTOLOGY_MASTER IMAGING_TECHNOLOGIST IMPLANTPROVIDER LAB_TECHNOLOGIST LOGOPEDIST MIDWIFE NURSE
    OCCUPATIONAL_THERAPIST OPTICIEN ORTHOPEDAGOGIST_MASTER ORTHOPEDIST ORTHOPTIST PEDIATRIC_NURSE PHARMACIST
    PHARMACIST_ASSISTANT PHYSIOTHERAPIST PODOLOGIST PRACTICALNURSE PSYCHOLOGIST PSYCHOMOTOR_THERAPY
    READAPTATION_BACHELOR SOCIAL_WORKER SPECIALIZED_EDUCATOR TRUSS_MAKER""".split()  # noqa: SIM905
)
# Every one of them has the type NIHII and its own name as SubType.
NIHII_ORGANISATIONS: tuple[str, ...] = tuple(
    """GROUP GROUP_DOCTORS GUARD_POST HOME_SERVICES HOSPITAL LABO MEDICAL_HOUSE OFFICE_DENTISTS OFFICE_DOCTORS OF_BAND
    OF_PHYSIOS OTD_PHARMACY PALLIATIVE_CARE PHARMACY PROT_ACC PSYCH_HOUSE RETIREMENT""".split()  # noqa: SIM905
)
_OTHER_ORGANISATIONS = (
    Row("CONSORTIUM", "CBE", "CONSORTIUM", "CBE-CONSORTIUM", 10),
    Row("CTRL_ORGANISM", "EHP", "CTRL_ORGANISM", "EHP-CTRL_ORGANISM", 10),
    Row("INSTITUTION", "CBE", None, "CBE", 10),
    Row("INSTITUTION_EHP", "EHP", None, "EHP", 10),
    Row("TREATMENT_CENTER", "CBE", "TREATMENT_CENTER", "CBE-TREAT_CENTER", 10),
)

ALL: tuple[Row, ...] = (
    Row(CITIZEN, "INSS", None, "SSIN", 11),
    *(Row(quality, "INSS", None, "SSIN", 11) for quality in PROFESSIONS),
    *(Row(quality, "NIHII", None, "NIHII", 8) for quality in PROFESSIONS),
    *(Row(quality, "NIHII", quality, f"NIHII-{quality}", 8) for quality in NIHII_ORGANISATIONS),
    *_OTHER_ORGANISATIONS,
)
TYPES: frozenset[str] = frozenset(row.type for row in ALL)
SUB_TYPES: frozenset[str] = frozenset(row.sub_type for row in ALL if row.sub_type)
QUALITIES: frozenset[str] = frozenset(row.quality for row in ALL)
INDIVIDUALS: frozenset[str] = frozenset(row.quality for row in ALL if row.type == "INSS")
ORGANISATIONS: tuple[str, ...] = (*NIHII_ORGANISATIONS, *(row.quality for row in _OTHER_ORGANISATIONS))

# No two rows share quality and type, so a SubType is implied by them (BOX-1).
_BY_PAIR = {(row.quality, row.type): row for row in ALL}

# A known client asks for attributes of these (BOX-7, client); those of every other follow the same forms and are ours.
NAMED_BY_CLIENTS: frozenset[str] = frozenset(
    """DENTIST DIETICIAN DOCTOR GROUP GUARD_POST INSTITUTION INSTITUTION_EHP LOGOPEDIST MEDICAL_HOUSE MIDWIFE NURSE
    OFFICE_DOCTORS OPTICIEN PHYSIOTHERAPIST PODOLOGIST PSYCHOLOGIST""".split()  # noqa: SIM905
)

# Names in attributes that are not the quality in lower case without underscore (BOX-7). Clients also ask for
# sortingcenter and reeducation, which are the quality of no box.
_TOKENS = {"GROUP": "groupofnurses", "OPTICIEN": "optician", "PSYCHOLOGIST": "clinicalpsychologist"}


def find(quality: str, type: str, sub_type: str | None = None) -> Row | None:
    """The row of that combination, or None; `sub_type` None stands for the one that the quality implies (BOX-1)."""
    row = _BY_PAIR.get((quality, type))
    return row if row is not None and sub_type in (None, row.sub_type) else None


def implied_sub_type(quality: str, type: str) -> str | None:
    """The SubType of that quality and Type (BOX-1); None if it has none, or if the pair does not exist."""
    row = _BY_PAIR.get((quality, type))
    return row.sub_type if row is not None else None


def is_individual(quality: str) -> bool:
    """Whether a natural person holds such a box (BOX-8): the quality has the type INSS."""
    return quality in INDIVIDUALS


def token(quality: str) -> str:
    """How attribute names spell a quality (BOX-7)."""
    return _TOKENS.get(quality, quality.lower().replace("_", ""))


def person_attribute_names(quality: str) -> tuple[str, ...]:
    """Attributes whose value `true` certifies that profession, the one that clients ask for first (BOX-7).

    Known from clients: `ssin:<p>` and `fpsph` of doctor and nurse, `professional` and `fpsph` of some others; the
    rest of the map follows the same forms and is ours. CITIZEN has none: it needs no certificate.
    """
    if quality not in PROFESSIONS:
        return ()
    name = token(quality)
    plain, professional = f"{SSIN}:{name}:boolean", f"{SSIN}:ehealth:1.0:professional:{name}:boolean"
    fpsph = f"{SSIN}:ehealth:1.0:fpsph:{name}:boolean"
    return (plain, fpsph, professional) if quality in ("DOCTOR", "NURSE") else (professional, fpsph, plain)


def organisation_boolean_attributes(quality: str) -> tuple[str, ...]:
    """Attributes whose value `true` certifies that organisation, the one that clients ask for first (BOX-7).

    Those of CONSORTIUM, TREATMENT_CENTER and CTRL_ORGANISM, and of the NIHII organisations that no known client asks
    for, follow the same form and are ours.
    """
    if quality == "INSTITUTION":
        return (RECOGNISED_ORGANISATION,)
    if quality == "INSTITUTION_EHP":
        return (RECOGNISED_EHP,)
    stems = _organisation_stems(quality)
    return tuple(f"{stem}:recognised{token(quality)}:boolean" for stem in stems)


def organisation_boolean_attribute(quality: str) -> str | None:
    """The first of `organisation_boolean_attributes`; None if the quality is no organisation's."""
    return next(iter(organisation_boolean_attributes(quality)), None)


def nihii11_attribute_names(quality: str) -> tuple[str, ...]:
    """Attributes that hold the 11 digits of a profession's or organisation's NIHII number, the usual one first."""
    name = token(quality)
    if quality in PROFESSIONS:
        plain, nihii = f"{SSIN}:ehealth:1.0:{name}:nihii11", f"{SSIN}:ehealth:1.0:nihii:{name}:nihii11"
        return (plain, nihii) if quality == "DOCTOR" else (nihii, plain)
    if quality in NIHII_ORGANISATIONS:
        return (f"urn:be:fgov:ehealth:1.0:{name}:nihii-number:recognised{name}:nihii11",)
    return ()


def identity_attribute_names(quality: str) -> tuple[str, ...]:
    """Attributes of the identification namespace that hold the number of such a box's holder, the best first.

    The holder's own number comes before that of the certificate's holder, who may act for somebody else.
    """
    if quality in INDIVIDUALS:
        return (SSIN, HOLDER_SSIN)
    stems = _organisation_stems(quality)
    plain = tuple(sorted(stems, key=lambda stem: ":certificateholder:" in stem))
    kind = _type_of(quality)
    return (*plain, *{"CBE": (CBE_NUMBER, HOLDER_CBE_NUMBER), "EHP": (EHP_NUMBER, HOLDER_EHP_NUMBER)}.get(kind, ()))


def namespace_of(name: str) -> str:
    """The AttributeNamespace of an attribute of which only the name is said, as a claim of WS-Trust does.

    Some numbers are asked for in both namespaces: without one they are an identity's (ours).
    """
    return IDENTIFICATION if name in _IDENTITY_NAMES else CERTIFIED


def quality_of_attribute(name: str) -> str | None:
    """The quality that a boolean attribute of the certified namespace tells of when it is `true`, or None (BOX-7)."""
    return _QUALITY_OF_BOOLEAN.get(name)


def quality_of_nihii11(name: str) -> str | None:
    """The quality that a nihii11 attribute of the certified namespace tells a number of, or None (BOX-2)."""
    return _QUALITY_OF_NIHII11.get(name)


def _type_of(quality: str) -> str:
    return next((row.type for row in ALL if row.quality == quality), "")


def _organisation_stems(quality: str) -> tuple[str, ...]:
    """`…:<org>:<kind>-number`, without and with `certificateholder`; of GROUP clients ask the latter first."""
    if quality not in ORGANISATIONS or quality in ("INSTITUTION", "INSTITUTION_EHP"):
        return ()
    tail = f"{token(quality)}:{_type_of(quality).lower()}-number"
    stems = (f"urn:be:fgov:ehealth:1.0:{tail}", f"urn:be:fgov:ehealth:1.0:certificateholder:{tail}")
    return stems[::-1] if quality == "GROUP" else stems


_QUALITY_OF_BOOLEAN = {name: quality for quality in PROFESSIONS for name in person_attribute_names(quality)} | {
    name: quality for quality in ORGANISATIONS for name in organisation_boolean_attributes(quality)
}
_QUALITY_OF_NIHII11 = {
    name: quality for quality in (*PROFESSIONS, *NIHII_ORGANISATIONS) for name in nihii11_attribute_names(quality)
}
_IDENTITY_NAMES = frozenset(name for row in ALL for name in identity_attribute_names(row.quality))

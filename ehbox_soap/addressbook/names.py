"""Professions and types of organisations as the address book calls them: a code, and words in three languages.

Knows: the qualities of the boxes, under which names clients ask for them. Must not know: who has one.
"""

from __future__ import annotations

from ehbox_soap import qualities
from ehbox_soap.addressbook.ours import CODE_SOURCE
from ehbox_soap.wire.types.address_book import LocalText, TypedCode

# The only code that is not the quality's own name (client).
_CODES = {"DOCTOR": "PHYSICIAN"}
_QUALITIES = {code: quality for quality, code in _CODES.items()}

# French, Dutch, English.
_WORDS: dict[str, tuple[str, str, str]] = {
    "AMBULANCE_RESCUER": ("Secouriste-ambulancier", "Hulpverlener-ambulancier", "Ambulance rescuer"),
    "APPLIED_PSYCH_BACHELOR": (
        "Bachelier en psychologie appliquée", "Bachelor in de toegepaste psychologie", "Bachelor of applied psychology",
    ),
    "AUDICIEN": ("Audicien", "Audicien", "Hearing aid specialist"),
    "AUDIOLOGIST": ("Audiologue", "Audioloog", "Audiologist"),
    "DENTIST": ("Dentiste", "Tandarts", "Dentist"),
    "DIETICIAN": ("Diététicien", "Diëtist", "Dietician"),
    "DOCTOR": ("Médecin", "Arts", "Physician"),
    "FAMILY_SCIENCE_BACHELOR": (
        "Bachelier en sciences de la famille", "Bachelor in de gezinswetenschappen", "Bachelor of family sciences",
    ),
    "GERONTOLOGY_MASTER": ("Master en gérontologie", "Master in de gerontologie", "Master of gerontology"),
    "IMAGING_TECHNOLOGIST": (
        "Technologue en imagerie médicale", "Technoloog medische beeldvorming", "Medical imaging technologist",
    ),
    "IMPLANTPROVIDER": ("Fournisseur d'implants", "Verstrekker van implantaten", "Implant provider"),
    "LAB_TECHNOLOGIST": (
        "Technologue de laboratoire médical", "Medisch laboratoriumtechnoloog", "Medical laboratory technologist",
    ),
    "LOGOPEDIST": ("Logopède", "Logopedist", "Speech therapist"),
    "MIDWIFE": ("Sage-femme", "Vroedvrouw", "Midwife"),
    "NURSE": ("Infirmier", "Verpleegkundige", "Nurse"),
    "OCCUPATIONAL_THERAPIST": ("Ergothérapeute", "Ergotherapeut", "Occupational therapist"),
    "OPTICIEN": ("Opticien", "Opticien", "Optician"),
    "ORTHOPEDAGOGIST_MASTER": (
        "Master en orthopédagogie", "Master in de orthopedagogiek", "Master of special education",
    ),
    "ORTHOPEDIST": ("Orthopédiste", "Orthopedist", "Orthopaedic technician"),
    "ORTHOPTIST": ("Orthoptiste", "Orthoptist", "Orthoptist"),
    "PEDIATRIC_NURSE": ("Infirmier pédiatrique", "Pediatrisch verpleegkundige", "Paediatric nurse"),
    "PHARMACIST": ("Pharmacien", "Apotheker", "Pharmacist"),
    "PHARMACIST_ASSISTANT": (
        "Assistant pharmaceutico-technique", "Farmaceutisch-technisch assistent", "Pharmacist's assistant",
    ),
    "PHYSIOTHERAPIST": ("Kinésithérapeute", "Kinesitherapeut", "Physiotherapist"),
    "PODOLOGIST": ("Podologue", "Podoloog", "Podiatrist"),
    "PRACTICALNURSE": ("Aide-soignant", "Zorgkundige", "Practical nurse"),
    "PSYCHOLOGIST": ("Psychologue clinicien", "Klinisch psycholoog", "Clinical psychologist"),
    "PSYCHOMOTOR_THERAPY": ("Psychomotricien", "Psychomotorisch therapeut", "Psychomotor therapist"),
    "READAPTATION_BACHELOR": (
        "Bachelier en sciences de la réadaptation", "Bachelor in de readaptatiewetenschappen",
        "Bachelor of rehabilitation sciences",
    ),
    "SOCIAL_WORKER": ("Assistant social", "Maatschappelijk werker", "Social worker"),
    "SPECIALIZED_EDUCATOR": ("Éducateur spécialisé", "Gespecialiseerd opvoeder", "Specialised educator"),
    "TRUSS_MAKER": ("Bandagiste", "Bandagist", "Truss maker"),
    "GROUP": ("Groupement d'infirmiers", "Groepering van verpleegkundigen", "Group of nurses"),
    "GROUP_DOCTORS": ("Groupement de médecins", "Groepering van artsen", "Group of physicians"),
    "GUARD_POST": ("Poste de garde", "Wachtpost", "Out-of-hours centre"),
    "HOME_SERVICES": ("Service de soins à domicile", "Dienst voor thuisverzorging", "Home care service"),
    "HOSPITAL": ("Hôpital", "Ziekenhuis", "Hospital"),
    "LABO": ("Laboratoire", "Laboratorium", "Laboratory"),
    "MEDICAL_HOUSE": ("Maison médicale", "Wijkgezondheidscentrum", "Community health centre"),
    "OFFICE_DENTISTS": ("Cabinet dentaire", "Tandartspraktijk", "Dental practice"),
    "OFFICE_DOCTORS": ("Cabinet médical", "Artsenpraktijk", "Medical practice"),
    "OF_BAND": ("Officine de bandagisterie", "Officina voor bandagisterie", "Truss maker's shop"),
    "OF_PHYSIOS": ("Cabinet de kinésithérapie", "Kinesitherapiepraktijk", "Physiotherapy practice"),
    "OTD_PHARMACY": ("Office de tarification", "Tariferingsdienst", "Pharmacy billing office"),
    "PALLIATIVE_CARE": ("Soins palliatifs", "Palliatieve zorg", "Palliative care"),
    "PHARMACY": ("Pharmacie", "Apotheek", "Pharmacy"),
    "PROT_ACC": ("Habitations protégées", "Beschut wonen", "Sheltered housing"),
    "PSYCH_HOUSE": ("Maison de soins psychiatriques", "Psychiatrisch verzorgingstehuis", "Psychiatric nursing home"),
    "RETIREMENT": ("Maison de repos", "Rusthuis", "Retirement home"),
    "CONSORTIUM": ("Consortium", "Consortium", "Consortium"),
    "CTRL_ORGANISM": ("Organisme de contrôle", "Controleorgaan", "Inspection body"),
    "INSTITUTION": ("Institution", "Instelling", "Institution"),
    "INSTITUTION_EHP": ("Institution", "Instelling", "Institution"),
    "TREATMENT_CENTER": ("Centre de traitement", "Behandelcentrum", "Treatment centre"),
}  # fmt: skip


def codes(quality: str) -> tuple[TypedCode, ...]:
    """The code of a profession or type of organisation."""
    return (TypedCode(_CODES.get(quality, quality), CODE_SOURCE, "code"),)


def words(quality: str) -> tuple[LocalText, ...]:
    """A profession or type of organisation in French, Dutch and English."""
    return tuple(LocalText(text, lang) for text, lang in zip(_WORDS[quality], ("fr", "nl", "en"), strict=True))


def profession(code: str) -> str | None:
    """The quality that a Profession asks for, in any case; None if there is no such profession."""
    return _quality(code, qualities.PROFESSIONS)


def organisation_type(code: str) -> str | None:
    """The quality that an InstitutionType asks for, in any case; None if there is no such type."""
    return _quality(code, qualities.ORGANISATIONS)


def _quality(code: str, known: tuple[str, ...]) -> str | None:
    wanted = code.strip().upper()
    quality = _QUALITIES.get(wanted, wanted)
    return quality if quality in known else None

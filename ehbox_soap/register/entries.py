"""The keys of a seed's entries, and what is right for each.

Knows: the seed format's names, which quality goes with which Type, how numbers are written. Must not know: files, SQL.
A message of an error names the rule and never the value: seeds may hold real people.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ehbox_soap import qualities
from ehbox_soap.numbers import is_inss
from ehbox_soap.register.contact_entries import ContactEntry, Day, Entry, Language, Name, SpecialityEntry
from ehbox_soap.store.contact_records import OrganisationDetail, PersonDetail, ProfessionDetail
from ehbox_soap.store.records import BoxOverride, Organisation, Person, Profession

_NIHII_WITH_QUALIFICATION = 11


def _inss(value: str) -> str:
    if not is_inss(value):
        raise ValueError("must have 11 digits whose last two are right by the 97 rule (BOX-3)")
    return value


def _nihii(value: str) -> str:
    if not _is_number("NIHII", value, 8):
        raise ValueError("must have 8 or 11 digits")
    return value


def _enterprise(value: str) -> str:
    if not _is_number("CBE", value, 10):
        raise ValueError("must have 10 digits")
    return value


def _is_number(type: str, value: str, length: int) -> bool:
    lengths = (length, _NIHII_WITH_QUALIFICATION) if type == "NIHII" else (length,)
    return len(value) in lengths and value.isascii() and value.isdigit()


Inss = Annotated[str, AfterValidator(_inss)]
Nihii = Annotated[str, AfterValidator(_nihii)]
Enterprise = Annotated[str, AfterValidator(_enterprise)]


class ProfessionEntry(ContactEntry):
    """A recognised quality of a person, the NIHII number that goes with it, and how the person is reached in it."""

    quality: str
    nihii: Nihii | None = None
    speciality: list[SpecialityEntry] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_a_profession(self) -> Self:
        if self.quality not in qualities.PROFESSIONS:
            raise ValueError("quality: must be a profession that the register recognises (everybody is a CITIZEN)")
        return self

    def detail(self) -> ProfessionDetail:
        """What is known beside the number."""
        return ProfessionDetail(self.quality, tuple(each.record() for each in self.speciality), self.contact())


class PersonEntry(ContactEntry):
    """[[person]]"""

    inss: Inss
    last_name: Name
    first_name: Name
    middle_names: Name | None = None
    language: Language | None = None
    gender: Literal["F", "M", "X"] | None = None
    birth_date: Day | None = None
    death_date: Day | None = None
    profession: list[ProfessionEntry] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_quality_once(self) -> Self:
        if any(count > 1 for count in Counter(entry.quality for entry in self.profession).values()):
            raise ValueError("profession: a quality stands twice")
        return self

    def record(self) -> Person:
        professions = tuple(Profession(entry.quality, entry.nihii) for entry in self.profession)
        return Person(self.inss, self.last_name, self.first_name, self.language, professions)

    def detail(self) -> PersonDetail:
        """What is known beside names and professions."""
        professions = [entry.detail() for entry in self.profession]
        return PersonDetail(
            self.middle_names,
            self.gender,
            self.birth_date,
            self.death_date,
            self.contact(),
            tuple(each for each in professions if each != ProfessionDetail(each.quality)),
        )


class _Held(Entry):
    """What has Type, id and quality; the three must go together (BOX-1, BOX-3)."""

    type: str
    id: str
    quality: str

    @model_validator(mode="after")
    def _number_of_that_type(self) -> Self:
        row = qualities.find(self.quality, self.type)
        if row is None:
            raise ValueError("quality: no such quality with this type (BOX-1)")
        if not _is_number(self.type, self.id, row.id_length):
            also = " or 11" if self.type == "NIHII" else ""
            raise ValueError(f"id: must have {row.id_length}{also} digits")
        if self.type == "INSS" and not is_inss(self.id):
            raise ValueError("id: the last two digits are not right by the 97 rule (BOX-3)")
        return self


class OrganisationEntry(_Held, ContactEntry):
    """[[organisation]]: `names` are those in further languages; `nihii`, `cbe`, `ehp` further numbers."""

    name: Name
    language: Language | None = None
    names: dict[Language, Name] = Field(default_factory=dict)
    nihii: Nihii | None = None
    cbe: Enterprise | None = None
    ehp: Enterprise | None = None

    @model_validator(mode="after")
    def _is_an_organisation(self) -> Self:
        if self.quality not in qualities.ORGANISATIONS:
            raise ValueError("quality: must be that of an organisation")
        if getattr(self, self.type.lower(), None) is not None:
            raise ValueError(f"{self.type.lower()}: the organisation's own number is one already")
        return self

    def record(self) -> Organisation:
        return Organisation(self.type, self.id, self.quality, self.name, self.language)

    def detail(self) -> OrganisationDetail:
        """What is known beside the name."""
        numbers = (("NIHII", self.nihii), ("CBE", self.cbe), ("EHP", self.ehp))
        return OrganisationDetail(
            tuple(self.names.items()),
            tuple((type, number) for type, number in numbers if number is not None),
            self.contact(),
        )


class BoxEntry(_Held):
    """[[box]]: `max_size` in bytes, for a box whose limit is not its kind's (BOX-8)."""

    # As much as the databases keep.
    max_size: int = Field(ge=1, le=2**63 - 1)

    def record(self) -> BoxOverride:
        return BoxOverride(self.type, self.id, self.quality, self.max_size)

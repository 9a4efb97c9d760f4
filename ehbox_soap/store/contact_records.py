"""What the register keeps of how people and organisations are reached, as values.

Knows: addresses, further information, specialities, names by language. Must not know: SQL, the wire.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Texts = tuple[tuple[str, str], ...]
"""A text in one or more languages: (language, text); the language is "" where none is named."""

MAIL = "Mail"
PHONE = "Phone"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where somebody is found. `country` is two letters of ISO 3166; the codes are those of the national registers."""

    street: Texts
    city: Texts
    type: str | None = None
    number: str | None = None
    box: str | None = None
    postal_code: str | None = None
    country: str | None = None
    country_name: Texts = ()
    bst_code: str | None = None
    street_nsi: str | None = None
    city_nsi: str | None = None
    country_nsi: str | None = None


@dataclass(frozen=True, slots=True)
class Information:
    """One way to reach somebody, or whatever else is worth telling: `type` MAIL, PHONE or any other word."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody is reached; mails stand first, then phones, then the rest."""

    addresses: tuple[PostalAddress, ...] = ()
    information: tuple[Information, ...] = ()

    @property
    def mails(self) -> tuple[str, ...]:
        """The e-mail addresses."""
        return tuple(each.value for each in self.information if each.type == MAIL)


@dataclass(frozen=True, slots=True)
class Speciality:
    """A speciality within a profession."""

    code: str
    name: Texts


@dataclass(frozen=True, slots=True)
class ProfessionDetail:
    """What is known of a person in one profession."""

    quality: str
    specialities: tuple[Speciality, ...] = ()
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """What is known of a person beside names and professions; `professions` has those of which something is known."""

    middle_names: str | None = None
    gender: Literal["F", "M", "X"] | None = None
    birth_date: date | None = None
    death_date: date | None = None
    contact: Contact = field(default_factory=Contact)
    professions: tuple[ProfessionDetail, ...] = ()

    def profession(self, quality: str) -> ProfessionDetail:
        """What is known of the person in that quality."""
        return next((each for each in self.professions if each.quality == quality), ProfessionDetail(quality))


@dataclass(frozen=True, slots=True)
class OrganisationDetail:
    """What is known of an organisation beside its name: the name in other languages, its other numbers by type."""

    names: Texts = ()
    numbers: tuple[tuple[str, str], ...] = ()
    contact: Contact = field(default_factory=Contact)

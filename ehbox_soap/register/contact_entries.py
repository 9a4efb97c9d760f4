"""The keys of a seed that say how somebody is reached: addresses, mails, phones, specialities.

Knows: the seed format's names, which texts are right, the records they become. Must not know: files, SQL.
A message of an error names the rule and never the value: seeds may hold real people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from ehbox_soap.folding import fold
from ehbox_soap.store.contact_records import (
    MAIL,
    PHONE,
    Contact,
    Information,
    PostalAddress,
    Speciality,
    Texts,
)


def _name(value: str) -> str:
    if not value.isprintable() or value != value.strip() or not value:
        raise ValueError("must be text without control characters and without space around it")
    return value


def _mail(value: str) -> str:
    local, _, domain = value.rpartition("@")
    if not local or not domain or any(letter.isspace() for letter in value):
        raise ValueError("must be an e-mail address")
    return value


def _findable(value: str) -> str:
    if not fold(value):
        raise ValueError("must hold a letter or a digit")
    return value


def _country(value: str) -> str:
    if len(value) != 2 or not (value.isascii() and value.isalpha() and value.isupper()):
        raise ValueError("must be the two letters of ISO 3166, e.g. BE")
    return value


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date: year-month-day") from None


def _texts(value: object) -> Texts:
    if isinstance(value, str):
        return (("", _name(value)),)
    if not isinstance(value, dict) or not value or not all(isinstance(each, str) for each in value.values()):
        raise ValueError("must be a text, or a text in each of several languages")
    if not set(value) <= set(get_args(Language)):
        raise ValueError("a language must be fr, nl, de or en")
    return tuple((lang, _name(text)) for lang, text in value.items())


Name = Annotated[str, AfterValidator(_name)]
Language = Literal["fr", "nl", "de", "en"]
Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[Texts, BeforeValidator(_texts)]
"""One text, or one in each of several languages."""
Mail = Annotated[Name, AfterValidator(_mail)]
Code = Annotated[Name, AfterValidator(_findable)]


class Entry(BaseModel):
    """An entry is read strictly: no unknown key, no number where text is due."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AddressEntry(Entry):
    """[[….address]]"""

    street: Text
    city: Text
    type: Name | None = None
    number: Name | None = None
    box: Name | None = None
    postal_code: Code | None = None
    country: Annotated[str, AfterValidator(_country)] | None = None
    country_name: Text = ()
    bst_code: Name | None = None
    street_nsi: Name | None = None
    city_nsi: Name | None = None
    country_nsi: Name | None = None

    def record(self) -> PostalAddress:
        """The address as the store keeps it."""
        return PostalAddress(
            street=self.street,
            city=self.city,
            type=self.type,
            number=self.number,
            box=self.box,
            postal_code=self.postal_code,
            country=self.country,
            country_name=self.country_name,
            bst_code=self.bst_code,
            street_nsi=self.street_nsi,
            city_nsi=self.city_nsi,
            country_nsi=self.country_nsi,
        )


class InformationEntry(Entry):
    """[[….information]]: whatever else is worth telling."""

    type: Name
    value: Name


class ContactEntry(Entry):
    """What people, professions and organisations have alike."""

    emails: list[Mail] = Field(default_factory=list)
    phones: list[Name] = Field(default_factory=list)
    address: list[AddressEntry] = Field(default_factory=list)
    information: list[InformationEntry] = Field(default_factory=list)

    def contact(self) -> Contact:
        """How they are reached: mails, phones, then the rest."""
        known = [Information(MAIL, mail) for mail in self.emails]
        known += [Information(PHONE, phone) for phone in self.phones]
        known += [Information(each.type, each.value) for each in self.information]
        order = (MAIL, PHONE)
        ranked = sorted(known, key=lambda each: order.index(each.type) if each.type in order else len(order))
        return Contact(tuple(each.record() for each in self.address), tuple(ranked))


class SpecialityEntry(Entry):
    """[[person.profession.speciality]]"""

    code: Name
    name: Text

    def record(self) -> Speciality:
        """The speciality as the store keeps it."""
        return Speciality(self.code, self.name)


def written_text(kept: Texts) -> str | dict[str, str] | None:
    """A text as a seed has it; None for no text at all."""
    if not kept:
        return None
    return kept[0][1] if kept[0][0] == "" else dict(kept)


def written_contact(contact: Contact) -> dict[str, object]:
    """The keys of a ContactEntry; those that are left out are None or empty."""

    def values(type: str) -> list[str]:
        return [each.value for each in contact.information if each.type == type]

    others = [each for each in contact.information if each.type not in (MAIL, PHONE)]
    return {
        "emails": values(MAIL),
        "phones": values(PHONE),
        "address": [_written_address(address) for address in contact.addresses],
        "information": [{"type": each.type, "value": each.value} for each in others],
    }


def _written_address(address: PostalAddress) -> dict[str, object]:
    return {
        "type": address.type,
        "street": written_text(address.street),
        "number": address.number,
        "box": address.box,
        "postal_code": address.postal_code,
        "city": written_text(address.city),
        "country": address.country,
        "country_name": written_text(address.country_name),
        "bst_code": address.bst_code,
        "street_nsi": address.street_nsi,
        "city_nsi": address.city_nsi,
        "country_nsi": address.country_nsi,
    }


def written_specialities(specialities: Sequence[Speciality]) -> list[dict[str, object]]:
    """The keys of each SpecialityEntry."""
    return [{"code": each.code, "name": written_text(each.name)} for each in specialities]

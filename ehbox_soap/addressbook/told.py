"""What is told of somebody: the register's records as the values of the contract.

Knows: which field of the contract a record's goes to. Must not know: how they were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from ehbox_soap import qualities
from ehbox_soap.addressbook import names
from ehbox_soap.store.address_book import Institution, Professional
from ehbox_soap.store.contact_records import Contact, PostalAddress, Texts
from ehbox_soap.store.records import Profession
from ehbox_soap.wire.types import address_book as book

T = TypeVar("T")

# What clients tell the kinds of numbers apart by: authenticSource and type (client: an EHP's type is HCI).
_NUMBER_TYPES = {"NIHII": "NIHII", "CBE": "CBE", "EHP": "HCI"}


def found_professional(found: Professional) -> book.HealthCareProfessional:
    """One result of a search: the person with every profession."""
    professions = tuple(_profession(found, held) for held in found.person.professions)
    return book.HealthCareProfessional(_individual(found), professions)


def professional(found: Professional) -> book.IndividualContactInformation:
    """Everything that is known of a professional."""
    language = found.person.language
    return book.IndividualContactInformation(
        individual=_individual(found),
        professional_information=tuple(_in_profession(found, held) for held in found.person.professions),
        addresses=_addresses(found.detail.contact, language),
        information=_information(found.detail.contact),
    )


def found_organisation(found: Institution) -> book.HealthCareOrganization:
    """One result of a search: an organisation in one type."""
    return _organisation([found])


def organisation(found: Sequence[Institution]) -> book.OrganizationContactInformation:
    """Everything that is known of an organisation: one number in one type or in several (BOOK-6)."""
    contacts = [(each.detail.contact, each.organisation.language) for each in found]
    return book.OrganizationContactInformation(
        organization=_organisation(found),
        addresses=_once(address for contact, language in contacts for address in _addresses(contact, language)),
        information=_once(each for contact, _ in contacts for each in _information(contact)),
        e_health_boxes=tuple(_box_of(each) for each in found),
    )


def _individual(found: Professional) -> book.Individual:
    person, detail = found.person, found.detail
    return book.Individual(
        last_name=person.last_name,
        ssin=person.inss,
        first_name=person.first_name,
        middle_names=detail.middle_names,
        language=person.language,
        gender=detail.gender,
        birth_date=None if detail.birth_date is None else detail.birth_date.isoformat(),
        death_date=None if detail.death_date is None else detail.death_date.isoformat(),
    )


def _profession(found: Professional, held: Profession) -> book.Profession:
    language = found.person.language
    return book.Profession(
        codes=names.codes(held.quality),
        friendly_names=names.words(held.quality),
        nihii=held.nihii,
        specialities=tuple(
            book.Speciality(each.code, _texts(each.name, language))
            for each in found.detail.profession(held.quality).specialities
        ),
    )


def _in_profession(found: Professional, held: Profession) -> book.ProfessionalInformation:
    contact = found.detail.profession(held.quality).contact
    return book.ProfessionalInformation(
        profession=_profession(found, held),
        addresses=_addresses(contact, found.person.language),
        information=_information(contact),
        # A person's box is stated by its INSS (BOX-1); everybody registered has one in each quality (BOX-4).
        e_health_box=book.EHealthBox(found.person.inss, "INSS", held.quality),
    )


def _organisation(found: Sequence[Institution]) -> book.HealthCareOrganization:
    first = found[0].organisation
    types = [each.organisation.quality for each in found]
    return book.HealthCareOrganization(
        id=book.TypedCode(first.id, first.type, _NUMBER_TYPES[first.type]),
        type_codes=tuple(code for quality in types for code in names.codes(quality)),
        type_friendly_names=tuple(word for quality in types for word in names.words(quality)),
        names=_once(
            text
            for each in found
            for text in _texts((("", each.organisation.name), *each.detail.names), each.organisation.language)
        ),
    )


def _box_of(found: Institution) -> book.EHealthBox:
    """An organisation's box is stated by its number, a NIHII by its first 8 digits (BOX-1)."""
    kind, number, quality = found.organisation.type, found.organisation.id, found.organisation.quality
    number = number[:8] if kind == "NIHII" else number
    return book.EHealthBox(number, kind, quality, qualities.implied_sub_type(quality, kind))


def _addresses(contact: Contact, language: str | None) -> tuple[book.Address, ...]:
    return tuple(_address(address, language) for address in contact.addresses)


def _address(address: PostalAddress, language: str | None) -> book.Address:
    code = address.postal_code
    country = None
    if address.country is not None or address.country_nsi is not None or address.country_name:
        country = book.Country(address.country, address.country_nsi, _texts(address.country_name, language))
    return book.Address(
        street=book.Street(_texts(address.street, language), address.street_nsi),
        municipality=book.Municipality(
            descriptions=_texts(address.city, language),
            # The contract has a number here: the postal codes of some other countries cannot be told.
            zip_code=int(code) if code is not None and code.isascii() and code.isdigit() else None,
            nsi_code=address.city_nsi,
        ),
        type=address.type,
        bst_code=address.bst_code,
        house_number=address.number,
        post_box=address.box,
        country=country,
    )


def _information(contact: Contact) -> tuple[book.AdditionalInformation, ...]:
    return tuple(book.AdditionalInformation(each.value, each.type) for each in contact.information)


def _texts(texts: Texts, language: str | None) -> book.Texts:
    """A text without a language is in the language of who is told of (BOOK-7)."""
    return tuple(book.LocalText(text, lang or language) for lang, text in texts)


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))

"""How people and organisations are reached: what is kept of it, and the keys by which the address book finds them.

Knows: the documents and the tables of keys, which keys somebody has. Must not know: searches, who may ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Table, bindparam, delete, insert, select

from ehbox_soap.folding import fold, fold_mail

from .contact_records import Contact, OrganisationDetail, PersonDetail, Texts
from .contact_tables import (
    organisation_detail,
    organisation_name,
    organisation_number,
    organisation_place,
    person_detail,
    professional_mail,
    professional_name,
    professional_place,
)
from .message_records import Address
from .prepared import Prepared
from .records import Organisation, Person

CITY, ZIP = "CITY", "ZIP"

PERSON_DOCUMENT = TypeAdapter(PersonDetail)
ORGANISATION_DOCUMENT = TypeAdapter(OrganisationDetail)

_PERSON = Prepared(select(person_detail.c.detail).where(person_detail.c.inss == bindparam("inss")))
_OWNER = ("type", "id", "quality")
_ORGANISATION = Prepared(
    select(organisation_detail.c.detail).where(
        *(organisation_detail.c[column] == bindparam(column) for column in _OWNER)
    )
)


class Contacts:
    """Details of who is registered; their keys are made anew with every change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def person(self, inss: str) -> PersonDetail:
        """What is known of a person; nothing of somebody unknown."""
        rows = _PERSON.rows(self._connection, inss=inss)
        return PERSON_DOCUMENT.validate_json(rows[0].detail) if rows else PersonDetail()

    def organisation(self, organisation: Address) -> OrganisationDetail:
        """What is known of an organisation; nothing of one unknown."""
        rows = _ORGANISATION.rows(self._connection, **_owner(organisation))
        return ORGANISATION_DOCUMENT.validate_json(rows[0].detail) if rows else OrganisationDetail()

    def put_person(self, person: Person, detail: PersonDetail) -> None:
        """Keeps what is known of a person who is registered with these names and professions."""
        self._connection.execute(delete(person_detail).where(person_detail.c.inss == person.inss))
        if detail != PersonDetail():
            document = PERSON_DOCUMENT.dump_json(detail, exclude_defaults=True).decode()
            self._connection.execute(insert(person_detail).values(inss=person.inss, detail=document))
        for table, keys in _keys_of_person(person, detail):
            self._connection.execute(delete(table).where(table.c.inss == person.inss))
            self._put(table, keys)

    def put_organisation(self, organisation: Organisation, detail: OrganisationDetail) -> None:
        """Keeps what is known of an organisation that is registered."""
        address = Address.of(organisation.type, organisation.id, organisation.quality)
        owner = _owner(address)
        tables = (organisation_detail, organisation_name, organisation_place, organisation_number)
        for table in tables:
            self._connection.execute(delete(table).where(*(table.c[name] == value for name, value in owner.items())))
        if detail != OrganisationDetail():
            document = ORGANISATION_DOCUMENT.dump_json(detail, exclude_defaults=True).decode()
            self._connection.execute(insert(organisation_detail).values(detail=document, **owner))
        for table, keys in _keys_of_organisation(organisation, detail):
            self._put(table, ({**key, **owner} for key in keys))

    def _put(self, table: Table, keys: Iterable[dict[str, Any]]) -> None:
        # One name in two languages may be folded to the same key.
        rows = [dict(key) for key in dict.fromkeys(tuple(key.items()) for key in keys)]
        if rows:
            self._connection.execute(insert(table), rows)


def _keys_of_person(person: Person, detail: PersonDetail) -> Iterator[tuple[Table, list[dict[str, str]]]]:
    """A professional is found by addresses of the profession and of the person."""
    last, first = fold(person.last_name), fold(person.first_name)
    names, places, mails = [], [], []
    for held in person.professions:
        key = {"quality": held.quality, "inss": person.inss}
        names.append({**key, "last_name": last, "first_name": first})
        for contact in (detail.profession(held.quality).contact, detail.contact):
            places += [{**key, "kind": kind, "place": place} for kind, place in _places(contact)]
            mails += [{**key, "mail": fold_mail(mail)} for mail in contact.mails]
    yield professional_name, names
    yield professional_place, places
    yield professional_mail, mails


def _keys_of_organisation(
    organisation: Organisation, detail: OrganisationDetail
) -> Iterator[tuple[Table, list[dict[str, str]]]]:
    names: Texts = (("", organisation.name), *detail.names)
    numbers = ((organisation.type, organisation.id), *detail.numbers)
    yield organisation_name, [{"name": fold(name)} for _, name in names]
    yield organisation_place, [{"kind": kind, "place": place} for kind, place in _places(detail.contact)]
    yield organisation_number, [{"number_type": type, "number": found_by(type, number)} for type, number in numbers]


def _places(contact: Contact) -> Iterator[tuple[str, str]]:
    for address in contact.addresses:
        if address.postal_code is not None:
            yield ZIP, fold(address.postal_code)
        for _, city in address.city:
            yield CITY, fold(city)


def found_by(type: str, number: str) -> str:
    """The digits that a number is found by: of a NIHII the first 8 (BOX-2)."""
    return number[:8] if type == "NIHII" else number


def _owner(address: Address) -> dict[str, str]:
    return {"type": address.type, "id": address.id, "quality": address.quality}

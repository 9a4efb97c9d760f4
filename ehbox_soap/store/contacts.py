"""How people and organisations are reached: what is kept of it, and the keys by which the address book finds them.

Knows: the documents and the tables of keys, which keys somebody has. Must not know: searches, who may ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pydantic import TypeAdapter
from sqlalchemy import Connection, Table, bindparam, delete, select

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
from .statements import batches, by_kind, insert_many

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

    def put_people(self, people: Sequence[tuple[Person, PersonDetail]]) -> None:
        """Keeps what is known of people, each once, who are registered with these names and professions."""
        for some in batches([who.inss for who, _ in people]):
            for table in (person_detail, professional_name, professional_place, professional_mail):
                self._connection.execute(delete(table).where(table.c.inss.in_(some)))
        documents = [
            {"inss": who.inss, "detail": PERSON_DOCUMENT.dump_json(detail, exclude_defaults=True).decode()}
            for who, detail in people
            if detail != PersonDetail()
        ]
        insert_many(self._connection, person_detail, documents)
        self._put(keys for who, detail in people for keys in _keys_of_person(who, detail))

    def put_organisations(self, organisations: Sequence[tuple[Organisation, OrganisationDetail]]) -> None:
        """Keeps what is known of organisations, each once, that are registered."""
        owners = [_owner(Address.of(one.type, one.id, one.quality)) for one, _ in organisations]
        for type, quality, ids in by_kind((owner["type"], owner["id"], owner["quality"]) for owner in owners):
            for table in (organisation_detail, organisation_name, organisation_place, organisation_number):
                these = (table.c.type == type, table.c.quality == quality, table.c.id.in_(ids))
                self._connection.execute(delete(table).where(*these))
        documents = [
            {"detail": ORGANISATION_DOCUMENT.dump_json(detail, exclude_defaults=True).decode(), **owner}
            for (_, detail), owner in zip(organisations, owners, strict=True)
            if detail != OrganisationDetail()
        ]
        insert_many(self._connection, organisation_detail, documents)
        self._put(
            (table, [{**key, **owner} for key in keys])
            for (one, detail), owner in zip(organisations, owners, strict=True)
            for table, keys in _keys_of_organisation(one, detail)
        )

    def _put(self, keys: Iterable[tuple[Table, list[dict[str, str]]]]) -> None:
        rows: dict[Table, list[dict[str, str]]] = {}
        for table, some in keys:
            rows.setdefault(table, []).extend(some)
        for table, some in rows.items():
            # One name in two languages may be folded to the same key.
            once = [dict(key) for key in dict.fromkeys(tuple(key.items()) for key in some)]
            insert_many(self._connection, table, once)


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

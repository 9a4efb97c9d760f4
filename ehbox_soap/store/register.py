"""The register: people with their professions, organisations, boxes with a limit of their own.

Knows: how they are kept and found. Must not know: where they come from, what is certified of them.
Whoever is registered has a box in each quality from that moment (BOX-4).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ehbox_soap import qualities

from .boxes import Boxes
from .contact_records import OrganisationDetail, PersonDetail
from .contacts import Contacts
from .message_records import Address
from .prepared import Prepared
from .records import BoxOverride, Organisation, Person, Profession
from .register_tables import organisation, person, profession

NO_PERSON_DETAIL, NO_ORGANISATION_DETAIL = PersonDetail(), OrganisationDetail()

_PERSON = Prepared(select(person).where(person.c.inss == bindparam("inss")))
_PROFESSIONS = Prepared(
    select(profession.c.quality, profession.c.nihii)
    .where(profession.c.inss == bindparam("inss"))
    .order_by(profession.c.position)
)


class RegisterConflict(ValueError):
    """Two people would hold the same NIHII in the same quality."""


class Register:
    """Who exists. Everything put twice is there once."""

    def __init__(self, connection: Connection, boxes: Boxes, contacts: Contacts) -> None:
        self._connection = connection
        self._boxes = boxes
        self._contacts = contacts

    def person(self, inss: str) -> Person | None:
        """The person with that INSS (11 digits)."""
        rows = _PERSON.rows(self._connection, inss=inss)
        if not rows:
            return None
        row = rows[0]
        professions = tuple(
            Profession(each.quality, each.nihii) for each in _PROFESSIONS.rows(self._connection, inss=inss)
        )
        return Person(row.inss, row.last_name, row.first_name, row.language, professions)

    def person_by_nihii(self, nihii: str, quality: str) -> Person | None:
        """The person who holds that NIHII (8 or 11 digits) in that quality."""
        holder = select(profession.c.inss).where(profession.c.nihii8 == nihii[:8], profession.c.quality == quality)
        inss = self._connection.execute(holder).scalar_one_or_none()
        return None if inss is None else self.person(inss)

    def organisation(self, type: str, id: str, quality: str) -> Organisation | None:
        """The organisation with that number in that quality; a NIHII may have 8 or 11 digits."""
        return next((found for found in self.organisations(type, id) if found.quality == quality), None)

    def organisations(self, type: str, id: str) -> tuple[Organisation, ...]:
        """The organisations with that number, by quality."""
        number = Address.of(type, id, "").id
        rows = self._connection.execute(
            select(organisation)
            .where(organisation.c.type == type, organisation.c.id == number)
            .order_by(organisation.c.quality)
        )
        return tuple(_organisation(row) for row in rows)

    def put_person(self, new: Person, detail: PersonDetail = NO_PERSON_DETAIL) -> None:
        """Keeps a person as given; professions and details that are no longer listed are dropped.

        Raises RegisterConflict if somebody else holds one of the NIHIIs in that quality.
        """
        if self.person(new.inss) == new and self._contacts.person(new.inss) == detail:
            return
        named = {"last_name": new.last_name, "first_name": new.first_name, "language": new.language}
        changed = self._connection.execute(update(person).where(person.c.inss == new.inss).values(named))
        if changed.rowcount == 0:
            self._connection.execute(insert(person).values(inss=new.inss, **named))
        self._connection.execute(delete(profession).where(profession.c.inss == new.inss))
        self._put_professions(new)
        self._boxes.unregister(new.inss, [qualities.CITIZEN, *(held.quality for held in new.professions)])
        self._boxes.ensure([Address.of("INSS", new.inss, qualities.CITIZEN)], registered=True)
        for held in new.professions:
            self._boxes.ensure(list(_names(new.inss, held)), registered=True)
        self._contacts.put_person(new, detail)

    def put_organisation(self, new: Organisation, detail: OrganisationDetail = NO_ORGANISATION_DETAIL) -> None:
        """Keeps an organisation as given."""
        address = Address.of(new.type, new.id, new.quality)
        known = self.organisation(new.type, new.id, new.quality)
        if known == new and self._contacts.organisation(address) == detail:
            return
        where = (organisation.c.type == new.type) & (organisation.c.id == address.id)
        where &= organisation.c.quality == new.quality
        named = {"number": new.id, "name": new.name, "language": new.language}
        changed = self._connection.execute(update(organisation).where(where).values(named))
        if changed.rowcount == 0:
            key = {"type": new.type, "id": address.id, "quality": new.quality}
            self._connection.execute(insert(organisation).values(**key, **named))
        self._boxes.ensure([address], registered=True)
        self._contacts.put_organisation(new, detail)

    def put_box(self, new: BoxOverride) -> None:
        """Keeps a box's own limit; the box is registered by it."""
        address = Address.of(new.type, new.id, new.quality)
        self._boxes.limit(self._boxes.ensure([address], registered=True).key, new.max_size)

    def _put_professions(self, new: Person) -> None:
        try:
            for position, held in enumerate(new.professions):
                self._connection.execute(
                    insert(profession).values(
                        inss=new.inss,
                        quality=held.quality,
                        position=position,
                        nihii=held.nihii,
                        nihii8=held.nihii and held.nihii[:8],
                    )
                )
        except IntegrityError as error:
            raise RegisterConflict("a NIHII belongs to two people, or a profession is listed twice") from error


def _names(inss: str, held: Profession) -> Iterable[Address]:
    yield Address.of("INSS", inss, held.quality)
    if held.nihii is not None:
        yield Address.of("NIHII", held.nihii, held.quality)


def _organisation(row: Row[*tuple[Any, ...]]) -> Organisation:
    return Organisation(row.type, row.number, row.quality, row.name, row.language)

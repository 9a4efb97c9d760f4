"""The register: people with their professions, organisations, boxes with a limit of their own.

Knows: how they are kept and found. Must not know: where they come from, what is certified of them.
Whoever is registered has a box in each quality from that moment (BOX-4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from ehbox_soap import qualities

from .address_book import AddressBook, Institution, OrganisationKey, Professional
from .boxes import Boxes
from .contact_records import OrganisationDetail, PersonDetail
from .contacts import Contacts, found_by
from .message_records import Address
from .people import refuse_conflicts, write_people
from .prepared import Prepared
from .records import BoxOverride, Organisation, Person, Profession
from .register_tables import organisation, person, profession
from .registered_boxes import ensure_registered, unregister
from .statements import insert_many

NO_PERSON_DETAIL, NO_ORGANISATION_DETAIL = PersonDetail(), OrganisationDetail()

_PERSON = Prepared(select(person).where(person.c.inss == bindparam("inss")))
_PROFESSIONS = Prepared(
    select(profession.c.quality, profession.c.nihii)
    .where(profession.c.inss == bindparam("inss"))
    .order_by(profession.c.position)
)


_RENAME = update(organisation).where(
    *(organisation.c[name] == bindparam(f"of_{name}") for name in ("type", "id", "quality"))
)
# Any number but that of the migrations, as long as every version of the program uses the same.
_ADVISORY_LOCK = 0x65_68_62_6F_79


class Register:
    """Who exists. Everything put twice is there once."""

    def __init__(self, connection: Connection, boxes: Boxes, contacts: Contacts) -> None:
        self._connection = connection
        self._boxes = boxes
        self._contacts = contacts
        self._book = AddressBook(connection)

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

    def refuse_conflicts(self, people: Sequence[Person]) -> None:
        """Raises RegisterConflict if one of them, put in this order, would get a NIHII that somebody else holds."""
        refuse_conflicts(self._connection, people)

    def put_person(self, new: Person, detail: PersonDetail = NO_PERSON_DETAIL) -> None:
        """`put_people` of one."""
        self.put_people([(new, detail)])

    def put_people(self, people: Sequence[tuple[Person, PersonDetail]]) -> None:
        """Keeps people, each of whom stands once, as given; professions and details no longer listed are dropped.

        Raises RegisterConflict if somebody else holds one of the NIHIIs in that quality.
        """
        self._take_turn()
        known = {each.person.inss: each for each in self._book.professionals([who.inss for who, _ in people])}
        changed = [(who, detail) for who, detail in people if known.get(who.inss) != Professional(who, detail)]
        if not changed:
            return
        records = [who for who, _ in changed]
        write_people(self._connection, records, [who.inss for who in records if who.inss in known])
        kept = {who.inss: {qualities.CITIZEN, *(held.quality for held in who.professions)} for who in records}
        unregister(self._connection, kept)
        ensure_registered(self._connection, self._boxes, [names for who in records for names in _boxes_of(who)])
        self._contacts.put_people(changed)

    def put_organisation(self, new: Organisation, detail: OrganisationDetail = NO_ORGANISATION_DETAIL) -> None:
        """`put_organisations` of one."""
        self.put_organisations([(new, detail)])

    def put_organisations(self, organisations: Sequence[tuple[Organisation, OrganisationDetail]]) -> None:
        """Keeps organisations, each of which stands once, as given."""
        self._take_turn()
        found = self._book.organisations([_key(one) for one, _ in organisations])
        known = {_key(each.organisation): each for each in found}
        changed = [(one, detail) for one, detail in organisations if known.get(_key(one)) != Institution(one, detail)]
        new = [{**_keyed(one), **_named(one)} for one, _ in changed if _key(one) not in known]
        renamed = [
            {**{f"of_{name}": value for name, value in _keyed(one).items()}, **_named(one)}
            for one, _ in changed
            if _key(one) in known
        ]
        if renamed:
            self._connection.execute(_RENAME, renamed)
        insert_many(self._connection, organisation, new)
        ensure_registered(self._connection, self._boxes, [[Address.of(*_key(one))] for one, _ in changed])
        self._contacts.put_organisations(changed)

    def put_boxes(self, limits: Sequence[BoxOverride]) -> None:
        """Keeps boxes' own limits; the boxes are registered by it."""
        self._take_turn()
        for new in limits:
            address = Address.of(new.type, new.id, new.quality)
            self._boxes.limit(self._boxes.ensure([address], registered=True).key, new.max_size)

    def _take_turn(self) -> None:
        """Loads write one after another: two that make the same person would break each other (PostgreSQL only)."""
        if self._connection.dialect.name == "postgresql":
            self._connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")


def _boxes_of(who: Person) -> Iterator[list[Address]]:
    """The names of each of a person's boxes (BOX-2, BOX-4)."""
    yield [Address.of("INSS", who.inss, qualities.CITIZEN)]
    for held in who.professions:
        numbers = [] if held.nihii is None else [Address.of("NIHII", held.nihii, held.quality)]
        yield [Address.of("INSS", who.inss, held.quality), *numbers]


def _key(one: Organisation) -> OrganisationKey:
    return one.type, found_by(one.type, one.id), one.quality


def _keyed(one: Organisation) -> dict[str, str]:
    return dict(zip(("type", "id", "quality"), _key(one), strict=True))


def _named(one: Organisation) -> dict[str, str | None]:
    return {"number": one.id, "name": one.name, "language": one.language}


def _organisation(row: Row[*tuple[Any, ...]]) -> Organisation:
    return Organisation(row.type, row.number, row.quality, row.name, row.language)

"""The searches of the address book: each a range of one index, a page of it at a time.

Knows: which table answers which search, and in which order. Must not know: which searches are allowed, how names are
folded, what is told of somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Connection, Select, Table, select

from .contact_records import OrganisationDetail, PersonDetail
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
from .contacts import ORGANISATION_DOCUMENT, PERSON_DOCUMENT, found_by
from .records import Organisation, Person, Profession
from .register_tables import organisation, person, profession
from .statements import batches, by_kind

_LAST = "\U0010ffff"
"""Comes after every letter: a prefix and all that begins with it is a range."""

Ts = TypeVarTuple("Ts")
OrganisationKey = tuple[str, str, str]
"""Type, id (8 digits of a NIHII) and quality."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which of the results: those from `offset` on, the first being 0, at most `limit` of them."""

    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: `kind` CITY or ZIP, the folded name or code, and whether it may only begin like that."""

    kind: str
    name: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Professional:
    """A person with everything that is known."""

    person: Person
    detail: PersonDetail


@dataclass(frozen=True, slots=True)
class Institution:
    """An organisation with everything that is known."""

    organisation: Organisation
    detail: OrganisationDetail


class AddressBook:
    """Finds INSS of professionals and keys of organisations, and gives what is known of them. Names are folded."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def professionals_by_name(self, quality: str, last_name: str, first_name: str, page: Page) -> tuple[str, ...]:
        """Those of a quality whose names begin like that, by name; an empty name is any."""
        table = professional_name
        where = [table.c.quality == quality, *_begins(table.c.last_name, last_name)]
        where += _begins(table.c.first_name, first_name)
        query = select(table.c.inss).where(*where).order_by(table.c.last_name, table.c.first_name, table.c.inss)
        return self._inss(_paged(query, page))

    def professionals_by_place(self, quality: str, place: Place, page: Page) -> tuple[str, ...]:
        """Those of a quality with an address there, by INSS."""
        table = professional_place
        query = select(table.c.inss).where(table.c.quality == quality, *_at(table, place)).order_by(table.c.inss)
        return self._inss(_paged(query.distinct() if place.prefix else query, page))

    def professionals_by_mail(self, mail: str, page: Page) -> tuple[str, ...]:
        """Those of any quality with that e-mail address, by INSS."""
        table = professional_mail
        query = select(table.c.inss).where(table.c.mail == mail).order_by(table.c.inss).distinct()
        return self._inss(_paged(query, page))

    def professionals_by_nihii(self, nihii: str, quality: str | None) -> tuple[str, ...]:
        """Who holds that number (8 or 11 digits; BOX-2), in that quality or in any, by INSS."""
        query = select(profession.c.inss).where(profession.c.nihii8 == nihii[:8]).order_by(profession.c.inss).distinct()
        return self._inss(query if quality is None else query.where(profession.c.quality == quality))

    def professionals(self, inss: Sequence[str]) -> tuple[Professional, ...]:
        """Those of them who are registered, in that order."""
        people: dict[str, Any] = {}
        held: dict[str, list[Profession]] = {}
        details: dict[str, PersonDetail] = {}
        for some in batches(inss):
            people |= {row.inss: row for row in self._rows(select(person).where(person.c.inss.in_(some)))}
            for row in self._rows(
                select(profession).where(profession.c.inss.in_(some)).order_by(profession.c.position)
            ):
                held.setdefault(row.inss, []).append(Profession(row.quality, row.nihii))
            for row in self._rows(select(person_detail).where(person_detail.c.inss.in_(some))):
                details[row.inss] = PERSON_DOCUMENT.validate_json(row.detail)
        return tuple(
            Professional(
                Person(one, row.last_name, row.first_name, row.language, tuple(held.get(one, ()))),
                details.get(one, PersonDetail()),
            )
            for one in inss
            if (row := people.get(one)) is not None
        )

    def organisations_by_name(self, quality: str, name: str, page: Page) -> tuple[OrganisationKey, ...]:
        """Those of a quality with a name that begins like that, by number."""
        table = organisation_name
        where = [table.c.quality == quality, *_begins(table.c.name, name)]
        return self._keys(_paged(_owners(table).where(*where).distinct(), page))

    def organisations_by_place(self, quality: str, place: Place, page: Page) -> tuple[OrganisationKey, ...]:
        """Those of a quality with an address there, by number."""
        table = organisation_place
        query = _owners(table).where(table.c.quality == quality, *_at(table, place))
        return self._keys(_paged(query.distinct() if place.prefix else query, page))

    def organisations_by_number(self, type: str, number: str, quality: str | None) -> tuple[OrganisationKey, ...]:
        """Those with that number, their own or a further one, in that quality or in any, by their own number."""
        table = organisation_number
        query = _owners(table).where(table.c.number_type == type, table.c.number == found_by(type, number))
        return self._keys(query if quality is None else query.where(table.c.quality == quality))

    def organisations(self, keys: Sequence[OrganisationKey]) -> tuple[Institution, ...]:
        """Those of them that are registered, in that order."""
        found: dict[OrganisationKey, Organisation] = {}
        details: dict[OrganisationKey, OrganisationDetail] = {}
        for some in by_kind(keys):
            for row in self._rows(select(organisation).where(*_one_of(organisation, *some))):
                known = Organisation(row.type, row.number, row.quality, row.name, row.language)
                found[row.type, row.id, row.quality] = known
            for row in self._rows(select(organisation_detail).where(*_one_of(organisation_detail, *some))):
                details[row.type, row.id, row.quality] = ORGANISATION_DOCUMENT.validate_json(row.detail)
        return tuple(Institution(found[key], details.get(key, OrganisationDetail())) for key in keys if key in found)

    def _inss(self, query: Select[str]) -> tuple[str, ...]:
        return tuple(self._connection.execute(query).scalars())

    def _keys(self, query: Select[str, str, str]) -> tuple[OrganisationKey, ...]:
        return tuple((row.type, row.id, row.quality) for row in self._connection.execute(query))

    def _rows(self, query: Select[*tuple[Any, ...]]) -> Iterable[Any]:
        return self._connection.execute(query)


def _begins(column: ColumnElement[str], prefix: str) -> list[ColumnElement[bool]]:
    return [column >= prefix, column < prefix + _LAST] if prefix else []


def _at(table: Table, place: Place) -> list[ColumnElement[bool]]:
    named = _begins(table.c.place, place.name) if place.prefix else [table.c.place == place.name]
    return [table.c.kind == place.kind, *named]


def _owners(table: Table) -> Select[str, str, str]:
    columns = (table.c.type, table.c.id, table.c.quality)
    return select(*columns).order_by(*columns)


def _one_of(table: Table, type: str, quality: str, ids: Sequence[str]) -> list[ColumnElement[bool]]:
    return [table.c.type == type, table.c.quality == quality, table.c.id.in_(ids)]


def _paged(query: Select[*Ts], page: Page) -> Select[*Ts]:
    return query.offset(page.offset).limit(page.limit)

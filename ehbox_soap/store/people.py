"""People of the register, many at once: which of them are changed, who holds which number, how they are written.

Knows: the tables of people and professions. Must not know: boxes, contact data, where people come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from .records import Person
from .register_tables import person, profession
from .statements import batches, insert_many

_RENAME = update(person).where(person.c.inss == bindparam("key"))

_Number = tuple[str, str]
"""The first 8 digits of a NIHII, and the quality that it is held in (BOX-2)."""


class RegisterConflict(ValueError):
    """Two people would hold the same NIHII in the same quality."""

    def __init__(self) -> None:
        super().__init__("a NIHII belongs to two people, or a profession is listed twice")


def refuse_conflicts(connection: Connection, people: Sequence[Person]) -> None:
    """Raises RegisterConflict if these, kept one after another, would come to a NIHII that somebody else holds then."""
    holders = _holders(connection, {number for each in people for number in _numbers(each)})
    held: dict[str, set[_Number]] = {}
    for number, inss in holders.items():
        held.setdefault(inss, set()).add(number)
    for each in people:
        numbers = set(_numbers(each))
        for given_up in held.get(each.inss, set()) - numbers:
            del holders[given_up]
        if any(holders.setdefault(number, each.inss) != each.inss for number in numbers):
            raise RegisterConflict
        held[each.inss] = numbers


def write_people(connection: Connection, changed: Sequence[Person], known: Sequence[str]) -> None:
    """Keeps people, each of whom stands once, as given; `known` are the INSS of those who are there already.

    Raises RegisterConflict if somebody else holds one of the NIHIIs in that quality.
    """
    there = set(known)
    if renamed := [{"key": each.inss, **_names(each)} for each in changed if each.inss in there]:
        connection.execute(_RENAME, renamed)
    new = [{"inss": each.inss, **_names(each)} for each in changed if each.inss not in there]
    insert_many(connection, person, new)
    for some in batches(known):
        connection.execute(delete(profession).where(profession.c.inss.in_(some)))
    try:
        insert_many(connection, profession, [row for each in changed for row in _professions(each)])
    except IntegrityError as error:
        raise RegisterConflict from error


def _holders(connection: Connection, numbers: set[_Number]) -> dict[_Number, str]:
    """Who holds these numbers now."""
    found: dict[_Number, str] = {}
    columns = (profession.c.nihii8, profession.c.quality, profession.c.inss)
    for some in batches(sorted({nihii for nihii, _ in numbers})):
        for nihii, quality, inss in connection.execute(select(*columns).where(profession.c.nihii8.in_(some))):
            if (nihii, quality) in numbers:
                found[nihii, quality] = inss
    return found


def _numbers(who: Person) -> Iterator[_Number]:
    return ((held.nihii[:8], held.quality) for held in who.professions if held.nihii is not None)


def _names(who: Person) -> dict[str, Any]:
    return {"last_name": who.last_name, "first_name": who.first_name, "language": who.language}


def _professions(who: Person) -> Iterator[dict[str, Any]]:
    for position, held in enumerate(who.professions):
        yield {
            "inss": who.inss,
            "quality": held.quality,
            "position": position,
            "nihii": held.nihii,
            "nihii8": held.nihii and held.nihii[:8],
        }

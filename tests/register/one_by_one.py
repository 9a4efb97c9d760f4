"""Seeds put into the register one entry after another, each with statements of its own: slow, and simple to follow.

Knows: the tables, `Boxes.ensure`. Must not know: how the house loads. It is what loading in batches is held against.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from ehbox_soap import qualities
from ehbox_soap.folding import fold, fold_mail
from ehbox_soap.register.seed import Seed
from ehbox_soap.store import contact_tables as keys
from ehbox_soap.store.contact_records import Contact, PersonDetail
from ehbox_soap.store.contacts import ORGANISATION_DOCUMENT, PERSON_DOCUMENT
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.records import BoxOverride, Organisation, Person
from ehbox_soap.store.register_tables import organisation, person, profession
from ehbox_soap.store.tables import box, metadata
from ehbox_soap.store.transaction import Transaction


class Conflict(Exception):
    """Two people would hold one number in one quality."""


def put(seed: Seed, transaction: Transaction) -> None:
    for who in seed.people:
        _put_person(transaction, who, seed.about(who))
    for one in seed.organisations:
        _put_organisation(transaction, one, seed)
    for limit in seed.boxes:
        _put_box(transaction, limit)


def _put_person(transaction: Transaction, who: Person, detail: PersonDetail) -> None:
    if transaction.register.person(who.inss) == who and transaction.contacts.person(who.inss) == detail:
        return
    connection = transaction._connection
    names = {"last_name": who.last_name, "first_name": who.first_name, "language": who.language}
    if connection.execute(update(person).where(person.c.inss == who.inss).values(names)).rowcount == 0:
        connection.execute(insert(person).values(inss=who.inss, **names))
    connection.execute(delete(profession).where(profession.c.inss == who.inss))
    for position, held in enumerate(who.professions):
        if held.nihii is not None and transaction.register.person_by_nihii(held.nihii, held.quality) is not None:
            raise Conflict
        row = {"quality": held.quality, "position": position, "nihii": held.nihii}
        connection.execute(
            insert(profession).values(inss=who.inss, nihii8=None if held.nihii is None else held.nihii[:8], **row)
        )
    kept = ["CITIZEN", *(held.quality for held in who.professions)]
    others = (box.c.type == "INSS") & (box.c.id == who.inss) & box.c.quality.not_in(kept)
    connection.execute(update(box).where(others).values(registered=False))
    transaction.boxes.ensure([Address.of("INSS", who.inss, qualities.CITIZEN)], registered=True)
    for held in who.professions:
        numbers = [Address.of("NIHII", held.nihii, held.quality)] if held.nihii is not None else []
        transaction.boxes.ensure([Address.of("INSS", who.inss, held.quality), *numbers], registered=True)
    _put_detail(connection, who, detail)


def _put_detail(connection: Connection, who: Person, detail: PersonDetail) -> None:
    connection.execute(delete(keys.person_detail).where(keys.person_detail.c.inss == who.inss))
    if detail != PersonDetail():
        document = PERSON_DOCUMENT.dump_json(detail, exclude_defaults=True).decode()
        connection.execute(insert(keys.person_detail).values(inss=who.inss, detail=document))
    for held in who.professions:
        own = {"inss": who.inss, "quality": held.quality}
        names = {"last_name": fold(who.last_name), "first_name": fold(who.first_name)}
        _put_rows(connection, keys.professional_name, [{**own, **names}])
        contacts = (detail.contact, detail.profession(held.quality).contact)
        mails = {fold_mail(mail) for contact in contacts for mail in contact.mails}
        _put_rows(connection, keys.professional_mail, [{**own, "mail": mail} for mail in mails])
        places = {place for contact in contacts for place in _places(contact)}
        _put_rows(connection, keys.professional_place, [{**own, "kind": kind, "place": at} for kind, at in places])


def _put_organisation(transaction: Transaction, one: Organisation, seed: Seed) -> None:
    connection, detail = transaction._connection, seed.about_organisation(one)
    address = Address.of(one.type, one.id, one.quality)
    own = {"type": address.type, "id": address.id, "quality": address.quality}
    # What is kept of it goes with it.
    connection.execute(delete(organisation).where(*(organisation.c[name] == value for name, value in own.items())))
    connection.execute(insert(organisation).values(number=one.id, name=one.name, language=one.language, **own))
    transaction.boxes.ensure([address], registered=True)
    if seed.organisation_details.get(address):
        document = ORGANISATION_DOCUMENT.dump_json(detail, exclude_defaults=True).decode()
        connection.execute(insert(keys.organisation_detail).values(detail=document, **own))
    names = {fold(one.name), *(fold(name) for _, name in detail.names)}
    _put_rows(connection, keys.organisation_name, [{**own, "name": name} for name in names])
    places = set(_places(detail.contact))
    _put_rows(connection, keys.organisation_place, [{**own, "kind": kind, "place": at} for kind, at in places])
    numbers = {(type, id[:8] if type == "NIHII" else id) for type, id in ((one.type, one.id), *detail.numbers)}
    rows = [{**own, "number_type": type, "number": number} for type, number in numbers]
    _put_rows(connection, keys.organisation_number, rows)


def _put_box(transaction: Transaction, limit: BoxOverride) -> None:
    record = transaction.boxes.ensure([Address.of(limit.type, limit.id, limit.quality)], registered=True)
    transaction._connection.execute(update(box).where(box.c.box_key == record.key).values(max_size=limit.max_size))


def _put_rows(connection: Connection, table: Table, rows: list[dict[str, str]]) -> None:
    for row in rows:
        connection.execute(insert(table).values(row))


def _places(contact: Contact) -> Iterable[tuple[str, str]]:
    for address in contact.addresses:
        if address.postal_code is not None:
            yield "ZIP", fold(address.postal_code)
        yield from (("CITY", fold(city)) for _, city in address.city)


def rows(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table; for the key of a box stands how many are older."""
    ages = {
        key: age for age, key in enumerate(connection.execute(select(box.c.box_key).order_by(box.c.box_key)).scalars())
    }
    found = {}
    for table in metadata.sorted_tables:
        every = [dict(row._mapping) for row in connection.execute(select(table))]
        for row in every:
            if "box_key" in row:
                row["box_key"] = ages[row["box_key"]]
        found[table.name] = sorted(every, key=repr)
    return found

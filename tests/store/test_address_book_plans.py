"""Every search of the address book among many is answered from an index, on both databases: the cause, not the time.

With `--hypothesis-profile=thorough` there are 100 000 professionals and as many organisations, else fewer: what is
asserted is the plan, and it is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Table, insert, text

from ehbox_soap.store.address_book import Page, Place
from ehbox_soap.store.contact_tables import (
    organisation_detail,
    organisation_name,
    organisation_number,
    organisation_place,
    person_detail,
    professional_mail,
    professional_name,
    professional_place,
)
from ehbox_soap.store.engine import Store
from ehbox_soap.store.register_tables import organisation, person, profession
from ehbox_soap.store.transaction import Transaction
from tests.store.plans import executed, plan, scans, sorts

ALL = Page(0, 100)
MANY = 4_000
THOROUGH = 100_000
Rows = list[tuple[Table, list[dict[str, Any]]]]
Search = Callable[[Transaction], object]


def professionals(count: int) -> Rows:
    """Doctors in 100 places, all of one quality: no search can be narrowed by the quality alone."""
    numbers = [f"{n:011}" for n in range(count)]
    key = [{"inss": n, "quality": "DOCTOR"} for n in numbers]
    return [
        (person, [{"inss": n, "last_name": f"Naam{n}", "first_name": "A"} for n in numbers]),
        (profession, [{"inss": n, "quality": "DOCTOR", "position": 0, "nihii": n, "nihii8": n[-8:]} for n in numbers]),
        (person_detail, [{"inss": n, "detail": "{}"} for n in numbers]),
        (professional_name, [{**k, "last_name": f"naam{k['inss']}", "first_name": "a"} for k in key]),
        (professional_place, [{**k, "kind": "ZIP", "place": f"9{k['inss'][-2:]}0"} for k in key]),
        (professional_place, [{**k, "kind": "CITY", "place": f"stad{k['inss'][-2:]}"} for k in key]),
        (professional_mail, [{**k, "mail": f"{k['inss']}@example.org"} for k in key]),
    ]


def organisations(count: int) -> Rows:
    """Hospitals in 100 places, all of one type, each with three numbers and a name in two languages."""
    numbers = [f"{n:08}" for n in range(count)]
    key = [{"type": "NIHII", "id": n, "quality": "HOSPITAL"} for n in numbers]
    further = {"NIHII": "{}", "CBE": "00{}", "EHP": "100{}"}
    return [
        (organisation, [{**k, "number": k["id"], "name": f"Huis{k['id']}"} for k in key]),
        (organisation_detail, [{**k, "detail": "{}"} for k in key]),
        *((organisation_name, [{**k, "name": f"{name}{k['id']}"} for k in key]) for name in ("huis", "maison")),
        (organisation_place, [{**k, "kind": "ZIP", "place": f"9{k['id'][-2:]}0"} for k in key]),
        (organisation_place, [{**k, "kind": "CITY", "place": f"stad{k['id'][-2:]}"} for k in key]),
        *(
            (organisation_number, [{**k, "number_type": kind, "number": form.format(k["id"])} for k in key])
            for kind, form in further.items()
        ),
    ]


def numbered(kind: str, number: str, quality: str | None) -> Search:
    return lambda t: t.address_book.organisations_by_number(kind, number, quality)


NUMBERS = {"NIHII": "00000123", "CBE": "0000000123", "EHP": "10000000123"}
PROFESSIONALS: dict[str, Search] = {
    "names": lambda t: t.address_book.professionals_by_name("DOCTOR", "naam0000000012", "", ALL),
    "names-of-all": lambda t: t.address_book.professionals_by_name("DOCTOR", "n", "", Page(0, 50)),
    "first-name": lambda t: t.address_book.professionals_by_name("DOCTOR", "naam0000000012", "a", ALL),
    "zip": lambda t: t.address_book.professionals_by_place("DOCTOR", Place("ZIP", "9070"), Page(0, 20)),
    "city": lambda t: t.address_book.professionals_by_place("DOCTOR", Place("CITY", "stad07"), Page(0, 20)),
    "city-begins": lambda t: t.address_book.professionals_by_place("DOCTOR", Place("CITY", "stad07", True), ALL),
    "mail": lambda t: t.address_book.professionals_by_mail("00000000123@example.org", ALL),
    "nihii": lambda t: t.address_book.professionals_by_nihii("00000123", None),
    "nihii-of-doctors": lambda t: t.address_book.professionals_by_nihii("00000123", "DOCTOR"),
    "people": lambda t: t.address_book.professionals(["00000000123", "00000000124"]),
}
ORGANISATIONS: dict[str, Search] = {
    **{f"{kind}-of-any": numbered(kind, number, None) for kind, number in NUMBERS.items()},
    **{f"{kind}-of-hospitals": numbered(kind, number, "HOSPITAL") for kind, number in NUMBERS.items()},
    "name": lambda t: t.address_book.organisations_by_name("HOSPITAL", "huis000001", ALL),
    "zip": lambda t: t.address_book.organisations_by_place("HOSPITAL", Place("ZIP", "9070"), Page(0, 20)),
    "city": lambda t: t.address_book.organisations_by_place("HOSPITAL", Place("CITY", "stad07"), Page(0, 20)),
    "zip-begins": lambda t: t.address_book.organisations_by_place("HOSPITAL", Place("ZIP", "907", True), ALL),
    "city-begins": lambda t: t.address_book.organisations_by_place("HOSPITAL", Place("CITY", "stad07", True), ALL),
    "institutions": lambda t: t.address_book.organisations([("NIHII", f"{n:08}", "HOSPITAL") for n in (12, 34)]),
}
SORTED = {
    "mail": "few",
    "nihii": "few",
    "nihii-of-doctors": "few",
    "people": "few",
    **{f"{kind}-of-hospitals": "few" for kind in NUMBERS},
    "institutions": "few",
    "name": "by number, though found by name (BOOK-5)",
    "zip-begins": "by number, though found by several codes (BOOK-5)",
    "city-begins": "by number, though found by several cities (BOOK-5)",
}
"""Where what was found, and nothing else, may be sorted."""


@pytest.mark.parametrize(
    ("rows", "searches"),
    [(professionals, PROFESSIONALS), (organisations, ORGANISATIONS)],
    ids=["professionals", "organisations"],
)
def test_every_search_among_many_is_answered_from_an_index(
    rows: Callable[[int], Rows], searches: Mapping[str, Search], store: Store
) -> None:
    """No table is scanned, and what could be many is not sorted."""
    thorough = hypothesis.settings.default is not None and hypothesis.settings.default.max_examples >= 500
    with store.begin() as transaction:
        connection = transaction._connection
        for table, values in rows(THOROUGH if thorough else MANY):
            connection.execute(insert(table), values)
        if connection.dialect.name == "sqlite":
            # Nobody tells it how much stands where, as nobody does in a server's.
            answered(transaction, searches)
        connection.execute(text("ANALYZE"))
        answered(transaction, searches)


def answered(transaction: Transaction, searches: Mapping[str, Search]) -> None:
    connection = transaction._connection
    for name, search in searches.items():
        with executed(connection) as statements:
            assert search(transaction), name
        for statement, parameters in statements:
            told = plan(connection, statement, parameters)
            assert "index" in told.lower(), f"{name}: {told}"
            assert not scans(told), f"{name}: {told}"
            assert name in SORTED or not sorts(told), f"{name}: {told}"

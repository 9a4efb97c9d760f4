"""Lists are cut to what a statement takes, and nobody in them is left out."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ehbox_soap.store.engine import Store
from ehbox_soap.store.register_tables import person, profession
from ehbox_soap.store.statements import batches, by_kind, by_type, insert_many
from ehbox_soap.store.tables import box


def test_a_long_list_is_taken_in_runs() -> None:
    assert [list(some) for some in batches("abcde", 2)] == [["a", "b"], ["c", "d"], ["e"]]
    assert list(batches(())) == []


def test_names_are_taken_by_kind_each_once_and_so_many_at_a_time() -> None:
    doctors = [("INSS", f"{n:011}", "DOCTOR") for n in range(1_201)]
    others = [("INSS", "00000000000", "NURSE"), ("NIHII", "71990133", "HOSPITAL")]
    runs = list(by_kind([*doctors, *others, *doctors]))
    assert sorted((type, quality, len(ids)) for type, quality, ids in runs) == [
        *(("INSS", "DOCTOR", count) for count in (201, 500, 500)),
        ("INSS", "NURSE", 1),
        ("NIHII", "HOSPITAL", 1),
    ]
    assert {(type, id, quality) for type, quality, ids in runs for id in ids} == {*doctors, *others}


def test_numbers_are_taken_by_type_each_once_and_so_many_at_a_time() -> None:
    names = [("INSS", f"{n:011}") for n in range(501)]
    runs = list(by_type([*names, ("CBE", "0999999031"), *names]))
    assert [(type, len(ids)) for type, ids in runs] == [("INSS", 500), ("INSS", 1), ("CBE", 1)]
    assert {(type, id) for type, ids in runs for id in ids} == {*names, ("CBE", "0999999031")}


def test_many_rows_are_inserted_as_one_by_one(store: Store) -> None:
    """Texts of every kind, nothing, truth values, in their order; those that are there are left if they may be."""
    names = ["plain", "\U0001f600 é", "'\"\\ {x} %s :a", "null", ""]
    made = [
        {
            "current_size": 0,
            "type": "INSS",
            "id": f"{n:011}",
            "quality": name,
            "sub_type": None,
            "registered": n % 2 == 0,
        }
        for n, name in enumerate(names)
    ]
    numbers: list[dict[str, str | None]] = [
        {"nihii": None, "nihii8": None},
        {"nihii": "19990116004", "nihii8": "19990116"},
    ]
    held = [{"inss": "1" * 11, "quality": f"Q{n}", "position": n, **number} for n, number in enumerate(numbers)]
    with store.begin() as transaction:
        connection = transaction._connection
        insert_many(connection, person, [])
        insert_many(connection, person, [{"inss": "1" * 11, "last_name": "L", "first_name": "F", "language": None}])
        insert_many(connection, profession, held[:1])
        insert_many(connection, profession, held, if_new=True)
        with pytest.raises(IntegrityError), transaction.savepoint():
            insert_many(connection, profession, held)
        insert_many(connection, box, made)
        found = [dict(row._mapping) for row in connection.execute(select(profession).order_by(profession.c.position))]
        boxes = connection.execute(select(box).order_by(box.c.box_key)).all()
    assert found == held
    assert [{name: row._mapping[name] for name in made[0]} for row in boxes] == made

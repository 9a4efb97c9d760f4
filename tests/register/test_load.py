"""Loading a seed into the real store: everybody is found as the services look for them, twice is once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ehbox_soap import resources
from ehbox_soap.register.loading import load
from ehbox_soap.register.seed import Seed, read_seed
from ehbox_soap.store.engine import Store
from ehbox_soap.store.records import Organisation, Person, Profession

DORA = Person("71031499894", "Voorbeeld", "Dora", "nl", (Profession("DOCTOR", "19990116004"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path / 'ehbox.db'}")
    store.migrate()
    yield store
    store.close()


@pytest.fixture(scope="module")
def shipped() -> Seed:
    return read_seed(resources.path("conf", "seed.toml"))


def found(store: Store, seed: Seed) -> tuple[list[Person | None], list[tuple[Organisation, ...]]]:
    with store.begin(write=False) as transaction:
        register = transaction.register
        return (
            [register.person(person.inss) for person in seed.people],
            [register.organisations(one.type, one.id) for one in seed.organisations],
        )


def test_everybody_is_found(store: Store, shipped: Seed) -> None:
    with store.begin() as transaction:
        load(shipped, transaction)
    expected = (list(shipped.people), [(organisation,) for organisation in shipped.organisations])
    assert found(store, shipped) == expected
    with store.begin(write=False) as transaction:
        assert transaction.register.person_by_nihii("19990116", "DOCTOR") == DORA


def test_loading_twice_is_loading_once(store: Store, shipped: Seed) -> None:
    for _ in range(2):
        with store.begin() as transaction:
            load(shipped, transaction)
    assert found(store, shipped)[0] == list(shipped.people)


def test_later_seed_brings_up_to_date(store: Store) -> None:
    for language in ("nl", "fr"):
        with store.begin() as transaction:
            load(Seed((replace(DORA, language=language),)), transaction)
    with store.begin(write=False) as transaction:
        assert transaction.register.person(DORA.inss) == replace(DORA, language="fr")


def test_nihii_of_somebody_else_is_a_conflict(store: Store) -> None:
    """BOX-2: a NIHII number and its quality are one person's."""
    other = replace(DORA, inss="68072599721")
    with store.begin() as transaction:
        load(Seed((DORA,)), transaction)
    with pytest.raises(ValueError, match="belongs to two people"), store.begin() as transaction:
        load(Seed((other,)), transaction)

"""Loading in batches: what comes of it is what putting one entry after another gives, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from ehbox_soap import clock
from ehbox_soap.register import loading
from ehbox_soap.register.loading import BATCH, loading_by_turns
from ehbox_soap.register.seed import Seed
from ehbox_soap.store import engine
from ehbox_soap.store.boxes import Boxes
from ehbox_soap.store.contact_records import (
    MAIL,
    Contact,
    Information,
    OrganisationDetail,
    PersonDetail,
    PostalAddress,
    ProfessionDetail,
)
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address, BoxRecord
from ehbox_soap.store.people import RegisterConflict
from ehbox_soap.store.records import BoxOverride, Organisation, Person, Profession
from ehbox_soap.store.transaction import Transaction
from tests.register import one_by_one
from tests.register.one_by_one import rows

WRITING = ("INSERT", "UPDATE", "DELETE")
GHENT = PostalAddress((("", "Veldstraat"),), (("nl", "Gent"), ("fr", "Gand")), postal_code="9000")
SAME = PostalAddress((("", "A street"),), (("nl", "Gent"), ("fr", "GENT")))
CONTACTS = (Contact(), Contact((GHENT,), (Information(MAIL, "A@b.example"),)), Contact((SAME, GHENT)))
INSS = ("50010100156", "50010100255", "50010100354")
NIHII = ("10000001", "10000001004", "10000002999")
QUALITIES = ("DOCTOR", "NURSE")
NURSE = Address.of("INSS", "85061999865", "NURSE")


def crowd(count: int) -> Seed:
    """So many people, half of them with contacts, all but every third with a number."""
    people, details = [], {}
    for n in range(count):
        held = Profession(QUALITIES[n % 2], None if n % 3 == 0 else f"{n:08}004")
        who = Person(f"{n:011}", f"Last {n}", "First", "nl", (held, Profession("MIDWIFE")))
        people.append(who)
        if n % 2:
            details[who.inss] = PersonDetail(
                contact=CONTACTS[1], professions=(ProfessionDetail("MIDWIFE", (), CONTACTS[2]),)
            )
    return Seed(tuple(people), person_details=details)


class _Over(Exception):
    """Ends a transaction without a trace."""


@contextmanager
def undone(store: Store) -> Iterator[Transaction]:
    """A transaction that leaves nothing."""
    try:
        with store.begin() as transaction:
            yield transaction
            raise _Over
    except _Over:
        pass


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """What the writing connections of a store execute."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(store._engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(store._engine, "before_cursor_execute", note)


def load(seed: Seed, store: Store) -> None:
    for _ in loading_by_turns([seed], store):
        pass


def everything(store: Store) -> dict[str, list[dict[str, object]]]:
    with store.begin(write=False) as transaction:
        return rows(transaction._connection)


def test_a_person_of_a_large_load_costs_a_fraction_of_a_statement(store: Store) -> None:
    seed = crowd(600)
    with statements(store) as first:
        load(seed, store)
    assert len(first) <= 60
    with statements(store) as second:
        load(seed, store)
    assert len(second) <= 20
    assert [each for each in second if each.startswith(WRITING)] == []
    changed = replace(seed, people=tuple(replace(who, last_name="Other") for who in seed.people))
    with statements(store) as third:
        load(changed, store)
    assert len(third) <= 60


def test_a_second_load_changes_nothing(store: Store) -> None:
    seed = crowd(7)
    load(seed, store)
    once = everything(store)
    load(seed, store)
    assert everything(store) == once


@st.composite
def seeds(draw: st.DrawFn) -> Seed:
    """People and organisations of few numbers, so that they meet; what a file may say."""
    left = [(number, quality) for number in ("10000001", "10000002") for quality in QUALITIES]
    people: dict[str, Person] = {}
    details: dict[str, PersonDetail] = {}
    for inss in draw(st.lists(st.sampled_from(INSS), unique=True)):
        held = []
        for quality in draw(st.lists(st.sampled_from(QUALITIES), unique=True)):
            nihii = draw(st.sampled_from((None, *NIHII)))
            if nihii is not None and (nihii[:8], quality) not in left:
                nihii = None
            elif nihii is not None:
                left.remove((nihii[:8], quality))
            held.append(Profession(quality, nihii))
        people[inss] = Person(inss, draw(st.sampled_from(("Van Dé", "Q"))), "F", None, tuple(held))
        own = draw(st.sampled_from(CONTACTS))
        details[inss] = PersonDetail(contact=own, professions=(ProfessionDetail("NURSE", (), CONTACTS[1]),))
    where = st.sampled_from(
        [(type, id) for type, id in (("NIHII", NIHII[1]), ("NIHII", NIHII[2]), ("CBE", "0999999031"))]
    )
    which = draw(st.lists(where, unique=True))
    organisations = tuple(
        Organisation(type, id, "INSTITUTION" if type == "CBE" else "HOSPITAL", draw(st.sampled_from(("Ä", "Beta"))))
        for type, id in which
    )
    known = OrganisationDetail((("fr", "BETA"),), (("CBE", "0999999999"),), draw(st.sampled_from(CONTACTS)))
    limits = draw(st.lists(st.tuples(st.sampled_from(INSS), st.sampled_from(QUALITIES)), unique=True, max_size=1))
    return Seed(
        tuple(people.values()),
        organisations,
        tuple(BoxOverride("INSS", inss, quality, 7) for inss, quality in limits),
        {inss: detail for inss, detail in details.items() if draw(st.booleans())},
        {Address.of(one.type, one.id, one.quality): known for one in organisations if draw(st.booleans())},
    )


NAMES = st.builds(Address.of, st.just("INSS"), st.sampled_from(INSS), st.sampled_from(QUALITIES)) | st.builds(
    Address.of, st.just("NIHII"), st.sampled_from(NIHII), st.sampled_from((*QUALITIES, "HOSPITAL"))
)


def holding(*numbers: str | None) -> Seed:
    """A person for each number, in the order of INSS; None: a person without one."""
    people = [
        Person(inss, "L", "F", None, () if number is None else (Profession("DOCTOR", number),))
        for inss, number in zip(INSS, numbers, strict=False)
    ]
    return Seed(tuple(people))


# Then the number comes, and two boxes become one.
JOINED = Seed((Person(INSS[0], "L", "F", None, (Profession("DOCTOR"),)),))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(used=[Address.of("NIHII", NIHII[0], "DOCTOR")], read=[JOINED, holding(NIHII[0])], size=1)
@given(used=st.lists(NAMES, max_size=4), read=st.lists(seeds(), min_size=1, max_size=3), size=st.integers(1, 4))
def test_in_batches_comes_what_comes_one_by_one(
    store: Store, used: Sequence[Address], read: Sequence[Seed], size: int
) -> None:
    """Whoever was written to before, and whatever was registered."""

    def outcome(put: Callable[[Seed, Transaction], None]) -> object:
        with undone(store) as transaction:
            for name in used:
                transaction.boxes.ensure([name])
            try:
                for seed in read:
                    put(seed, transaction)
            except (RegisterConflict, one_by_one.Conflict):
                return "conflict"
            return rows(transaction._connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "BATCH", size)
        assert outcome(loading.load) == outcome(one_by_one.put)


def test_a_load_that_broke_off_ends_the_same_when_it_is_run_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = crowd(8)
    with undone(store) as transaction:
        one_by_one.put(seed, transaction)
        whole = rows(transaction._connection)
    monkeypatch.setattr(loading, "BATCH", 3)
    steps = loading_by_turns([seed], store)
    assert [next(steps), next(steps)] == [3, 3]
    del steps
    assert len(everything(store)["person"]) == 6, "what it told of is there"
    load(seed, store)
    assert everything(store) == whole


def test_others_write_between_two_batches(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also to what was just loaded; who had to wait would give up at once."""
    monkeypatch.setattr(loading, "BATCH", 2)
    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 0)
    other = Store.open(database_url)
    written = 0
    for _ in loading_by_turns([crowd(6)], store):
        with other.begin() as transaction:
            if transaction._connection.dialect.name == "postgresql":
                transaction._connection.exec_driver_sql("SET LOCAL lock_timeout = 1")
            (box,) = transaction.boxes.find([Address.of("INSS", "00000000000", "CITIZEN")])
            transaction.boxes.hold([box.key])
            transaction.boxes.limit(box.key, written)
        written += 1
    other.close()
    assert written == 3


def test_a_load_waits_for_those_who_look_whether_they_may_write(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite they look every millisecond, and a load that went on at once would seldom be seen to pause."""
    if store._engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's writers stand in a row")
    monkeypatch.setattr(loading, "BATCH", 2)
    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 0)
    other = Store.open(database_url)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        with other.begin() as transaction:
            transaction.boxes.ensure([NURSE])

    monkeypatch.setattr(clock, "wait", wait)
    load(crowd(6), store)
    other.close()
    assert len(waited) == 2, "between three batches"
    assert min(waited) > 2 * engine._LOOK_SECONDS


@pytest.mark.parametrize(
    ("registered", "read", "refused"),
    [
        ((NIHII[0],), [holding(None, NIHII[1])], False),
        ((NIHII[0],), [holding(None), holding(None, None, NIHII[1])], False),
        ((NIHII[0],), [Seed(holding(None, NIHII[1]).people[1:])], True),
        ((None, NIHII[0]), [holding(NIHII[1], None)], True),
        ((), [holding(NIHII[0]), holding(NIHII[2], NIHII[0])], False),
        ((), [holding(NIHII[0]), Seed(holding(None, NIHII[0]).people[1:])], True),
        ((NIHII[0], NIHII[2]), [holding(NIHII[2], NIHII[0])], True),
    ],
    ids=["given-up-before", "in-another-file", "not-in-the-file", "given-up-after", "again", "two-files", "swapped"],
)
def test_a_number_of_somebody_else_is_refused_before_anything_is_written(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    registered: tuple[str | None, ...],
    read: list[Seed],
    refused: bool,
) -> None:
    """In the order of the entries, however they fall into batches (BOX-2)."""
    load(holding(*registered), store)
    before = everything(store)
    for size in (1, 2, BATCH):
        monkeypatch.setattr(loading, "BATCH", size)
        if refused:
            with pytest.raises(RegisterConflict):
                list(loading_by_turns([crowd(5), *read], store))
            assert everything(store) == before
    if not refused:
        assert sum(loading_by_turns(read, store)) == sum(seed.entries for seed in read)


def test_a_box_that_another_call_makes_at_the_same_moment_is_the_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on PostgreSQL, where it is seen only once this one is written."""
    seed = crowd(3)
    there = Address.of("INSS", seed.people[1].inss, "NURSE")
    whole, looked = Boxes.named, []

    def named(self: Boxes, addresses: Iterable[Address]) -> dict[Address, BoxRecord]:
        looked.append(found := whole(self, addresses))
        return found if len(looked) > 1 else {}

    monkeypatch.setattr(Boxes, "named", named)
    outcomes = []
    for put in (one_by_one.put, loading.load):
        with undone(store) as transaction:
            transaction.boxes.ensure([there])
            put(seed, transaction)
            outcomes.append(rows(transaction._connection))
    assert outcomes[0] == outcomes[1]
    assert looked


def test_two_loads_of_the_same_people_wait_for_each_other(store: Store, database_url: str) -> None:
    """As where several servers start at once."""
    if store._engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")
    seed, other = crowd(3), Store.open(database_url)
    with ThreadPoolExecutor(1) as pool:
        with store.begin() as transaction:
            loading.load(seed, transaction)
            second = pool.submit(load, seed, other)
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while not transaction._connection.exec_driver_sql(waiting).scalar_one() and not second.done():
                clock.wait(0.01)
        second.result()
    other.close()
    assert len(everything(store)["person"]) == 3

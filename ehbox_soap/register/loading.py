"""Loading seeds into the register: some hundred entries at a time.

Knows: which entries go together, what is looked at before any of them is written. Must not know: SQL, files.
What is there already is brought up to date, so that whatever was loaded may be loaded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ehbox_soap.register.seed import Seed
from ehbox_soap.store.engine import Store, anew
from ehbox_soap.store.register import Register
from ehbox_soap.store.statements import batches
from ehbox_soap.store.transaction import Transaction

# Few enough that a call which waits for one batch does not feel it, many enough that each statement pays.
BATCH = 300


@dataclass(frozen=True, slots=True)
class _Batch:
    """Entries that are put together, in one transaction."""

    entries: int
    put: Callable[[Register], None]


def load(seed: Seed, transaction: Transaction) -> None:
    """Puts a seed into the register.

    Raises the store's RegisterConflict (a ValueError) if somebody else holds one of the NIHII numbers by then.
    """
    for _ in loading([seed], transaction):
        pass


def loading(seeds: Sequence[Seed], transaction: Transaction) -> Iterator[int]:
    """The same for seeds one after another, all of them or nothing: tells of how many entries each batch was."""
    _refuse_conflicts(seeds, transaction)
    for batch in _batches(seeds):
        batch.put(transaction.register)
        yield batch.entries


def loading_by_turns(seeds: Sequence[Seed], store: Store) -> Iterator[int]:
    """The same with a transaction for each batch, and room for others to write in between: what it has told of is there
    to stay, whatever happens then.

    What can be refused is refused before anything is written.
    """
    with store.begin(write=False) as transaction:
        _refuse_conflicts(seeds, transaction)
    for number, batch in enumerate(_batches(seeds)):
        if number:
            store.give_way()
        anew(partial(_put, batch, store), undo=lambda: None)
        yield batch.entries


def _refuse_conflicts(seeds: Sequence[Seed], transaction: Transaction) -> None:
    transaction.register.refuse_conflicts([person for seed in seeds for person in seed.people])


def _put(batch: _Batch, store: Store) -> None:
    with store.begin() as transaction:
        batch.put(transaction.register)


def _batches(seeds: Sequence[Seed]) -> Iterator[_Batch]:
    """Within one seed nobody stands twice, so that no batch is of two."""
    for seed in seeds:
        for people in batches([(person, seed.about(person)) for person in seed.people], BATCH):
            yield _Batch(len(people), partial(Register.put_people, people=people))
        organisations = [(one, seed.about_organisation(one)) for one in seed.organisations]
        for some in batches(organisations, BATCH):
            yield _Batch(len(some), partial(Register.put_organisations, organisations=some))
        for limits in batches(seed.boxes, BATCH):
            yield _Batch(len(limits), partial(Register.put_boxes, limits=limits))

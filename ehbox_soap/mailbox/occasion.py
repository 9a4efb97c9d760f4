"""What happens at one moment in one transaction, and how the boxes that it concerns are held.

Knows: that nothing may change in a box while it is looked at and acted on. Must not know: any rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ehbox_soap.ids import Chance
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.store.transaction import Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Occasion:
    """A transaction, its moment, the rules that configuration decides, and the source of ids."""

    transaction: Transaction
    now: datetime
    rules: MailboxRules
    chance: Chance


class _TooFew(Exception):
    """More boxes turned out to be concerned than are held."""


def held(transaction: Transaction, look: Callable[[], tuple[T, Iterable[int]]]) -> T:
    """What `look` sees of the store, with all the boxes held that it names (by key) beside it.

    Which boxes an event concerns is only known by looking, and they must be held in one order, all at once: so it
    looks again once they are held, and holds them anew if it then names others. Must only be called before anything
    else is held; `look` must not write.
    """
    seen, named = look()
    keys = set(named)
    while True:
        with suppress(_TooFew), transaction.savepoint():
            if not transaction.boxes.hold(keys):
                return seen
            seen, named = look()
            if keys.issuperset(named):
                return seen
            raise _TooFew
        keys.update(named)

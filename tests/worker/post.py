"""A worker of a mailbox of tests, and mailers that do as they are told.

Knows: how a worker is put together. Must not know: what any test expects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from ehbox_soap.mail.mail import Ending, Mail, Mailer, Outcome
from ehbox_soap.mailbox import notifications
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.store.message_records import Address
from ehbox_soap.wire import types
from ehbox_soap.worker import Plan, Worker
from tests.mailbox.world import World

# No upkeep, unless a test asks for it.
PLAN = Plan(attempts=3, mail_batch=10, lease_seconds=100, upkeep_every=None)


@dataclass
class Told:
    """A mailer that ends every mail as it is told, and keeps what it was given."""

    ending: Ending | Callable[[Mail], Ending] = "sent"
    given: list[Mail] = field(default_factory=list)

    def deliver(self, mails: Iterable[Mail], now: datetime) -> Iterator[Outcome]:
        for mail in mails:
            self.given.append(mail)
            yield Outcome(mail, self.ending if isinstance(self.ending, str) else self.ending(mail), "test")


def worker(world: World, mailer: Mailer, **plan: object) -> Worker:
    return Worker(world.store, world.rules, mailer, replace(PLAN, **plan), world.clock, world.chance)  # type: ignore[arg-type]


def address_of(box: types.BoxId) -> Address:
    return Address.of(box.type, box.id, box.quality)


def notified(world: World, box: types.BoxId, mail_address: str) -> None:
    """Sets and confirms an address, as if the code had been read in a mail."""
    with world.store.begin() as transaction:
        occasion = Occasion(transaction, world.clock.now(), world.rules, world.chance)
        notifications.ask(address_of(box), mail_address, occasion)
        (record,) = transaction.boxes.find([address_of(box)])
        asked = transaction.notifications.find(record.key)
        assert asked is not None
        assert notifications.confirm(address_of(box), asked.code or "", occasion)


def open_mails(world: World) -> int:
    with world.store.begin(write=False) as transaction:
        return transaction.outbox.open()

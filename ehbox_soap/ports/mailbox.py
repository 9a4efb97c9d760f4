"""The dialect of the two mailbox ports: what is done with a secured call.

Knows: the order replay key -> caller's boxes -> mailbox -> count (a call that only reads: boxes -> mailbox -> replay
key and count). Must not know: the rules of the mailbox, how a call is secured, SQL, Spyne.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from ehbox_soap.errors import Overtaken, Refusal
from ehbox_soap.ids import Chance
from ehbox_soap.mailbox.answers import refused_answer
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, silent_boxes
from ehbox_soap.mailbox.usage import Use
from ehbox_soap.ports.call import Call
from ehbox_soap.ports.secured import Secured, SecuredDialect, begin, identified
from ehbox_soap.qualities import is_individual
from ehbox_soap.store.engine import anew
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import codec, types
from ehbox_soap.wire.contract import Port

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Scene:
    """What a mailbox operation works with."""

    caller: Caller
    transaction: Transaction
    now: datetime
    rules: MailboxRules
    chance: Chance


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, and whether it may write."""

    run: Callable[[Any, Scene], types.Answer]
    writes: bool


class MailboxDialect(SecuredDialect):
    """The steps of a mailbox port; `built` holds every operation that the contract declares."""

    def __init__(self, contract: Port, built: Mapping[str, Operation]) -> None:
        super().__init__(contract, codec)
        self.built = built

    def perform(self, call: Call, request: object) -> object:
        """Replay key and the caller's boxes first, then the operation; a refusal leaves nothing behind.

        Two calls may each make the boxes that the other addresses: the one that the database ends is made anew.
        """
        secured = cast(Secured, request)
        operation = self.built[call.operation]
        if operation.writes:
            return anew(lambda: self._perform(call, secured, operation), call.rollback)
        return self._perform(call, secured, operation)

    def _perform(self, call: Call, secured: Secured, operation: Operation) -> types.Answer:
        house = call.house
        # A reading call keeps its replay key with what is counted of it, once it has read.
        transaction = begin(call, secured.sender, writes=True) if operation.writes else call.begin(write=False)
        caller = identified(call, secured.sender, transaction)
        now = house.mailbox_now(transaction)
        asked = cast(types.Request, secured.request)
        silent = silent_boxes(asked, caller, now)
        try:
            answer = _run(operation, asked, Scene(caller, transaction, now, house.rules, house.chance))
        except Refusal as refusal:
            answer = refused_answer(asked, refusal)
        if operation.writes:
            transaction.boxes.called(silent, now)
            # The last statement: calls of one caller wait for each other's count until it is committed.
            _count(call, caller, asked, transaction, now)
        else:
            _note(call, secured, caller, silent, now)
        call.outcome = answer.status.code
        return answer


def _run(operation: Operation, asked: types.Request, scene: Scene) -> types.Answer:
    """The operation, undone where it refuses; made anew where another call was first, for that one has ended by then
    and is seen."""
    if not operation.writes:
        # A refused call that only reads has nothing to undo.
        return operation.run(asked, scene)
    for _ in range(_TRIES - 1):
        with suppress(Overtaken), scene.transaction.savepoint():
            return operation.run(asked, scene)
    with scene.transaction.savepoint():
        return operation.run(asked, scene)


def _note(call: Call, secured: Secured, caller: Caller, silent: Sequence[int], now: datetime) -> None:
    """Ends the transaction of a call that only reads, then keeps, all in one short one, its replay key, its count, and
    that the boxes it is about were called (LIFE-4). What was read is told only if none of that is refused.

    So such a call takes no write lock while it reads, and reads nothing while it writes: SQLite cannot empty its log
    of writes as long as somebody reads from it, and would try at every call.
    """
    call.commit()
    house, sender = call.house, secured.sender
    with house.store.note() as transaction:
        transaction.replay.remember(sender.replay_key, sender.replay_until, house.clock.now())
        call.take_turn(sender.assertion.holder)
        transaction.boxes.called(silent, now)
        _count(call, caller, cast(types.Request, secured.request), transaction, now)


def _count(call: Call, caller: Caller, asked: types.Request, transaction: Transaction, now: datetime) -> None:
    """Counts the call of the caller's pseudonym (USE-1 to 5)."""
    if call.house.meter.mode != "off":
        call.house.meter.count(_use(call, caller, asked), transaction, now)


def _use(call: Call, caller: Caller, request: types.Request) -> Use:
    message = request.message_id if isinstance(request, types.GetFullMessageRequest) else None
    return Use(
        caller=call.caller,
        call=call.operation,
        individual=is_individual(caller.boxes[0].address.quality),
        message=None if message is None else call.house.pseudonyms.of("message", message),
    )

"""The dialect of the two mailbox ports: verified by the caller's assertion, described by the XSD.

Knows: the order verify -> XSD -> decode -> replay key -> mailbox -> encode -> XSD. Must not know: the rules of the
mailbox, SQL, Spyne.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from ehbox_soap.errors import Refusal
from ehbox_soap.ids import Chance
from ehbox_soap.mailbox.answers import refused_answer
from ehbox_soap.mailbox.boxes import Caller, MailboxRules, identify
from ehbox_soap.mailbox.usage import Use
from ehbox_soap.ports.call import Call, Encoded
from ehbox_soap.qualities import is_individual
from ehbox_soap.security.saml import Assertion
from ehbox_soap.security.subject import names
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import codec, soap, types
from ehbox_soap.wire.contract import Port


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


@dataclass(frozen=True, slots=True)
class Decoded:
    """A typed request and who sent it; nothing of the tree, which may be large."""

    request: object
    assertion: Assertion
    replay_key: str
    replay_until: datetime


class MailboxDialect:
    """The steps of a mailbox port; `built` holds every operation that the contract declares."""

    def __init__(self, contract: Port, built: Mapping[str, Operation]) -> None:
        self.contract = contract
        self.built = built
        self.namespace = contract.namespace
        self.by_element = {operation.request: operation for operation in contract.operations.values()}
        self.operations = {
            operation.name: (_local(operation.request), _local(operation.answer))
            for operation in contract.operations.values()
        }

    def check_action(self, call: Call) -> None:
        """SOA-03004 for a SOAPAction that names another operation; none or an empty one is fine."""
        assert call.envelope is not None
        expected = self.by_element[call.envelope.content.tag].soap_action
        soap.check_soap_action(call.headers.get("soapaction"), expected)

    def decode(self, call: Call) -> Decoded:
        """Who calls, then the XSD on that very Body, then the typed request."""
        assert call.envelope is not None
        verified = call.house.verifier.call(call.envelope.header, call.envelope.body)
        call.sha1 = verified.sha1
        (content,) = verified.body
        self.contract.validate_request(content)
        request = codec.decode_request(content, call.parts)
        return Decoded(request, verified.assertion, verified.replay_key, verified.replay_until)

    def perform(self, call: Call, request: object) -> object:
        """Replay key first, then the caller's boxes, then the operation; a refusal leaves nothing behind."""
        decoded = cast(Decoded, request)
        operation = self.built[call.operation]
        transaction = _begin(call, decoded, operation.writes)
        house = call.house
        assertion = decoded.assertion
        attributes = [(a.namespace, a.name, value) for a in assertion.attributes for value in a.values]
        caller = identify(attributes, names(assertion.holder), transaction, house.rules)
        now = house.mailbox_now(transaction)
        _count(call, caller, decoded.request, now)
        try:
            # A refused call that only reads has nothing to undo.
            with transaction.savepoint() if operation.writes else nullcontext():
                answer = operation.run(decoded.request, Scene(caller, transaction, now, house.rules, house.chance))
        except Refusal as refusal:
            answer = refused_answer(cast(types.Request, decoded.request), refusal)
        call.outcome = answer.status.code
        return answer

    def encode(self, call: Call, answer: object) -> Encoded:
        """The answer's element, validated before the commit, and its attachments."""
        element, parts = codec.encode_answer(cast(Any, answer), call.house.chance)
        self.contract.validate_answer(element)
        return Encoded(element, tuple(parts))


def _begin(call: Call, verified: Decoded, writes: bool) -> Transaction:
    """The call's transaction with its replay key; a reading call records the key before, and takes no write lock."""
    now = call.house.clock.now()
    if not writes:
        call.house.store.remember_replay(verified.replay_key, verified.replay_until, now)
        return call.begin(write=False)
    transaction = call.begin(write=True)
    transaction.replay.remember(verified.replay_key, verified.replay_until, now)
    return transaction


def _count(call: Call, caller: Caller, request: object, now: datetime) -> None:
    """Names the caller by its pseudonym and counts the call (USE-1 to 5); a reading call still takes no write lock."""
    assert call.transaction is not None
    house, address = call.house, caller.boxes[0].address
    call.caller = house.pseudonyms.of(address.type, address.id, address.quality)
    if house.meter.mode == "off":
        return
    message = request.message_id if isinstance(request, types.GetFullMessageRequest) else None
    use = Use(
        caller=call.caller,
        call=call.operation,
        individual=is_individual(address.quality),
        message=None if message is None else house.pseudonyms.of("message", message),
    )
    with nullcontext(call.transaction) if call.transaction.write else house.store.note() as transaction:
        house.meter.count(use, transaction, now)


def _local(name: str) -> str:
    """'{namespace}local' without its namespace."""
    return name.rpartition("}")[2]

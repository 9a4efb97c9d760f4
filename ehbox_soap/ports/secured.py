"""What every port shares whose calls are secured like a mailbox call: an assertion, a contract, a replay key.

Knows: the order SOAPAction -> verify -> XSD -> typed request, how a replay key is recorded and a caller named. Must not
know: what a service does, SQL, Spyne. `SecuredDialect` is the whole of it for a service whose every operation is
secured; the functions serve one that has others too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from ehbox_soap.mailbox.boxes import Caller, identify
from ehbox_soap.ports.call import Call, Encoded
from ehbox_soap.security.saml import Assertion
from ehbox_soap.security.subject import names
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import soap
from ehbox_soap.wire.codec import ServerCodec
from ehbox_soap.wire.contract import Port


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a call, as its assertion says, and what keeps the same call from being made again."""

    assertion: Assertion
    replay_key: str
    replay_until: datetime

    @property
    def attributes(self) -> tuple[tuple[str, str, str], ...]:
        """(namespace, name, value) of the assertion, in its order."""
        return tuple((each.namespace, each.name, value) for each in self.assertion.attributes for value in each.values)


@dataclass(frozen=True, slots=True)
class Secured:
    """A typed request and who sent it; nothing of the tree, which may be large."""

    request: object
    sender: Sender


class SecuredDialect:
    """The steps of a port that its WSDL describes and whose every operation is secured; `perform` is the service's.

    `codec` is the contract's: a Codec, or a module that has its functions.
    """

    def __init__(self, contract: Port, codec: ServerCodec) -> None:
        self.contract = contract
        self.codec = codec
        self.namespace = contract.namespace
        self.operations = {each.name: (each.request, each.answer) for each in contract.operations.values()}

    def check_action(self, call: Call) -> None:
        """SOA-03004 for a SOAPAction that names another operation; none or an empty one is fine."""
        assert call.envelope is not None
        expected = self.contract.operations[str(call.envelope.content.tag)].soap_action
        soap.check_soap_action(call.headers.get("soapaction"), expected)

    def decode(self, call: Call) -> object:
        """Who calls, then the XSD on that very Body, then the typed request."""
        sender, content = verify(call)
        return Secured(self.read(call, content), sender)

    def read(self, call: Call, content: etree._Element) -> object:
        """The typed request of the Body's element. SOA-03006, SOA-03007."""
        self.contract.validate_request(content)
        return self.codec.decode_request(content, call.parts)

    def encode(self, call: Call, answer: object) -> Encoded:
        """The answer's element, validated before the commit, and its attachments."""
        element, parts = self.codec.encode_answer(answer, call.house.chance)
        self.contract.validate_answer(element)
        return Encoded(element, tuple(parts))


def verify(call: Call) -> tuple[Sender, etree._Element]:
    """Who calls, and the one element of the Body that was verified; whether it used SHA-1 is noted. SOA-01001."""
    assert call.envelope is not None
    verified = call.house.verifier.call(call.envelope.header, call.envelope.body)
    call.sha1 = verified.sha1
    (content,) = verified.body
    return Sender(verified.assertion, verified.replay_key, verified.replay_until), content


def begin(call: Call, sender: Sender, writes: bool) -> Transaction:
    """The call's transaction with its replay key; a reading call records the key before, and takes no write lock.

    SOA-01001 if the same call was made before, SOA-02002 if the caller calls too often.
    """
    now = call.house.clock.now()
    if not writes:
        call.house.store.remember_replay(sender.replay_key, sender.replay_until, now)
        call.take_turn(sender.assertion.holder)
        return call.begin(write=False)
    transaction = call.begin(write=True)
    transaction.replay.remember(sender.replay_key, sender.replay_until, now)
    call.take_turn(sender.assertion.holder)
    return transaction


def identified(call: Call, sender: Sender, transaction: Transaction) -> Caller:
    """The boxes of the caller, whose pseudonym (that of its default box) is noted. SOA-01002 if it has none."""
    house = call.house
    caller = identify(sender.attributes, names(sender.assertion.holder), transaction, house.rules)
    address = caller.boxes[0].address
    call.caller = house.pseudonyms.of(address.type, address.id, address.quality)
    return caller

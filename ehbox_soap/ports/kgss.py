"""The KGSS's port: GetNewKey, which nobody signs but whose content is sealed, and GetKey, secured like a mailbox call.

Knows: which call is secured, what keeps either from being made again, how what is sealed is read and written. Must not
know: who may have a key, SQL, Spyne.
The contract has schemas only, so there is no WSDL to be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from cryptography import x509
from lxml import etree

from ehbox_soap import resources
from ehbox_soap.errors import SoapFault
from ehbox_soap.kgss.answers import FAILURE, KgssRefusal
from ehbox_soap.kgss.service import Content
from ehbox_soap.ports import secured
from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import Call, Encoded, House
from ehbox_soap.ports.secured import Sender
from ehbox_soap.sealing.seal import Unsealed
from ehbox_soap.security.subject import identity
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import contract, kgss, soap, xml
from ehbox_soap.wire.types.kgss import GetKeyRequest, GetKeyResponse, GetNewKeyRequest, GetNewKeyResponse
from ehbox_soap.wire.wsdl import Definitions, Operation

PATH = "/Kgss/v1"
SERVICES = {PATH: None}
_NAMES = ("GetNewKey", "GetKey")


def described() -> Definitions:
    """What a WSDL would say."""
    elements = {name: tuple(f"{{{kgss.NAMESPACE}}}{name}{end}" for end in ("Request", "Response")) for name in _NAMES}
    operations = tuple(Operation(name, "", request, answer) for name, (request, answer) in elements.items())
    schema = resources.path("xsd", "kgss", "kgss-protocol-v1.xsd")
    return Definitions("Kgss", kgss.NAMESPACE, operations, {kgss.NAMESPACE: schema})


@dataclass(frozen=True, slots=True)
class Asked:
    """A typed request, and who sent it where the call is secured."""

    request: GetNewKeyRequest | GetKeyRequest
    sender: Sender | None


class KgssDialect:
    """The steps of the port; it also reads and writes what is sealed."""

    namespace = kgss.NAMESPACE

    def __init__(self, described: contract.Port) -> None:
        self.contract = described
        self.operations = {each.name: (each.request, each.answer) for each in described.operations.values()}

    def check_action(self, call: Call) -> None:
        """SOA-03004 for a SOAPAction that names another operation; none is needed."""
        soap.check_soap_action(call.headers.get("soapaction"), call.operation, f"{self.namespace}:{call.operation}")

    def decode(self, call: Call) -> Asked:
        """Who calls, if that is to be said, then the XSD, then the typed request."""
        assert call.envelope is not None
        sender, content = None, call.envelope.content
        if call.operation == "GetKey":
            sender, content = secured.verify(call)
        if call.parts:
            raise SoapFault("SOA-03007", "part without reference")
        self.contract.validate_request(content)
        return Asked(cast(GetNewKeyRequest | GetKeyRequest, kgss.decode(content)), sender)

    def perform(self, call: Call, request: object) -> object:
        """The key, or why there is none; a refusal has changed nothing but the replay key."""
        asked = cast(Asked, request)
        try:
            answer = self._answer(call, asked)
        except KgssRefusal as refusal:
            kind = GetNewKeyResponse if asked.sender is None else GetKeyResponse
            answer = kind(FAILURE, (refusal.error,))
            call.reason = str(refusal)
        call.outcome = answer.status.code
        return answer

    def _answer(self, call: Call, asked: Asked) -> GetNewKeyResponse | GetKeyResponse:
        house = call.house
        now = house.clock.now()
        if asked.sender is None:

            def begin(unsealed: Unsealed, until: datetime) -> Transaction:
                _name_caller(call, unsealed.signer)
                transaction = call.begin(write=True)
                transaction.replay.remember(unsealed.fingerprint, until, now)
                house.pace.take(unsealed.signer)
                return transaction

            return house.kgss.get_new_key(cast(GetNewKeyRequest, asked.request), begin, now, self)
        transaction = secured.begin(call, asked.sender, writes=False)
        holder = asked.sender.assertion.holder
        _name_caller(call, holder)
        caller = (holder, asked.sender.attributes)
        return house.kgss.get_key(cast(GetKeyRequest, asked.request), caller, transaction, now, self)

    def encode(self, call: Call, answer: object) -> Encoded:
        """The answer's element, validated before the commit."""
        element = kgss.encode(cast(GetNewKeyResponse | GetKeyResponse, answer))
        self.contract.validate_answer(element)
        return Encoded(element)

    def read(self, octets: bytes) -> object:
        """What was sealed, by the same schemas. Raises SoapFault."""
        element = xml.parse(octets)
        if not kgss.is_content(element):
            # Before the schema, which would tell the name of an element that it does not know.
            raise SoapFault("SOA-03005", "another element than those that are sealed")
        self.contract.validate_request(element)
        return kgss.decode(element)

    def write(self, content: Content) -> bytes:
        """What is to be sealed."""
        element = kgss.encode(content)
        self.contract.validate_answer(element)
        return etree.tostring(element, encoding="UTF-8", xml_declaration=True)


def _name_caller(call: Call, certificate: x509.Certificate) -> None:
    """Notes the caller's pseudonym: of who it is, since no box is asked for. SOA-01001 for nobody in particular."""
    owner = identity(certificate)
    call.caller = call.house.pseudonyms.of(owner.type, owner.number)


def port(house: House) -> Port:
    """The port."""
    return Port("kgss", KgssDialect(contract.Port(described())), house)

"""The ETK depot's port: GetEtk, which nobody signs.

Knows: the order SOAPAction -> XSD -> depot -> XSD. Must not know: what a token is, SQL, Spyne.
"""

from __future__ import annotations

from typing import cast

from ehbox_soap.errors import SoapFault
from ehbox_soap.etk.depot import Shelf, get_etk
from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import Call, Encoded, House
from ehbox_soap.ports.documents import Description
from ehbox_soap.wire import contract, etk_depot, soap
from ehbox_soap.wire.contract import Contract
from ehbox_soap.wire.types.etk_depot import GetEtkRequest, GetEtkResponse

PATH = "/EtkDepot/v1"
SERVICES = {PATH: Description("etkdepot", "EtkDepot.wsdl")}
ACTIONS = ("GetEtk", f"{etk_depot.NAMESPACE}:GetEtk")
"""What names the operation too (ours); its own SOAPAction is empty, and clients send none at all."""


class EtkDepotDialect:
    """The steps of the depot's port."""

    namespace = etk_depot.NAMESPACE

    def __init__(self, described: contract.Port) -> None:
        self.contract = described
        self.operations = {each.name: (each.request, each.answer) for each in described.operations.values()}

    def check_action(self, call: Call) -> None:
        """SOA-03004 for a SOAPAction that names another operation."""
        soap.check_soap_action(call.headers.get("soapaction"), *ACTIONS)

    def decode(self, call: Call) -> GetEtkRequest:
        """The XSD, then the typed request; there are no attachments here."""
        assert call.envelope is not None
        if call.parts:
            raise SoapFault("SOA-03007", "part without reference")
        self.contract.validate_request(call.envelope.content)
        return etk_depot.decode_request(call.envelope.content)

    def perform(self, call: Call, request: object) -> object:
        """What the depot finds; true time counts, not the mailbox's."""
        shelf = Shelf(call.begin(write=False), call.house.trust, call.house.clock.now())
        answer = get_etk(cast(GetEtkRequest, request), shelf)
        call.outcome = answer.status.code
        return answer

    def encode(self, call: Call, answer: object) -> Encoded:
        """The answer's element, validated before it leaves."""
        element = etk_depot.encode_answer(cast(GetEtkResponse, answer))
        self.contract.validate_answer(element)
        return Encoded(element)


def port(house: House) -> Port:
    """The port, which needs nothing of the house but its store and whom it trusts."""
    return Port("etk_depot", EtkDepotDialect(Contract.load("etkdepot").ports[etk_depot.NAMESPACE]), house)

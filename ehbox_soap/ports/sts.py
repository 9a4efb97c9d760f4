"""The STS port, SAML-P dialect: a samlp:Request signed by an identification certificate.

Knows: its element, its SOAPActions, that its calls are not held against replay. Must not know: what is certified.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import Call, Encoded, House
from ehbox_soap.ports.documents import Description
from ehbox_soap.security.wss import VerifiedStsCall
from ehbox_soap.sts import saml11

PATHS = ("/IAM/Saml11TokenService/v1", "/IAM/Saml11TokenService/Legacy/v1")
SERVICES = dict.fromkeys(PATHS, Description("sts", "Saml11TokenService.wsdl"))

ACTIONS = frozenset(
    {
        "",
        "RequestSecureToken",
        "AttributeQuery",
        "urn:be:fgov:ehealth:sts:protocol:v1:RequestSecureToken",
        "urn:be:fgov:ehealth:sts:protocol:v1:AttributeQuery",
    }
)
"""What clients put into SOAPAction here (wire.md, SAML-P dialect)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for an assertion and who signed it."""

    element: etree._Element
    verified: VerifiedStsCall


class StsDialect:
    """The steps of the STS port."""

    namespace = "urn:oasis:names:tc:SAML:1.0:protocol"
    operations = {"RequestSecureToken": ("Request", "Response")}  # noqa: RUF012

    def check_action(self, call: Call) -> None:
        """SOA-03004 for a SOAPAction that is none of those in use."""
        if call.headers.get("soapaction", "").strip().strip('"') not in ACTIONS:
            raise SoapFault("SOA-03004", "SOAPAction names another operation")

    def decode(self, call: Call) -> Asked:
        """The caller by its certificate; no attachments here."""
        assert call.envelope is not None
        verified = call.house.verifier.sts_call(call.envelope.header, call.envelope.body)
        call.sha1 = verified.sha1
        if call.parts:
            raise SoapFault("SOA-03007", "part without reference")
        (content,) = verified.body
        return Asked(content, verified)

    def perform(self, call: Call, request: object) -> object:
        """What the register certifies; a failure is an ordinary answer with its own status."""
        asked = cast(Asked, request)
        house = call.house
        if house.signer is None:
            raise SoapFault("SOA-02001", "this server has no STS")
        transaction = call.begin(write=False)
        answer = saml11.answer(
            asked.element, asked.verified, transaction, house.clock, house.chance, house.signer, house.sts_rules
        )
        code = answer.find(f"{{{self.namespace}}}Status/{{{self.namespace}}}StatusCode")
        assert code is not None
        # samlp:Success, samlp:Requester …: not a code of the mailbox, and told apart from one.
        call.outcome = code.get("Value", "")
        return answer

    def encode(self, call: Call, answer: object) -> Encoded:
        """The answer is an element already."""
        return Encoded(cast(etree._Element, answer))


def port(house: House) -> Port:
    """The port; without a key of an STS it answers every call by SOA-02001."""
    return Port("sts", StsDialect(), house)

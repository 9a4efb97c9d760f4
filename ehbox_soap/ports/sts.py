"""The STS port: a request for an assertion, signed by an identification certificate, in one of two dialects.

Knows: the paths, the elements and SOAPActions of each dialect, that their calls are not held against replay. Must not
know: what is certified. Clients have one address for each dialect, but each address answers both: the Body's element
tells which is spoken, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from lxml import etree

from ehbox_soap.clock import Clock
from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import Chance
from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import Call, Encoded, House
from ehbox_soap.ports.documents import Description
from ehbox_soap.security.subject import identity
from ehbox_soap.security.wss import VerifiedStsCall
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.sts import saml11, trust13
from ehbox_soap.sts.decision import StsRules
from ehbox_soap.sts.names import samlp, wst
from ehbox_soap.sts.signer import Signer

PATHS = ("/IAM/Saml11TokenService/v1", "/IAM/Saml11TokenService/Legacy/v1")
TRUST_PATH = "/IAM/SecurityTokenService/v1"
SERVICES = {
    **dict.fromkeys(PATHS, Description("sts", "Saml11TokenService.wsdl")),
    TRUST_PATH: Description("sts", "SecurityTokenService.wsdl"),
}
"""What is told at a path is the contract of the dialect that clients speak there."""
PROTOCOL = "urn:be:fgov:ehealth:sts:protocol:v1"

Answer = Callable[
    [etree._Element, VerifiedStsCall, Transaction, Clock, Chance, Signer, StsRules],
    etree._Element,
]


@dataclass(frozen=True, slots=True)
class StsOperation:
    """One operation: its elements, and what clients put into SOAPAction for it, where empty is always fine; how it is
    answered, and what names an answer in the log and the figures."""

    request: str
    answer: str
    actions: frozenset[str]
    perform: Answer
    outcome: Callable[[etree._Element], str]


@dataclass(frozen=True, slots=True)
class TokenCall:
    """A request for an assertion and who signed it."""

    element: etree._Element
    verified: VerifiedStsCall


class StsDialect:
    """The steps of the STS port, for all that it is asked in either dialect."""

    namespace = PROTOCOL

    def __init__(self, built: Mapping[str, StsOperation]) -> None:
        self._built = built
        self.operations = {name: (operation.request, operation.answer) for name, operation in built.items()}

    def check_action(self, call: Call) -> None:
        """SOA-03004 for a SOAPAction that is none of those in use."""
        assert call.envelope is not None
        action = call.headers.get("soapaction", "").strip().strip('"')
        if action and action not in self._built[call.operation].actions:
            raise SoapFault("SOA-03004", "SOAPAction names another operation")

    def decode(self, call: Call) -> TokenCall:
        """The caller by its certificate; no attachments here."""
        assert call.envelope is not None
        verified = call.house.verifier.sts_call(call.envelope.header, call.envelope.body)
        call.sha1 = verified.sha1
        caller = identity(verified.certificate)
        call.caller = call.house.pseudonyms.of(caller.type, caller.number)
        if call.parts:
            raise SoapFault("SOA-03007", "part without reference")
        (content,) = verified.body
        return TokenCall(content, verified)

    def perform(self, call: Call, request: object) -> object:
        """What the register certifies, or why nothing is."""
        asked = cast(TokenCall, request)
        house = call.house
        if house.signer is None:
            raise SoapFault("SOA-02001", "this server has no STS")
        transaction = call.begin(write=False)
        operation = self._built[call.operation]
        answer = operation.perform(
            asked.element, asked.verified, transaction, house.clock, house.chance, house.signer, house.sts_rules
        )
        call.outcome = operation.outcome(answer)
        return answer

    def encode(self, call: Call, answer: object) -> Encoded:
        """The answer is an element already."""
        return Encoded(cast(etree._Element, answer))


def _status(answer: etree._Element) -> str:
    """samlp:Success or samlp:Requester: not a code of the mailbox, and told apart from one."""
    code = answer.find(f"{samlp('Status')}/{samlp('StatusCode')}")
    assert code is not None
    return str(code.get("Value"))


def _trusted(answer: etree._Element) -> str:
    """wst:RequestedSecurityToken or wst:SignChallenge, whichever the answer holds."""
    return "wst:SignChallenge" if answer.find(wst("SignChallenge")) is not None else "wst:RequestedSecurityToken"


def _actions(*names: str) -> frozenset[str]:
    return frozenset({*names, *(f"{PROTOCOL}:{name}" for name in names)})


_TRUST_ANSWER = wst("RequestSecurityTokenResponse")
BUILT = {
    "RequestSecureToken": StsOperation(
        samlp("Request"), samlp("Response"), _actions("RequestSecureToken", "AttributeQuery"), saml11.answer, _status
    ),
    "RequestSecurityToken": StsOperation(
        wst("RequestSecurityToken"),
        _TRUST_ANSWER,
        frozenset({f"{PROTOCOL}:RequestSecurityToken"}),
        trust13.answer,
        _trusted,
    ),
    "Challenge": StsOperation(
        _TRUST_ANSWER, _TRUST_ANSWER, frozenset({f"{PROTOCOL}:Challenge"}), trust13.answer, _trusted
    ),
}


def port(house: House) -> Port:
    """The port; without a key of an STS it answers every call by SOA-02001."""
    return Port("sts", StsDialect(BUILT), house)

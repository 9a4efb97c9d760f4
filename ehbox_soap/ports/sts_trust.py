"""The STS port of the WS-Trust 1.3 dialect.

Knows: its path, its operations. Must not know: how a call goes (ports/sts.py does), what is certified.
"""

from __future__ import annotations

from lxml import etree

from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import House
from ehbox_soap.ports.documents import Description
from ehbox_soap.ports.sts import PROTOCOL, StsDialect, StsOperation
from ehbox_soap.sts import trust13
from ehbox_soap.sts.names import WST, wst

PATH = "/IAM/SecurityTokenService/v1"
SERVICES = {PATH: Description("sts", "SecurityTokenService.wsdl")}
_RESPONSE = "RequestSecurityTokenResponse"
BUILT = {
    "RequestSecurityToken": StsOperation(
        "RequestSecurityToken", _RESPONSE, frozenset({f"{PROTOCOL}:RequestSecurityToken"})
    ),
    "Challenge": StsOperation(_RESPONSE, _RESPONSE, frozenset({f"{PROTOCOL}:Challenge"})),
}


def _outcome(answer: etree._Element) -> str:
    """wst:RequestedSecurityToken or wst:SignChallenge, whichever the answer holds."""
    return "wst:SignChallenge" if answer.find(wst("SignChallenge")) is not None else "wst:RequestedSecurityToken"


def port(house: House) -> Port:
    """The port; without a key of an STS it answers every call by SOA-02001."""
    return Port("sts-trust", StsDialect(WST, BUILT, trust13.answer, _outcome), house)

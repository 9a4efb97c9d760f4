"""One call to the STS in its WS-Trust 1.3 dialect: Issue, Renew, and the answer to a challenge.

Knows: the order of what is checked, and the RequestSecurityTokenResponse. Must not know: SOAP, HTTP; how anything is
verified. Every refusal is a fault: WS-Trust has no answer for one (ours: under SOA-01002, with WS-Trust's code in its
reason).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from ehbox_soap.clock import Clock
from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import Chance
from ehbox_soap.security.names import SAML_TOKEN, WSU, wsu
from ehbox_soap.security.reading import refused
from ehbox_soap.security.wss import VerifiedStsCall
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.sts import renewal
from ehbox_soap.sts.challenge import Pending, seal, unseal
from ehbox_soap.sts.decision import StsRules, decide
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.issue import Grant, instant, issue
from ehbox_soap.sts.names import WST, wst
from ehbox_soap.sts.signer import Signer
from ehbox_soap.sts.trust_request import Answered, Issue, Renew, read_request
from ehbox_soap.sts.wish import Wish


@dataclass(frozen=True, slots=True)
class _Hand:
    """What answering a call takes, at one moment."""

    verified: VerifiedStsCall
    now: datetime
    chance: Chance
    signer: Signer
    rules: StsRules


def answer(
    request: etree._Element,
    verified: VerifiedStsCall,
    transaction: Transaction,
    clock: Clock,
    chance: Chance,
    signer: Signer,
    rules: StsRules,
) -> etree._Element:
    """The RequestSecurityTokenResponse to the element that stood in the verified Body, on true time.

    It holds the assertion, or a challenge where the holder-of-key certificate is not the one that signed the call: that
    key then has to sign a call with the challenge in it. Raises SoapFault SOA-03006 for a request of another form,
    SOA-01001 for a caller without an identity or a challenge that another key answers, SOA-01002 for every refusal.
    """
    hand = _Hand(verified, clock.now(), chance, signer, rules)
    try:
        read = read_request(request)
        pending = _answered(read, hand) if isinstance(read, Answered) else _pending(read, hand)
        response = _response(read.context)
        if pending.wish.holder != verified.certificate:
            _challenge(response, pending, hand)
        else:
            _token(response, decide(pending.wish, pending.identification, transaction, hand.now, rules), hand)
    except StsFailure as failure:
        raise SoapFault("SOA-01002", f"wst:{failure.trust}: {failure.message}") from failure
    return response


def _pending(read: Issue | Renew, hand: _Hand) -> Pending:
    """What is wished, by whoever signed the call."""
    caller = hand.verified.certificate
    if isinstance(read, Renew):
        wish = renewal.wish_of(read.assertion, read.span, caller, hand.now, hand.rules, hand.signer)
        return Pending(caller, wish)
    not_before, not_on_or_after = read.span or (hand.now, hand.now + hand.rules.max_validity)
    return Pending(caller, Wish(read.holder or caller, read.claims, read.asked, not_before, not_on_or_after))


def _answered(read: Answered, hand: _Hand) -> Pending:
    """What was wished before, by whom; the holder proves itself by this call's signature."""
    pending = unseal(read.challenge, hand.now, hand.signer)
    if pending.wish.holder != hand.verified.certificate:
        raise refused("wst:SignChallengeResponse", "must come in a call that the holder-of-key key signs")
    # It identified itself some minutes ago, and must still be believed.
    hand.rules.trust.believe(pending.identification, "identification certificate", hand.now)
    return pending


def _response(context: str | None) -> etree._Element:
    """wst:RequestSecurityTokenResponse, empty; clients read it as the very element of the Body."""
    attributes = {} if context is None else {"Context": context}
    return etree.Element(wst("RequestSecurityTokenResponse"), attributes, nsmap={"wst": WST})


def _challenge(response: etree._Element, pending: Pending, hand: _Hand) -> None:
    sign = etree.SubElement(response, wst("SignChallenge"))
    etree.SubElement(sign, wst("Challenge")).text = seal(pending, hand.now, hand.signer)


def _token(response: etree._Element, grant: Grant, hand: _Hand) -> None:
    etree.SubElement(response, wst("TokenType")).text = SAML_TOKEN
    etree.SubElement(response, wst("RequestedSecurityToken")).append(issue(grant, hand.now, hand.chance, hand.signer))
    lifetime = etree.SubElement(response, wst("Lifetime"), nsmap={"wsu": WSU})
    etree.SubElement(lifetime, wsu("Created")).text = instant(hand.now)
    etree.SubElement(lifetime, wsu("Expires")).text = instant(hand.now + grant.validity)

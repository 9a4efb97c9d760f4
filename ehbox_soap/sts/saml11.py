"""One call to the STS in its SAML-P dialect: from a verified request to the answer.

Knows: the order of what is checked, and the samlp:Response. Must not know: SOAP, HTTP; how anything is verified.
Only a broken or badly signed call is a fault; every other refusal is an answer with a StatusMessage.
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from ehbox_soap.clock import Clock
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.signature import verify_enveloped
from ehbox_soap.security.wss import VerifiedStsCall
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.sts.decision import StsRules, decide
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.issue import instant, issue
from ehbox_soap.sts.names import SAMLP, samlp
from ehbox_soap.sts.request import Request, read_request
from ehbox_soap.sts.signer import Signer


def answer(
    request: etree._Element,
    verified: VerifiedStsCall,
    transaction: Transaction,
    clock: Clock,
    chance: Chance,
    signer: Signer,
    rules: StsRules,
) -> etree._Element:
    """The samlp:Response to a samlp:Request that stood in the verified Body, on true time.

    Raises SoapFault SOA-03006 for a request of another form, SOA-01001 for a missing or wrong signature of its own
    and for an identification certificate without an identity.
    """
    now = clock.now()
    try:
        read = read_request(request)
        _demand_possession(request, read, verified, rules.policy)
        grant = decide(read.wish, verified.certificate, transaction, now, rules)
    except StsFailure as failure:
        return _response(request, now, chance, failure)
    response = _response(request, now, chance)
    response.append(issue(grant, now, chance, signer))
    return response


def _demand_possession(element: etree._Element, request: Request, verified: VerifiedStsCall, policy: Policy) -> None:
    """Demands that the caller holds the key that the assertion will be bound to: by the call's own signature, or by
    one inside of the request. One that is there is verified even if it is not needed."""
    if request.signed:
        verify_enveloped(element, request.wish.holder.public_key(), policy)
    elif request.wish.holder != verified.certificate:
        raise refused("samlp:Request", "must be signed by the key of the holder-of-key certificate")


def _response(
    request: etree._Element, now: datetime, chance: Chance, failure: StsFailure | None = None
) -> etree._Element:
    """samlp:Response with its Status; the assertion of a success is still to be added."""
    response = etree.Element(
        samlp("Response"),
        {
            "InResponseTo": request.get("RequestID", ""),
            "IssueInstant": instant(now),
            "MajorVersion": "1",
            "MinorVersion": "1",
            "ResponseID": "_" + hexadecimal(chance),
        },
        nsmap={"samlp": SAMLP},
    )
    status = etree.SubElement(response, samlp("Status"))
    # The Value is a QName: its prefix is the one declared above.
    value = "samlp:" + ("Requester" if failure is not None else "Success")
    etree.SubElement(status, samlp("StatusCode"), {"Value": value})
    if failure is not None:
        etree.SubElement(status, samlp("StatusMessage")).text = failure.message
    return response

"""One call to the STS in its SAML-P dialect: from a verified request to the answer.

Knows: the order of what is checked, and the samlp:Response. Must not know: SOAP, HTTP; how anything is verified.
Only a broken or badly signed call is a fault; every other refusal is an answer with a StatusMessage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from ehbox_soap.clock import Clock
from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.security.names import STS_ISSUER
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.reading import refused
from ehbox_soap.security.signature import verify_enveloped
from ehbox_soap.security.subject import Identity, identity
from ehbox_soap.security.trust import Trust
from ehbox_soap.security.wss import VerifiedStsCall
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.sts.certify import certify
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.issue import Grant, instant, issue
from ehbox_soap.sts.names import SAMLP, samlp
from ehbox_soap.sts.request import Request, read_request
from ehbox_soap.sts.signer import Signer


@dataclass(frozen=True, slots=True)
class StsRules:
    """What an STS goes by: whom it believes, what signatures it takes, its name, its longest validity."""

    policy: Policy
    trust: Trust
    issuer: str = STS_ISSUER
    max_validity: timedelta = timedelta(hours=24)


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
    read = read_request(request)
    _demand_possession(request, read, verified, rules.policy)
    caller = identity(verified.certificate)
    try:
        grant = Grant(
            identification=verified.certificate,
            holder=read.holder,
            attributes=certify(
                read.asked,
                read.claims,
                (caller, *_organisation_of(read, verified, caller, rules.trust, now)),
                transaction,
            ),
            validity=_validity(read, now, rules.max_validity),
            issuer=rules.issuer,
        )
    except StsFailure as failure:
        return _response(read, now, chance, failure)
    response = _response(read, now, chance)
    response.append(issue(grant, now, chance, signer))
    return response


def _demand_possession(element: etree._Element, request: Request, verified: VerifiedStsCall, policy: Policy) -> None:
    """Demands that the caller holds the key that the assertion will be bound to: by the call's own signature, or by
    one inside of the request. One that is there is verified even if it is not needed."""
    if request.signed:
        verify_enveloped(element, request.holder.public_key(), policy)
    elif request.holder != verified.certificate:
        raise refused("samlp:Request", "must be signed by the key of the holder-of-key certificate")


def _organisation_of(
    request: Request, verified: VerifiedStsCall, caller: Identity, trust: Trust, now: datetime
) -> tuple[Identity, ...]:
    """The identity of a holder-of-key certificate that is an organisation's: a person acts within it (BOX-11).

    Nothing is certified of another person's certificate, nor of a second organisation's: what is said of two of a kind
    would mix. A certificate that nobody believes would only lead to an assertion that every service refuses.
    """
    if request.holder == verified.certificate:
        return ()
    try:
        trust.believe(request.holder, "holder-of-key certificate", now)
        found = identity(request.holder)
    except SoapFault as fault:
        raise StsFailure(f"The {fault.reason}") from fault
    return (found,) if caller.type == "SSIN" and found.type != "SSIN" else ()


def _validity(request: Request, now: datetime, longest: timedelta) -> timedelta:
    """How long the assertion will be valid: as long as the Conditions asked for, counted from now."""
    asked = request.not_on_or_after - request.not_before
    if asked <= timedelta(0) or request.not_on_or_after <= now:
        raise StsFailure("The requested validity is empty or has passed")
    if asked > longest:
        raise StsFailure(f"The requested validity is longer than {int(longest.total_seconds())} seconds")
    return asked


def _response(request: Request, now: datetime, chance: Chance, failure: StsFailure | None = None) -> etree._Element:
    """samlp:Response with its Status; the assertion of a success is still to be added."""
    response = etree.Element(
        samlp("Response"),
        {
            "InResponseTo": request.id,
            "IssueInstant": instant(now),
            "MajorVersion": "1",
            "MinorVersion": "1",
            "ResponseID": "_" + hexadecimal(chance),
        },
        nsmap={"samlp": SAMLP},
    )
    status = etree.SubElement(response, samlp("Status"))
    # The Value is a QName: its prefix is the one declared above.
    value = "samlp:" + (failure.code if failure is not None else "Success")
    etree.SubElement(status, samlp("StatusCode"), {"Value": value})
    if failure is not None:
        etree.SubElement(status, samlp("StatusMessage")).text = failure.message
    return response

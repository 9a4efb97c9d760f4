"""Whether a wish is granted, and what the assertion will say: the same in either dialect.

Knows: identities, the register, the longest validity. Must not know: XML, how the caller proved its keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from ehbox_soap.errors import SoapFault
from ehbox_soap.security.names import STS_ISSUER
from ehbox_soap.security.policy import Policy
from ehbox_soap.security.subject import Identity, identity
from ehbox_soap.security.trust import Trust
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.sts.certify import certify
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.issue import Grant
from ehbox_soap.sts.wish import Wish


@dataclass(frozen=True, slots=True)
class StsRules:
    """What an STS goes by: whom it believes, what signatures it takes, its name, its longest validity."""

    policy: Policy
    trust: Trust
    issuer: str = STS_ISSUER
    max_validity: timedelta = timedelta(hours=24)


def decide(
    wish: Wish, identification: x509.Certificate, transaction: Transaction, now: datetime, rules: StsRules
) -> Grant:
    """The grant for a caller that has proved the keys of `identification` and of the wish's holder.

    Raises StsFailure, and SoapFault SOA-01001 for an identification certificate without an identity.
    """
    caller = identity(identification)
    identities = (caller, *_organisation_of(wish.holder, identification, caller, rules.trust, now))
    return Grant(
        identification=identification,
        holder=wish.holder,
        attributes=certify(wish.asked, wish.claims, identities, transaction),
        validity=validity(wish, now, rules.max_validity),
        issuer=rules.issuer,
    )


def validity(wish: Wish, now: datetime, longest: timedelta) -> timedelta:
    """How long the assertion will be valid: as long as the wish's span is, counted from now. Raises StsFailure."""
    asked = wish.not_on_or_after - wish.not_before
    if asked <= timedelta(0) or wish.not_on_or_after <= now:
        raise StsFailure("The requested validity is empty or has passed", "InvalidTimeRange")
    if asked > longest:
        limit = int(longest.total_seconds())
        raise StsFailure(f"The requested validity is longer than {limit} seconds", "InvalidTimeRange")
    return asked


def _organisation_of(
    holder: x509.Certificate, identification: x509.Certificate, caller: Identity, trust: Trust, now: datetime
) -> tuple[Identity, ...]:
    """The identity of a holder-of-key certificate that is an organisation's: a person acts within it (BOX-11).

    Nothing is certified of another person's certificate, nor of a second organisation's: what is said of two of a kind
    would mix. A certificate that nobody believes would only lead to an assertion that every service refuses.
    """
    if holder == identification:
        return ()
    try:
        trust.believe(holder, "holder-of-key certificate", now)
        found = identity(holder)
    except SoapFault as fault:
        raise StsFailure(f"The {fault.reason}", "FailedAuthentication") from fault
    return (found,) if caller.type == "SSIN" and found.type != "SSIN" else ()

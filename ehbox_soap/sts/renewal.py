"""An assertion that comes back to be renewed: whether this STS issued it, and what it takes to issue it anew.

Knows: the old assertion, by the same reading as the mailbox's. Must not know: WS-Trust, what is certified now.
"""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import signature
from ehbox_soap.security.saml import Assertion, read_assertion
from ehbox_soap.security.subject import subject_rfc1779
from ehbox_soap.sts.decision import StsRules
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.issue import HEAD_START
from ehbox_soap.sts.signer import Signer
from ehbox_soap.sts.trust_request import Span
from ehbox_soap.sts.wish import Asked, Wish


def wish_of(
    element: etree._Element,
    span: Span | None,
    identification: x509.Certificate,
    now: datetime,
    rules: StsRules,
    signer: Signer,
) -> Wish:
    """The wish for the same attributes, bound to the same key, for as long as before unless a span is asked for.

    All attributes are asked anew, of the register of now. Raises StsFailure for an assertion that this STS did not
    issue, that was changed, that is not valid now, or that is about another certificate's subject.
    """
    old = _verified(element, now, rules, signer)
    if old.subject != subject_rfc1779(identification):
        raise StsFailure("The assertion to renew is about another subject", "UnableToRenew")
    if span is None:
        # Old assertions begin before they were issued.
        span = now, now + (old.not_on_or_after - old.not_before - HEAD_START)
    return Wish(
        holder=old.holder,
        # Its subject and its holder are those of before, and so is whatever their certificates say.
        claims=(),
        asked=tuple(Asked(attribute.namespace, attribute.name) for attribute in old.attributes),
        not_before=span[0],
        not_on_or_after=span[1],
    )


def _verified(element: etree._Element, now: datetime, rules: StsRules, signer: Signer) -> Assertion:
    try:
        old, signed = read_assertion(element, rules.policy)
        # Not by another STS that the mailbox may trust: what that one certified is not ours to renew.
        key = signer.certificate.public_key()
        signature.verify_read_enveloped(element, signed, key, rules.policy, signature.canonical(element))
    except SoapFault as fault:
        raise StsFailure(f"The assertion to renew is none of this STS: {fault.reason}", "UnableToRenew") from fault
    if old.not_on_or_after <= now:
        raise StsFailure("The assertion to renew is no longer valid", "UnableToRenew")
    if old.not_before - rules.policy.skew > now:
        raise StsFailure("The assertion to renew is not valid yet", "UnableToRenew")
    return old

"""What is wanted of the STS, the same in either dialect.

Knows: claims, names of attributes, a key, a span of time. Must not know: XML, what is granted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from ehbox_soap.security.saml import Attribute


@dataclass(frozen=True, slots=True)
class Asked:
    """An attribute that is asked for."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for an assertion. `holder` is the certificate that it will be bound to; `claims` are what the caller says
    of itself; `not_before` and `not_on_or_after` span the validity that it would like."""

    holder: x509.Certificate
    claims: tuple[Attribute, ...]
    asked: tuple[Asked, ...]
    not_before: datetime
    not_on_or_after: datetime

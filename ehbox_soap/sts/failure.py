"""What the STS turns down, as data for its answer.

Knows: the codes of both dialects. Must not know: XML. In the SAML dialect a failure is an ordinary answer (wire.md,
"STS, SAML-P dialect"); in the WS-Trust dialect it is a fault whose reason begins with one of WS-Trust's own codes.
"""

from __future__ import annotations

from typing import Literal

Trust = Literal[
    "RequestFailed",
    "InvalidRequest",
    "FailedAuthentication",
    "BadRequest",
    "ExpiredData",
    "InvalidTimeRange",
    "UnableToRenew",
]
"""Codes of WS-Trust 1.3, section 11, that are in use here."""


class StsFailure(Exception):
    """A call that is sound and gets no assertion. `message` is English and never holds a value of the request.

    `trust` is what WS-Trust calls it; in the SAML dialect the caller is always the one to blame (Requester).
    """

    def __init__(self, message: str, trust: Trust = "RequestFailed") -> None:
        self.message = message
        self.trust = trust
        super().__init__(message)

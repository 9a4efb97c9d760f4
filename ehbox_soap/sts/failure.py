"""What the STS turns down, as data for its answer.

Knows: the two codes it uses. Must not know: XML. A failure is an ordinary answer, no fault (wire.md, "STS").
"""

from __future__ import annotations

from typing import Literal


class StsFailure(Exception):
    """A call that is sound and gets no assertion. `message` is English and never holds a value of the request."""

    def __init__(self, message: str, code: Literal["Requester", "Responder"] = "Requester") -> None:
        self.message = message
        self.code = code
        super().__init__(message)

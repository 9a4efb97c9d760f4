"""A fault as bytes: the one place where a SoapFault becomes SystemError and envelope.

Knows: the table of faults, the settings' Environment. Must not know: Spyne, what went wrong in detail.
"""

from __future__ import annotations

from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import hexadecimal
from ehbox_soap.ports.call import Call, House, HttpAnswer
from ehbox_soap.wire import soap
from ehbox_soap.wire.types import ErrorMessage, SystemError

ORIGIN = {"Client": "Consumer", "Server": "Provider"}
"""Origin of a SystemError by the side that is at fault (ours: nothing public lists the words)."""


def system_error(house: House, fault: SoapFault) -> SystemError:
    """The detail of a fault: a fresh Id (it is also in the log), the code's text in three languages, the reason."""
    row = fault.row
    suffix = f": {fault.reason}" if fault.reason else ""
    return SystemError(
        id=hexadecimal(house.chance),
        origin=ORIGIN[row.side],
        code=row.code,
        messages=(
            ErrorMessage("en", row.en + suffix),
            ErrorMessage("fr", row.fr + suffix),
            ErrorMessage("nl", row.nl + suffix),
        ),
        environment=house.settings.server.environment,
    )


def envelope_of(call: Call, error: object) -> bytes:
    """The fault envelope of what a step raised, noted on the call; anything of Spyne's own is SOA-00001."""
    cause = getattr(error, "cause", None)
    fault = cause if isinstance(cause, SoapFault) else SoapFault("SOA-00001")
    detail = system_error(call.house, fault)
    call.outcome, call.fault_id, call.reason = fault.code, detail.id, fault.reason
    return soap.fault_envelope(fault.row.side, fault.code, detail)


def fault_answer(house: House, fault: SoapFault) -> tuple[HttpAnswer, str]:
    """A whole answer for a request that is refused before it reaches a port, and its Id."""
    detail = system_error(house, fault)
    body = soap.fault_envelope(fault.row.side, fault.code, detail)
    return HttpAnswer(
        500, (("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(body)))), body
    ), detail.id

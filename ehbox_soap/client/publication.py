"""The publication service, as a client calls it.

Knows: its operation. Must not know: how a call is signed or sent.
"""

from __future__ import annotations

from typing import cast

from ehbox_soap.client.port import Port
from ehbox_soap.wire.types import SendMessageRequest, SendMessageResponse


class Publication(Port):
    """ehBoxPublication v3."""

    wsdl_name = "ehBoxPublication.wsdl"

    def send_message(self, request: SendMessageRequest) -> SendMessageResponse:
        """Sends a message (PUB-10). Raises StatusError when it is refused; 826 has the absent in its answer (PUB-9)."""
        return cast(SendMessageResponse, self._call("sendMessage", request))

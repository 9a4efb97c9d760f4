"""The publication service, as a client calls it.

Knows: its operation. Must not know: how a call is signed or sent.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TypeVar, cast

from ehbox_soap.client.port import Port
from ehbox_soap.ids import identifier
from ehbox_soap.wire.types import Annex, ContentType, Document, SendMessageRequest, SendMessageResponse

_File = TypeVar("_File", Document, Annex)


class Publication(Port):
    """ehBoxPublication v3."""

    wsdl_name = "ehBoxPublication.wsdl"

    def send_message(self, request: SendMessageRequest) -> SendMessageResponse:
        """Sends a message (PUB-10); digests that are None are computed (PUB-5).

        A DOCUMENT gets a PublicationId if it has none, and is sent again if the answer is lost: by that id the service
        knows it and stores it once (PUB-3). A NEWS is not: each would be a further version (PUB-11). Raises StatusError
        when it is refused; 826 has the absent in its answer (PUB-9).
        """
        once = request.specification.content_type is ContentType.DOCUMENT
        if once and request.publication_id is None:
            request = replace(request, publication_id=identifier(self.session.chance))
        content = request.content
        annexes = tuple(_digested(annex) for annex in content.annexes)
        complete = replace(request, content=replace(content, document=_digested(content.document), annexes=annexes))
        return cast(SendMessageResponse, self._call("sendMessage", complete, repeatable=once))


def digest(data: bytes) -> str:
    """base64(SHA-256(content)), which protects an attachment as the signature does not cover it (PUB-5)."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _digested(file: _File) -> _File:
    return file if file.digest is not None else replace(file, digest=digest(file.content.data))

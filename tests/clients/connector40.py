"""Models of the platform's Java connector: 4.0 in its byte layout, and what wire.md tells of its other versions.

Knows: what those clients put on the wire. Must not know: anything of the project.
4.0 is pinned by real requests (test_layouts.py). Of 3.x wire.md tells the algorithms, of 4.2 that the document stands
inline; everything else of these two is 4.0's (ours).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from typing import ClassVar

from tests.clients import wstrust
from tests.clients.connector40_reader import ClientName
from tests.clients.dsig import Key
from tests.clients.http import CONNECTOR_HEADERS, HttpRequest
from tests.clients.letters import Destination, File, Letter, Style
from tests.clients.model import Frame, Identification, Identifiers
from tests.clients.names import CONSULTATION, DS, PUBLICATION, SAML, SAMLP, SOAP
from tests.clients.operations import Model
from tests.clients.trusting import TrustCaller
from tests.clients.wstrust import TrustStyle

__all__ = [
    "CONSULTATION",
    "DS",
    "PUBLICATION",
    "SAML",
    "SAMLP",
    "SOAP",
    "Connector3",
    "Connector40",
    "Connector42",
    "Destination",
    "File",
    "HttpRequest",
    "Identification",
    "Identifiers",
    "Key",
    "Letter",
    "shown",
]

_ACCEPT, _CONTENT_TYPE, _, _AGENT, *_REST = CONNECTOR_HEADERS
_WITHOUT_ACTION = (_ACCEPT, _AGENT, _CONTENT_TYPE, *_REST)
_ETK_DEPOT = "urn:be:fgov:ehealth:etkdepot:1_0:protocol"


def _head(file: File, content_id: str) -> str:
    """No Content-Transfer-Encoding, no brackets."""
    return f"Content-Type: {file.mime_type}\r\nContent-ID: {content_id}"


def shown(content: bytes) -> bytes:
    """What the connector hands on of an inline content: whatever looks like base64 it decodes once more (wire.md)."""
    if len(content) % 4 == 0 and re.fullmatch(rb"[A-Za-z0-9+/]+={0,2}", content):
        return base64.b64decode(content)
    return content


@dataclass
class Connector40(Model, TrustCaller):
    """4.0: SHA-256, keys of either kind, every content a swaRef."""

    client: ClassVar[ClientName] = "C"
    frame: ClassVar[Frame] = Frame()
    sts_frame: ClassVar[Frame] = frame
    style: ClassVar[Style] = Style("ns2", "ehealth.fgov.be", _head)
    trust_style: ClassVar[TrustStyle] = wstrust.C
    trust_frame: ClassVar[Frame] = frame

    def get_etk(self, path: str, type: str, value: str, application: str = "") -> HttpRequest:
        """GetEtk of the ETK depot: not signed, no SOAPAction, an ApplicationID that is there although it is empty."""
        application = f"<ApplicationID>{application}</ApplicationID>" if application else "<ApplicationID/>"
        soap = self.frame.soap
        body = (
            f'<{soap}:Envelope xmlns:{soap}="{SOAP}"><{soap}:Header/><{soap}:Body>'
            f'<GetEtkRequest xmlns="{_ETK_DEPOT}"><SearchCriteria><Identifier><Type>{type}</Type><Value>{value}</Value>'
            f"{application}</Identifier></SearchCriteria></GetEtkRequest></{soap}:Body></{soap}:Envelope>"
        )
        return HttpRequest(path, (("Content-Type", "text/xml; charset=utf-8"),), body.encode(), _WITHOUT_ACTION)


@dataclass
class Connector3(Connector40):
    """3.x: SHA-1 throughout, so RSA keys only."""

    frame: ClassVar[Frame] = replace(Connector40.frame, sha1=True)
    sts_frame: ClassVar[Frame] = frame
    trust_frame: ClassVar[Frame] = frame


@dataclass
class Connector42(Connector40):
    """4.2 and later: the document inline, annexes as before."""

    style: ClassVar[Style] = replace(Connector40.style, inline_document=True)

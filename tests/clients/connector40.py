"""Models of the platform's Java connector: 4.0 in its byte layout, and what wire.md tells of its other versions.

Knows: what those clients put on the wire. Must not know: anything of the project.
4.0 is pinned by real requests (test_layouts.py), its calls of KGSS and address book by what is said in
connector_kgss.py and connector_book.py. Of 3.x no request was at hand: taktik/freehealth-connector keeps 3.13.1 to
3.17.1 as classes and as sources of its own that grew out of them; test_layout_connector.py has what follows from these.
They use the same WSS4J 2 as 4.0 (a prefix and a UUID for ids, no InclusiveNamespaces: WSSecHeaderGeneratorWss4jImpl;
Body, then Timestamp, 60 seconds: SAMLHolderOfKeyHandler, AbstractWsSecurityHandler), the same SAAJ and JAXB
(AbstractWsSender, MarshallerHelper), and another User-Agent (UserAgentHandler); that 3.x signs with SHA-1 is wire.md's,
and so do be.recipe.common.wss4j.handler.WSSecHeaderGeneratorWss4jImpl and be.medx.soap.handlers, two copies of it.
Of 4.2 wire.md tells that the document stands inline; everything else of it is 4.0's (ours).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from tests.clients import wstrust
from tests.clients.connector40_reader import ClientName
from tests.clients.connector_book import BookRequest
from tests.clients.connector_kgss import sealed_request
from tests.clients.dsig import Key
from tests.clients.http import CONNECTOR_HEADERS, HttpRequest
from tests.clients.letters import Destination, File, Letter, Style
from tests.clients.model import Frame, Identification, Identifiers
from tests.clients.names import ADDRESS_BOOK, CONSULTATION, DS, ETK_DEPOT, KGSS, PUBLICATION, SAML, SAMLP, SOAP
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

_TYPE = ("Content-Type", "text/xml; charset=utf-8")


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
    beside_etk: ClassVar[str] = ""
    beside_kgss: ClassVar[str] = ""
    """What else its JAXB declares on these services' elements."""

    def get_etk(self, path: str, type: str, value: str, application: str = "") -> HttpRequest:
        """GetEtk of the ETK depot: an ApplicationID that is there although it is empty."""
        application = f"<ApplicationID>{application}</ApplicationID>" if application else "<ApplicationID/>"
        return self._unsecured(
            path,
            f'<GetEtkRequest xmlns="{ETK_DEPOT}"{self.beside_etk}><SearchCriteria><Identifier><Type>{type}</Type>'
            f"<Value>{value}</Value>{application}</Identifier></SearchCriteria></GetEtkRequest>",
        )

    def get_new_key(self, path: str, sealed: bytes) -> HttpRequest:
        """GetNewKey of the KGSS."""
        return self._unsecured(path, sealed_request("NewKeyRequest", sealed, self.beside_kgss))

    def get_key(self, path: str, now: datetime, assertion: str, sealed: bytes) -> HttpRequest:
        """GetKey of the KGSS: secured like a mailbox call, but without a SOAPAction."""
        body = self.secured(sealed_request("KeyRequest", sealed, self.beside_kgss), now, assertion, KGSS)
        return HttpRequest(path, (_TYPE,), body, self.headers)

    def look_up(self, path: str, now: datetime, assertion: str, asked: BookRequest) -> HttpRequest:
        """One of the address book's four operations: secured like a mailbox call."""
        body = self.secured(asked.content(now), now, assertion, ADDRESS_BOOK)
        return self.post(path, f'"{ADDRESS_BOOK}:{asked.operation}"', body)

    def _unsecured(self, path: str, content: str) -> HttpRequest:
        """Not signed, an empty Header, no SOAPAction, the User-Agent before the Content-Type."""
        soap = self.frame.soap
        body = (
            f'<{soap}:Envelope xmlns:{soap}="{SOAP}"><{soap}:Header/><{soap}:Body>{content}</{soap}:Body>'
            f"</{soap}:Envelope>"
        )
        accept, content_type, _, agent, *rest = self.headers
        return HttpRequest(path, (_TYPE,), body.encode(), (accept, agent, content_type, *rest))


@dataclass
class Connector3(Connector40):
    """3.x: SHA-1 throughout, so RSA keys only.

    The requests of ETK depot and KGSS have one super class, whose XmlSeeAlso names them all
    (be.fgov.ehealth.commons._1_0.protocol.RequestType): each declares the namespaces of both. 4.0's did not.
    """

    headers: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (name, "Ehealth Technical (3.13.1)" if name == "User-Agent" else value) for name, value in CONNECTOR_HEADERS
    )
    beside_etk: ClassVar[str] = f' xmlns:ns2="{KGSS}"'
    beside_kgss: ClassVar[str] = f' xmlns:ns2="{ETK_DEPOT}"'
    frame: ClassVar[Frame] = replace(Connector40.frame, sha1=True)
    sts_frame: ClassVar[Frame] = frame
    trust_frame: ClassVar[Frame] = frame


@dataclass
class Connector42(Connector40):
    """4.2 and later: the document inline, annexes as before."""

    style: ClassVar[Style] = replace(Connector40.style, inline_document=True)

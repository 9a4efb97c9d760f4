"""A model of e-Contract's Java client.

Knows: what it puts on the wire. Must not know: anything of the project.
sendMessage and both dialects of the STS are pinned by real requests (test_layouts.py). Its sources tell more
(e-Contract/mycarenet): of Consultation EHealthBoxConsultationClient has five operations that go through a port and so
have the SOAPAction of the WSDL; the other six, and all of the address book (AddressbookClient), it sends as its caller
wrote them, by a Dispatch, whose SOAPAction is empty as the STS's is. The declarations on the Body of these are here
those of sendMessage (ours). EtkDepotClient goes through a port, of which the sources tell the values: one Identifier,
whose ApplicationID is there and empty unless the caller states one, nothing signed, the SOAPAction empty as its WSDL
has it; prefixes and declarations are ours. It has no KGSS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from tests.clients import wstrust
from tests.clients.connector40_reader import ClientName
from tests.clients.http import HttpRequest
from tests.clients.letters import File, Style
from tests.clients.model import Frame, Prefixes
from tests.clients.names import (
    ADDRESS_BOOK,
    CONSULTATION,
    DS,
    ERRORS,
    ETK_DEPOT,
    SAML,
    SAML_TOKEN,
    SAMLP,
    SOAP,
    WSSE11,
    WSU,
)
from tests.clients.operations import Model
from tests.clients.saml_request import SamlStyle
from tests.clients.trusting import TrustCaller
from tests.clients.wstrust import TrustStyle

_FRAME = Frame(
    soap="S",
    declaration="<?xml version='1.0' encoding='UTF-8'?>",
    envelope=f' xmlns:SOAP-ENV="{SOAP}"',
    body=f'xmlns="" xmlns:ns3="{{namespace}}" xmlns:ns4="{ERRORS}" xmlns:wsu="{WSU}" ',
    redeclares=True,
    prefixes=Prefixes("S SOAP-ENV", "SOAP-ENV", "wsse S SOAP-ENV", "S SOAP-ENV"),
    token_last=False,
    line_end="&#xd;\n",
)
_WSTRUST = replace(
    _FRAME,
    header="SOAP-ENV",
    body=f"{wstrust.E_DECLARED} ",
    id="ns6",
    prefixes=None,
)
_TOKEN_TYPE = f'wsse11:TokenType="{SAML_TOKEN}" '.encode()
_HEADERS = (
    ("Accept", "text/xml, multipart/related"),
    ("Content-Type", ""),
    ("From", ""),
    ("SOAPAction", ""),
    ("User-Agent", "JAX-WS RI 2.3.0.2 svn-revision#${buildNumber}"),
    ("Host", ""),
    ("Connection", "keep-alive"),
    ("Content-Length", ""),
)


def _head(file: File, content_id: str) -> str:
    """Brackets, a spelling of its own, and a type of its own whatever the document's is."""
    return f"Content-Id:<{content_id}>\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary"


@dataclass
class EContract(Model, TrustCaller):
    """SHA-256 to the mailbox and in WS-Trust, SHA-1 in SAML-P."""

    client: ClassVar[ClientName] = "E"
    frame: ClassVar[Frame] = _FRAME
    sts_frame: ClassVar[Frame] = replace(
        _FRAME,
        header="SOAP-ENV",
        body=f'xmlns="{SAMLP}" xmlns:ns2="{DS}" xmlns:ns3="{SAML}" xmlns:wsu="{WSU}" ',
        sha1=True,
    )
    saml_style: ClassVar[SamlStyle] = SamlStyle(
        samlp="",
        saml="ns3:",
        ds="ns2:",
        declared=f'xmlns="{SAMLP}" xmlns:ds="{DS}"',
        evidence="",
        typed=True,
        line_end="&#xd;\n",
    )
    style: ClassVar[Style] = Style("ns3", "example.jaxws.sun.com", _head, sub_type=False, always_ooo=False)
    prefix: ClassVar[str] = "ns3"
    boundary: str = "uuid:f0197cba-b514-4db8-a424-a2a55c33d66e"
    multipart_type: ClassVar[str] = 'multipart/related; type="text/xml"; boundary="{}"'
    headers: ClassVar[tuple[tuple[str, str], ...]] = _HEADERS
    unnamed: ClassVar[frozenset[str]] = frozenset(
        {
            "getMessageHistory",
            "getMessageAcknowledgmentsStatus",
            "getAllEhboxesMessagesList",
            "insertOoO",
            "getOoOList",
            "deleteOoO",
        }
    )
    sts_action: ClassVar[str] = '""'
    trust_style: ClassVar[TrustStyle] = wstrust.E
    trust_frame: ClassVar[Frame] = _WSTRUST
    trust_headers: ClassVar[tuple[tuple[str, str], ...]] = (("From", "info@example.org"),)

    def get_etk(self, path: str, type: str, value: str, application: str = "") -> HttpRequest:
        """GetEtk of the ETK depot: not signed, an ApplicationID that is there although it is empty.

        The envelope is as recorded where handlers had the message, as here one has that logs it; the default namespace
        is ours.
        """
        soap, frame = self.sts_frame.soap, self.sts_frame
        identifier = f"<Type>{type}</Type><Value>{value}</Value><ApplicationID>{application}</ApplicationID>"
        body = (
            f'{frame.declaration}<{soap}:Envelope xmlns:{soap}="{SOAP}"{frame.envelope}><{frame.header}:Header/>'
            f'<{soap}:Body><GetEtkRequest xmlns="{ETK_DEPOT}"><SearchCriteria><Identifier>{identifier}</Identifier>'
            f"</SearchCriteria></GetEtkRequest></{soap}:Body></{soap}:Envelope>"
        )
        return self.post(path, '""', body.encode())

    def look_up(self, path: str, now: datetime, assertion: str, content: str) -> HttpRequest:
        """The address book, with the element that the caller wrote."""
        return self.post(path, '""', self.secured(content, now, assertion, ADDRESS_BOOK))


@dataclass
class EContractEmptyPrefixes(EContract):
    """The same where nothing is declared around: its PrefixLists are there and empty."""

    frame: ClassVar[Frame] = replace(EContract.frame, prefixes=Prefixes("", "", "", ""))
    sts_frame: ClassVar[Frame] = replace(EContract.sts_frame, prefixes=Prefixes("", "", "", ""))


@dataclass
class EContractOlder(EContract):
    """With WSS4J 1.x: rsa-sha1 to the mailbox too (WSSecuritySOAPHandler), ids such as TS-1 if the caller counts.

    What else differs was not seen: here it names no prefixes and tells no type of the token (ours), the least there is.
    """

    frame: ClassVar[Frame] = replace(EContract.frame, sha1=True, prefixes=None)

    def secured(self, content: str, now: datetime, assertion: str | None, namespace: str = CONSULTATION) -> bytes:
        """Nothing signs the reference to the token."""
        written = super().secured(content, now, assertion, namespace)
        return written.replace(f'xmlns:wsse11="{WSSE11}" '.encode(), b"").replace(_TOKEN_TYPE, b"")


@dataclass
class EContractSha256(EContract):
    """The same without SHA-1 anywhere."""

    sts_frame: ClassVar[Frame] = replace(EContract.sts_frame, sha1=False)

"""A model of e-Contract's Java client.

Knows: what it puts on the wire. Must not know: anything of the project.
sendMessage and both dialects of the STS are pinned by real requests (test_layouts.py). Which calls have an empty
SOAPAction beside that of the STS is not known: here Consultation has it (ours), with the declarations on its Body in
the manner of sendMessage's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from tests.clients.connector40_reader import ClientName, read_wstrust
from tests.clients.http import HttpRequest
from tests.clients.letters import File, Style
from tests.clients.model import Frame, Prefixes
from tests.clients.names import DS, ERRORS, SAML, SAMLP, SOAP, STS, TRUST, WSSE, WSU
from tests.clients.operations import Model
from tests.clients.saml_request import SamlStyle
from tests.clients.writing import base64_of, der

_CLAIMS = "http://docs.oasis-open.org/wsfed/authorization/200706"
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
    body=(
        f'xmlns="{_CLAIMS}" xmlns:ns2="http://www.w3.org/2001/04/xmlenc#" xmlns:ns3="{DS}" '
        'xmlns:ns4="http://www.w3.org/2005/08/addressing" xmlns:ns5="http://schemas.xmlsoap.org/ws/2004/09/policy" '
        f'xmlns:ns6="{WSU}" xmlns:ns7="{WSSE}" xmlns:ns8="{TRUST}" '
    ),
    id="ns6",
    prefixes=None,
)
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
class EContract(Model):
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
    boundary: ClassVar[str] = "uuid:f0197cba-b514-4db8-a424-a2a55c33d66e"
    multipart_type: ClassVar[str] = 'multipart/related; type="text/xml"; boundary="{}"'
    headers: ClassVar[tuple[tuple[str, str], ...]] = _HEADERS
    action: ClassVar[str] = '""'
    sts_action: ClassVar[str] = '""'

    def read_security_token(self, status: int, headers: Mapping[str, str], body: bytes) -> str:
        """The assertion of an answer to WS-Trust. Raises Fault, Broken."""
        return read_wstrust(status, headers, body)

    def request_security_token(
        self,
        path: str,
        now: datetime,
        claims: Sequence[tuple[str, str | None]],
        validity: timedelta = timedelta(hours=24),
    ) -> HttpRequest:
        """WS-Trust's Issue; `claims` are (name, value), None asks without saying."""
        asked = "".join(
            f'<ClaimType Uri="{name}"/>'
            if value is None
            else f'<ClaimType Uri="{name}"><Value>{value}</Value></ClaimType>'
            for name, value in claims
        )
        content = (
            f'<ns8:RequestSecurityToken xmlns:ns8="{TRUST}" Context="context-{self.identifiers()}">'
            "<ns8:TokenType>http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1</ns8:TokenType>"
            f"<ns8:RequestType>{TRUST}/Issue</ns8:RequestType>"
            f'<ns8:Claims Dialect="{_CLAIMS}/authclaims">{asked}</ns8:Claims>'
            f"<ns8:Lifetime><ns6:Created>{now:%Y-%m-%dT%H:%M:%S%z}</ns6:Created>"
            f"<ns6:Expires>{now + validity:%Y-%m-%dT%H:%M:%S%z}</ns6:Expires></ns8:Lifetime>"
            "<ns8:KeyType>http://docs.oasis-open.org/ws-sx/wstrust/200512/PublicKey</ns8:KeyType>"
            "<ns8:UseKey><ns7:SecurityTokenReference><ns3:X509Data>"
            f"<ns3:X509Certificate>{base64_of(der(self.certificate))}</ns3:X509Certificate></ns3:X509Data>"
            "</ns7:SecurityTokenReference></ns8:UseKey></ns8:RequestSecurityToken>"
        )
        envelope, covered = self._envelope(content, now, _WSTRUST)
        body = self._signed(envelope, covered, _WSTRUST, self.who.key)
        request = self.post(path, f'"{STS}:RequestSecurityToken"', body)
        return replace(request, headers=(*request.headers, ("From", "info@example.org")))


@dataclass
class EContractEmptyPrefixes(EContract):
    """The same where nothing is declared around: its PrefixLists are there and empty."""

    frame: ClassVar[Frame] = replace(EContract.frame, prefixes=Prefixes("", "", "", ""))
    sts_frame: ClassVar[Frame] = replace(EContract.sts_frame, prefixes=Prefixes("", "", "", ""))


@dataclass
class EContractSha256(EContract):
    """The same without SHA-1 anywhere."""

    sts_frame: ClassVar[Frame] = replace(EContract.sts_frame, sha1=False)

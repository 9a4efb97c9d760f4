"""A model of e-Contract's Java client.

Knows: what it puts on the wire. Must not know: anything of the project.
sendMessage and both dialects of the STS are pinned by real requests (test_layouts.py). Which calls have an empty
SOAPAction beside that of the STS is not known: here Consultation has it (ours), with the declarations on its Body in
the manner of sendMessage's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from tests.clients import wstrust
from tests.clients.connector40_reader import ClientName
from tests.clients.letters import File, Style
from tests.clients.model import Frame, Prefixes
from tests.clients.names import DS, ERRORS, SAML, SAMLP, SOAP, WSU
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
    action: ClassVar[str] = '""'
    sts_action: ClassVar[str] = '""'
    trust_style: ClassVar[TrustStyle] = wstrust.E
    trust_frame: ClassVar[Frame] = _WSTRUST
    trust_headers: ClassVar[tuple[tuple[str, str], ...]] = (("From", "info@example.org"),)


@dataclass
class EContractEmptyPrefixes(EContract):
    """The same where nothing is declared around: its PrefixLists are there and empty."""

    frame: ClassVar[Frame] = replace(EContract.frame, prefixes=Prefixes("", "", "", ""))
    sts_frame: ClassVar[Frame] = replace(EContract.sts_frame, prefixes=Prefixes("", "", "", ""))


@dataclass
class EContractSha256(EContract):
    """The same without SHA-1 anywhere."""

    sts_frame: ClassVar[Frame] = replace(EContract.sts_frame, sha1=False)

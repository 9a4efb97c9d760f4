"""A model of Medikit, the .NET client.

Knows: what its public sources write (simpleidserver/medikit, Medikit.EHealth: SOAPRequestBuilder, SOAPClient and the
classes of SOAP/DTOs, SAML/DTOs, SAML/SessionService, Services/EHealthBox, ETK and KGSS) by way of XElement,
XmlWriter and HttpClient of .NET Core 3.1: SHA-1 throughout, a Timestamp of an hour, ids in lower case, the octets
EF BB BF before the envelope, generated declarations after the attributes and a space before the end of an empty
element, default namespaces that unqualified children take back, an assertion that is read into values and written
anew, a signature inside of every SAML-P request, no SubType and no OoOProcessed unless the caller sets one, IsEncrypted
with the value of IsImportant, pages always stated, Host as the last header. Must not know: anything of the project.
Those sources have getBoxInfo, getMessagesList, deleteMessage and sendMessage with its document inline, GetEtk, and the
KGSS's two (what is sealed: medikit_kgss.py); no attachments, and neither free text nor titles of annexes that anything
could read. The other operations and the attachments that wire.md tells of stand here in the same manner (ours), with
percent-encoded references.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

from tests.clients import medikit_assertion
from tests.clients.connector40_reader import ClientName
from tests.clients.connector_kgss import sealed_request
from tests.clients.http import HttpRequest
from tests.clients.letters import File, Letter, Style
from tests.clients.model import Frame
from tests.clients.names import CONSULTATION, DS, ETK_DEPOT, KGSS, SAML, SAMLP, SOAP
from tests.clients.operations import Model, Page
from tests.clients.saml_request import SamlStyle

_BOM = "\ufeff"
_HEADERS = (
    ("SOAPAction", ""),
    ("User-Agent", "Medikit (1.0.0)"),
    ("Content-Type", ""),
    ("Content-Length", ""),
    ("Host", ""),
)
_TYPE = (("Content-Type", "text/xml; charset=utf-8"),)


def _head(file: File, content_id: str) -> str:
    return f"Content-Type: {file.mime_type}\r\nContent-ID: <{content_id}>\r\nContent-Transfer-Encoding: binary"


@dataclass
class Medikit(Model):
    """SHA-1 throughout."""

    client: ClassVar[ClientName] = "M"
    frame: ClassVar[Frame] = Frame(
        declaration=_BOM,
        line_end="",
        sha1=True,
        life=timedelta(hours=1),
        empty=" />",
        always_11=True,
        small_ids=True,
    )
    sts_frame: ClassVar[Frame] = frame
    saml_style: ClassVar[SamlStyle] = SamlStyle(
        declared=f'xmlns:samlp="{SAMLP}" xmlns:ds="{DS}" xmlns:saml="{SAML}"',
        evidence="",
        key_info=f' xmlns:ds="{DS}"',
    )
    always_inner: ClassVar[bool] = True
    style: ClassVar[Style] = Style(
        "",
        "medikit",
        _head,
        inline_document=True,
        sub_type=False,
        always_ooo=False,
        important_is_encrypted=True,
        reference=lambda content_id: f"cid:{quote(content_id, safe='')}",
    )
    prefix: ClassVar[str] = ""
    boundary: str = "MIME_boundary"
    headers: ClassVar[tuple[tuple[str, str], ...]] = _HEADERS

    def send_message(self, path: str, now: datetime, assertion: str, letter: Letter) -> HttpRequest:
        """Always without a PublicationId, but for a NEWS, which is known by it."""
        own = letter if letter.content_type == "NEWS" else replace(letter, publication_id=None)
        return super().send_message(path, now, assertion, own)

    def get_messages_list(
        self, path: str, now: datetime, assertion: str, source: str = "INBOX", indexes: Page | None = None
    ) -> HttpRequest:
        """The first hundred unless others are asked for: it always says which."""
        return super().get_messages_list(path, now, assertion, source, indexes or (1, 100))

    def get_etk(self, path: str, type: str, value: str, application: str = "") -> HttpRequest:
        """GetEtk of the ETK depot: an ApplicationID with an end tag although it is empty."""
        return self._unsecured(
            path,
            f'<GetEtkRequest xmlns="{ETK_DEPOT}"><SearchCriteria><Identifier><Type>{type}</Type><Value>{value}</Value>'
            f"<ApplicationID>{application}</ApplicationID></Identifier></SearchCriteria></GetEtkRequest>",
        )

    def get_new_key(self, path: str, sealed: bytes) -> HttpRequest:
        """GetNewKey of the KGSS."""
        return self._unsecured(path, sealed_request("NewKeyRequest", sealed))

    def get_key(self, path: str, now: datetime, assertion: str, sealed: bytes) -> HttpRequest:
        """GetKey of the KGSS: secured like a mailbox call, but without a SOAPAction."""
        body = self.secured(sealed_request("KeyRequest", sealed), now, assertion, KGSS)
        return HttpRequest(path, _TYPE, body, self.headers)

    def _unsecured(self, path: str, content: str) -> HttpRequest:
        """Not signed: no Header, no SOAPAction."""
        soap = self.frame.soap
        body = f'{_BOM}<{soap}:Envelope xmlns:{soap}="{SOAP}"><{soap}:Body>{content}</{soap}:Body></{soap}:Envelope>'
        return HttpRequest(path, _TYPE, body.encode(), self.headers)

    def secured(self, content: str, now: datetime, assertion: str | None, namespace: str = CONSULTATION) -> bytes:
        """Its assertion goes out as it was written anew."""
        anew = None if assertion is None else medikit_assertion.rewritten(assertion)
        return super().secured(content, now, anew, namespace)

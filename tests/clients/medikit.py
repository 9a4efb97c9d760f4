"""A model of Medikit, the .NET client.

Knows: what wire.md tells of it: SHA-1, a Timestamp of an hour, the document inline, no SubType, an assertion that is
read into values and written anew, sizes in 32 bits, a PublicationId that may be missing. Must not know: anything of the
project.
No request of it was at hand. Ours, each one a liberty that wire.md grants: the prefix soapenv, a bare SOAPAction,
base64 on one line, percent-encoded references, a space before the end of an empty element.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

from tests.clients import medikit_assertion
from tests.clients.connector40_reader import ClientName
from tests.clients.http import HttpRequest
from tests.clients.letters import File, Letter, Style
from tests.clients.model import Frame
from tests.clients.names import CONSULTATION, STS
from tests.clients.operations import Model


def _head(file: File, content_id: str) -> str:
    return f"Content-Type: {file.mime_type}\r\nContent-ID: <{content_id}>\r\nContent-Transfer-Encoding: binary"


@dataclass
class Medikit(Model):
    """SHA-1 throughout."""

    client: ClassVar[ClientName] = "M"
    frame: ClassVar[Frame] = Frame(
        soap="soapenv", line_end="", sha1=True, life=timedelta(hours=1), empty=" />", redeclares=True
    )
    sts_frame: ClassVar[Frame] = frame
    style: ClassVar[Style] = Style(
        "ehb",
        "medikit",
        _head,
        inline_document=True,
        sub_type=False,
        reference=lambda content_id: f"cid:{quote(content_id, safe='')}",
    )
    prefix: ClassVar[str] = "ehb"
    boundary: str = "MIME_boundary"
    headers: ClassVar[tuple[tuple[str, str], ...]] = (
        ("SOAPAction", ""),
        ("Content-Type", ""),
        ("Host", ""),
        ("Content-Length", ""),
    )
    action: ClassVar[str] = "{}"
    sts_action: ClassVar[str] = f"{STS}:RequestSecureToken"

    def send_message(self, path: str, now: datetime, assertion: str, letter: Letter) -> HttpRequest:
        """Always without a PublicationId, but for a NEWS, which is known by it."""
        own = letter if letter.content_type == "NEWS" else replace(letter, publication_id=None)
        return super().send_message(path, now, assertion, own)

    def secured(self, content: str, now: datetime, assertion: str | None, namespace: str = CONSULTATION) -> bytes:
        """Its assertion goes out as it was written anew."""
        anew = None if assertion is None else medikit_assertion.rewritten(assertion)
        return super().secured(content, now, anew, namespace)

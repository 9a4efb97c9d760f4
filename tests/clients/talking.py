"""A client that talks to a server: calls by the operation's name, answers read as that client reads them.

Knows: the models, the ports' paths. Must not know: how the server is reached, what any answer should be.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from lxml import etree

from tests.clients.connector40_reader import Answer
from tests.clients.http import HttpRequest
from tests.clients.letters import Destination
from tests.clients.names import CERTIFIED, IDENTIFICATION
from tests.clients.operations import Model

PUBLICATION, CONSULTATION, STS = "/ehBoxPublication/v3", "/ehBoxConsultation/v3", "/IAM/Saml11TokenService/v1"
SSIN = "urn:be:fgov:person:ssin"
HOLDER_SSIN = "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin"
DOCTOR = f"{SSIN}:doctor:boolean"
PAGE = 100
"""Rows that clients ask for at once."""

Octets = tuple[int, Mapping[str, str], bytes]


class Line(Protocol):
    """A way to a server."""

    @property
    def now(self) -> datetime: ...

    def post(self, request: HttpRequest) -> Octets: ...


@dataclass
class Talk:
    """One client with its assertion, once it has asked for it."""

    line: Line
    model: Model
    number: str
    assertion: str = field(default="", repr=False)

    def identify(self, *designators: str, path: str = STS) -> Talk:
        """Asks the STS for a person's assertion, in SAML-P; itself."""
        return self.identify_as([(HOLDER_SSIN, self.number), (SSIN, self.number)], designators, path)

    def identify_as(self, claims: list[tuple[str, str]], designators: tuple[str, ...], path: str = STS) -> Talk:
        """Asks for what else is claimed and wanted."""
        asked = [(name, IDENTIFICATION) for name, _ in claims] + [(name, CERTIFIED) for name in designators]
        request = self.model.request_secure_token(path, self.line.now, claims, asked)
        self.assertion = self.model.read_token(*self.line.post(request))
        return self

    def request(self, operation: str, *arguments: object) -> HttpRequest:
        """The call by the name that its method has in the models."""
        path = PUBLICATION if operation == "send_message" else CONSULTATION
        made = getattr(self.model, operation)(path, self.line.now, self.assertion, *arguments)
        assert isinstance(made, HttpRequest)
        return made

    def tell(self, operation: str, *arguments: object) -> Answer:
        """The answer, whatever its code. Raises Fault, Broken."""
        return self.model.read(*self.line.post(self.request(operation, *arguments)))

    def ask(self, operation: str, *arguments: object) -> Answer:
        """The answer, which must be a success."""
        answer = self.tell(operation, *arguments)
        assert answer.code == "100", etree.tostring(answer.element)
        return answer

    def pages(self, operation: str, *arguments: object, row: str = "Message") -> Iterator[list[etree._Element]]:
        """Pages of 100 until one has fewer, as all clients do."""
        start = 1
        while True:
            rows = self.ask(operation, *arguments, (start, start + PAGE - 1)).element.findall(row)
            yield rows
            if len(rows) < PAGE:
                return
            start += PAGE

    @property
    def box(self) -> Destination:
        """A doctor's."""
        return Destination(self.number, "INSS", "DOCTOR")


def contents(answer: Answer) -> list[tuple[str, str, bytes]]:
    """Of document and annexes: whether inline or attached, the file's name, the octets."""
    found = []
    for each in answer.element.iterfind("Message/ContentContext/Content/*"):
        if each.tag in ("Document", "Annex"):
            inline, reference = each.findtext("EncryptableTextContent"), each.findtext("EncryptableBinaryContent")
            data = answer.parts[(reference or "")[4:]] if inline is None else base64.b64decode(inline)
            found.append(("inline" if reference is None else "attached", each.findtext("DownloadFileName") or "", data))
    return found


def message_ids(answer: Answer) -> list[str]:
    """Of a list's rows, or of what could not be moved or deleted."""
    return [each.text or "" for each in answer.element.iter("MessageId")]

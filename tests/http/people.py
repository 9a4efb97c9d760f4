"""Who calls over HTTP: people of the shipped seed, with connector 4.0's requests at true time.

Knows: the layout of connector 4.0, the seed. Must not know: the server's inside.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace

from lxml import etree

from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SystemChance, hexadecimal, identifier
from ehbox_soap.pki.authority import Authority
from tests.clients import connector40_reader
from tests.clients.connector40 import PUBLICATION as PUBLICATION_NAMESPACE
from tests.clients.connector40 import Connector40, Destination, File, HttpRequest, Letter
from tests.clients.connector40_reader import Answer, Fault
from tests.http.running import Connection, Reply, Running

PUBLICATION, CONSULTATION = "/ehBoxPublication/v3", "/ehBoxConsultation/v3"
STS = "/IAM/Saml11TokenService/v1"
SSIN = "urn:be:fgov:person:ssin"
IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"
DOCTOR, NURSE = "71031499894", "85061999865"
NURSE_BOX = Destination(NURSE, "INSS", "NURSE")

now = SystemClock().now


@dataclass(frozen=True)
class Caller:
    """A person with keys and, once the STS was asked, an assertion."""

    inss: str
    quality: str
    connector: Connector40
    assertion: str = ""

    def token(self) -> HttpRequest:
        """The call to the STS."""
        claims = [(name, self.inss) for name in ("urn:be:fgov:ehealth:1.0:certificateholder:person:ssin", SSIN)]
        asked = [(name, IDENTIFICATION) for name, _ in claims] + [(f"{SSIN}:{self.quality}:boolean", CERTIFIED)]
        return self.connector.request_secure_token(STS, now(), claims, asked)

    def at(self, server: Running) -> Caller:
        """The same with an assertion of that server's STS."""
        reply = post(server, self.token())
        return replace(self, assertion=connector40_reader.read_assertion(reply.status, reply.headers, reply.body))

    def publish(self, letter: Letter) -> HttpRequest:
        """sendMessage with attachments."""
        return self.connector.send_message(PUBLICATION, now(), self.assertion, letter)

    def publish_inline(self, document: File, destination: Destination) -> HttpRequest:
        """sendMessage with the document inline, as connectors do from 4.2 on (wire.md, Requests)."""
        content = (
            f'<ns2:SendMessageRequest xmlns:ns2="{PUBLICATION_NAMESPACE}" PublicationId="{publication_id()}">'
            f"<DestinationContext><Id>{destination.id}</Id><Type>{destination.type}</Type>"
            f"<Quality>{destination.quality}</Quality><OoOProcessed>false</OoOProcessed></DestinationContext>"
            f"<ContentContext><Content><Document><Title>{document.title}</Title><EncryptableTextContent>"
            f"{base64.b64encode(document.data).decode()}</EncryptableTextContent>"
            f"<DownloadFileName>{document.name}</DownloadFileName><MimeType>{document.mime_type}</MimeType>"
            f"<Digest>{base64.b64encode(hashlib.sha256(document.data).digest()).decode()}</Digest></Document></Content>"
            "<ContentSpecification><ContentType>DOCUMENT</ContentType><IsImportant>false</IsImportant>"
            "<IsEncrypted>false</IsEncrypted><PublicationReceipt>false</PublicationReceipt>"
            "<ReceivedReceipt>false</ReceivedReceipt><ReadReceipt>false</ReadReceipt></ContentSpecification>"
            "</ContentContext></ns2:SendMessageRequest>"
        )
        headers = (
            ("Content-Type", "text/xml; charset=utf-8"),
            ("SOAPAction", f'"{PUBLICATION_NAMESPACE}:sendMessage"'),
        )
        return HttpRequest(PUBLICATION, headers, self.connector.secured(content, now(), self.assertion))

    def list(self, source: str = "INBOX", indexes: tuple[int, int] | None = None) -> HttpRequest:
        """getMessagesList."""
        return self.connector.get_messages_list(CONSULTATION, now(), self.assertion, source, indexes)

    def read(self, message_id: str, source: str = "INBOX") -> HttpRequest:
        """getFullMessage."""
        return self.connector.get_full_message(CONSULTATION, now(), self.assertion, message_id, source)

    def box_info(self) -> HttpRequest:
        """getBoxInfo: a small call that stores nothing but its replay key."""
        return self.connector.get_box_info(CONSULTATION, now(), self.assertion)


def person(authority: Authority, inss: str, quality: str) -> Caller:
    """A caller with a new key."""
    entry = authority.person(inss, "TEST PERSON", kind="ec")
    return Caller(inss, quality, Connector40(entry.key, entry.certificate, lambda: hexadecimal(SystemChance())))


def publication_id() -> str:
    """One that nobody has used."""
    return identifier(SystemChance())


def letter(document: File, *annexes: File) -> Letter:
    """A letter to the nurse."""
    return Letter(publication_id(), [NURSE_BOX], document, annexes)


def text(data: bytes = b"A letter of a few words, with spaces in between.") -> File:
    """A small document."""
    return File("A letter", "letter.txt", "text/plain", data)


def post(server: Running, request: HttpRequest) -> Reply:
    """One request, octet for octet as the client sends it, on a connection of its own."""
    with server.connect() as connection:
        return post_on(connection, request)


def post_on(connection: Connection, request: HttpRequest) -> Reply:
    """One request on a connection that may have carried others."""
    connection.send(request.octets(connection.host))
    return connection.reply()


def read(reply: Reply) -> Answer:
    """An answer as the strictest of the legacy clients reads it; it must be a success."""
    answer = connector40_reader.read(reply.status, reply.headers, reply.body)
    assert answer.code == "100", etree.tostring(answer.element)
    return answer


def ask(server: Running, request: HttpRequest) -> Answer:
    """The answer to a request that must succeed."""
    return read(post(server, request))


def fault(reply: Reply) -> Fault:
    """The fault that a reply must be."""
    try:
        answer = connector40_reader.read(reply.status, reply.headers, reply.body)
    except Fault as told:
        return told
    raise AssertionError(f"no fault but {answer.code}")


def message_ids(answer: Answer) -> list[str]:
    """The MessageIds of a list, in its order."""
    return [row.findtext("MessageId") or "" for row in answer.element.iterfind("Message")]

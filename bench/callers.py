"""Who calls in the bench: a doctor of the seed with connector 4.0, its assertion, and what it sends.

Knows: the seed's people, the layouts of connector 4.0 (attached) and of its later versions (inline). Must not know:
how a server answers. A request is signed at the moment it is made: each is unique, since the server refuses replays.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from bench import load
from bench.servers import Running
from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SystemChance, hexadecimal, identifier
from ehbox_soap.pki.authority import Authority
from ehbox_soap.ports import consultation, publication, sts
from tests.clients.connector40 import PUBLICATION, Connector40, HttpRequest

DOCTOR, NURSE = "71031499894", "85061999865"
_IDENTIFICATION = "urn:be:fgov:identification-namespace"
_CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"
_CLAIMS = ("urn:be:fgov:ehealth:1.0:certificateholder:person:ssin", "urn:be:fgov:person:ssin")
_DESIGNATORS = {
    DOCTOR: ("urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11", "urn:be:fgov:person:ssin:doctor:boolean"),
    NURSE: ("urn:be:fgov:person:ssin:ehealth:1.0:nihii:nurse:nihii11", "urn:be:fgov:person:ssin:nurse:boolean"),
}
_QUALITIES = {DOCTOR: "DOCTOR", NURSE: "NURSE"}
_MIME_TYPE = "application/octet-stream"
_CLOCK, _CHANCE = SystemClock(), SystemChance()


@dataclass(frozen=True, slots=True)
class Caller:
    """A person with a key and an assertion; `host` is the one its requests name."""

    inss: str
    connector: Connector40
    assertion: str
    host: str

    def box_info(self) -> bytes:
        """getBoxInfo of the own box."""
        return self._octets(self.connector.get_box_info(consultation.PATH, _CLOCK.now(), self.assertion))

    def messages_list(self, rows: int) -> bytes:
        """getMessagesList of the newest `rows` of the INBOX."""
        page = (1, rows)
        return self._octets(
            self.connector.get_messages_list(consultation.PATH, _CLOCK.now(), self.assertion, indexes=page)
        )

    def attached(self, to: str, data: bytes) -> bytes:
        """sendMessage with the document as an attachment, outside of what is signed."""
        name, boundary = f"{hexadecimal(_CHANCE)}@ehealth.fgov.be", "----=_Part_3_1502882632.1795290942826"
        envelope = self._send(to, data, f"<EncryptableBinaryContent>cid:{name}</EncryptableBinaryContent>")
        body = b"".join(
            (
                f"--{boundary}\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n".encode(),
                envelope,
                f"\r\n--{boundary}\r\nContent-Type: {_MIME_TYPE}\r\nContent-ID: {name}\r\n\r\n".encode(),
                data,
                f"\r\n--{boundary}--".encode(),
            )
        )
        return self._publish(f'multipart/related; boundary="{boundary}"; type="text/xml"', body)

    def inline(self, to: str, data: bytes) -> bytes:
        """sendMessage with the document as base64 in the signed Body."""
        envelope = self._send(to, data, f"<EncryptableTextContent>{_base64(data)}</EncryptableTextContent>")
        return self._publish("text/xml; charset=utf-8", envelope)

    def _send(self, to: str, data: bytes, content: str) -> bytes:
        """A signed envelope of sendMessage of a DOCUMENT to a person's box, without receipts."""
        return self.connector.secured(
            f'<ns2:SendMessageRequest xmlns:ns2="{PUBLICATION}" PublicationId="{identifier(_CHANCE)}">'
            f"<DestinationContext><Id>{to}</Id><Type>INSS</Type><Quality>{_QUALITIES[to]}</Quality>"
            "<OoOProcessed>false</OoOProcessed></DestinationContext><ContentContext><Content><Document>"
            f"<Title>figures of a laboratory</Title>{content}<DownloadFileName>report.bin</DownloadFileName>"
            f"<MimeType>{_MIME_TYPE}</MimeType><Digest>{_base64(hashlib.sha256(data).digest())}</Digest></Document>"
            "</Content><ContentSpecification><ContentType>DOCUMENT</ContentType><IsImportant>false</IsImportant>"
            "<IsEncrypted>false</IsEncrypted><PublicationReceipt>false</PublicationReceipt>"
            "<ReceivedReceipt>false</ReceivedReceipt><ReadReceipt>false</ReadReceipt></ContentSpecification>"
            "</ContentContext></ns2:SendMessageRequest>",
            _CLOCK.now(),
            self.assertion,
        )

    def _publish(self, content_type: str, body: bytes) -> bytes:
        headers = (("Content-Type", content_type), ("SOAPAction", f'"{PUBLICATION}:sendMessage"'))
        return self._octets(HttpRequest(publication.PATH, headers, body))

    def _octets(self, request: HttpRequest) -> bytes:
        return request.octets(self.host)


def caller(authority: Authority, inss: str, server: Running) -> Caller:
    """A person with a new key of the test authority, and an assertion of the server's own STS."""
    entry = authority.person(inss, "BENCH PERSON")
    connector = Connector40(entry.key, entry.certificate, lambda: hexadecimal(_CHANCE))
    asked = [(name, _IDENTIFICATION) for name in _CLAIMS] + [(name, _CERTIFIED) for name in _DESIGNATORS[inss]]
    claims = [(name, inss) for name in _CLAIMS]
    request = connector.request_secure_token(sts.PATHS[0], _CLOCK.now(), claims, asked)
    answer = load.ask(server, request.octets(server.authority))
    end = b"</Assertion>"
    assertion = answer[answer.index(b"<Assertion ") : answer.index(end) + len(end)].decode()
    return Caller(inss, connector, assertion, server.authority)


def content(size: int) -> bytes:
    """So many bytes that nothing can compress."""
    return _CHANCE.octets(size)


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")

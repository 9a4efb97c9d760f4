"""The requests of a case's steps, and how a call is put into HTTP: as it should be, or damaged on its way.

Knows: the elements of both ports, MIME as the connector writes it. Must not know: who calls, what a case expects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.clients.connector40 import CONSULTATION, PUBLICATION, HttpRequest

BOUNDARY = "----=_Part_3_1502882632.1795290942826"


@dataclass(frozen=True)
class Sending:
    """How a case's own call is sent: other headers, another path, bytes that are replaced after it was signed; so many
    seconds after it was signed; twice."""

    path: str = ""
    action: str = '""'
    content_type: str = ""
    replace: Sequence[tuple[str, str]] = ()
    later: int = 0
    twice: bool = False

    def damaged(self, request: HttpRequest) -> HttpRequest:
        """The request as it is sent."""
        body = request.body
        for old, new in self.replace:
            assert old.encode() in body, f"{old} is not in the request"
            body = body.replace(old.encode(), new.encode())
        content_type = self.content_type or dict(request.headers)["Content-Type"]
        headers = (("Content-Type", content_type), ("SOAPAction", self.action))
        return HttpRequest(self.path or request.path, headers, body)


def send_message(step: Mapping[str, Any]) -> str:
    """sendMessage with one document: `to`, and perhaps `text`, `id`, `kind`, `receipts`, `title`, `ooo`, `mail`."""
    text = step.get("text", "ten bytes.")
    receipts = step.get("receipts", ())
    ooo = f"<OoOProcessed>{step['ooo']}</OoOProcessed>" if "ooo" in step else ""
    identifier = f' PublicationId="{step["id"]}"' if "id" in step else ""
    asked = "".join(
        f"<{name}>{str(name in receipts).lower()}</{name}>"
        for name in ("PublicationReceipt", "ReceivedReceipt", "ReadReceipt")
    )
    return (
        f'<p:SendMessageRequest xmlns:p="{PUBLICATION}"{identifier}>{_chosen(step)}'
        + "".join(f"<DestinationContext>{{box:{who}}}{ooo}</DestinationContext>" for who in step["to"])
        + f"<ContentContext><Content><Document><Title>{step.get('title', 'A letter')}</Title>"
        f"<EncryptableTextContent>{{base64:{text}}}</EncryptableTextContent><DownloadFileName>letter.txt"
        f"</DownloadFileName><MimeType>text/plain</MimeType><Digest>{{sha256:{text}}}</Digest></Document></Content>"
        f"<ContentSpecification><ContentType>{step.get('kind', 'DOCUMENT')}</ContentType><IsImportant>false"
        f"</IsImportant><IsEncrypted>false</IsEncrypted>{asked}</ContentSpecification></ContentContext>"
        + "".join(f"<CopyMailTo>{each}</CopyMailTo>" for each in step.get("mail", ()))
        + "</p:SendMessageRequest>"
    )


def consultation(verb: str, step: Mapping[str, Any]) -> str:
    """A request of the consultation port: `source`, `messages`, `start`, `substitutes`, `periods` … by name."""
    name = "GetHistory" if verb == "getMessageHistory" else verb[0].upper() + verb[1:]
    content = _chosen(step)
    for key, tag in (
        ("source", "Source"),
        ("destination", "Destination"),
        ("start", "StartDate"),
        ("end", "EndDate"),
    ):
        content += f"<{tag}>{step[key]}</{tag}>" if key in step else ""
    content += "".join(f"<MessageId>{{{each}}}</MessageId>" for each in step.get("messages", ()))
    content += "".join(f"<Substitute>{{box:{each}}}</Substitute>" for each in step.get("substitutes", ()))
    content += "".join(f"<OoOId>{{{each}}}</OoOId>" for each in step.get("periods", ()))
    return f'<c:{name}Request xmlns:c="{CONSULTATION}">{content}</c:{name}Request>'


def _chosen(step: Mapping[str, Any]) -> str:
    return f"<BoxId>{{box:{step['box']}}}</BoxId>" if "box" in step else ""


def multipart(root: bytes, parts: Mapping[str, str]) -> bytes:
    """As the connector writes it: no start, Content-IDs without brackets, raw bytes."""
    mark = f"--{BOUNDARY}\r\n"
    body = f"{mark}Content-Type: text/xml; charset=utf-8\r\n\r\n".encode() + root
    for name, text in parts.items():
        body += f"\r\n{mark}Content-Type: text/plain\r\nContent-ID: {name}\r\n\r\n{text}".encode()
    return body + f"\r\n--{BOUNDARY}--\r\n".encode()

"""Letters for the tests of the front door, inline and attached, in the layouts of C (also 4.2 and later) and E.

Knows: sendMessage as clients write it, contents that break careless readers. Must not know: what is answered.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.clients.connector40 import Destination, File, HttpRequest, Letter
from tests.door import PUBLICATION as PATH
from tests.front.calls import publication, with_header
from tests.security.builders import Call, envelope

BOUNDARY = "----=_Part_3_1502882632.1795290942826"
# Ends in CR LF, holds the boundary that C and E use, NUL, and every octet there is.
NASTY = b"%PDF-1.4\r\n--" + BOUNDARY.encode() + b"x\r\n--uuid:1\r\n\x00" + bytes(range(256)) + b"\r\n\r\n"
PLAIN = b"A letter with spaces, so that nobody takes it for base64.\r\n"


@dataclass(frozen=True)
class Inline:
    """A letter that stands in the Body with all its contents; `publication_id` None leaves it out (M)."""

    destinations: Sequence[Destination]
    document: File = field(default_factory=lambda: File("Inline", "letter.txt", "plain/text", PLAIN))
    annexes: Sequence[File] = ()
    publication_id: str | None = None
    content_type: str = "DOCUMENT"
    free: str = ""
    custom_metas: Sequence[tuple[str, str]] = ()
    """FreeInformations and what follows it, as XML."""
    references: Sequence[str] = ()
    """Content-IDs: then document and annexes are swaRefs instead."""
    digest: str | None = None
    """Instead of the document's true one."""


def attached(publication_id: str, destinations: Sequence[Destination], **changes: object) -> Letter:
    """A letter for the connector: a document and two annexes, none of them easy."""
    letter = Letter(
        publication_id,
        destinations,
        File("Verslag Hélène & zoon", "verslag.pdf", "application/pdf", NASTY),
        (File("Annex één", "a.txt", "text/plain", PLAIN), File("Annex 2", "b.xml", "text/xml", b"<a/>\r\n")),
        free_text="free <text> & more",
        author="19990116004",
    )
    return replace(letter, **changes)  # type: ignore[arg-type]


def send_message(letter: Inline) -> str:
    """The element of sendMessage."""
    files = (letter.document, *letter.annexes)
    contents = [_content(each, at, letter) for at, each in enumerate(files)]
    metas = "".join(
        f"<CustomMeta><Key>{key}</Key><Value>{value}</Value></CustomMeta>" for key, value in letter.custom_metas
    )
    return publication(
        "SendMessageRequest",
        "".join(_destination(each) for each in letter.destinations)
        + f"<ContentContext><Content>{contents[0]}{letter.free}{''.join(contents[1:])}</Content>"
        f"<ContentSpecification><ContentType>{letter.content_type}</ContentType><IsImportant>false</IsImportant>"
        "<IsEncrypted>false</IsEncrypted><PublicationReceipt>false</PublicationReceipt>"
        "<ReceivedReceipt>false</ReceivedReceipt><ReadReceipt>false</ReadReceipt></ContentSpecification>"
        f"{metas}</ContentContext>",
        "" if letter.publication_id is None else f' PublicationId="{letter.publication_id}"',
    )


def econtract(call: Call, parts: Sequence[tuple[str, bytes]], boundary: str = "uuid:f0197cba-b514") -> HttpRequest:
    """A call in E's layout with its attachments: brackets around Content-Ids, a Content-Transfer-Encoding."""
    mark = f"--{boundary}"
    body = f"{mark}\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n".encode()
    body += b"<?xml version='1.0' encoding='UTF-8'?>" + envelope(replace(call, layout="E"))
    for name, data in parts:
        head = f"\r\n{mark}\r\nContent-Id:<{name}>\r\nContent-Type: application/octet-stream\r\n"
        body += (head + "Content-Transfer-Encoding: binary\r\n\r\n").encode() + data
    request = HttpRequest(PATH, (("SOAPAction", '""'),), body + f"\r\n{mark}--\r\n".encode())
    return with_header(request, "Content-Type", f'multipart/related; type="text/xml"; boundary="{boundary}"')


def sha256(data: bytes) -> str:
    """A Digest (PUB-5)."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _destination(each: Destination) -> str:
    sub_type = f"<SubType>{each.sub_type}</SubType>" if each.sub_type else ""
    return (
        f"<DestinationContext><Id>{each.id}</Id><Type>{each.type}</Type>{sub_type}<Quality>{each.quality}</Quality>"
        "</DestinationContext>"
    )


def _content(each: File, at: int, letter: Inline) -> str:
    name = "Annex" if at else "Document"
    title = f"<Title>{each.title}</Title>"
    if at:
        title = f"<EncryptableTitle>{base64.b64encode(each.title.encode()).decode()}</EncryptableTitle>"
    if letter.references:
        content = f"<EncryptableBinaryContent>cid:{letter.references[at]}</EncryptableBinaryContent>"
    else:
        content = f"<EncryptableTextContent>{base64.b64encode(each.data).decode()}</EncryptableTextContent>"
    digest = letter.digest if letter.digest is not None and not at else sha256(each.data)
    return (
        f"<{name}>{title}{content}<DownloadFileName>{each.name}</DownloadFileName>"
        f"<MimeType>{each.mime_type}</MimeType><Digest>{digest}</Digest></{name}>"
    )

"""What is sent: a letter with its files, as sendMessage's element and as parts beside it.

Knows: the order of sendMessage's elements, the two ways of a content, the two spellings of a part's headers. Must not
know: who sends it and how it is signed, the project.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.clients.elements import element
from tests.clients.names import PUBLICATION
from tests.clients.writing import base64_of, text


@dataclass(frozen=True)
class File:
    """A document or an annex to send."""

    title: str
    name: str
    mime_type: str
    data: bytes
    sealed_title: bytes | None = None
    """What stands for the title of an annex that is encrypted."""


@dataclass(frozen=True)
class Destination:
    """A box to send to."""

    id: str
    type: str
    quality: str
    sub_type: str | None = None


@dataclass(frozen=True)
class Letter:
    """What sendMessage takes in these models."""

    publication_id: str | None
    destinations: Sequence[Destination]
    document: File
    annexes: Sequence[File] = ()
    free_text: str | bytes | None = None
    """bytes: it is sealed."""
    author: str | None = None
    part_order: Sequence[int] | None = None
    """Which file stands where among the parts: 0 is the document, 1 the first annex; None: as they are."""
    application: str | None = "h2 harness"
    important: bool = True
    receipts: bool = True
    ooo_processed: bool = False
    content_type: str = "DOCUMENT"
    encrypted: bool = False


@dataclass(frozen=True)
class Style:
    """How a client writes a letter. `prefix` is that of its element (elements.py); `reference` makes the text of a
    swaRef from a Content-ID, `head` a part's headers from the file and its Content-ID; `important_is_encrypted` says
    of a letter that it is encrypted when it is important."""

    prefix: str
    host: str
    head: Callable[[File, str], str]
    inline_document: bool = False
    sub_type: bool = True
    always_ooo: bool = True
    important_is_encrypted: bool = False
    reference: Callable[[str], str] = "cid:{}".format


@dataclass(frozen=True)
class Written:
    """The element, and the parts that it refers to, with their headers."""

    content: str
    parts: Sequence[tuple[str, bytes]]


def write(letter: Letter, style: Style, identifiers: Callable[[], str]) -> Written:
    """The letter in that style; every attached content gets a Content-ID."""
    files = (letter.document, *letter.annexes)
    ids = ["" if style.inline_document and n == 0 else f"{identifiers()}@{style.host}" for n, _ in enumerate(files)]
    contents = [
        _file(each, style.reference(own) if own else None, annex=n > 0)
        for n, (each, own) in enumerate(zip(files, ids, strict=True))
    ]
    publication_id = f' PublicationId="{letter.publication_id}"' if letter.publication_id is not None else ""
    content = (
        "".join(_destination(each, letter, style) for each in letter.destinations)
        + f"<ContentContext><Content>{contents[0]}{_free(letter)}{''.join(contents[1:])}</Content>"
        f"{_specification(letter, style)}{_author(letter)}</ContentContext>"
    )
    content = element(style.prefix, "SendMessageRequest", PUBLICATION, content, publication_id)
    order = [n for n in letter.part_order or range(len(files)) if ids[n]]
    return Written(content, [(style.head(files[n], ids[n]), files[n].data) for n in order])


def multipart(boundary: str, envelope: bytes, parts: Sequence[tuple[str, bytes]]) -> bytes:
    """The root has a Content-Type and nothing else; nothing follows the last boundary."""
    body = f"--{boundary}\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n".encode() + envelope
    for head, data in parts:
        body += f"\r\n--{boundary}\r\n{head}\r\n\r\n".encode() + data
    return body + f"\r\n--{boundary}--".encode()


def _destination(each: Destination, letter: Letter, style: Style) -> str:
    sub_type = f"<SubType>{each.sub_type}</SubType>" if each.sub_type and style.sub_type else ""
    processed = str(letter.ooo_processed).lower()
    said = f"<OoOProcessed>{processed}</OoOProcessed>" if style.always_ooo or letter.ooo_processed else ""
    return (
        f"<DestinationContext><Id>{each.id}</Id><Type>{each.type}</Type>{sub_type}<Quality>{each.quality}</Quality>"
        f"{said}</DestinationContext>"
    )


def _file(each: File, reference: str | None, *, annex: bool) -> str:
    name, title = "Document", f"<Title>{text(each.title)}</Title>"
    if annex:
        own = each.title.encode() if each.sealed_title is None else each.sealed_title
        name, title = "Annex", f"<EncryptableTitle>{base64_of(own)}</EncryptableTitle>"
    content = f"<EncryptableTextContent>{base64_of(each.data)}</EncryptableTextContent>"
    if reference is not None:
        content = f"<EncryptableBinaryContent>{reference}</EncryptableBinaryContent>"
    return (
        f"<{name}>{title}{content}<DownloadFileName>{text(each.name)}</DownloadFileName>"
        f"<MimeType>{each.mime_type}</MimeType><Digest>{base64_of(hashlib.sha256(each.data).digest())}</Digest></{name}>"
    )


def _free(letter: Letter) -> str:
    if letter.free_text is None:
        return ""
    free = base64_of(letter.free_text if isinstance(letter.free_text, bytes) else letter.free_text.encode())
    return f"<FreeInformations><EncryptableFreeText>{free}</EncryptableFreeText></FreeInformations>"


def _specification(letter: Letter, style: Style) -> str:
    encrypted = str(letter.encrypted or (letter.important and style.important_is_encrypted)).lower()
    application = f"<ApplicationName>{letter.application}</ApplicationName>" if letter.application else ""
    important, wanted = (str(each).lower() for each in (letter.important, letter.receipts))
    receipts = "".join(f"<{name}Receipt>{wanted}</{name}Receipt>" for name in ("Publication", "Received", "Read"))
    return (
        f"<ContentSpecification>{application}<ContentType>{letter.content_type}</ContentType>"
        f"<IsImportant>{important}</IsImportant><IsEncrypted>{encrypted}</IsEncrypted>{receipts}</ContentSpecification>"
    )


def _author(letter: Letter) -> str:
    if letter.author is None:
        return ""
    return f"<CustomMeta><Key>CM-AuthorID</Key><Value>{letter.author}</Value></CustomMeta>"

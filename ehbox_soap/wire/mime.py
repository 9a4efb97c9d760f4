"""SOAP with Attachments: a body of octets to its root document and parts, and back.

Knows: multipart/related as real clients write it and read it. Must not know: XML, references, what a part is for.
The octets of a part are kept exactly. Line ends around parts and of their headers are CR LF and nothing else: with a
bare LF two readers could disagree about where a part ends. What precedes the first boundary and follows the last is
ignored. Nothing here is proportional to more than the length of the body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from ehbox_soap.errors import SoapFault
from ehbox_soap.wire import base64text
from ehbox_soap.wire.headers import MediaType, header_block, media_type

# Ours: the limits of what is read as parts at all.
MAX_PARTS = 200
MAX_HEADER_OCTETS = 8192
MAX_BOUNDARY = 200
# Text that looks like a boundary and is none occurs by design only; each occurrence costs a look.
MAX_LOOKALIKES = 1000

ROOT_ID = "root@ehbox"
TEXT_XML = "text/xml; charset=utf-8"
ANY_OCTETS = "application/octet-stream"

_CONTENT_ID = re.compile(r"[\x21-\x7e]{1,255}")
_BOUNDARY = re.compile(rf"[\x20-\x7e]{{0,{MAX_BOUNDARY - 1}}}[\x21-\x7e]")
_END_OF_LINE = re.compile(rb"(--)?[ \t]*(?:\r\n|\Z)")
_XML_PART = re.compile(r"text/xml[ \t]*(?:;|\Z)", re.IGNORECASE)
_WRITTEN_ID = re.compile(r"[A-Za-z0-9._@-]{1,255}")
_WRITTEN_BOUNDARY = re.compile(r"[A-Za-z0-9._=-]{1,60}")
_WRITTEN_TYPE = re.compile(
    r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?:; ?[A-Za-z0-9_.-]+=(?:[A-Za-z0-9_.:/+-]+|\"[A-Za-z0-9_.:/+ -]*\"))*"
)


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment: the Content-Type as stated ("" if it was not), the bare Content-ID, the decoded octets."""

    content_type: str
    content_id: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What a body holds: the root document, the charset its Content-Type states, the other parts by Content-ID."""

    root: bytes = field(repr=False)
    charset: str | None
    parts: Mapping[str, Part] = field(default_factory=dict, repr=False)


def read(content_type: str, body: bytes) -> Message:
    """Reads a request or an answer.

    SOA-03004: the Content-Type is neither text/xml nor multipart/related of it. SOA-03001: multipart that is not as
    declared. SOA-03007: a part that nothing can refer to, as it has no Content-ID.
    """
    outer = media_type(content_type)
    if outer.name == "text/xml":
        return Message(body, outer.parameters.get("charset"))
    kind = outer.parameters.get("type", "text/xml").partition(";")[0].strip().lower()
    if outer.name != "multipart/related" or kind != "text/xml":
        raise SoapFault("SOA-03004", "Content-Type is neither text/xml nor multipart/related of text/xml")
    parts = [_part(body, start, end) for start, end in _regions(body, outer)]
    root = _root(parts, outer.parameters.get("start"))
    charset = media_type(parts[root].content_type).parameters.get("charset")
    return Message(parts[root].data, charset, _by_id(parts, root))


def _regions(body: bytes, outer: MediaType) -> Iterator[tuple[int, int]]:
    """Where each part, headers included, stands between two boundaries."""
    boundary = outer.parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise SoapFault("SOA-03001", "multipart: boundary is missing or malformed")
    mark = b"\r\n--" + boundary.encode("ascii")
    start, closed = _delimiter_at(body, len(mark) - 2) if body.startswith(mark[2:]) else (-1, False)
    if start < 0:
        _, start, closed = _next_delimiter(body, mark, 0)
    count = 0
    while not closed:
        count += 1
        if count > MAX_PARTS:
            raise SoapFault("SOA-03001", f"multipart: more than {MAX_PARTS} parts")
        end, following, closed = _next_delimiter(body, mark, start)
        yield start, end
        start = following


def _delimiter_at(body: bytes, at: int) -> tuple[int, bool]:
    """Where the line of a boundary that was matched up to `at` ends, and if it closes; (-1, False): it is data."""
    line = _END_OF_LINE.match(body, at)
    if line is None:
        return -1, False
    return line.end(), bool(line[1])


def _next_delimiter(body: bytes, mark: bytes, at: int) -> tuple[int, int, bool]:
    """Where the next boundary begins, where its line ends, and if it is the closing one; SOA-03001 without one."""
    for _ in range(MAX_LOOKALIKES):
        found = body.find(mark, at)
        if found < 0:
            raise SoapFault("SOA-03001", "multipart: a boundary is missing (lines must end in CR LF)")
        following, closed = _delimiter_at(body, found + len(mark))
        if following >= 0:
            return found, following, closed
        at = found + len(mark)
    raise SoapFault("SOA-03001", "multipart: the boundary occurs inside a part")


def _part(body: bytes, start: int, end: int) -> Part:
    headers_end = body.find(b"\r\n\r\n", start, min(end, start + MAX_HEADER_OCTETS))
    if start == end or body.startswith(b"\r\n", start, end):
        headers, begin = {}, min(start + 2, end)
    elif headers_end >= 0:
        headers, begin = header_block(body[start:headers_end]), headers_end + 4
    elif end - start <= MAX_HEADER_OCTETS and body.endswith(b"\r\n", start, end):
        # Without an empty line the part has headers only: the line end after that line is the boundary's.
        headers, begin = header_block(body[start : end - 2]), end
    else:
        raise SoapFault("SOA-03001", f"a part's headers do not end within {MAX_HEADER_OCTETS} octets")
    content_id = headers.get("content-id", "")
    if content_id.startswith("<") and content_id.endswith(">"):
        content_id = content_id[1:-1]
    if "content-id" in headers and not _CONTENT_ID.fullmatch(content_id):
        raise SoapFault("SOA-03001", "a part's Content-ID is malformed")
    decode = _ENCODINGS.get(headers.get("content-transfer-encoding", "binary").lower())
    if decode is None:
        raise SoapFault("SOA-03001", "a part's Content-Transfer-Encoding is not supported")
    return Part(headers.get("content-type", ""), content_id, decode(body[begin:end]))


def _as_is(data: bytes) -> bytes:
    return data


def _from_base64(data: bytes) -> bytes:
    try:
        return base64text.decode(data)
    except ValueError:
        raise SoapFault("SOA-03001", "a part is not in its Content-Transfer-Encoding") from None


_ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {"binary": _as_is, "8bit": _as_is, "7bit": _as_is, "base64": _from_base64}
)


def _root(parts: Sequence[Part], start: str | None) -> int:
    """The index of the root: the part that `start` names, else the first text/xml one, where one that nothing can
    refer to comes before one with a Content-ID (an attachment may be text/xml too, and the order is arbitrary)."""
    xml = [index for index, part in enumerate(parts) if _XML_PART.match(part.content_type)]
    if start:
        wanted = start.strip().removeprefix("<").removesuffix(">")
        xml = [index for index in xml if parts[index].content_id == wanted]
    if not xml:
        raise SoapFault("SOA-03001", "multipart: no root part of type text/xml")
    return min(xml, key=lambda index: bool(parts[index].content_id))


def _by_id(parts: Sequence[Part], root: int) -> Mapping[str, Part]:
    found = {part.content_id: part for part in parts if part.content_id}
    if len(found) < sum(1 for part in parts if part.content_id):
        raise SoapFault("SOA-03001", "multipart: a Content-ID occurs twice")
    if any(not part.content_id for index, part in enumerate(parts) if index != root):
        raise SoapFault("SOA-03007", "a part has no Content-ID, so nothing refers to it")
    found.pop(parts[root].content_id, None)
    return MappingProxyType(found)


def write(root: bytes, parts: Sequence[Part], boundary: str) -> tuple[str, bytes]:
    """The Content-Type and the body for a document and its attachments; without any, the document alone.

    `boundary` is made longer until it occurs in no part. ValueError: a boundary or a Content-ID out of other
    characters than A-Z a-z 0-9 . _ - (and = or @), a Content-ID twice. A Content-Type that a reader may stumble over
    becomes octet-stream.
    """
    if not parts:
        return TEXT_XML, root
    ids = {ROOT_ID, *(part.content_id for part in parts)}
    if len(ids) <= len(parts) or not all(map(_WRITTEN_ID.fullmatch, ids)):
        raise ValueError("a Content-ID is not fit to be written")
    if not _WRITTEN_BOUNDARY.fullmatch(boundary):
        raise ValueError("the boundary is not fit to be written")
    token = boundary
    attempt = 0
    while any(token.encode("ascii") in data for data in (root, *(part.data for part in parts))):
        attempt += 1
        token = f"{boundary}.{attempt}"
    pieces = [_written(token, TEXT_XML, ROOT_ID), root]
    for part in parts:
        pieces += [b"\r\n", _written(token, _written_type(part.content_type), part.content_id), part.data]
    pieces.append(f"\r\n--{token}--\r\n".encode("ascii"))
    return f'multipart/related; boundary="{token}"; type="text/xml"; start="<{ROOT_ID}>"', b"".join(pieces)


def _written(boundary: str, content_type: str, content_id: str) -> bytes:
    return (
        f"--{boundary}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: <{content_id}>\r\n\r\n"
    ).encode("ascii")


def _written_type(content_type: str) -> str:
    """The document's own type, unless it would not survive in a header or make a reader open the part."""
    if _WRITTEN_TYPE.fullmatch(content_type) and not content_type.lower().startswith(("multipart/", "message/")):
        return content_type
    return ANY_OCTETS

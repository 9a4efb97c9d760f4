"""A request without its values: what is left is the layout, byte for byte.

Knows: which pieces of a request vary from call to call. Must not know: any client.
"""

from __future__ import annotations

import re

_UUID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ATTRIBUTES = rb"Id|URI|AssertionID|RequestID|IssueInstant|Issuer|NotBefore|NotOnOrAfter|NameQualifier|PublicationId"
_VARYING = re.compile(rb'((?: |:)(?:%s|Context|Uri|AttributeName)=)"[^"]*"' % _ATTRIBUTES)
_HEADERS = re.compile(rb"^(POST|Host:|Content-Length:|User-Agent:).*?(?=\r?$)", re.MULTILINE)


def skeleton(octets: bytes) -> bytes:
    """Headers, tags, prefixes, declarations, the order of attributes and elements, quotation marks, algorithms, the
    heads of parts; # for texts, for attributes that vary, for parts' contents, ids and the boundary. The assertion, who
    sends to which host and by which user agent are left out."""
    head, _, body = octets.partition(b"\r\n\r\n")
    head = _HEADERS.sub(rb"\1", head)
    boundary = re.search(rb'boundary="([^"]+)"', head)
    if boundary is None:
        return head + b"\r\n\r\n" + _envelope(body)
    before, root, *parts, last = body.split(b"--" + boundary[1])
    pieces = [before, _root(root), *map(_part, parts), last]
    return head.replace(boundary[1], b"#") + b"\r\n\r\n" + b"--#".join(pieces)


def _root(piece: bytes) -> bytes:
    head, blank, envelope = piece.partition(b"\r\n\r\n")
    return head + blank + _envelope(envelope)


def _envelope(octets: bytes) -> bytes:
    octets = re.sub(rb"<Assertion xmlns.*?</Assertion>", b"<Assertion/>", octets, flags=re.DOTALL)
    return _VARYING.sub(rb'\1"#"', re.sub(rb">[^<>]+<", b">#<", octets))


def _part(piece: bytes) -> bytes:
    head, blank, content = piece.partition(b"\r\n\r\n")
    return re.sub(_UUID, b"#", head) + blank + b"#" + content[-2:]

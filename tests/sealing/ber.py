"""CMS as other tools encode it: indefinite lengths, strings in pieces; and where in octets an element stands.

Knows: BER. Must not know: what an element means beyond its place.
"""

from __future__ import annotations

from collections.abc import Sequence

from asn1crypto import parser

END = b"\0\0"


def children(octets: bytes) -> list[bytes]:
    """The elements within an element."""
    _, _, _, _, content, _ = parser.parse(octets, strict=True)
    found = []
    while content:
        size = parser.peek(content)
        found.append(content[:size])
        content = content[size:]
    return found


def content(octets: bytes) -> bytes:
    """What stands in an element."""
    return bytes(parser.parse(octets, strict=True)[4])


def indefinite(first: int, parts: Sequence[bytes]) -> bytes:
    """An element of indefinite length; `first` is its identifier octet."""
    return bytes([first, 0x80]) + b"".join(parts) + END


def in_pieces(first: int, octets: bytes, size: int = 1000) -> bytes:
    """A string in pieces of that many octets."""
    pieces = [octets[start : start + size] for start in range(0, len(octets), size)]
    return indefinite(first | 0x20, [parser.emit(0, 0, 4, piece) for piece in pieces])


def ber_signed(octets: bytes) -> bytes:
    """SignedData as Java's usual library writes it."""
    kind, explicit = children(octets)
    version, digests, encapsulated, *rest = children(children(explicit)[0])
    data_kind, data = children(encapsulated)
    held = indefinite(0x30, [data_kind, indefinite(0xA0, [in_pieces(0x24, content(children(data)[0]))])])
    loose = [indefinite(each[0], children(each)) for each in rest]
    return _around(kind, [version, digests, held, *loose])


def ber_enveloped(octets: bytes) -> bytes:
    """EnvelopedData as Java's usual library writes it."""
    kind, explicit = children(octets)
    version, recipients, encrypted = children(children(explicit)[0])
    data_kind, algorithm, data = children(encrypted)
    held = indefinite(0x30, [data_kind, algorithm, in_pieces(0xA0, content(data))])
    return _around(kind, [version, indefinite(0x31, children(recipients)), held])


def _around(kind: bytes, parts: Sequence[bytes]) -> bytes:
    return indefinite(0x30, [kind, indefinite(0xA0, [indefinite(0x30, parts)])])


def place(octets: bytes, *path: int) -> range:
    """Where the element at a path stands, its header included; a path names a child at each level."""
    start, end = 0, len(octets)
    for index in path:
        start += len(parser.parse(octets[start:end])[3])
        for _ in range(index):
            start += parser.peek(octets[start:end])
        end = start + parser.peek(octets[start:end])
    return range(start, end)

"""swaRef: from a `cid:` in an element to the octets of its part, and back.

Knows: how a reference names a part, that every part is referred to. Must not know: multipart, what the octets are.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.wire.mime import Part

_SCHEME = "cid:"


def _mismatch(tag: str, rule: str) -> SoapFault:
    return SoapFault("SOA-03007", f"{tag}: {rule}")


class Parts:
    """The parts that came with a document, and which of them it refers to.

    Two elements may refer to one part: each gets its octets, and each states its own digest (PUB-5).
    """

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._parts = parts
        self._taken: set[str] = set()

    def take(self, tag: str, reference: str) -> bytes:
        """The octets that the swaRef in element `tag` stands for; percent-decoded, it has to be exactly the
        Content-ID of a part (SOA-03007)."""
        reference = reference.strip(" \t\r\n")
        if reference[: len(_SCHEME)].lower() != _SCHEME:
            raise _mismatch(tag, "the reference is no cid:")
        content_id = unquote(reference[len(_SCHEME) :])
        if content_id not in self._parts:
            raise _mismatch(tag, "no part has the Content-ID that is referred to")
        self._taken.add(content_id)
        return self._parts[content_id].data

    def finish(self) -> None:
        """SOA-03007 if a part was never referred to."""
        spare = len(self._parts) - len(self._taken)
        if spare:
            raise SoapFault("SOA-03007", f"{spare} parts that nothing refers to")


class Attachments:
    """The parts that are to go with a document, under fresh Content-IDs."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.parts: list[Part] = []

    def put(self, content_type: str, data: bytes) -> str:
        """Adds a part and returns the reference to it. No `+` in the id: readers take it for a space."""
        content_id = f"{hexadecimal(self._chance)}@ehbox"
        self.parts.append(Part(content_type, content_id, data))
        return _SCHEME + content_id

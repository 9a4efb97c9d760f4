"""The only source of chance.

Knows: random identifiers in the shapes of the wire. Must not know: what they stand for in a store.
"""

from __future__ import annotations

import random
import secrets
from typing import Protocol

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Chance(Protocol):
    """Gives random bytes; everything else is derived from them."""

    def octets(self, count: int) -> bytes: ...


class SystemChance:
    """The operating system's generator."""

    def octets(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class SeededChance:
    """The same sequence for the same seed; for tests and replays, never for a server."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def octets(self, count: int) -> bytes:
        return self._random.randbytes(count)


def identifier(chance: Chance, length: int = 13) -> str:
    """`length` characters of A-Z a-z 0-9: a MessageId or PublicationId of the wire (13)."""
    # 6 bytes a character make the remainder's bias immeasurable (below 2**-42).
    octets = chance.octets(6 * length)
    return "".join(ALPHABET[int.from_bytes(octets[6 * i : 6 * i + 6]) % 62] for i in range(length))


def hexadecimal(chance: Chance, count: int = 16) -> str:
    """`count` random bytes in lower-case hexadecimal: AssertionIDs, fault ids, Content-IDs."""
    return chance.octets(count).hex()

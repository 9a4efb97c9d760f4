"""What is wrong with sealed content or a token, as one exception.

Knows: that reasons name a structure and a rule. Must not know: any structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import DuplicateExtension, InvalidVersion, UnsupportedGeneralNameType

_WRONG = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, InvalidVersion,
    UnsupportedAlgorithm, DuplicateExtension, UnsupportedGeneralNameType,
)  # fmt: skip


class SealingError(Exception):
    """Content that cannot be sealed, opened or believed. The reason is English and never holds a value."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class OpeningError(SealingError):
    """What is within the encryption is not what was sealed, or does not come out at all.

    Who opens what strangers send tells them no reason: where wrong padding is told apart from wrong content, anybody
    learns by many tries what was sealed by somebody else.
    """


@contextmanager
def reading(place: str) -> Iterator[None]:
    """asn1crypto parses where it is looked at: whatever it, or `cryptography`, finds wrong becomes one SealingError."""
    try:
        yield
    except _WRONG as error:
        raise SealingError(f"{place}: not the ASN.1 that is due") from error

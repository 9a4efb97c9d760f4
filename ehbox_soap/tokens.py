"""Whom an encryption token is for: the types of the ETK depot, their numbers, the KGSS's own identifier.

Knows: how depot, client and certificates name the same one. Must not know: any other room, what a token is. Pure
tables, as qualities.py has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ehbox_soap import qualities

NIHII = "NIHII"
LENGTHS: Mapping[str, int] = {row.etk_type: row.id_length for row in qualities.ALL}
"""The types of the depot, and how many digits the numbers of each have."""


@dataclass(frozen=True, slots=True)
class TokenName:
    """Whom a token is for: `value` has all the digits of its type; `application` is "" for none."""

    type: str
    value: str
    application: str = ""


KGSS = TokenName("CBE", "0809394427", "KGSS")
"""The KGSS: the platform by its CBE number, with an application of its own (wire.md)."""


def padded(type: str, value: str) -> str | None:
    """The number with the zeros on its left that its type's length asks for; None if the type cannot have it.

    A NIHII number of 11 digits is found by its first 8, as everywhere (BOX-2).
    """
    length = LENGTHS.get(type)
    if length is None or not (value.isascii() and value.isdigit()):
        return None
    if type.startswith(NIHII) and len(value) == 11:
        value = value[:length]
    return value.zfill(length) if len(value) <= length else None


def of_box(id: str, type: str, quality: str, sub_type: str | None) -> TokenName | None:
    """Whose token content for a box is sealed by; None for a box that is none (BOX-1), such as ALL."""
    row = qualities.find(quality, type, sub_type)
    value = None if row is None else padded(row.etk_type, id)
    return None if row is None or value is None else TokenName(row.etk_type, value)


def general(type: str) -> str:
    """The kind of number that a type has: certificates of enterprises, CBE and EHP, name no more than that."""
    kind = type.partition("-")[0]
    return kind if kind in ("CBE", "EHP") else type

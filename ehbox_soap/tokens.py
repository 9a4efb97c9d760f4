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


def token_name(type: str, value: str, application: str | None = None) -> TokenName:
    """The name with the zeros on the left of its number that the length of its type asks for.

    A NIHII number of 11 digits is found by its first 8, as everywhere (BOX-2). What is no number stays as it is.
    """
    length = LENGTHS.get(type, 0)
    if value.isascii() and value.isdigit():
        value = value[:length] if type.startswith(NIHII) and len(value) == 11 and length else value.zfill(length)
    return TokenName(type, value, application or "")


def of_box(id: str, type: str, quality: str, sub_type: str | None) -> TokenName | None:
    """Whose token content for a box is sealed by; None for a box that is none (BOX-1), and for all of a quality."""
    row = qualities.find(quality, type, sub_type)
    return None if row is None or not id.isdigit() else token_name(row.etk_type, id)


def general(type: str) -> str:
    """The kind of number that a type has: certificates of enterprises, CBE and EHP, name no more than that."""
    kind = type.partition("-")[0]
    return kind if kind in ("CBE", "EHP") else type

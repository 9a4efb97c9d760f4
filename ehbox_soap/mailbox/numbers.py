"""Numbers that identify: how long they are, and whether their check digits hold (BOX-3).

Knows: Types of the mailbox wire. Must not know: whose number it is.
"""

from __future__ import annotations

_LENGTHS = {"INSS": (11,), "NIHII": (8, 11), "CBE": (10,), "EHP": (10,)}


def is_number(type: str, id: str) -> bool:
    """Whether it has the digits that a Type's Ids have; a NIHII may have 8 or 11 (BOX-2)."""
    return id.isascii() and id.isdigit() and len(id) in _LENGTHS.get(type, ())


def check_digits_hold(inss: str) -> bool:
    """BOX-3: the last two of 11 digits are 97 less the others modulo 97, for those born since 2000 with a 2 before."""
    body, check = int(inss[:9]), int(inss[9:])
    return check in (97 - body % 97, 97 - (2_000_000_000 + body) % 97)

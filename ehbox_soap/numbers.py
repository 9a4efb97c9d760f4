"""Numbers that identify: how long they are, and whether their check digits hold (BOX-3).

Knows: the Types of the mailbox wire, the 97 rule. Must not know: whose number it is. For every room, as clock and
errors are: the register and the mailbox must agree on it.
"""

from __future__ import annotations

_LENGTHS = {"INSS": (11,), "NIHII": (8, 11), "CBE": (10,), "EHP": (10,)}


def is_number(type: str, id: str) -> bool:
    """Whether it has the digits that a Type's Ids have; a NIHII may have 8 or 11 (BOX-2)."""
    return id.isascii() and id.isdigit() and len(id) in _LENGTHS.get(type, ())


def check_digits_hold(inss: str) -> bool:
    """BOX-3: the last two of 11 digits are 97 − n mod 97, n being the first nine; with a 2 before them for people born
    from 2000 on. (A library's check would also refuse dates that numbers without a known birth date carry.)"""
    body, check = int(inss[:9]), int(inss[9:])
    return check in (97 - body % 97, 97 - (2_000_000_000 + body) % 97)


def is_inss(value: str) -> bool:
    """Whether it is an INSS of 11 digits whose check digits hold (BOX-3)."""
    return is_number("INSS", value) and check_digits_hold(value)

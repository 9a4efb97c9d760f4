"""The check digits of a Belgian identification number (BOX-3).

Knows: the 97 rule. Must not know: whose number it is.
"""

from __future__ import annotations


def is_inss(value: str) -> bool:
    """Whether it has 11 digits, the last two of which are 97 − n mod 97, n being the first nine (BOX-3).

    For people born from 2000 on, n has a 2 before it. Numbers of people without a birth date or abroad obey as well.
    """
    if len(value) != 11 or not (value.isascii() and value.isdigit()):
        return False
    base, check = value[:9], int(value[9:])
    return check in (97 - int(base) % 97, 97 - int("2" + base) % 97)

"""Names as they are compared: without accents, case, spaces and marks.

Knows: how letters are folded. Must not know: whose names, where they stand. For every room, as numbers is: the store
keeps names folded and the address book folds what is asked, and the two must agree. Whoever changes `fold` makes a
revision that folds the register anew.
"""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart into a letter and its accent.
_APART = str.maketrans({"ø": "o", "œ": "oe", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def fold(text: str) -> str:
    """Letters and digits only, in lower case: "Van den Bergh-Élan", "VANDENBERGH ELAN" and "vandenberghelan" are one.

    Empty for a text without any letter or digit.
    """
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_APART).casefold()
    return "".join(letter for letter in apart if letter.isalnum())


def fold_mail(text: str) -> str:
    """An e-mail address as it is compared: case is nothing, all else is."""
    return text.strip().casefold()

"""Keyed pseudonyms: the same caller has the same one, and nobody without the key can tell who it is.

Knows: the key's file, HMAC. Must not know: who is named.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from ehbox_soap.ids import Chance
from ehbox_soap.pki.files import create_private

LENGTH = 12


class Pseudonyms:
    """Gives pseudonyms under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of_folder(cls, folder: Path, chance: Chance) -> Pseudonyms:
        """The key of a data folder, made first if there is none (mode 0600); servers that start at once share one."""
        path = folder / "pseudonym.key"
        if not path.exists():
            create_private(path, chance.octets(32))
        return cls(path.read_bytes())

    def of(self, *identifier: str) -> str:
        """12 hexadecimal characters for an identifier in parts."""
        message = "\x1f".join(identifier).encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:LENGTH]

"""The KGSS's keys, encrypted.

Knows: names of keys and octets. Must not know: what the octets hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from .token_tables import kgss_key


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key under a master key: `identifier` 16 octets, `master` 8, `nonce` 12."""

    identifier: bytes
    made_at: datetime
    master: bytes
    nonce: bytes
    sealed: bytes


class KgssKeys:
    """Keys by their names."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: StoredKey) -> None:
        """Keeps a key."""
        values = {name: getattr(new, name) for name in _COLUMNS}
        self._connection.execute(insert(kgss_key).values(**values))

    def find(self, identifier: bytes) -> StoredKey | None:
        """The key of that name."""
        row = self._connection.execute(select(kgss_key).where(kgss_key.c.identifier == identifier)).one_or_none()
        return None if row is None else StoredKey(**{name: getattr(row, name) for name in _COLUMNS})


_COLUMNS = ("identifier", "made_at", "master", "nonce", "sealed")

"""Keys at rest: each under the master key of this server, together with who may have it.

Knows: AES-GCM, the master key's file. Must not know: the database, who asks. A stored key that was changed, or put in
another's place, is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.store.kgss_keys import StoredKey
from ehbox_soap.wire.types.kgss import Credential

MASTER_OCTETS, _NONCE_OCTETS, _NAME_OCTETS = 32, 12, 8


@dataclass(frozen=True, slots=True)
class Kept:
    """A key and who may have it."""

    key: bytes
    allowed: tuple[Credential, ...]
    excluded: tuple[Credential, ...]


class Vault:
    """Encrypts and decrypts keys by one master key, which has 32 octets."""

    def __init__(self, master: bytes) -> None:
        self._cipher = AESGCM(master)
        self._name = hashlib.sha256(b"name of the master key" + master).digest()[:_NAME_OCTETS]

    @classmethod
    def of_folder(cls, folder: Path, chance: Chance) -> Vault:
        """The vault of a data folder, whose master key is made first if there is none (mode 0600).

        Servers that share a database share its keys only if they share this file too. Raises OSError, and ValueError
        for a file of another length.
        """
        path = folder / "kgss.key"
        if not path.exists():
            _make(path, chance)
        octets = path.read_bytes()
        if len(octets) != MASTER_OCTETS:
            raise ValueError(f"{path}: a master key has {MASTER_OCTETS} octets")
        return cls(octets)

    def put(self, identifier: bytes, kept: Kept, now: datetime, chance: Chance) -> StoredKey:
        """The key of that name as it is stored."""
        nonce = chance.octets(_NONCE_OCTETS)
        text = json.dumps(
            {"key": kept.key.hex(), "allowed": _plain(kept.allowed), "excluded": _plain(kept.excluded)},
            separators=(",", ":"),
        )
        sealed = self._cipher.encrypt(nonce, text.encode(), identifier)
        return StoredKey(identifier, now, self._name, nonce, sealed)

    def take(self, stored: StoredKey) -> Kept:
        """The key that was stored. SOA-02001 if it is under another master key than this server's, or was changed."""
        if stored.master != self._name:
            raise SoapFault("SOA-02001", "the key is under another master key than this server's")
        try:
            found = json.loads(self._cipher.decrypt(stored.nonce, stored.sealed, stored.identifier))
        except InvalidTag:
            raise SoapFault("SOA-02001", "the key was changed where it is stored") from None
        return Kept(bytes.fromhex(found["key"]), _credentials(found["allowed"]), _credentials(found["excluded"]))


def _plain(credentials: tuple[Credential, ...]) -> list[list[str | list[str]]]:
    return [[each.namespace, each.name, list(each.values)] for each in credentials]


def _credentials(plain: list[tuple[str, str, list[str]]]) -> tuple[Credential, ...]:
    return tuple(Credential(namespace, name, tuple(values)) for namespace, name, values in plain)


def _make(path: Path, chance: Chance) -> None:
    """A new master key, of mode 0600. Of several processes at once the first one's stays: a link is made or not."""
    draft = path.with_name(f".{path.name}-{hexadecimal(chance, 8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(chance.octets(MASTER_OCTETS))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)

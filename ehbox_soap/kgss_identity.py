"""The KGSS as its clients know it: the keys that it answers by and the token that requests to it are sealed for.

Knows: which files the settings name, what the test authority has instead. Must not know: calls, HTTP, SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from ehbox_soap.config import Settings
from ehbox_soap.etk.intake import stored
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import Keystore
from ehbox_soap.pki.pkcs12 import KeystoreError, read_pkcs12
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.store.tokens import StoredToken
from ehbox_soap.tokens import KGSS


@dataclass(frozen=True, slots=True)
class KgssIdentity:
    """Its keys, and its token as the depot keeps it."""

    keystore: Keystore
    token: StoredToken


def keystore(settings: Settings, authority: Authority) -> Keystore:
    """The KGSS's keys: those of the settings, so that clients of another authority believe it, or the test authority's.

    Raises OSError or ValueError naming the file.
    """
    if not settings.kgss.keystore:
        return authority.kgss
    try:
        found = read_pkcs12(Path(settings.kgss.keystore), settings.kgss.password)
    except KeystoreError as error:
        raise ValueError(f"{settings.kgss.keystore}: {error}") from error
    if found.encryption is None:
        raise ValueError(f"{settings.kgss.keystore}: there is no encryption key in it")
    return found


def identity(settings: Settings, authority: Authority, now: datetime) -> KgssIdentity:
    """Keys and token. Raises OSError or ValueError naming the file: also for a token that is of other keys, or for keys
    of another owner than who the KGSS is to every client."""
    keys = keystore(settings, authority)
    assert keys.encryption is not None
    path = settings.kgss.token or settings.kgss.keystore
    try:
        octets = Path(settings.kgss.token).read_bytes() if settings.kgss.token else authority.token(keys.encryption)
        token = stored(octets, now)
    except SealingError as error:
        raise ValueError(f"{path}: {error.reason}") from error
    if token.name != KGSS:
        raise ValueError(f"{path}: it is of another one than CBE {KGSS.value} with the application {KGSS.application}")
    if token.fingerprint not in {each.certificate.fingerprint(hashes.SHA256()) for each in keys.encryptions}:
        raise ValueError(f"{path}: the token is not for a key of the KGSS's keystore")
    return KgssIdentity(keys, token)

"""The files of an authority's folder: NAME.key and NAME.pem of each entry.

Knows: names of files, PEM. Must not know: what an entry is for.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ehbox_soap.pki.entries import KeyEntry, supported
from ehbox_soap.pki.files import write_private

PUBLIC = 0o644


class AuthorityError(Exception):
    """The folder holds no authority, or something else than one; the text names the file."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While no other process is within, for this folder; the lock ends with the process, however that ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def has_entry(folder: Path, name: str) -> bool:
    """Whether that entry is there, whole: its certificate is written last."""
    return (folder / f"{name}.pem").exists()


def write_entry(folder: Path, name: str, entry: KeyEntry, above: Sequence[x509.Certificate] = ()) -> None:
    """Writes NAME.key, readable by nobody else, then NAME.pem, with the certificates `above` after its own."""
    key = entry.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    octets = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (entry.certificate, *above))
    write_private(folder / f"{name}.key", key)
    write_private(folder / f"{name}.pem", octets, mode=PUBLIC)


def read_entry(folder: Path, name: str, chain: tuple[x509.Certificate, ...]) -> KeyEntry:
    """An entry whose certificate is the first in its file. Raises AuthorityError."""
    for suffix in ("key", "pem"):
        if not (folder / f"{name}.{suffix}").is_file():
            raise AuthorityError(f"{folder / name}.{suffix} is missing")
    try:
        # We wrote it and nobody else may: testing its primes anew would take longer than all else of a start.
        octets = (folder / f"{name}.key").read_bytes()
        key = supported(serialization.load_pem_private_key(octets, None, unsafe_skip_rsa_key_validation=True))
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
    except (ValueError, TypeError):
        raise AuthorityError(f"{folder / name}: the key or the certificate is not readable") from None
    if certificate.public_key() != key.public_key():
        raise AuthorityError(f"{folder / name}: the certificate is not that of the key")
    return KeyEntry(key, certificate, chain)

"""Keystores as PKCS#12, in the algorithms that Java 8 knows.

Knows: the aliases that clients look for, and how two keys stand in one file. Must not know: who the owner is.
`cryptography` writes and reads a file of one key: each key is written so and the safes are joined under one MAC;
reading takes them apart again. Everything is encrypted by pbeWithSHAAnd3-KeyTripleDES-CBC, the MAC is HMAC-SHA1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from asn1crypto import cms
from asn1crypto import pkcs12 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from ehbox_soap.ids import Chance
from ehbox_soap.issuing import issued
from ehbox_soap.pki.entries import KeyEntry, Keystore, supported
from ehbox_soap.pki.files import write_private

AUTHENTICATION_ALIAS = "authentication"
# What current versions of Java take themselves, for the encryption and for the MAC.
_ROUNDS = 10_000
_MAC_SALT_OCTETS = 20


class KeystoreError(Exception):
    """The file is no PKCS#12, the password is wrong, or a key or certificate that a caller needs is not in it."""


def encryption_alias(certificate: x509.Certificate) -> str:
    """The alias under which a client's keystore holds an encryption key: its certificate's serial, in decimal."""
    return str(certificate.serial_number)


def write_pkcs12(path: Path, keystore: Keystore, password: str, chance: Chance) -> None:
    """Writes the keystore to a file of mode 0600, in one step. Raises ValueError if the password is empty."""
    write_private(path, pkcs12_octets(keystore, password, chance))


def pkcs12_octets(keystore: Keystore, password: str, chance: Chance) -> bytes:
    """The keystore as DER; alias `authentication`, with the chain, and the encryption key beside it.

    Raises ValueError if the password is empty: Java could not open the file.
    """
    if not password:
        raise ValueError("a keystore needs a password")
    aliased = [(AUTHENTICATION_ALIAS, keystore.authentication)]
    # Their chain is the authentication certificate and what stands above, which the file holds already.
    aliased += [
        (encryption_alias(entry.certificate), KeyEntry(entry.key, entry.certificate)) for entry in keystore.encryptions
    ]
    safes = [safe for alias, entry in aliased for safe in _safes(_one_key(alias, entry, password))]
    content = asn1.AuthenticatedSafe(safes).dump()
    return _pfx(content, _mac(content, password, chance.octets(_MAC_SALT_OCTETS)))


def read_pkcs12(path: Path, password: str) -> Keystore:
    """Reads a keystore, ours or another tool's. Raises KeystoreError, FileNotFoundError.

    The authentication key is the one with that alias, or else the first that is not for encryption; the encryption
    key is the first whose certificate says keyEncipherment, `earlier` are the others.
    """
    octets = path.read_bytes()
    try:
        # The whole file first: this is what verifies the MAC.
        pkcs12.load_pkcs12(octets, password.encode())
        entries = [_entry(part, password) for part in _single_key_files(octets)]
    except (ValueError, TypeError):
        raise KeystoreError("not a PKCS#12 that this password opens") from None
    encryption = [entry for _, entry in entries if _is_for_encryption(entry.certificate)]
    others = [(alias, entry) for alias, entry in entries if not _is_for_encryption(entry.certificate)]
    if not others:
        raise KeystoreError("there is no authentication key in it")
    named = (entry for alias, entry in others if alias == AUTHENTICATION_ALIAS)
    return Keystore(next(named, others[0][1]), next(iter(encryption), None), tuple(encryption[1:]))


def _one_key(alias: str, entry: KeyEntry, password: str) -> bytes:
    """A complete PKCS#12 of one key, as `cryptography` writes it."""
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303
        .build(password.encode())
    )
    return pkcs12.serialize_key_and_certificates(alias.encode(), entry.key, entry.certificate, entry.chain, encryption)


def _safes(octets: bytes) -> list[cms.ContentInfo]:
    """The parts of a PKCS#12: bags of certificates, usually encrypted, and bags of keys, encrypted one by one."""
    content = asn1.Pfx.load(octets)["auth_safe"]["content"].native
    return list(asn1.AuthenticatedSafe.load(content))


def _pfx(content: bytes, mac: asn1.MacData | None) -> bytes:
    pfx = {"version": "v3", "auth_safe": cms.ContentInfo({"content_type": "data", "content": content})}
    return bytes(asn1.Pfx(pfx | ({"mac_data": mac} if mac is not None else {})).dump())


def _mac(content: bytes, password: str, salt: bytes) -> asn1.MacData:
    """HMAC-SHA1 over the safes. Its key is that of RFC 7292, appendix B, which one block of SHA-1 fills."""
    block = hashlib.sha1(usedforsecurity=False).block_size
    material = bytes([3]) * block + _fill(salt, block) + _fill(password.encode("utf-16-be") + b"\0\0", block)
    for _ in range(_ROUNDS):
        material = hashlib.sha1(material, usedforsecurity=False).digest()
    mac = hmac.HMAC(material, hashes.SHA1())  # noqa: S303
    mac.update(content)
    info = {"digest_algorithm": {"algorithm": "sha1"}, "digest": mac.finalize()}
    return asn1.MacData({"mac": info, "mac_salt": salt, "iterations": _ROUNDS})


def _fill(octets: bytes, block: int) -> bytes:
    """Repeats the octets up to the next full block (RFC 7292, B.2, steps 2 and 3)."""
    size = -(-len(octets) // block) * block
    return (octets * (size // len(octets) + 1))[:size]


def _single_key_files(octets: bytes) -> Iterator[bytes]:
    """The same keystore once per key, with all certificates, so that `cryptography` can read each key.

    These have no MAC: the whole file's was verified before. Keys inside an encrypted safe are not told apart.
    """
    plain = [safe for safe in _safes(octets) if safe["content_type"].native == "data"]
    encrypted = [safe for safe in _safes(octets) if safe["content_type"].native != "data"]
    bags = [bag for safe in plain for bag in asn1.SafeContents.load(safe["content"].native)]
    keys = [bag for bag in bags if bag["bag_id"].native in ("key_bag", "pkcs8_shrouded_key_bag")]
    others = [bag for bag in bags if bag not in keys]
    if not keys:
        yield octets
    for key in keys:
        contents = asn1.SafeContents([key, *others]).dump()
        data = cms.ContentInfo({"content_type": "data", "content": contents})
        yield _pfx(asn1.AuthenticatedSafe([*encrypted, data]).dump(), None)


def _entry(octets: bytes, password: str) -> tuple[str | None, KeyEntry]:
    """The one key of a file, with its alias; raises ValueError if the key or its certificate is missing."""
    loaded = pkcs12.load_pkcs12(octets, password.encode())
    if loaded.cert is None:
        raise ValueError("a key without its certificate")
    certificate = loaded.cert.certificate
    alias = loaded.cert.friendly_name.decode(errors="replace") if loaded.cert.friendly_name else None
    chain = tuple(_chain(certificate, [other.certificate for other in loaded.additional_certs]))
    return alias, KeyEntry(supported(loaded.key), certificate, chain)


def _chain(certificate: x509.Certificate, others: Iterable[x509.Certificate]) -> Iterator[x509.Certificate]:
    """The certificates above one, found by signature: an encryption certificate has the very name of its issuer."""
    left = list(others)
    while issuer := next((other for other in left if issued(certificate, other)), None):
        yield issuer
        left.remove(issuer)
        certificate = issuer


def _is_for_encryption(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_encipherment
    except x509.ExtensionNotFound:
        return False

"""EnvelopedData around octets: a content key, wrapped for each recipient.

Knows: RFC 5652, 6, recipients by certificate (key transport) and by a shared key (AES key wrap, RFC 3565). Must not
know: what the octets are. Nothing here tells whether octets were changed: what is enveloped is signed around.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, core
from cryptography import x509
from cryptography.hazmat.primitives import ciphers, keywrap
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.padding import PKCS7

from ehbox_soap.ids import Chance
from ehbox_soap.sealing import algorithms, asn1
from ehbox_soap.sealing.asn1 import Name
from ehbox_soap.sealing.errors import SealingError, reading
from ehbox_soap.sealing.signed import Holder

_CIPHER, _KEY_OCTETS, _BLOCK_OCTETS = "aes128_cbc", 16, 16
MAX_RECIPIENTS = 1000
_CANNOT = "EnvelopedData: cannot be decrypted"


@dataclass(frozen=True, slots=True)
class SharedKey:
    """An AES key that sender and recipient have, and how CMS names it. Raises ValueError for another length."""

    key: bytes
    identifier: bytes

    def __post_init__(self) -> None:
        if len(self.key) not in algorithms.WRAPS:
            raise ValueError("a shared key has 16, 24 or 32 octets")


Recipient = x509.Certificate | SharedKey


def encrypt(data: bytes, recipients: Sequence[Recipient], chance: Chance) -> bytes:
    """A ContentInfo of EnvelopedData for these recipients, AES-128-CBC.

    Raises SealingError if there are none, or if one's certificate is not for RSA.
    """
    if not recipients:
        raise SealingError("EnvelopedData: nobody to encrypt for")
    key, start = chance.octets(_KEY_OCTETS), chance.octets(_BLOCK_OCTETS)
    padder = PKCS7(_BLOCK_OCTETS * 8).padder()
    encryptor = ciphers.Cipher(AES(key), modes.CBC(start)).encryptor()
    encrypted = encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
    shared = any(isinstance(each, SharedKey) for each in recipients)
    content = {
        # RFC 5652, 6.1: recipients that are not named by issuer and serial make it version 2.
        "version": "v2" if shared else "v0",
        "recipient_infos": [_recipient(key, each) for each in recipients],
        "encrypted_content_info": {
            "content_type": "data",
            "content_encryption_algorithm": {"algorithm": _CIPHER, "parameters": core.OctetString(start)},
            "encrypted_content": encrypted,
        },
    }
    return asn1.content_info("enveloped_data", cms.EnvelopedData(content))


def _recipient(key: bytes, recipient: Recipient) -> cms.RecipientInfo:
    if isinstance(recipient, SharedKey):
        info = {
            "version": "v4",
            "kekid": {"key_identifier": recipient.identifier},
            "key_encryption_algorithm": {"algorithm": algorithms.WRAPS[len(recipient.key)]},
            "encrypted_key": keywrap.aes_key_wrap(recipient.key, key),
        }
        return cms.RecipientInfo({"kekri": cms.KEKRecipientInfo(info)})
    public = recipient.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise SealingError("EnvelopedData: a recipient's encryption certificate is not for an RSA key")
    info = {
        "version": "v0",
        "rid": cms.RecipientIdentifier({"issuer_and_serial_number": Name.of(recipient).asn1()}),
        "key_encryption_algorithm": algorithms.key_transport(),
        "encrypted_key": public.encrypt(key, padding.PKCS1v15()),
    }
    return cms.RecipientInfo({"ktri": cms.KeyTransRecipientInfo(info)})


def decrypt(octets: bytes, keys: Sequence[Holder], shared: Sequence[SharedKey], chance: Chance) -> bytes:
    """The octets that were encrypted for one of these keys: AES-128-CBC or AES-256-CBC.

    Raises SealingError; whatever a key makes of octets that are not for it ends in the same words.
    """
    with reading("EnvelopedData"):
        content = asn1.content_of(octets, "enveloped_data")
        encrypted = content["encrypted_content_info"]
        algorithm = encrypted["content_encryption_algorithm"]
        name = algorithm["algorithm"].native
        if encrypted["content_type"].native != "data" or isinstance(encrypted["encrypted_content"], core.Void):
            raise SealingError("EnvelopedData: does not hold data")
        if name not in algorithms.CIPHERS:
            raise SealingError("content encryption algorithm: not accepted")
        start = algorithm["parameters"].native
        data = asn1.string(encrypted["encrypted_content"])
        if len(start) != _BLOCK_OCTETS or not data or len(data) % _BLOCK_OCTETS:
            raise SealingError(_CANNOT)
        wrapped = list(_wrapped(content["recipient_infos"], keys, shared))
    if not wrapped:
        raise SealingError("EnvelopedData: not for any key that is here")
    size = algorithms.CIPHERS[name]
    key = wrapped[0].unwrap(size, chance.octets(size))
    decryptor = ciphers.Cipher(AES(key), modes.CBC(start)).decryptor()
    unpadder = PKCS7(_BLOCK_OCTETS * 8).unpadder()
    try:
        return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        raise SealingError(_CANNOT) from None


@dataclass(frozen=True, slots=True)
class _Wrapped:
    """A content key as it is wrapped for a key that is here."""

    octets: bytes
    by: Holder | SharedKey
    padding: padding.AsymmetricPadding | None = None

    def unwrap(self, size: int, instead: bytes) -> bytes:
        """The content key; `instead` of one that does not come out, so that nobody learns why (RFC 3218)."""
        try:
            if isinstance(self.by, SharedKey):
                key = keywrap.aes_key_unwrap(self.by.key, self.octets)
            else:
                assert isinstance(self.by.key, rsa.RSAPrivateKey)
                assert self.padding is not None
                key = self.by.key.decrypt(self.octets, self.padding)
        except (ValueError, keywrap.InvalidUnwrap):
            return instead
        return key if len(key) == size else instead


def _wrapped(infos: Any, keys: Sequence[Holder], shared: Sequence[SharedKey]) -> Iterator[_Wrapped]:
    if len(infos) > MAX_RECIPIENTS:
        raise SealingError(f"EnvelopedData: more than {MAX_RECIPIENTS} recipients")
    named = {Name.of(each.certificate): each for each in keys if isinstance(each.key, rsa.RSAPrivateKey)}
    for info in infos:
        found = info.chosen
        if info.name == "ktri" and found["rid"].name == "issuer_and_serial_number":
            if holder := named.get(Name.read(found["rid"].chosen)):
                way = algorithms.transport_padding(found["key_encryption_algorithm"])
                yield _Wrapped(asn1.string(found["encrypted_key"]), holder, way)
        elif info.name == "kekri":
            name = found["key_encryption_algorithm"]["algorithm"].native
            for each in shared:
                same = asn1.string(found["kekid"]["key_identifier"]) == each.identifier
                if same and name == algorithms.WRAPS[len(each.key)]:
                    yield _Wrapped(asn1.string(found["encrypted_key"]), each)

"""What the depot takes: a token that is whole, and tells by its certificates whom it is for.

Knows: what is checked of a token before it is kept. Must not know: who brings it.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime

from cryptography.hazmat.primitives import hashes

from ehbox_soap.errors import SoapFault
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.sealing.token import EncryptionToken, read_token
from ehbox_soap.security.subject import identity
from ehbox_soap.store.tokens import StoredToken
from ehbox_soap.tokens import token_name

_ARMOUR = re.compile(rb"-----[A-Z0-9 ]+-----")
_CONSTRUCTED = b"\x30"


def stored(octets: bytes, now: datetime) -> StoredToken:
    """A token as the depot keeps it, from DER or BER, or either in base64 with or without armour.

    It must hold by its depot's signature, its inner certificate be issued by the owner's authentication certificate in
    the same name, and that name be somebody's; it may be one of another depot, whose chain is not asked for. Raises
    SealingError.
    """
    token = read_token(_decoded(octets))
    try:
        owner = identity(token.authentication)
    except SoapFault as fault:
        raise SealingError(f"token: {fault.reason}") from fault
    name = token_name(owner.type, owner.number, owner.application)
    if len(name.type) > 40 or len(name.value) > 11 or len(name.application) > 64:
        raise SealingError("token: the identity in its certificate is longer than any can be")
    return StoredToken(
        name=name,
        serial=str(token.encryption.serial_number),
        not_before=max(token.encryption.not_valid_before_utc, token.authentication.not_valid_before_utc),
        not_after=min(token.encryption.not_valid_after_utc, token.authentication.not_valid_after_utc),
        fingerprint=fingerprint(token),
        octets=token.octets,
        added_at=now,
    )


def fingerprint(token: EncryptionToken) -> bytes:
    """By what the depot knows a token again: SHA-256 of its encryption certificate."""
    return token.encryption.fingerprint(hashes.SHA256())


def _decoded(octets: bytes) -> bytes:
    if octets.startswith(_CONSTRUCTED):
        return octets
    try:
        return base64.b64decode(b"".join(_ARMOUR.sub(b"", octets).split()), validate=True)
    except binascii.Error:
        raise SealingError("token: neither DER nor base64") from None

"""The challenge by which a holder of key proves itself where another certificate identified the caller (WS-Trust 1.3).

Knows: how what was wished is sealed into the challenge, so that nothing is kept meanwhile and every worker can go on
with it. Must not know: XML, what is granted. That the challenge is asked for at all is the platform's own way; what
stands in it, and how long it holds, is ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ehbox_soap.security.saml import Attribute
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.signer import Signer
from ehbox_soap.sts.wish import Asked, Wish

LIFE = timedelta(minutes=5)
_PURPOSE = b"ehbox-soap: challenge of the STS"
_TAG = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Pending:
    """A wish whose holder has still to prove its key; `identification` has proved its own."""

    identification: x509.Certificate
    wish: Wish


def seal(pending: Pending, now: datetime, signer: Signer) -> str:
    """The challenge, for LIFE from now."""
    wish = pending.wish
    octets = json.dumps(
        {
            "ends": (now + LIFE).isoformat(),
            "identification": _text(pending.identification),
            "holder": _text(wish.holder),
            "claims": [[claim.namespace, claim.name, list(claim.values)] for claim in wish.claims],
            "asked": [[asked.namespace, asked.name] for asked in wish.asked],
            "span": [wish.not_before.isoformat(), wish.not_on_or_after.isoformat()],
        }
    ).encode()
    return base64.b64encode(_tag(octets, signer) + octets).decode()


def unseal(challenge: str, now: datetime, signer: Signer) -> Pending:
    """What was sealed. Raises StsFailure for a challenge that is none of ours, or over."""
    try:
        sealed = base64.b64decode("".join(challenge.split()), validate=True)
    except (binascii.Error, ValueError):
        sealed = b""
    tag, octets = sealed[:_TAG], sealed[_TAG:]
    # Before anything in it is looked at.
    if not hmac.compare_digest(tag, _tag(octets, signer)):
        raise StsFailure("The challenge is none of this STS", "FailedAuthentication")
    found: dict[str, Any] = json.loads(octets)
    if datetime.fromisoformat(found["ends"]) <= now:
        raise StsFailure("The challenge has passed", "ExpiredData")
    not_before, not_on_or_after = map(datetime.fromisoformat, found["span"])
    wish = Wish(
        holder=_certificate(found["holder"]),
        claims=tuple(Attribute(namespace, name, tuple(values)) for namespace, name, values in found["claims"]),
        asked=tuple(Asked(namespace, name) for namespace, name in found["asked"]),
        not_before=not_before,
        not_on_or_after=not_on_or_after,
    )
    return Pending(_certificate(found["identification"]), wish)


def _tag(octets: bytes, signer: Signer) -> bytes:
    """A key of its own, made of the STS's: the same in every worker and after a restart."""
    secret = signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    key = HKDF(hashes.SHA256(), 32, salt=None, info=_PURPOSE).derive(secret)
    return hmac.new(key, octets, hashlib.sha256).digest()


def _text(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def _certificate(text: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(text))

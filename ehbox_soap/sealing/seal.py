"""Sealed content in its one format (wire.md, "Sealed content"): signed, encrypted, signed again.

Knows: the three layers, what each must be. Must not know: what is sealed, who may read it, how a chain is believed:
that is brought along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import Chance
from ehbox_soap.sealing import enveloped, signed
from ehbox_soap.sealing.algorithms import SEALED
from ehbox_soap.sealing.enveloped import Recipient, SharedKey
from ehbox_soap.sealing.errors import OpeningError, SealingError
from ehbox_soap.sealing.signed import Holder

SKEW = timedelta(minutes=5)
"""How far the clock of who sealed may be ahead of who opens (ours)."""

Believe = Callable[[x509.Certificate, datetime, Sequence[x509.Certificate]], object]
"""Demands that a certificate may sign and has a chain to a trusted authority at that moment, perhaps by way of some of
the certificates that came along with it. Raises SoapFault or SealingError."""


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What was sealed, by whose certificate, and when as that one says; `fingerprint`: of this very sealing."""

    data: bytes
    signer: x509.Certificate
    signed_at: datetime
    fingerprint: str
    others: tuple[x509.Certificate, ...] = ()
    """The certificates that came along with the signer's."""


def seal(data: bytes, signer: Holder, recipients: Sequence[Recipient], now: datetime, chance: Chance) -> bytes:
    """Seals data by the signer's authentication key for these recipients.

    Recipients are encryption certificates, the sender's own among them where it wants to read it again, and shared
    keys. Raises SealingError for a recipient whose key is not RSA, or none.
    """
    inner = signed.sign(data, signer, now, (), pss=True)
    content = enveloped.encrypt(inner, recipients, chance)
    return signed.sign(content, signer, now, (signer.certificate, *signer.chain[:1]), pss=True)


def unseal(
    octets: bytes,
    keys: Sequence[Holder],
    believe: Believe,
    now: datetime,
    chance: Chance,
    shared: Sequence[SharedKey] = (),
) -> Unsealed:
    """Opens what was sealed for one of these encryption keys or shared keys, and verifies all of it.

    Both signatures hold, by the same certificate, which may sign and has a chain at the signing time: what was sealed
    in time stays readable. Raises SealingError; OpeningError for what is within the encryption.
    """
    outer = signed.read(octets, SEALED)
    signer = outer.signer_certificate()
    others = tuple(each for each in outer.certificates if each != signer)
    signed_at = _signing_time(outer, now)
    try:
        believe(signer, signed_at, others)
    except SoapFault as fault:
        raise SealingError(f"signer: {fault.reason}") from fault
    outer.verify(signer)
    try:
        inner = signed.read(enveloped.decrypt(outer.data, keys, shared, chance), SEALED)
        # By its name and by its key: an inner signature of another one would be somebody else's content, sealed again.
        inner.verify(signer)
        _signing_time(inner, now)
    except SealingError as error:
        raise OpeningError(error.reason) from error
    return Unsealed(inner.data, signer, signed_at, outer.fingerprint, others)


def _signing_time(layer: signed.Signed, now: datetime) -> datetime:
    if layer.signed_at is None:
        raise SealingError("signed attributes: without signing time")
    if layer.signed_at > now + SKEW:
        raise SealingError("signed attributes: the signing time is in the future")
    return layer.signed_at

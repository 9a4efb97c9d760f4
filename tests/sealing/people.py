"""Who seals and opens in these tests.

Knows: keys of a test authority. Must not know: what any test expects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.sealing.enveloped import Recipient, SharedKey
from ehbox_soap.sealing.seal import Unsealed, seal, unseal
from ehbox_soap.security.trust import Trust

NOW = SetClock().moment
DATA = b"A letter of a few lines.\r\nGr\xc3\xbc\xc3\x9fe\n\x00"
SHARED = SharedKey(bytes(range(16)), b"shared-1")


@dataclass(frozen=True)
class People:
    """A doctor with an RSA key, a nurse with an EC key, both with encryption keys; and what a client trusts."""

    authority: Authority
    doctor: KeyEntry
    doctor_encryption: KeyEntry
    nurse: KeyEntry
    nurse_encryption: KeyEntry
    trust: Trust

    def believe(self, certificate: x509.Certificate, now: datetime, others: Sequence[x509.Certificate]) -> None:
        """As a client believes."""
        self.trust.believe(certificate, "certificate", now, others)

    def seal(self, data: bytes = DATA, signer: KeyEntry | None = None, *recipients: Recipient) -> bytes:
        """By the doctor for the nurse, or as said."""
        to = recipients or (self.nurse_encryption.certificate, self.doctor_encryption.certificate)
        return seal(data, signer or self.doctor, to, NOW, SeededChance(2))

    def open(self, octets: bytes, *keys: KeyEntry, now: datetime = NOW, shared: Sequence[SharedKey] = ()) -> Unsealed:
        """As the nurse, or with other keys."""
        held = keys or (self.nurse_encryption,)
        return unseal(octets, held, self.believe, now, SeededChance(3), shared)


@cache
def people() -> People:
    """Made once: keys are dear."""
    with TemporaryDirectory() as folder:
        authority = Authority.create(Path(folder) / "pki", SetClock(), SeededChance(1))
    doctor = authority.person("71031499894", "Dora Voorbeeld")
    nurse = authority.person("85061999865", "Noor Voorbeeld", kind="ec")
    trust = Trust(authority.certificates, ())
    return People(authority, doctor, authority.encryption(doctor), nurse, authority.encryption(nurse), trust)

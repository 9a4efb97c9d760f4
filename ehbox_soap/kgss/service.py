"""What the KGSS decides: who gets a new key, who gets one again, and for whom the answer is sealed.

Knows: the order unseal -> content -> caller -> key -> seal. Must not know: XML (what reads and writes a content is
brought along), how a call is secured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from cryptography import x509

from ehbox_soap.errors import SoapFault
from ehbox_soap.etk.intake import fingerprint
from ehbox_soap.ids import Chance
from ehbox_soap.kgss.access import Attribute, may_read
from ehbox_soap.kgss.answers import SUCCESS, KgssRefusal
from ehbox_soap.kgss.vault import Kept, Vault
from ehbox_soap.sealing.enveloped import Recipient, SharedKey
from ehbox_soap.sealing.errors import OpeningError, SealingError
from ehbox_soap.sealing.seal import Unsealed, seal, unseal
from ehbox_soap.sealing.signed import Holder
from ehbox_soap.sealing.token import read_token
from ehbox_soap.security.subject import identity
from ehbox_soap.security.trust import Trust
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire.types.kgss import (
    GetKeyRequest,
    GetKeyRequestContent,
    GetKeyResponse,
    GetKeyResponseContent,
    GetNewKeyRequest,
    GetNewKeyRequestContent,
    GetNewKeyResponse,
    GetNewKeyResponseContent,
)

KEY_OCTETS, IDENTIFIER_OCTETS = 16, 16
"""AES of 128 bits, which every client's Java takes (ours; wire.md: 128 and more)."""

Content = GetNewKeyRequestContent | GetNewKeyResponseContent | GetKeyRequestContent | GetKeyResponseContent
C = TypeVar("C", GetNewKeyRequestContent, GetKeyRequestContent)


class Codec(Protocol):
    """Reads and writes what is sealed."""

    def read(self, octets: bytes) -> object:
        """The content in octets. Raises SoapFault for what is none."""

    def write(self, content: Content) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Kgss:
    """The service with its own keys; `trust` tells whose seal is believed.

    `life` and `skew`: how long ago a request for a new key may have been sealed, and how far ahead (ours).
    """

    signer: Holder
    keys: Sequence[Holder]
    trust: Trust
    vault: Vault
    chance: Chance
    life: timedelta
    skew: timedelta

    def get_new_key(
        self, request: GetNewKeyRequest, begin: Callable[[Unsealed, datetime], Transaction], now: datetime, codec: Codec
    ) -> GetNewKeyResponse:
        """A new key for whoever sealed the request. Raises KgssRefusal.

        `begin` opens the writing transaction and is told who sealed what, and until when the same must not come again:
        anybody may call, and before the seal holds nobody may keep others from writing.
        """
        unsealed = self._open(request.sealed, now)
        until = self._taken_until(unsealed.signed_at, now)
        content = _content(unsealed, GetNewKeyRequestContent, codec)
        transaction = begin(unsealed, until)
        recipient = self._recipient(content.etk, unsealed.signer, transaction, now)
        identifier, key = self.chance.octets(IDENTIFIER_OCTETS), self.chance.octets(KEY_OCTETS)
        kept = Kept(key, content.allowed, content.excluded)
        transaction.kgss_keys.add(self.vault.put(identifier, kept, now, self.chance))
        sealed = self._seal(codec.write(GetNewKeyResponseContent(identifier, key)), recipient, now)
        return GetNewKeyResponse(SUCCESS, sealed=sealed)

    def get_key(
        self,
        request: GetKeyRequest,
        caller: tuple[x509.Certificate, Sequence[Attribute]],
        transaction: Transaction,
        now: datetime,
        codec: Codec,
    ) -> GetKeyResponse:
        """A key for a caller whose certificate and certified attributes are these. Raises KgssRefusal.

        That a key is unknown, and that it is not for this caller, is told in the same words.
        """
        holder, attributes = caller
        unsealed = self._open(request.sealed, now)
        if not _same_owner(unsealed.signer, holder):
            raise KgssRefusal("CALLER")
        content = _content(unsealed, GetKeyRequestContent, codec)
        recipient = self._answer_key(content, unsealed.signer, transaction, now)
        stored = transaction.kgss_keys.find(content.identifier)
        kept = None if stored is None else self.vault.take(stored)
        if kept is None or not may_read(attributes, kept.allowed, kept.excluded):
            raise KgssRefusal("KEY")
        sealed = self._seal(codec.write(GetKeyResponseContent(kept.key)), recipient, now)
        return GetKeyResponse(SUCCESS, sealed=sealed)

    def _open(self, octets: bytes, now: datetime) -> Unsealed:
        """Unsealed by the service's own keys; whoever sealed is believed now, not only when it signed."""

        def believe(signer: x509.Certificate, signed_at: datetime, others: Sequence[x509.Certificate]) -> None:
            self.trust.believe_signed(signer, "signer", signed_at, now, others)

        try:
            unsealed = unseal(octets, self.keys, believe, now, self.chance)
            self.trust.believe(unsealed.signer, "signer", now, unsealed.others)
        except OpeningError:
            # No reason, neither to whoever asks nor to the log.
            raise KgssRefusal("SEALED_CONTENT", "what is within the encryption is not what is due") from None
        except SealingError as error:
            raise KgssRefusal("SEALED_CONTENT", error.reason) from error
        except SoapFault as fault:
            raise KgssRefusal("SEALED_CONTENT", fault.reason) from fault
        return unsealed

    def _taken_until(self, signed_at: datetime, now: datetime) -> datetime:
        """The end of what was sealed then; nothing but its signing time tells how old an unsecured call is."""
        if signed_at > now + self.skew:
            raise KgssRefusal("SEALED_CONTENT", "signed attributes: the signing time is in the future")
        until = signed_at + self.life
        if until <= now:
            raise KgssRefusal("SEALED_CONTENT", "signed attributes: the signing time is too long ago")
        return until

    def _answer_key(
        self, content: GetKeyRequestContent, signer: x509.Certificate, transaction: Transaction, now: datetime
    ) -> Recipient:
        """What the answer is sealed for; without a name of the symmetric key, the name of the key asked for (ours)."""
        if content.etk is not None:
            return self._recipient(content.etk, signer, transaction, now)
        if content.key_encryption_key is None:
            raise KgssRefusal("ANSWER_KEY")
        try:
            return SharedKey(content.key_encryption_key, content.key_encryption_key_identifier or content.identifier)
        except ValueError:
            raise KgssRefusal("ANSWER_KEY") from None

    def _recipient(
        self, etk: bytes, signer: x509.Certificate, transaction: Transaction, now: datetime
    ) -> x509.Certificate:
        """The encryption certificate in the caller's own token, which the depot gives out: a revoked one is none, and
        neither is one whose owner's certificate is revoked."""
        try:
            token = read_token(etk)
        except SealingError as error:
            raise KgssRefusal("ETK", error.reason) from error
        if not transaction.tokens.is_given(fingerprint(token), now) or not _same_owner(token.authentication, signer):
            raise KgssRefusal("ETK")
        if self.trust.is_revoked(token.authentication, now):
            raise KgssRefusal("ETK")
        return token.encryption

    def _seal(self, octets: bytes, recipient: Recipient, now: datetime) -> bytes:
        return seal(octets, self.signer, (recipient,), now, self.chance)


def _content(unsealed: Unsealed, kind: type[C], codec: Codec) -> C:
    try:
        content = codec.read(unsealed.data)
    except SoapFault as fault:
        raise KgssRefusal("CONTENT", fault.reason) from fault
    if not isinstance(content, kind):
        raise KgssRefusal("CONTENT")
    return content


def _same_owner(one: x509.Certificate, other: x509.Certificate) -> bool:
    """Whether two certificates are for the same person or organisation, whichever its application is."""
    try:
        first, second = identity(one), identity(other)
    except SoapFault:
        return False
    return (first.type, first.number) == (second.type, second.number)

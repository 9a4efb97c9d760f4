"""Encrypted messages: each encryptable field sealed by itself, for every recipient and for the sender.

Knows: which fields are encryptable, whose tokens a message needs. Must not know: CMS, how a message is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509

from ehbox_soap.client.designators import Owner, owner
from ehbox_soap.client.errors import SealedError
from ehbox_soap.client.etk_depot import EtkDepot
from ehbox_soap.errors import SoapFault
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.sealing.seal import Unsealed, seal, unseal
from ehbox_soap.wire.types import (
    Annex,
    Content,
    FreeInformations,
    FreeTable,
    FreeText,
    FullMessage,
    MessageContent,
    OldFreeInformation,
    SendMessageRequest,
)

_Field = Callable[[str, bytes], bytes]
"""Seals or opens one field, of which the first is the name."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A message with its contents in the open, by whose certificate they were sealed, and when the first of them was.

    Whether that one is the sender whom the message names is for the reader to look at: an organisation's letters may
    be sealed by a person of it.
    """

    message: FullMessage
    signer: Owner
    certificate: x509.Certificate
    signed_at: datetime


class Sealing:
    """Seals by the session's authentication key, opens by its encryption keys."""

    def __init__(self, depot: EtkDepot) -> None:
        self.depot = depot
        self.session = depot.session

    def seal(self, request: SendMessageRequest) -> SendMessageRequest:
        """The message as it is sent encrypted: every encryptable field sealed, IsEncrypted true, no digests (they are
        made of the sealed octets when it is sent).

        Raises EtkError for a recipient, or a sender, without a token, SealedError for one whose key is not RSA.
        """
        tokens = [self.depot.of_box(each.box) for each in request.destinations]
        recipients = tuple(dict.fromkeys(token.encryption for token in (*tokens, self.depot.own())))
        now, chance, entry = self.session.clock.now(), self.session.chance, self.session.entry

        def one(field: str, octets: bytes) -> bytes:
            try:
                return seal(octets, entry, recipients, now, chance)
            except SealingError as error:
                raise SealedError(field, error.reason) from error

        specification = replace(request.specification, is_encrypted=True)
        return replace(request, content=_each_field(request.content, one), specification=specification)

    def unseal(self, message: FullMessage) -> Opened:
        """The message in the open. Raises SealedError if it is not encrypted, not for this session's keys, or if any
        field of it was changed or sealed by another one than the rest."""
        if not message.specification.is_encrypted:
            raise SealedError("IsEncrypted", "the message is not encrypted")
        found: list[Unsealed] = []

        def one(field: str, octets: bytes) -> bytes:
            opened = self.unseal_field(octets, field)
            if found and opened.signer != found[0].signer:
                raise SealedError(field, "sealed by another one than the rest of the message")
            found.append(opened)
            return opened.data

        content = _each_field(message.content, one)
        signer = found[0].signer
        signed_at = min(each.signed_at for each in found)
        return Opened(replace(message, content=content), _owner(signer), signer, signed_at)

    def unseal_field(self, octets: bytes, field: str = "sealed content") -> Unsealed:
        """One field in the open, such as a list row's patient. Raises SealedError."""
        session = self.session
        try:
            return unseal(octets, session.encryption, self._believe, session.clock.now(), session.chance)
        except SealingError as error:
            raise SealedError(field, error.reason) from error

    def _believe(self, certificate: x509.Certificate, now: datetime, others: Sequence[x509.Certificate]) -> None:
        self.session.trust.believe(certificate, "the signer's certificate", now, others)


def _owner(certificate: x509.Certificate) -> Owner:
    try:
        return owner(certificate)
    except SoapFault as fault:
        raise SealedError("signer", fault.reason) from fault


def _each_field(content: MessageContent, one: _Field) -> MessageContent:
    """The content with every field that the contract calls Encryptable put through `one`."""

    def file(name: str, held: Content) -> Content:
        return replace(held, data=one(name, held.data))

    def annex(number: int, held: Annex) -> Annex:
        place = f"Annex[{number}]"
        title = one(f"{place}/EncryptableTitle", held.title)
        return replace(held, title=title, content=file(place, held.content), digest=None)

    document = content.document
    patient = content.patient_inss
    return replace(
        content,
        document=replace(document, content=file("Document", document.content), digest=None),
        free_informations=None if content.free_informations is None else _free(content.free_informations, one),
        patient_inss=None if patient is None else one("EncryptableINSSPatient", patient),
        annexes=tuple(annex(number, each) for number, each in enumerate(content.annexes, 1)),
    )


def _free(held: FreeInformations, one: _Field) -> FreeInformations:
    match held:
        case FreeText():
            return FreeText(one("EncryptableFreeText", held.text))
        case OldFreeInformation():
            return replace(held, data=one("EncryptableOldFreeInformation", held.data))
        case FreeTable():
            return replace(held, rows=tuple((one("EncryptableLeftCell", left), one("EncryptableRightCell", right))
                                            for left, right in held.rows))  # fmt: skip

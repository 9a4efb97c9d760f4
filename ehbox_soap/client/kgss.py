"""The KGSS, as a client asks it: a new key for readers that it names, and a key that it may read.

Knows: what is sealed for the KGSS and what it seals. Must not know: CMS, how a call is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from lxml import etree

from ehbox_soap.client.errors import AnswerError, KgssRefusedError, SealedError
from ehbox_soap.client.etk_depot import EtkDepot
from ehbox_soap.client.plain import call
from ehbox_soap.errors import SoapFault
from ehbox_soap.sealing.enveloped import SharedKey
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.sealing.seal import seal, unseal
from ehbox_soap.security.subject import identity
from ehbox_soap.tokens import KGSS, token_name
from ehbox_soap.wire import kgss, xml
from ehbox_soap.wire.types.kgss import (
    Credential,
    GetKeyRequest,
    GetKeyRequestContent,
    GetKeyResponse,
    GetKeyResponseContent,
    GetNewKeyRequest,
    GetNewKeyRequestContent,
    GetNewKeyResponse,
    GetNewKeyResponseContent,
)

C = TypeVar("C", GetNewKeyResponseContent, GetKeyResponseContent)
_SUCCESS = ("100", "200")
_KEK_OCTETS, _NAME_OCTETS = 16, 16


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key, and the name by which others ask for it."""

    identifier: bytes
    key: bytes


class Kgss:
    """The KGSS at `url`; the depot has its token and the caller's own."""

    def __init__(self, depot: EtkDepot, url: str) -> None:
        self.depot = depot
        self.session = depot.session
        self.url = url

    def new_key(self, allowed: Sequence[Credential], excluded: Sequence[Credential] = ()) -> NewKey:
        """A new key that whoever has one of the allowed attributes, and none of the excluded ones, may get.

        Raises KgssRefusedError, EtkError, SealedError for an answer that does not hold, and the transport's errors. It
        is repeated if the answer is lost: a key that nobody knows of harms nobody.
        """
        content = GetNewKeyRequestContent(tuple(allowed), tuple(excluded), self.depot.own().octets)
        answer = self._call(content, GetNewKeyRequest, "GetNewKeyResponse", secured=False)
        found = self._opened(answer, GetNewKeyResponseContent)
        return NewKey(found.identifier, found.key)

    def get_key(self, identifier: bytes) -> bytes:
        """The key of that name, if the session's assertion lets it be read.

        The answer is sealed for the caller's token, or, for a session without encryption keys, for a symmetric key that
        goes along with the request. Raises as `new_key`, and the session's errors.
        """
        shared: tuple[SharedKey, ...] = ()
        if self.session.encryption:
            content = GetKeyRequestContent(identifier, etk=self.depot.own().octets)
        else:
            chance = self.session.chance
            shared = (SharedKey(chance.octets(_KEK_OCTETS), chance.octets(_NAME_OCTETS)),)
            content = GetKeyRequestContent(
                identifier,
                key_encryption_key=shared[0].key,
                key_encryption_key_identifier=shared[0].identifier,
            )
        answer = self._call(content, GetKeyRequest, "GetKeyResponse", secured=True)
        return self._opened(answer, GetKeyResponseContent, shared).key

    def _call(
        self,
        content: GetNewKeyRequestContent | GetKeyRequestContent,
        request: type[GetNewKeyRequest | GetKeyRequest],
        answer: str,
        *,
        secured: bool,
    ) -> bytes:
        """What the answer sealed."""
        session = self.session
        recipient = self.depot.get(KGSS.type, KGSS.value, KGSS.application).encryption
        octets = etree.tostring(kgss.encode(content), encoding="UTF-8", xml_declaration=True)

        def element() -> etree._Element:
            # Sealed anew each time: the KGSS takes the same seal once.
            return kgss.encode(request(seal(octets, session.entry, (recipient,), session.clock.now(), session.chance)))

        found = call(session, self.url, element, f"{{{kgss.NAMESPACE}}}{answer}", secured=secured)
        try:
            said = kgss.decode(found)
        except SoapFault as fault:
            raise AnswerError(f"the answer is not of the contract: {fault.reason}") from fault
        assert isinstance(said, GetNewKeyResponse | GetKeyResponse)
        if said.status.code not in _SUCCESS:
            texts = [dict(error.messages) for error in said.errors]
            text = "; ".join(each.get("EN") or next(iter(each.values()), "") for each in texts)
            raise KgssRefusedError(tuple(error.code for error in said.errors), text or said.status.message)
        if said.sealed is None:
            raise AnswerError("success without sealed content")
        return said.sealed

    def _opened(self, octets: bytes, kind: type[C], shared: Sequence[SharedKey] = ()) -> C:
        """The content, which must be of that kind and sealed by the KGSS."""
        session = self.session
        try:
            found = unseal(octets, session.encryption, self._believe, session.clock.now(), session.chance, shared)
            content = kgss.decode(xml.parse(found.data))
        except SealingError as error:
            raise SealedError("SealedContent", error.reason) from error
        except SoapFault as fault:
            raise SealedError("SealedContent", fault.reason) from fault
        if not isinstance(content, kind):
            raise SealedError("SealedContent", "another content than was asked for")
        return content

    def _believe(self, certificate: x509.Certificate, now: datetime, others: Sequence[x509.Certificate]) -> None:
        self.session.trust.believe(certificate, "the KGSS's certificate", now, others)
        who = identity(certificate)
        if token_name(who.type, who.number, who.application) != KGSS:
            raise SealingError("sealed by another one than the KGSS")

"""Answering GetEtk: the token of whom the criteria name, or who else is meant.

Knows: how names are looked up, what the answer tells. Must not know: XML, HTTP. Times are true time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ehbox_soap.sealing.token import read_token
from ehbox_soap.security.trust import Trust
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.tokens import NIHII, TokenName, general, token_name
from ehbox_soap.wire.types import Status
from ehbox_soap.wire.types.etk_depot import EtkError, EtkIdentifier, GetEtkRequest, GetEtkResponse

FOUND = Status("200", (("EN", "Success"), ("FR", "Succès"), ("NL", "Geslaagd")))
"""Also of an answer that no token was found in (wire.md)."""

NOT_FOUND = EtkError("NO_ETK", "No encryption token is given out for these criteria")
"""Ours, in code and text: nothing public says it."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The tokens that are given out now: the last one added of a name that no revocation list takes away."""

    transaction: Transaction
    trust: Trust
    now: datetime

    def token(self, name: TokenName) -> bytes | None:
        """That of a name."""
        return next(filter(self.counts, self.transaction.tokens.current(name, self.now)), None)

    def applications(self, name: TokenName) -> tuple[TokenName, ...]:
        """The names of that number that have one, each with its application."""
        known = self.transaction.tokens.applications(name.type, name.value, self.now)
        names = (TokenName(name.type, name.value, each) for each in known)
        return tuple(each for each in names if self.token(each) is not None)

    def counts(self, octets: bytes) -> bool:
        """Whether neither the owner's certificate is revoked, nor an authority above it."""
        token = read_token(octets)
        return not self.trust.is_revoked(token.authentication, self.now)


def get_etk(request: GetEtkRequest, shelf: Shelf) -> GetEtkResponse:
    """The one token that the criteria name; the identifiers of several; or an Error, if there is none.

    Each identifier is looked for by itself (ours: nothing public says what several of them mean together).
    """
    found: dict[TokenName, bytes | None] = {}
    for identifier in request.criteria:
        found |= _found(identifier, shelf)
    match list(found.items()):
        case []:
            return GetEtkResponse(FOUND, request.criteria, errors=(NOT_FOUND,))
        case [(_, bytes() as octets)]:
            return GetEtkResponse(FOUND, request.criteria, etk=octets)
    return GetEtkResponse(FOUND, request.criteria, matching=tuple((_identifier(name),) for name in found))


def _found(identifier: EtkIdentifier, shelf: Shelf) -> dict[TokenName, bytes | None]:
    """The token of the name as asked, or of those that mean the same one (ours).

    Certificates of enterprises name no more than CBE or EHP; and a person whom the register knows by a NIHII number
    has the token of the INSS (BOX-2).
    """
    asked = token_name(identifier.type, identifier.value, identifier.application)
    found = _named(asked, shelf)
    if not found and general(asked.type) != asked.type:
        found = _named(TokenName(general(asked.type), asked.value, asked.application), shelf)
    if not found and asked.type == NIHII:
        holders = shelf.transaction.address_book.professionals_by_nihii(asked.value, None)
        for inss in holders:
            found |= _named(TokenName("SSIN", inss, asked.application), shelf)
        if len(holders) > 1:
            # Whoever asked must not encrypt for another one than was meant, even if only one of them has a token.
            return dict.fromkeys(found)
    return found


def _named(name: TokenName, shelf: Shelf) -> dict[TokenName, bytes | None]:
    """The token of exactly that name; without one, and without an application asked for, the names that have one."""
    octets = shelf.token(name)
    if octets is not None:
        return {name: octets}
    return {} if name.application else dict.fromkeys(shelf.applications(name))


def _identifier(name: TokenName) -> EtkIdentifier:
    return EtkIdentifier(name.type, name.value, name.application or None)

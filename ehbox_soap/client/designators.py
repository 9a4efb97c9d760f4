"""Who a certificate is for, and which attributes its owner asks the STS for.

Knows: the types in certificates, the attributes of each quality. Must not know: XML, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509

from ehbox_soap import qualities
from ehbox_soap.qualities import CERTIFIED, GIVENNAME, HOLDER_SSIN, IDENTIFICATION, SSIN, SURNAME
from ehbox_soap.security.subject import identity

_PERSON = "SSIN"


@dataclass(frozen=True, slots=True)
class Designator:
    """An attribute by its AttributeNamespace and AttributeName."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a certificate is for: `type` as in its OU (SSIN, NIHII-HOSPITAL, CBE, EHP …), `number` in digits."""

    type: str
    number: str

    @property
    def qualities(self) -> tuple[str, ...]:
        """What the owner may be: a person any profession, an organisation what the number of its type stands for."""
        if self.type == _PERSON:
            return qualities.PROFESSIONS
        rows = [row for row in qualities.ALL if row.quality in qualities.ORGANISATIONS]
        own = [row.quality for row in rows if row.etk_type == self.type]
        return (*own, *(row.quality for row in rows if row.type == self.type and row.quality not in own))


def owner(certificate: x509.Certificate) -> Owner:
    """The owner of an identification certificate. Raises SoapFault SOA-01001 for a subject of another form."""
    found = identity(certificate)
    return Owner(found.type, found.number)


def owners(identification: x509.Certificate, holder: x509.Certificate) -> tuple[Owner, ...]:
    """Who speaks when one certificate identifies the caller and another one's key will sign the calls.

    A person who holds an organisation's key speaks for both; else the identification alone counts. Raises SoapFault
    SOA-01001 for a subject of another form.
    """
    caller, keeper = owner(identification), owner(holder)
    return (caller, keeper) if caller.type == _PERSON and keeper.type != _PERSON else (caller,)


def claims(who: Owner) -> tuple[Designator, ...]:
    """The identity attributes that the owner claims for itself."""
    names: tuple[str, ...] = (HOLDER_SSIN, SSIN)
    if who.type != _PERSON:
        names = qualities.identity_attribute_names(who.qualities[0]) if who.qualities else ()
    return tuple(Designator(IDENTIFICATION, name) for name in names)


def designators(who: Owner, quality: str | None = None) -> tuple[Designator, ...]:
    """What to ask for: the claims, then what certifies `quality`, or any quality that the owner may have.

    What the register does not certify is left out of the assertion, so asking for all finds the owner's own.
    """
    names = [SURNAME, GIVENNAME] if who.type == _PERSON else []
    for own in _asked(who, quality):
        booleans = qualities.person_attribute_names(own) or qualities.organisation_boolean_attributes(own)
        names += [*booleans[:1], *qualities.nihii11_attribute_names(own)[:1]]
    return (*claims(who), *(Designator(CERTIFIED, name) for name in names))


def _asked(who: Owner, quality: str | None) -> tuple[str, ...]:
    if quality == qualities.CITIZEN:
        return ()
    return (quality,) if quality else who.qualities

"""Who a certificate is for, and which attributes its owner asks the STS for.

Knows: the platform's subject names, the attributes of each quality. Must not know: XML, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from ehbox_soap import qualities
from ehbox_soap.qualities import CERTIFIED, GIVENNAME, HOLDER_SSIN, IDENTIFICATION, SSIN, SURNAME
from ehbox_soap.security.trust import identity

# RFC 1779's keywords; other attributes are written by their OID.
_KEYWORDS = {
    NameOID.COMMON_NAME: "CN",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.COUNTRY_NAME: "C",
    NameOID.STREET_ADDRESS: "STREET",
}
_SPECIAL = frozenset(',=+<>#;"\\\n')
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
        """What the owner may be: a person any profession, an organisation what its type says."""
        if self.type == _PERSON:
            return qualities.PROFESSIONS
        return tuple(row.quality for row in qualities.ALL if row.etk_type == self.type and row.type != "INSS")[-1:]


def owner(certificate: x509.Certificate) -> Owner:
    """The owner of an identification certificate. Raises SoapFault SOA-01001 for a subject of another form."""
    found = identity(certificate)
    return Owner(found.type, found.number)


def claims(who: Owner, quality: str | None = None) -> tuple[Designator, ...]:
    """The identity attributes that the owner claims for itself, the certificate holder's first."""
    if who.type == _PERSON:
        return (Designator(IDENTIFICATION, HOLDER_SSIN), Designator(IDENTIFICATION, SSIN))
    names = {name: None for own in _asked(who, quality) for name in qualities.identity_attribute_names(own)}
    return tuple(Designator(IDENTIFICATION, name) for name in names)


def designators(who: Owner, quality: str | None = None) -> tuple[Designator, ...]:
    """What to ask for: the claims, then what certifies `quality`, or any quality that the owner may have.

    What the register does not certify is left out of the assertion, so asking for all finds the owner's own.
    """
    names = [SURNAME, GIVENNAME] if who.type == _PERSON else []
    for own in _asked(who, quality):
        booleans = qualities.person_attribute_names(own) or qualities.organisation_boolean_attributes(own)
        names += [*booleans[:1], *qualities.nihii11_attribute_names(own)[:1]]
    return (*claims(who, quality), *(Designator(CERTIFIED, name) for name in names))


def rfc1779(name: x509.Name) -> str:
    """A distinguished name as assertions have it: the CN first, values quoted where they have special characters."""
    return ", ".join(f"{_keyword(attribute)}={_quoted(str(attribute.value))}" for attribute in reversed(list(name)))


def _asked(who: Owner, quality: str | None) -> tuple[str, ...]:
    if quality == qualities.CITIZEN:
        return ()
    return (quality,) if quality else who.qualities


def _keyword(attribute: x509.NameAttribute[str | bytes]) -> str:
    return _KEYWORDS.get(attribute.oid, f"OID.{attribute.oid.dotted_string}")


def _quoted(value: str) -> str:
    if value.strip() == value and not _SPECIAL.intersection(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

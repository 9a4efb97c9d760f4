"""What a certificate's subject says of its owner.

Knows: the platform's subject form (an OU of the form TYPE=digits), the Belgian eID's, RFC 1779 names. Must not know:
whether the certificate is to be believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from ehbox_soap.security.reading import refused

_IDENTITY = re.compile(r"([A-Z][A-Z0-9_-]*)=([0-9]+)")
_PLATFORM = "eHealth-platform Belgium"
_KEYWORDS = {
    NameOID.COMMON_NAME: "CN",
    NameOID.COUNTRY_NAME: "C",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.STREET_ADDRESS: "STREET",
}
_QUOTED = re.compile(r'[,+=\n<>#;\\"]|^ | $|  ')


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a certificate was issued to: type as the subject has it, which is that of the ETK depot (SSIN, NIHII,
    NIHII-HOSPITAL, NIHII-GROUP_DOCTORS, CBE, CBE-TREAT_CENTER, EHP …); the number in digits, as many as there are."""

    type: str
    number: str
    application: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """How a certificate calls its owner (BOX-11's last resort): an eID by surname and given name, an eHealth
    certificate by one name."""

    name: str | None = None
    surname: str | None = None
    given_name: str | None = None


def identity(certificate: x509.Certificate) -> Identity:
    """The identity in the OU of the form TYPE=digits, else the eID's INSS (subject's serialNumber).

    Raises SoapFault SOA-01001 where there is none, or more than one.
    """
    units = _values(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)
    found = [match for match in map(_IDENTITY.fullmatch, units) if match is not None]
    if len(found) == 1:
        return Identity(found[0].group(1), found[0].group(2), _application(certificate, found[0].group(0), units))
    serials = _values(certificate, NameOID.SERIAL_NUMBER)
    if not found and len(serials) == 1 and re.fullmatch("[0-9]{11}", serials[0]):
        return Identity("SSIN", serials[0])
    raise refused("certificate", "its subject does not name exactly one identity")


@lru_cache(maxsize=1024)
def names(certificate: x509.Certificate) -> Names:
    """The names in the subject; a field that the subject does not have is None. Remembered for the last callers."""
    units = _values(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)
    found = [unit for unit in units if _IDENTITY.fullmatch(unit)]
    application = _application(certificate, found[0], units) if len(found) == 1 else None
    others = [unit for unit in units if unit not in (*found, application, _PLATFORM)]
    surnames = _values(certificate, NameOID.SURNAME)
    given_names = _values(certificate, NameOID.GIVEN_NAME)
    return Names(
        name=others[0] if others else None,
        surname=surnames[0] if surnames else None,
        given_name=given_names[0] if given_names else None,
    )


def subject_rfc1779(certificate: x509.Certificate) -> str:
    """The subject as the clients write it: RFC 1779, the last RDN first, `CN="SSIN=…", OU="SSIN=…", …, C=BE`."""
    return rfc1779(certificate.subject)


def issuer_rfc1779(certificate: x509.Certificate) -> str:
    """The issuer in the same form: the NameQualifier of a NameIdentifier."""
    return rfc1779(certificate.issuer)


def rfc1779(name: x509.Name) -> str:
    """A name by RFC 1779: a value is quoted if it holds one of its special characters or spaces that would get lost."""
    return ", ".join(" + ".join(_pair(attribute) for attribute in rdn) for rdn in reversed(name.rdns))


def _pair(attribute: x509.NameAttribute[str | bytes]) -> str:
    keyword = _KEYWORDS.get(attribute.oid, "OID." + attribute.oid.dotted_string)
    value = attribute.value
    if isinstance(value, bytes):
        return f"{keyword}=#{value.hex()}"
    if _QUOTED.search(value):
        value = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{keyword}={value}"


def _values(certificate: x509.Certificate, oid: ObjectIdentifier) -> list[str]:
    return [str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(oid)]


def _application(certificate: x509.Certificate, unit: str, units: list[str]) -> str | None:
    """With an application the CN is `TYPE=digits, APP`, and APP is an OU of its own."""
    for common_name in _values(certificate, NameOID.COMMON_NAME):
        identified, comma, application = common_name.partition(", ")
        if identified == unit and comma and application in units:
            return application
    return None

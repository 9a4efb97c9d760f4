"""Subjects in the forms that callers' certificates have (wire.md, "Certificates of the callers").

Knows: the platform's subject form and that of a Belgian eID. Must not know: keys, files, who exists.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import NameOID

# X.520's upper bound of an OU and a CN, which certificate libraries enforce.
_LONGEST = 64

_DIGITS = {"NIHII": 8, "CBE": 10, "EHP": 10}
_SSIN_DIGITS = 11


def person(inss: str, name: str, application: str | None = None) -> x509.Name:
    """The subject of a person's eHealth certificate; `inss` has 11 digits. Raises ValueError on another shape."""
    return _platform("SSIN", inss, _SSIN_DIGITS, name, application)


def organisation(type: str, number: str, name: str, application: str | None = None) -> x509.Name:
    """The subject of an organisation's certificate: `type` NIHII-<quality> (8 digits), CBE or EHP (10 digits).

    CBE and EHP may have a quality too. Raises ValueError for another type or a number of another shape.
    """
    kind, _, quality = type.partition("-")
    digits = _DIGITS.get(kind)
    if digits is None or (kind == "NIHII" and not quality):
        raise ValueError("the type of an organisation is NIHII-<quality>, CBE or EHP")
    return _platform(type, number, digits, name, application)


def eid(inss: str, last_name: str, first_name: str) -> x509.Name:
    """The subject of an authentication certificate as a Belgian eID holds it: the INSS is the serialNumber."""
    _check_digits(inss, _SSIN_DIGITS)
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BE"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{first_name} {last_name} (Authentication)"[:_LONGEST]),
            x509.NameAttribute(NameOID.SURNAME, last_name),
            x509.NameAttribute(NameOID.GIVEN_NAME, first_name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, inss),
        ]
    )


def service(common_name: str) -> x509.Name:
    """The subject of a service of the test PKI, such as its STS or its authorities."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ehbox-soap test PKI"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _platform(type: str, number: str, digits: int, name: str, application: str | None) -> x509.Name:
    _check_digits(number, digits)
    identity = f"{type}={number}"
    units = ["eHealth-platform Belgium", name.upper()[:_LONGEST], identity]
    common_name = identity
    if application is not None:
        units.append(application)
        common_name = f"{identity}, {application}"
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Federal Government"),
            *(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _check_digits(number: str, digits: int) -> None:
    if len(number) != digits or not (number.isascii() and number.isdigit()):
        raise ValueError(f"the number must have {digits} digits")

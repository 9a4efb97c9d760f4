"""Where asn1crypto alone does not do: strings in many pieces, whole structures without a tail.

Knows: asn1crypto's values. Must not know: what they stand for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


def content_of(octets: bytes, kind: str) -> Any:
    """The content of a ContentInfo of that kind that fills the octets to their end.

    Raises what asn1crypto raises, and ValueError for another kind.
    """
    info = cms.ContentInfo.load(octets, strict=True)
    if info["content_type"].native != kind:
        raise ValueError("another content type")
    return info["content"]


def content_info(kind: str, content: Any) -> bytes:
    """A ContentInfo as DER."""
    return bytes(cms.ContentInfo({"content_type": kind, "content": content}).dump())


def string(value: Any) -> bytes:
    """The octets of an OCTET STRING, in one piece or, with an indefinite length, in many.

    asn1crypto would put many together in a time that grows by the square of their number.
    """
    if not value._indefinite:
        return bytes(value.contents)
    pieces = core.SequenceOf(spec=core.OctetString, contents=value.contents)
    return b"".join(string(piece) for piece in pieces)


def certificate(of: x509.Certificate) -> asn1_x509.Certificate:
    """A certificate as asn1crypto has it."""
    return asn1_x509.Certificate.load(of.public_bytes(Encoding.DER))


@dataclass(frozen=True, slots=True)
class Name:
    """How CMS names a certificate: issuer, as it is encoded (names of another case are other names), and serial."""

    issuer: bytes
    serial: int

    @classmethod
    def of(cls, certificate_: x509.Certificate) -> Name:
        """That of a certificate."""
        return cls(certificate(certificate_).issuer.dump(), certificate_.serial_number)

    @classmethod
    def read(cls, found: cms.IssuerAndSerialNumber) -> Name:
        """One that was read. Raises what asn1crypto raises."""
        # `chosen` looks inside, so that what is no name is found here.
        return cls(found["issuer"].chosen.dump(), found["serial_number"].native)

    def asn1(self) -> cms.IssuerAndSerialNumber:
        """As asn1crypto has it."""
        return cms.IssuerAndSerialNumber({"issuer": asn1_x509.Name.load(self.issuer), "serial_number": self.serial})

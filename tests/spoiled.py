"""Certificates that parse, in which one thing is such that nobody can read it.

Knows: octets of DER. Must not know: who must refuse them, or how.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

# OBJECT IDENTIFIERs in DER, and such of the same length as nobody has given out.
EC_KEY = (bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d027f"))
RSA_KEY = (bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("06092a864886f70d01017f"))
SHA256 = (bytes.fromhex("0609608648016503040201"), bytes.fromhex("060960864801650304027f"))


def with_octets(certificate: x509.Certificate, old: bytes, new: bytes) -> x509.Certificate:
    """The certificate with other octets, as many, wherever those stand; no signature holds any more."""
    octets = certificate.public_bytes(Encoding.DER)
    assert len(old) == len(new)
    assert old in octets
    return x509.load_der_x509_certificate(octets.replace(old, new))


def with_issuer(certificate: x509.Certificate) -> x509.Certificate:
    """The issuer's name is a UTF8String that is not UTF-8."""
    return with_octets(certificate, *_not_utf8(certificate.issuer))


def with_subject(certificate: x509.Certificate) -> x509.Certificate:
    """The same of its subject's."""
    return with_octets(certificate, *_not_utf8(certificate.subject))


def _not_utf8(name: x509.Name) -> tuple[bytes, bytes]:
    octets = str(name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value).encode()
    return octets, b"\xff" + octets[1:]

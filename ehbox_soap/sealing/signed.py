"""SignedData around octets: one signer, named by issuer and serial, with signed attributes.

Knows: RFC 5652, 5 and 11, the signature of PSS (RFC 4056), algorithm protection (RFC 6211). Must not know: what the
octets are, whether a signer is to be believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from asn1crypto import cms, core
from cryptography import x509

from ehbox_soap.sealing import algorithms, asn1
from ehbox_soap.sealing.algorithms import PrivateKey, Profile, Signature
from ehbox_soap.sealing.asn1 import Name
from ehbox_soap.sealing.errors import SealingError, reading

# A signer, its authorities, and a few more: enough for every chain, too few to keep anybody busy.
MAX_CERTIFICATES = 16
_SET_OF = b"\x31"
_FOUR_DIGITS = 2050


class Holder(Protocol):
    """A private key with its certificate and the certificates above it."""

    @property
    def key(self) -> PrivateKey: ...
    @property
    def certificate(self) -> x509.Certificate: ...
    @property
    def chain(self) -> Sequence[x509.Certificate]: ...


def sign(data: bytes, signer: Holder, now: datetime, certificates: Sequence[x509.Certificate], *, pss: bool) -> bytes:
    """A ContentInfo of SignedData around the data, which holds those certificates. `pss`: how an RSA key signs."""
    digest = algorithms.digest_algorithm()
    algorithm = algorithms.signature_algorithm(signer.key, pss=pss)
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("signing_time", _time(now)),
            _attribute("message_digest", algorithms.digest("sha256", data)),
            _attribute("cms_algorithm_protection", _protection(digest, algorithm)),
        ]
    )
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": Name.of(signer.certificate).asn1()}),
        "digest_algorithm": digest,
        "signed_attrs": attributes,
        "signature_algorithm": algorithm,
        "signature": algorithms.sign(signer.key, attributes.dump(), pss=pss),
    }
    content: dict[str, Any] = {
        "version": "v1",
        "digest_algorithms": [digest],
        "encap_content_info": {"content_type": "data", "content": data},
        "signer_infos": [info],
    }
    if certificates:
        content["certificates"] = [asn1.certificate(each) for each in certificates]
    return asn1.content_info("signed_data", cms.SignedData(content))


def _time(now: datetime) -> cms.Time:
    """RFC 5652, 11.3: two digits of the year until 2049, four from then on."""
    if now.year < _FOUR_DIGITS:
        return cms.Time({"utc_time": core.UTCTime(now)})
    return cms.Time({"generalized_time": core.GeneralizedTime(now.replace(microsecond=0))})


def _attribute(kind: str, value: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _protection(digest: Any, algorithm: Any) -> cms.CMSAlgorithmProtection:
    return cms.CMSAlgorithmProtection({"digest_algorithm": digest, "signature_algorithm": algorithm})


@dataclass(frozen=True, slots=True)
class Signed:
    """SignedData as it was read; nothing holds before `verify`.

    `certificates` are those it brings. The octets of `data` are what is signed, `signed_at` is when, as its signer
    says, None if it does not.
    """

    data: bytes
    certificates: tuple[x509.Certificate, ...]
    signer: Name
    signed_at: datetime | None
    _attributes: bytes
    _signature: Signature
    _profile: Profile

    @property
    def fingerprint(self) -> str:
        """By what the same signing is known again: of what is signed alone, since of the rest much can be written in
        several ways that hold (an authority's certificate left out, the other form of an ECDSA signature)."""
        return algorithms.digest("sha256", self._attributes).hex()

    def signer_certificate(self) -> x509.Certificate:
        """The certificate, of those it brings, that the signer names. Raises SealingError if it is not there."""
        for certificate in self.certificates:
            if self.signer == Name.of(certificate):
                return certificate
        raise SealingError("SignedData: the signer's certificate is not in it")

    def verify(self, certificate: x509.Certificate) -> None:
        """Demands that the key of that certificate signed. Raises SealingError."""
        if self.signer != Name.of(certificate):
            raise SealingError("SignedData: signed by another one")
        with reading("signature algorithm"):
            algorithms.verify(certificate.public_key(), self._signature, self._attributes, self._profile)


def read(octets: bytes, profile: Profile) -> Signed:
    """Reads SignedData with exactly one signer and its data within. Raises SealingError for every other form."""
    with reading("SignedData"):
        content = asn1.content_of(octets, "signed_data")
        data = _data(content, profile)
        certificates = tuple(_certificates(content))
        infos = content["signer_infos"]
        if len(infos) != 1:
            raise SealingError("SignedData: not exactly one signer")
        return _signed(content, infos[0], data, certificates, profile)


def _data(content: Any, profile: Profile) -> bytes:
    encapsulated = content["encap_content_info"]
    if encapsulated["content_type"].native != "data" or isinstance(encapsulated["content"], core.Void):
        raise SealingError("SignedData: does not hold data")
    if content["version"].native not in profile.versions:
        raise SealingError("SignedData: of another version")
    if profile.bare and not isinstance(content["crls"], core.Void):
        raise SealingError("SignedData: with revocation lists")
    return asn1.string(encapsulated["content"])


def _certificates(content: Any) -> list[x509.Certificate]:
    found = content["certificates"]
    if isinstance(found, core.Void):
        return []
    if len(found) > MAX_CERTIFICATES:
        raise SealingError(f"SignedData: more than {MAX_CERTIFICATES} certificates")
    if any(each.name != "certificate" for each in found):
        raise SealingError("SignedData: among its certificates is something else")
    certificates = [each.chosen for each in found]
    # No bit of a certificate may be free: `cryptography` would take one whose signature leaves out its last bits.
    if any(each["signature_value"].contents[:1] != b"\0" for each in certificates):
        raise SealingError("SignedData: a certificate's signature is not whole octets")
    return [_certificate(each.dump()) for each in certificates]


def _certificate(octets: bytes) -> x509.Certificate:
    """Of DER alone, so that equal certificates are equal octets. Raises what `cryptography` raises."""
    certificate = x509.load_der_x509_certificate(octets)
    # `cryptography` parses names where they are looked at: what cannot be read is refused here, not wherever that is.
    _ = (certificate.subject, certificate.issuer)
    return certificate


def _signed(
    content: Any, info: Any, data: bytes, certificates: tuple[x509.Certificate, ...], profile: Profile
) -> Signed:
    digest = algorithms.check_digest(info["digest_algorithm"], profile)
    named = [algorithms.check_digest(each, profile) for each in content["digest_algorithms"]]
    if named != [digest]:
        raise SealingError("SignedData: names other digest algorithms than its signer")
    if info["version"].native != "v1" or info["sid"].name != "issuer_and_serial_number":
        raise SealingError("SignerInfo: the signer is not named by issuer and serial number")
    if isinstance(info["signed_attrs"], core.Void):
        raise SealingError("SignerInfo: without signed attributes")
    if profile.bare and not isinstance(info["unsigned_attrs"], core.Void):
        raise SealingError("SignerInfo: with unsigned attributes")
    attributes = _attributes(info["signed_attrs"])
    if attributes["content_type"].native != "data":
        raise SealingError("signed attributes: of another content type")
    if asn1.string(attributes["message_digest"]) != algorithms.digest(digest, data):
        raise SealingError("signed attributes: the digest is not that of the data")
    if protection := attributes.get("cms_algorithm_protection"):
        _check_protection(protection, info)
    signing_time = attributes.get("signing_time")
    signature = Signature(info["signature_algorithm"], digest, asn1.string(info["signature"]))
    return Signed(
        data=data,
        certificates=certificates,
        signer=Name.read(info["sid"].chosen),
        signed_at=None if signing_time is None else _moment(signing_time),
        _attributes=_signed_octets(info["signed_attrs"]),
        _signature=signature,
        _profile=profile,
    )


def _attributes(found: Any) -> dict[str, Any]:
    """The one value of each attribute, by its type. Raises SealingError where one is missing or stands twice."""
    values: dict[str, Any] = {}
    for attribute in found:
        kind = attribute["type"].native
        if kind in values or len(attribute["values"]) != 1:
            raise SealingError("signed attributes: one stands twice")
        values[kind] = attribute["values"][0]
    for kind in ("content_type", "message_digest"):
        if kind not in values:
            raise SealingError("signed attributes: content type or message digest is missing")
    return values


def _moment(found: Any) -> datetime:
    moment = found.native
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise SealingError("signed attributes: the signing time has no zone")
    return moment


def _check_protection(protection: Any, info: Any) -> None:
    """RFC 6211: what the attribute says is what the signer uses."""
    own, signing = protection["digest_algorithm"], protection["signature_algorithm"]
    if isinstance(signing, core.Void) or not isinstance(protection["mac_algorithm"], core.Void):
        raise SealingError("algorithm protection: does not tell the signature algorithm")
    same_digest = own.dump() == info["digest_algorithm"].dump()
    # Here it is tagged [1], there it is not: the content is compared.
    if not same_digest or signing.contents != info["signature_algorithm"].contents:
        raise SealingError("algorithm protection: other algorithms than the signer's")


def _signed_octets(attributes: Any) -> bytes:
    """What is signed: the attributes as a SET OF, in DER (RFC 5652, 5.4)."""
    plain = attributes.untag()
    octets: bytes = plain.dump(force=attributes._header[-1:] == b"\x80" and len(attributes._header) == 2)
    if not octets.startswith(_SET_OF):
        raise SealingError("signed attributes: not a SET")
    return octets

"""Sealed content as the connector makes and opens it: signed, encrypted, signed again (wire.md, Sealed content).

Knows: CMS by asn1crypto, algorithms by cryptography. Must not know: anything of the project, what is sealed and why.
What is made here is BER with indefinite lengths, as Java's usual library writes it, or DER, as Medikit does (its
classes TripleWrapper, SigningPolicy and CmsSigner: all else is the same, but for the authority's certificate, which
does not go along). A key on a curve signs by ECDSA (ours: the facts have RSA keys only).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.clients.checks import Broken, check
from tests.clients.dsig import Key
from tests.clients.writing import der
from tests.sealing.ber import ber_enveloped, ber_signed

Octets = Callable[[int], bytes]
"""Gives as many octets, each time others."""
_SHA256 = {"algorithm": "sha256", "parameters": core.Null()}
_SALT = 32
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), _SALT)
_PARAMETERS = algos.RSASSAPSSParams(
    {
        "hash_algorithm": _SHA256,
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": _SHA256},
        "salt_length": _SALT,
    }
)


@dataclass(frozen=True)
class Shared:
    """A symmetric key of the KGSS's and its name, for readers who cannot be known in advance."""

    identifier: bytes
    key: bytes


Recipient = x509.Certificate | Shared
"""Whom it is for: the owner of an encryption certificate, or who has a key."""


@dataclass(frozen=True)
class Sealer:
    """An authentication key with its certificate, that of its CA where it goes along, and how to encode."""

    key: Key
    certificate: x509.Certificate
    authority: x509.Certificate | None = None
    ber: bool = True

    def seal(self, content: bytes, recipients: Sequence[Recipient], now: datetime, octets: Octets) -> bytes:
        """For these and nobody else; requests to the KGSS are for it alone."""
        inner = _enveloped(self._signed(content, now, []), recipients, octets)
        certificates = [self.certificate] if self.authority is None else [self.certificate, self.authority]
        return self._signed(ber_enveloped(inner) if self.ber else inner, now, certificates)

    def _signed(self, data: bytes, now: datetime, certificates: Sequence[x509.Certificate]) -> bytes:
        algorithm: dict[str, Any] = {"algorithm": "rsassa_pss", "parameters": _PARAMETERS}
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            algorithm = {"algorithm": "sha256_ecdsa"}
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["data"]},
                {"type": "signing_time", "values": [cms.Time({"utc_time": core.UTCTime(now)})]},
                {"type": "message_digest", "values": [hashlib.sha256(data).digest()]},
                {
                    "type": "cms_algorithm_protection",
                    "values": [{"digest_algorithm": _SHA256, "signature_algorithm": algorithm}],
                },
            ]
        )
        info = {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": _named(self.certificate)}),
            "digest_algorithm": _SHA256,
            "signed_attrs": attributes,
            "signature_algorithm": algorithm,
            "signature": self._signature(attributes.dump()),
        }
        signed = {
            "version": "v1",
            "digest_algorithms": [_SHA256],
            "encap_content_info": {"content_type": "data", "content": data},
            "signer_infos": [info],
        }
        if certificates:
            signed["certificates"] = [asn1.Certificate.load(der(each)) for each in certificates]
        made = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump()
        return ber_signed(made) if self.ber else made

    def _signature(self, octets: bytes) -> bytes:
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(octets, ec.ECDSA(hashes.SHA256()))
        return self.key.sign(octets, _PSS, hashes.SHA256())


@dataclass(frozen=True)
class Opener:
    """Encryption keys by the serial numbers of their certificates, and a symmetric key where the caller gave one."""

    keys: Sequence[tuple[int, rsa.RSAPrivateKey]] = ()
    shared: bytes | None = None

    def open(self, sealed: bytes, signer: x509.Certificate) -> bytes:
        """What that signer sealed. Raises Broken for what the connector could not open or would not believe."""
        encrypted = _verified(sealed, signer, brings_it=True)
        return _verified(self._decrypted(encrypted), signer, brings_it=False)

    def _decrypted(self, octets: bytes) -> bytes:
        content = _content(octets, "enveloped_data")
        encrypted = content["encrypted_content_info"]
        algorithm = encrypted["content_encryption_algorithm"]
        check(algorithm["algorithm"].native in ("aes128_cbc", "aes256_cbc"), "another content encryption")
        keys = [found for each in content["recipient_infos"] if (found := self._key(each.chosen)) is not None]
        check(keys, "sealed for somebody else")
        cipher = Cipher(algorithms.AES(keys[0]), modes.CBC(algorithm["parameters"].native)).decryptor()
        padded = cipher.update(encrypted["encrypted_content"].native) + cipher.finalize()
        return padded[: -padded[-1]]

    def _key(self, info: Any) -> bytes | None:
        wrapped = info["encrypted_key"].native
        if isinstance(info, cms.KEKRecipientInfo):
            return None if self.shared is None else keywrap.aes_key_unwrap(self.shared, wrapped)
        serial = info["rid"].chosen["serial_number"].native
        return next((key.decrypt(wrapped, padding.PKCS1v15()) for own, key in self.keys if own == serial), None)


def key_name(sealed: bytes) -> bytes:
    """The name of the symmetric key that sealed content is for. Raises Broken if it is for none."""
    envelope = _content(_content(sealed, "signed_data")["encap_content_info"]["content"].native, "enveloped_data")
    infos = [each.chosen for each in envelope["recipient_infos"]]
    names = [bytes(each["kekid"]["key_identifier"].native) for each in infos if isinstance(each, cms.KEKRecipientInfo)]
    check(names, "sealed for no symmetric key")
    return names[0]


def _enveloped(data: bytes, recipients: Sequence[Recipient], octets: Octets) -> bytes:
    key, start = octets(16), octets(16)
    cipher = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    missing = 16 - len(data) % 16
    encrypted = cipher.update(data + bytes([missing]) * missing) + cipher.finalize()
    enveloped = {
        "version": "v2" if any(isinstance(each, Shared) for each in recipients) else "v0",
        "recipient_infos": [_recipient(each, key) for each in recipients],
        "encrypted_content_info": {
            "content_type": "data",
            "content_encryption_algorithm": {"algorithm": "aes128_cbc", "parameters": start},
            "encrypted_content": encrypted,
        },
    }
    content = cms.ContentInfo({"content_type": "enveloped_data", "content": cms.EnvelopedData(enveloped)})
    made: bytes = content.dump()
    return made


def _recipient(recipient: Recipient, key: bytes) -> cms.RecipientInfo:
    if isinstance(recipient, Shared):
        wrapped = keywrap.aes_key_wrap(recipient.key, key)
        named = {"version": "v4", "kekid": {"key_identifier": recipient.identifier}, "encrypted_key": wrapped}
        algorithm = {"algorithm": f"aes{len(recipient.key) * 8}_wrap"}
        return cms.RecipientInfo({"kekri": {**named, "key_encryption_algorithm": algorithm}})
    public = recipient.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    info = {
        "version": "v0",
        "rid": cms.RecipientIdentifier({"issuer_and_serial_number": _named(recipient)}),
        "key_encryption_algorithm": {"algorithm": "rsaes_pkcs1v15", "parameters": core.Null()},
        "encrypted_key": public.encrypt(key, padding.PKCS1v15()),
    }
    return cms.RecipientInfo({"ktri": info})


def _named(certificate: x509.Certificate) -> cms.IssuerAndSerialNumber:
    own = asn1.Certificate.load(der(certificate))
    return cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number})


def _content(octets: bytes, kind: str) -> Any:
    info = cms.ContentInfo.load(octets)
    check(info["content_type"].native == kind, f"not {kind} within the sealed content")
    return info["content"]


def _verified(octets: bytes, signer: x509.Certificate, *, brings_it: bool) -> bytes:
    """The data that the signer signed."""
    content = _content(octets, "signed_data")
    (info,) = content["signer_infos"]
    check(info["sid"].chosen.dump() == _named(signer).dump(), "sealed by somebody else")
    brought = [each.chosen.dump() for each in content["certificates"]] if content["certificates"] else []
    check((der(signer) in brought) is brings_it, "the signer's certificate is where it should not be, or is missing")
    data: bytes = content["encap_content_info"]["content"].native
    attributes = {each["type"].native: each["values"][0] for each in info["signed_attrs"]}
    digest = attributes["message_digest"].native
    check(hmac.compare_digest(digest, hashlib.sha256(data).digest()), "sealed content whose digest is another")
    check(
        {"content_type", "signing_time", "message_digest", "cms_algorithm_protection"} <= set(attributes),
        "sealed content without one of its signed attributes",
    )
    check(info["signature_algorithm"]["algorithm"].native == "rsassa_pss", "sealed content that is not signed by PSS")
    public = signer.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    try:
        public.verify(info["signature"].native, info["signed_attrs"].untag().dump(), _PSS, hashes.SHA256())
    except InvalidSignature as error:
        raise Broken("sealed content whose signature does not hold") from error
    return data

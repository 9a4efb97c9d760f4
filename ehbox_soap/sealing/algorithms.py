"""The closed lists of algorithms: how content is signed and encrypted, and what is accepted beside that.

Knows: algorithm identifiers, what `cryptography` does for each. Must not know: the structures they stand in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asn1crypto import algos, cms, core
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from ehbox_soap.sealing.errors import SealingError

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
SALT_OCTETS = 32
_SHA256 = {"algorithm": "sha256", "parameters": core.Null()}
DIGESTS: Mapping[str, type[hashes.SHA1 | hashes.SHA256]] = {"sha1": hashes.SHA1, "sha256": hashes.SHA256}
_SHA1_AND_SHA256 = frozenset(DIGESTS)


@dataclass(frozen=True, slots=True)
class Profile:
    """Which digests and kinds of signature are accepted, and which versions of SignedData; `bare`: without revocation
    lists and unsigned attributes, in which any byte could be another."""

    digests: frozenset[str]
    signatures: frozenset[str]
    versions: frozenset[str]
    bare: bool


SEALED = Profile(frozenset({"sha256"}), frozenset({"rsassa_pss", "sha256_ecdsa"}), frozenset({"v1"}), bare=True)
"""Of sealed content: RSASSA-PSS as wire.md has it; a key that is EC signs as CMS lets it (RFC 5753; ours)."""

TOKEN = Profile(
    _SHA1_AND_SHA256,
    SEALED.signatures | {"rsassa_pkcs1v15", "sha256_rsa", "sha1_rsa", "sha1_ecdsa", "ecdsa"},
    frozenset({"v1", "v3"}),
    bare=False,
)
"""Of tokens, which come from depots of any age."""


def digest_algorithm() -> algos.DigestAlgorithm:
    """SHA-256, with which everything here is signed."""
    return algos.DigestAlgorithm(_SHA256)


def digest(name: str, octets: bytes) -> bytes:
    """The digest of octets by one of DIGESTS."""
    made = hashes.Hash(DIGESTS[name]())
    made.update(octets)
    return made.finalize()


def check_digest(found: algos.DigestAlgorithm, profile: Profile) -> str:
    """The name of a digest algorithm. Raises SealingError if the profile has it not."""
    name = str(found["algorithm"].native)
    if name not in profile.digests or not _is_plain(found["parameters"]):
        raise SealingError("digest algorithm: not accepted")
    return name


def _is_plain(parameters: Any) -> bool:
    """Whether parameters are those of an algorithm that has none: absent, or a NULL without content."""
    return isinstance(parameters, core.Void) or parameters.dump() in (b"", b"\x05\x00")


def signature_algorithm(key: PrivateKey, *, pss: bool) -> algos.SignedDigestAlgorithm:
    """How that key signs: RSA by PSS or PKCS#1 v1.5, EC by ECDSA; always SHA-256."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    if not pss:
        return algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa", "parameters": core.Null()})
    parameters = {
        "hash_algorithm": _SHA256,
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": _SHA256},
        "salt_length": SALT_OCTETS,
    }
    return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams(parameters)})


def sign(key: PrivateKey, octets: bytes, *, pss: bool) -> bytes:
    """The signature of octets, as `signature_algorithm` says."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(octets, ec.ECDSA(hashes.SHA256()))
    return key.sign(octets, _pss() if pss else padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it was found: its algorithm, the digest that its signer names, and its octets."""

    algorithm: algos.SignedDigestAlgorithm
    digest: str
    octets: bytes


def verify(key: PublicKeyTypes, signature: Signature, octets: bytes, profile: Profile) -> None:
    """Verifies a signature of octets. Raises SealingError for another algorithm, another kind of key, or a bad one."""
    algorithm = signature.algorithm
    name = str(algorithm["algorithm"].native)
    # Algorithms that name a digest must name that of the signer; the others take it.
    if name not in profile.signatures or (name.startswith("sha") and not name.startswith(signature.digest + "_")):
        raise SealingError("signature algorithm: not accepted")
    if name != "rsassa_pss" and not _is_plain(algorithm["parameters"]):
        raise SealingError("signature algorithm: not accepted")
    made = DIGESTS[signature.digest]()
    try:
        if name.endswith("ecdsa") and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature.octets, octets, ec.ECDSA(made))
        elif name == "rsassa_pss" and isinstance(key, rsa.RSAPublicKey):
            _check_pss(algorithm["parameters"])
            key.verify(signature.octets, octets, _pss(), made)
        elif name.endswith(("_rsa", "pkcs1v15")) and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature.octets, octets, padding.PKCS1v15(), made)
        else:
            raise SealingError("signature algorithm: not that of the signer's key")
    except InvalidSignature:
        raise SealingError("signature: does not hold") from None


def _pss() -> padding.PSS:
    return padding.PSS(padding.MGF1(hashes.SHA256()), SALT_OCTETS)


def _check_pss(parameters: Any) -> None:
    """SHA-256, MGF1 with SHA-256, a salt of 32 octets, and the one trailer there is."""
    mask = parameters["mask_gen_algorithm"]
    mask_hash = mask["parameters"]
    check_digest(parameters["hash_algorithm"], SEALED)
    if mask["algorithm"].native != "mgf1":
        raise SealingError("signature algorithm: not accepted")
    check_digest(mask_hash, SEALED)
    salt, trailer = parameters["salt_length"].native, parameters["trailer_field"].native
    if salt != SALT_OCTETS or trailer != "trailer_field_bc":
        raise SealingError("signature algorithm: not accepted")


def key_transport() -> cms.KeyEncryptionAlgorithm:
    """RSAES-PKCS1-v1_5."""
    return cms.KeyEncryptionAlgorithm({"algorithm": "rsaes_pkcs1v15", "parameters": core.Null()})


def transport_padding(found: cms.KeyEncryptionAlgorithm) -> padding.AsymmetricPadding:
    """The padding of a key transport: RSAES-PKCS1-v1_5, or RSA-OAEP with SHA-1 or SHA-256. Raises SealingError."""
    name, parameters = found["algorithm"].native, found["parameters"]
    if name == "rsaes_pkcs1v15" and _is_plain(parameters):
        return padding.PKCS1v15()
    if name != "rsaes_oaep":
        raise SealingError("key encryption algorithm: not accepted")
    if isinstance(parameters, core.Void) or not isinstance(parameters, algos.RSAESOAEPParams):
        parameters = algos.RSAESOAEPParams()
    own = check_digest(parameters["hash_algorithm"], TOKEN)
    mask, label = parameters["mask_gen_algorithm"], parameters["p_source_algorithm"]
    if mask["algorithm"].native != "mgf1" or label["parameters"].native != b"":
        raise SealingError("key encryption algorithm: not accepted")
    of_mask = check_digest(mask["parameters"], TOKEN)
    return padding.OAEP(padding.MGF1(DIGESTS[of_mask]()), DIGESTS[own](), None)


WRAPS: Mapping[int, str] = {16: "aes128_wrap", 24: "aes192_wrap", 32: "aes256_wrap"}
"""AES key wrap by the octets of the wrapping key."""

CIPHERS: Mapping[str, int] = {"aes128_cbc": 16, "aes256_cbc": 32}
"""Content encryption by name, with the octets of its key; ours is the first."""

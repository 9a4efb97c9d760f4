"""What is allowed, as closed tables: what a table does not list is refused.

Knows: the profiles `wire` (what real clients send, SHA-1 included) and `strict`. Must not know: XML, certificates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from cryptography.hazmat.primitives import hashes

from ehbox_soap.security.names import (
    ECDSA_SHA256,
    ENVELOPED,
    EXC_C14N,
    RSA_SHA1,
    RSA_SHA256,
    SHA1,
    SHA256,
    STS_ISSUER,
)


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """A line of the table of SignatureMethods: the kind of key it needs and its hash."""

    key: Literal["RSA", "EC"]
    hash: hashes.HashAlgorithm
    sha1: bool = False


@dataclass(frozen=True, slots=True)
class DigestAlgorithm:
    """A line of the table of DigestMethods: the name that hashlib has for it."""

    name: str
    sha1: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """One profile. `transforms` are the only chains of Transforms for a WS-Security reference and for an enveloped
    signature. `most_prefixes` bounds an InclusiveNamespaces PrefixList, since its cost grows with the message;
    `most_values` the children of an AttributeStatement or Attribute, which are read before a signature is known."""

    name: str
    signatures: Mapping[str, SignatureAlgorithm]
    digests: Mapping[str, DigestAlgorithm]
    skew: timedelta
    timestamp: timedelta
    issuer: str
    canonicalisations: frozenset[str] = frozenset({EXC_C14N})
    referenced: tuple[str, ...] = (EXC_C14N,)
    enveloped: tuple[str, ...] = (ENVELOPED, EXC_C14N)
    most_prefixes: int = 64
    most_values: int = 256
    least_rsa_bits: int = 2048
    curve: str = "secp256r1"


_SIGNATURES = {
    RSA_SHA1: SignatureAlgorithm("RSA", hashes.SHA1(), sha1=True),  # noqa: S303
    RSA_SHA256: SignatureAlgorithm("RSA", hashes.SHA256()),
    ECDSA_SHA256: SignatureAlgorithm("EC", hashes.SHA256()),
}
_DIGESTS = {SHA1: DigestAlgorithm("sha1", sha1=True), SHA256: DigestAlgorithm("sha256")}


def profile(
    name: Literal["wire", "strict"],
    skew_seconds: int = 60,
    timestamp_seconds: int = 3600,
    issuer: str = STS_ISSUER,
) -> Policy:
    """The profile of that name. `skew_seconds` is granted to Created and NotBefore, never to an end;
    `timestamp_seconds` is the longest life of a Timestamp; `issuer` is the only Issuer of assertions."""
    sha1 = name == "wire"
    return Policy(
        name=name,
        signatures=MappingProxyType({uri: row for uri, row in _SIGNATURES.items() if sha1 or not row.sha1}),
        digests=MappingProxyType({uri: row for uri, row in _DIGESTS.items() if sha1 or not row.sha1}),
        skew=timedelta(seconds=skew_seconds),
        timestamp=timedelta(seconds=timestamp_seconds),
        issuer=issuer,
    )

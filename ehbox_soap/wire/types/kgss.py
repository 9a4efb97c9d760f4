"""What travels to and from the KGSS, sealed and unsealed, as values.

Knows: the types of etee:kgss:1_0:protocol. Must not know: lxml, how content is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KgssStatus:
    """Status of EteeResponseType; its message has no language."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class KgssError:
    """ErrorType: a code and (Lang, text) pairs."""

    code: str
    messages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GetNewKeyRequest:
    """Its content is a sealed GetNewKeyRequestContent."""

    sealed: bytes


@dataclass(frozen=True, slots=True)
class GetKeyRequest:
    """Its content is a sealed GetKeyRequestContent."""

    sealed: bytes


@dataclass(frozen=True, slots=True)
class GetNewKeyResponse:
    """`sealed` is a GetNewKeyResponseContent; without it there are errors."""

    status: KgssStatus
    errors: tuple[KgssError, ...] = ()
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class GetKeyResponse:
    """`sealed` is a GetKeyResponseContent; without it there are errors."""

    status: KgssStatus
    errors: tuple[KgssError, ...] = ()
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """An attribute of an assertion; without values, whatever value it has."""

    namespace: str
    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GetNewKeyRequestContent:
    """Who may have the key, who may not, and the caller's own token."""

    allowed: tuple[Credential, ...]
    excluded: tuple[Credential, ...]
    etk: bytes


@dataclass(frozen=True, slots=True)
class GetNewKeyResponseContent:
    """The name of the new key, and the key."""

    identifier: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class GetKeyRequestContent:
    """The key's name, and what the answer is sealed for: a token or a symmetric key."""

    identifier: bytes
    etk: bytes | None = None
    key_encryption_key: bytes | None = None
    key_encryption_key_identifier: bytes | None = None


@dataclass(frozen=True, slots=True)
class GetKeyResponseContent:
    """The key."""

    key: bytes

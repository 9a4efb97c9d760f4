"""What travels to and from the ETK depot, as values.

Knows: the types of etkdepot:1_0:protocol. Must not know: lxml, what a token is.
"""

from __future__ import annotations

from dataclasses import dataclass

from ehbox_soap.wire.types.answers import Status


@dataclass(frozen=True, slots=True)
class EtkIdentifier:
    """IdentifierType: a number, its kind, and an application of its owner; "" and None are none."""

    type: str
    value: str
    application: str | None = None


@dataclass(frozen=True, slots=True)
class EtkError:
    """ErrorType: why there is no token."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class GetEtkRequest:
    """SearchCriteria: at least one identifier."""

    criteria: tuple[EtkIdentifier, ...]


@dataclass(frozen=True, slots=True)
class GetEtkResponse:
    """At most one of `etk`, `matching` (the identifiers of each token that matches) and `errors`."""

    status: Status
    criteria: tuple[EtkIdentifier, ...] = ()
    etk: bytes | None = None
    matching: tuple[tuple[EtkIdentifier, ...], ...] = ()
    errors: tuple[EtkError, ...] = ()

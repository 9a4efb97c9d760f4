"""A client of eHealthBox v3: an assertion from the STS, calls signed by its holder's key, attachments by swaRef.

Knows: zeep, the contract's WSDLs, WS-Security as clients send it. Must not know: the server, its store, its rules.
What others may use is named here and explained in docs/client.md; the values of requests and answers are `types`.
"""

from __future__ import annotations

from ehbox_soap.client.address_book import AddressBook
from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.consultation import Consultation
from ehbox_soap.client.errors import (
    AnswerError,
    AnswerLostError,
    ClientError,
    EtkError,
    FaultError,
    KgssRefusedError,
    LookupRefusedError,
    RequestError,
    SealedError,
    StatusError,
    TokenError,
    UnreachableError,
)
from ehbox_soap.client.etk_depot import EtkDepot
from ehbox_soap.client.kgss import Kgss, NewKey
from ehbox_soap.client.publication import Publication
from ehbox_soap.client.retry import Retry
from ehbox_soap.client.sealing import Opened, Sealing
from ehbox_soap.client.session import Dialect, Session
from ehbox_soap.client.sts import Token
from ehbox_soap.wire import types
from ehbox_soap.wire.types.kgss import Credential

__all__ = [
    "AddressBook",
    "Addresses",
    "AnswerError",
    "AnswerLostError",
    "ClientError",
    "Consultation",
    "Credential",
    "Dialect",
    "EtkDepot",
    "EtkError",
    "FaultError",
    "Kgss",
    "KgssRefusedError",
    "LookupRefusedError",
    "NewKey",
    "Opened",
    "Publication",
    "RequestError",
    "Retry",
    "SealedError",
    "Sealing",
    "Session",
    "StatusError",
    "Token",
    "TokenError",
    "UnreachableError",
    "types",
]

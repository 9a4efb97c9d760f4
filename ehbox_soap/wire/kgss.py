"""The tables of the KGSS: its requests and answers, and what is sealed in them.

Knows: the elements of etee:kgss:1_0:protocol, which are qualified, and of EteeResponseType, which are not. Must not
know: how content is sealed, who may have a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.wire import plain
from ehbox_soap.wire.content import LocalisedString
from ehbox_soap.wire.elements import Children, Record
from ehbox_soap.wire.fields import Many, Maybe, One, Within
from ehbox_soap.wire.simple import BASE64, TEXT
from ehbox_soap.wire.types.kgss import (
    Credential,
    GetKeyRequest,
    GetKeyRequestContent,
    GetKeyResponse,
    GetKeyResponseContent,
    GetNewKeyRequest,
    GetNewKeyRequestContent,
    GetNewKeyResponse,
    GetNewKeyResponseContent,
    KgssError,
    KgssStatus,
)

NAMESPACE = "urn:be:fgov:ehealth:etee:kgss:1_0:protocol"

Message = (
    GetNewKeyRequest
    | GetNewKeyResponse
    | GetKeyRequest
    | GetKeyResponse
    | GetNewKeyRequestContent
    | GetNewKeyResponseContent
    | GetKeyRequestContent
    | GetKeyResponseContent
)


def _own(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


class _Sealed:
    """SealedContent within the element that tells what it is; in an answer it may be missing."""

    def __init__(self, tag: str) -> None:
        self.within = Within(_own(tag), One(_own("SealedContent"), "sealed", BASE64))

    def read(self, children: Children, values: dict[str, Any], parts: Any) -> None:
        if children.first(self.within.tag) is not None:
            self.within.read(children, values, parts)

    def write(self, element: etree._Element, record: Any, attachments: Any) -> None:
        if record.sealed is not None:
            self.within.write(element, record, attachments)


_STATUS = Record(KgssStatus, One("Code", "code", TEXT), One("Message", "message", TEXT))
_ERROR = Record(KgssError, One("Code", "code", TEXT), Many("Message", "messages", LocalisedString()))
_HEAD = (One("Status", "status", _STATUS), Many("Error", "errors", _ERROR))
_CREDENTIAL = Record(
    Credential,
    One(_own("Namespace"), "namespace", TEXT),
    One(_own("Name"), "name", TEXT),
    Many(_own("Value"), "values", TEXT),
)
_RECORDS: tuple[Record[Any], ...] = (
    Record(GetNewKeyRequest, _Sealed("SealedNewKeyRequest")),
    Record(GetNewKeyResponse, *_HEAD, _Sealed("SealedNewKeyResponse")),
    Record(GetKeyRequest, _Sealed("SealedKeyRequest")),
    Record(GetKeyResponse, *_HEAD, _Sealed("SealedKeyResponse")),
    Record(
        GetNewKeyRequestContent,
        Many(_own("AllowedReader"), "allowed", _CREDENTIAL),
        Many(_own("ExludedReader"), "excluded", _CREDENTIAL),
        One(_own("ETK"), "etk", BASE64),
    ),
    Record(
        GetNewKeyResponseContent,
        One(_own("NewKeyIdentifier"), "identifier", BASE64),
        One(_own("NewKey"), "key", BASE64),
    ),
    Record(
        GetKeyRequestContent,
        One(_own("KeyIdentifier"), "identifier", BASE64),
        Maybe(_own("ETK"), "etk", BASE64),
        Maybe(_own("KeyEncryptionKey"), "key_encryption_key", BASE64),
        Maybe(_own("KeyEncryptionKeyIdentifier"), "key_encryption_key_identifier", BASE64),
    ),
    Record(GetKeyResponseContent, One(_own("Key"), "key", BASE64)),
)
_BY_TAG: Mapping[str, Record[Any]] = {_own(record.kind.__name__): record for record in _RECORDS}
_BY_TYPE: Mapping[type, Record[Any]] = {record.kind: record for record in _RECORDS}


def is_content(element: etree._Element) -> bool:
    """Whether it is one of the elements that are sealed."""
    return str(element.tag) in _BY_TAG and str(element.tag).endswith("Content")


def decode(element: etree._Element) -> Message:
    """The message of an element, sealed or a content. SOA-03005 for an unknown one, SOA-03006 for a broken one."""
    record = _BY_TAG.get(str(element.tag))
    if record is None:
        raise SoapFault("SOA-03005", "the element is none of the KGSS")
    message: Message = plain.read(record, element)
    return message


def encode(message: Message) -> etree._Element:
    """The element of a message."""
    record = _BY_TYPE[type(message)]
    return plain.write(record, _own(record.kind.__name__), message, kgss=NAMESPACE)

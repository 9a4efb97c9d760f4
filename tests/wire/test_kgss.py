"""The KGSS's messages and what is sealed in them, literal by literal (wire.md, "KGSS"): names, order, namespaces."""

from __future__ import annotations

import pytest
from lxml import etree

from ehbox_soap.wire import kgss
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
from tests.wire.checks import CANARY, refused
from tests.wire.plainly import document, form, schema

NS = "urn:be:fgov:ehealth:etee:kgss:1_0:protocol"
SCHEMA = schema("kgss", "kgss-protocol-v1.xsd")
HEAD = '<Status xmlns=""><Code>200</Code><Message>Success</Message></Status>'
ERRORS = (
    '<Error xmlns=""><Code>k.1</Code><Message Lang="EN">a</Message><Message Lang="FR">b</Message></Error>'
    '<Error xmlns=""><Code>k.2</Code><Message Lang="NL">c</Message></Error>'
)
FAILED = (KgssError("k.1", (("EN", "a"), ("FR", "b"))), KgssError("k.2", (("NL", "c"),)))
SUCCESS = KgssStatus("200", "Success")
READER = "<Namespace>urn:n</Namespace><Name>urn:a</Name>"
MESSAGES: list[tuple[str, kgss.Message]] = [
    (
        "<GetNewKeyRequest><SealedNewKeyRequest><SealedContent>AQI=</SealedContent></SealedNewKeyRequest>"
        "</GetNewKeyRequest>",
        GetNewKeyRequest(b"\1\2"),
    ),
    (
        f"<GetNewKeyResponse>{HEAD}<SealedNewKeyResponse><SealedContent>AQI=</SealedContent></SealedNewKeyResponse>"
        "</GetNewKeyResponse>",
        GetNewKeyResponse(SUCCESS, (), b"\1\2"),
    ),
    (f"<GetNewKeyResponse>{HEAD}{ERRORS}</GetNewKeyResponse>", GetNewKeyResponse(SUCCESS, FAILED)),
    (
        "<GetKeyRequest><SealedKeyRequest><SealedContent>AQI=</SealedContent></SealedKeyRequest></GetKeyRequest>",
        GetKeyRequest(b"\1\2"),
    ),
    (
        f"<GetKeyResponse>{HEAD}<SealedKeyResponse><SealedContent>AQI=</SealedContent></SealedKeyResponse>"
        "</GetKeyResponse>",
        GetKeyResponse(SUCCESS, (), b"\1\2"),
    ),
    (f"<GetKeyResponse>{HEAD}{ERRORS}</GetKeyResponse>", GetKeyResponse(SUCCESS, FAILED)),
    (
        f"<GetNewKeyRequestContent><AllowedReader>{READER}<Value>v</Value><Value>w</Value></AllowedReader>"
        f"<AllowedReader>{READER}</AllowedReader><ExludedReader>{READER}<Value>x</Value></ExludedReader>"
        "<ETK>Aw==</ETK></GetNewKeyRequestContent>",
        GetNewKeyRequestContent(
            (Credential("urn:n", "urn:a", ("v", "w")), Credential("urn:n", "urn:a")),
            (Credential("urn:n", "urn:a", ("x",)),),
            b"\3",
        ),
    ),
    (
        "<GetNewKeyResponseContent><NewKeyIdentifier>AQ==</NewKeyIdentifier><NewKey>Ag==</NewKey>"
        "</GetNewKeyResponseContent>",
        GetNewKeyResponseContent(b"\1", b"\2"),
    ),
    (
        "<GetKeyRequestContent><KeyIdentifier>AQ==</KeyIdentifier><ETK>Ag==</ETK></GetKeyRequestContent>",
        GetKeyRequestContent(b"\1", b"\2"),
    ),
    (
        "<GetKeyRequestContent><KeyIdentifier>AQ==</KeyIdentifier><KeyEncryptionKey>Ag==</KeyEncryptionKey>"
        "<KeyEncryptionKeyIdentifier>Aw==</KeyEncryptionKeyIdentifier></GetKeyRequestContent>",
        GetKeyRequestContent(b"\1", None, b"\2", b"\3"),
    ),
    (
        "<GetKeyRequestContent><KeyIdentifier>AQ==</KeyIdentifier></GetKeyRequestContent>",
        GetKeyRequestContent(b"\1"),
    ),
    ("<GetKeyResponseContent><Key>Ag==</Key></GetKeyResponseContent>", GetKeyResponseContent(b"\2")),
]


@pytest.mark.parametrize(("text", "message"), MESSAGES, ids=[text[1:].partition(">")[0] for text, _ in MESSAGES])
def test_a_message_both_ways(text: str, message: kgss.Message) -> None:
    element = document(text, NS)
    SCHEMA.assertValid(element)
    assert kgss.decode(element) == message
    assert form(kgss.encode(message)) == form(element)


@pytest.mark.parametrize(("text", "message"), MESSAGES, ids=[text[1:].partition(">")[0] for text, _ in MESSAGES])
def test_what_is_sealed_is_told_from_what_travels_open(text: str, message: kgss.Message) -> None:
    assert kgss.is_content(document(text, NS)) is type(message).__name__.endswith("Content")


@pytest.mark.parametrize("name", [f"{{urn:x}}{CANARY}Content", "GetKeyResponseContent", f"{{{NS}}}Content"])
def test_an_element_of_another_name_is_neither(name: str) -> None:
    element = etree.Element(name)
    assert not kgss.is_content(element)
    with refused("SOA-03005", "the element is none of the KGSS"):
        kgss.decode(element)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<GetKeyRequestContent/>", "KeyIdentifier: missing element"),
        ("<GetKeyResponseContent/>", "Key: missing element"),
        (f"<GetKeyResponse>{HEAD}<SealedKeyResponse/></GetKeyResponse>", "SealedContent: missing"),
        ("<GetKeyResponse/>", "Status: missing element"),
        (f"<GetKeyResponseContent><Key>{CANARY}</Key></GetKeyResponseContent>", "Key: not a valid base64"),
    ],
)
def test_what_was_not_validated_is_still_no_surprise(text: str, reason: str) -> None:
    with refused("SOA-03006", reason):
        kgss.decode(document(text, NS))

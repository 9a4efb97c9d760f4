"""Base64 as XML Schema Part 2, 3.2.16 defines it; Python's decoder and libxml2 are both laxer, each in its way."""

from __future__ import annotations

import base64
import itertools
import re

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from ehbox_soap.wire import base64text
from tests.wire.checks import GENERATED

# The productions of XML Schema Part 2, 3.2.16, once white space is collapsed.
B64, B16, B04 = "[A-Za-z0-9+/] ?", "[AEIMQUYcgkosw048] ?", "[AQgw] ?"
LEXICAL = re.compile(f"(?:(?:{B64}){{4}})*(?:(?:{B64}){{3}}[A-Za-z0-9+/]|(?:{B64}){{2}}{B16}=|{B64}{B04}= ?=)?")


def is_base64(text: str) -> bool:
    try:
        base64text.decode(text)
    except ValueError:
        return False
    return True


def lexical(text: str) -> bool:
    return LEXICAL.fullmatch(re.sub("[ \t\r\n]+", " ", text).strip(" ")) is not None


@given(st.text(alphabet="AQgwBR09+/= \t\r\n-!é", max_size=14))
@GENERATED
def test_the_verdict_is_the_schemas(text: str) -> None:
    assert is_base64(text) == lexical(text)


def test_the_verdict_is_the_schemas_on_every_short_text() -> None:
    texts = ["".join(letters) for length in range(6) for letters in itertools.product("AQB=! ", repeat=length)]
    texts += ["".join(letters) for letters in itertools.product("AB=", repeat=8)]
    assert [text for text in texts if is_base64(text) != lexical(text)] == []


SCHEMA = xmlschema.XMLSchema10(
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:base64Binary"/></xs:schema>'
)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("", True),
        ("  ", True),
        ("QUJD", True),
        ("Q U\nJ\tD", True),
        ("QQ==", True),
        ("QR==", False),
        ("QUI=", True),
        ("QUJ=", False),
        ("QUJ", False),
        ("Q===", False),
        ("====", False),
        ("QQ==QQ==", False),
        ("QUJD!", False),
        ("QU-_", False),
    ],
)
def test_an_independent_validator_agrees(text: str, valid: bool) -> None:
    assert SCHEMA.is_valid(f"<a>{text}</a>") == valid
    assert is_base64(text) == valid


@given(st.binary(max_size=300))
@GENERATED
def test_octets_come_back(octets: bytes) -> None:
    text = base64text.encode(octets)
    assert text == base64.b64encode(octets).decode()
    assert base64text.decode(text) == octets
    assert base64text.decode("\r\n".join(re.findall(".{1,76}", text))) == octets

"""Base64 exactly as xs:base64Binary has it: text to octets and back.

Knows: the lexical space of xs:base64Binary, which neither libxml2 (skips foreign characters) nor Python (accepts
set bits and padding after the end) checks in full. Must not know: where the text stands.
"""

from __future__ import annotations

import binascii

_SPACE = b" \t\r\n"


def decode(text: str | bytes) -> bytes:
    """The octets of base64 text; XML white space may stand anywhere, nothing else may. Raises ValueError."""
    try:
        decoded = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        # White space is rare in large texts, so it is only looked for, and they only copied, once the plain way failed.
        text = _octets(text).translate(None, _SPACE)
        decoded = binascii.a2b_base64(text, strict_mode=True)
    rest = len(decoded) % 3
    if len(text) != (len(decoded) + 2) // 3 * 4:
        raise ValueError("padding in excess")
    if rest and binascii.b2a_base64(decoded[-rest:], newline=False) != _octets(text[-4:]):
        raise ValueError("bits are set after the end")
    return decoded


def _octets(text: str | bytes) -> bytes:
    return text.encode("ascii") if isinstance(text, str) else text


def encode(octets: bytes) -> str:
    """Base64 text of octets, in one line."""
    return binascii.b2a_base64(octets, newline=False).decode("ascii")

"""Header lines and media types, as octets and text to values.

Knows: `name: value` lines of a MIME part, `type/subtype; parameter=value`. Must not know: parts, attachments, XML.
Tolerant where real clients differ (case, order, quotes, spaces), strict where two readers could disagree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ehbox_soap.errors import SoapFault

# Ours: no client sends more than four header lines with a part.
MAX_HEADERS = 32

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FOLD = re.compile(rb"\r\n[ \t]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A Content-Type: `name` in lower case such as text/xml, parameter names in lower case, values as they were."""

    name: str
    parameters: Mapping[str, str]


def media_type(value: str) -> MediaType:
    """Reads a Content-Type; parameters quoted or bare, in any order and case (bare values end at a semicolon only,
    as real boundaries hold `=` and `:` unquoted). A doubled parameter or one without value is SOA-03001."""
    name, _, rest = value.partition(";")
    parameters: dict[str, str] = {}
    while rest := rest.lstrip(" \t;"):
        key, equals, rest = rest.partition("=")
        key = key.strip().lower()
        if not equals or not _TOKEN.fullmatch(key):
            raise SoapFault("SOA-03001", "Content-Type: a parameter is malformed")
        text, rest = _parameter_value(rest.lstrip())
        if key in parameters:
            raise SoapFault("SOA-03001", "Content-Type: a parameter is stated twice")
        parameters[key] = text
    return MediaType(name.strip().lower(), parameters)


def _parameter_value(text: str) -> tuple[str, str]:
    """The value at the start of `text`, and what follows its semicolon."""
    if not text.startswith('"'):
        value, _, rest = text.partition(";")
        return value.strip(), rest
    quoted = []
    at = 1
    while at < len(text) and text[at] != '"':
        at += text[at] == "\\"
        quoted.append(text[at : at + 1])
        at += 1
    tail, _, rest = text[at + 1 :].partition(";")
    if at >= len(text) or tail.strip():
        raise SoapFault("SOA-03001", "Content-Type: a quoted parameter does not end")
    return "".join(quoted), rest


def header_block(octets: bytes) -> dict[str, str]:
    """The header lines of a part, without the empty line after them; names in lower case.

    Lines end in CR LF and nothing else; a folded line is joined with one space. SOA-03001: no colon, a name that is
    none, a control character, a Content-* header stated twice, more than 32 lines.
    """
    headers: dict[str, str] = {}
    if not octets:
        return headers
    lines = _FOLD.sub(b" ", octets).decode("latin-1").split("\r\n")
    if len(lines) > MAX_HEADERS:
        raise SoapFault("SOA-03001", f"a part has more than {MAX_HEADERS} header lines")
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name) or _CONTROL.search(value):
            raise SoapFault("SOA-03001", "a part has a malformed header line")
        if name.lower() in headers and name.lower().startswith("content-"):
            raise SoapFault("SOA-03001", "a part has a header twice")
        headers[name.lower()] = value.strip(" \t")
    return headers

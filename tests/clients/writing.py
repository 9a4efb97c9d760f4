"""How clients write values into XML: names, moments, base64, text.

Knows: RFC 1779 as Java prints it, xs:dateTime, base64 lines. Must not know: what the values are for, the project.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_KEYWORDS = {"2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.10": "O", "2.5.4.11": "OU"}


def instant(moment: datetime) -> str:
    """UTC with three digits of fraction and Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def rfc1779(name: x509.Name) -> str:
    """Most specific part first, values in quotation marks where they hold a special character."""
    parts = [
        (_KEYWORDS.get(each.oid.dotted_string, f"OID.{each.oid.dotted_string}"), str(each.value))
        for each in reversed(list(name))
    ]
    return ", ".join(f'{key}="{value}"' if re.search('[,=+<>#;"]', value) else f"{key}={value}" for key, value in parts)


def base64_of(octets: bytes) -> str:
    """On one line."""
    return base64.b64encode(octets).decode()


def wrapped(octets: bytes, line_end: str) -> str:
    """In lines of 76; `line_end` as it is written into XML, "" for none."""
    whole = base64_of(octets)
    return line_end.join(whole[start : start + 76] for start in range(0, len(whole), 76)) if line_end else whole


def der(certificate: x509.Certificate) -> bytes:
    """Its octets."""
    return certificate.public_bytes(Encoding.DER)


def text(value: str) -> str:
    """Character data."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(value: str) -> str:
    """An attribute's value between quotation marks."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")

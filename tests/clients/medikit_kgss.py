"""What Medikit seals for the KGSS.

Knows: what its sources write (Medikit.EHealth: Services/KGSS/KGSSService and the contents of Services/KGSS/Request):
XElement.ToString, so no declaration, two spaces a level and Windows' line ends, one Value a reader, the answer always
for its own organisation's token. It reads answers no stricter than the connector (connector_kgss.py) does. Must not
know: anything of the project.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.clients.connector_kgss import Reader
from tests.clients.names import IDENTIFICATION, KGSS
from tests.clients.writing import base64_of, text

_HOLDER, _NUMBER = (
    "urn:be:fgov:ehealth:1.0:certificateholder:enterprise:cbe-number",
    "urn:be:fgov:kbo-bce:organization:cbe-number",
)
_LINE_END = "\r\n"


def own_readers(cbe: str) -> Sequence[Reader]:
    """Whom it allows unless it is told: its organisation."""
    return [Reader(IDENTIFICATION, name, [cbe]) for name in (_HOLDER, _NUMBER)]


def new_key_content(readers: Sequence[Reader], token: bytes) -> bytes:
    """GetNewKeyRequestContent, before it is sealed."""
    inner = []
    for each in readers:
        (value,) = each.values
        written = (f"<Namespace>{each.namespace}</Namespace>", f"<Name>{each.name}</Name>")
        inner += ["<AllowedReader>", *(f"  {line}" for line in written), f"  <Value>{text(value)}</Value>"]
        inner.append("</AllowedReader>")
    return _document("GetNewKeyRequestContent", [*inner, f"<ETK>{base64_of(token)}</ETK>"])


def key_content(identifier: bytes, token: bytes) -> bytes:
    """GetKeyRequestContent, before it is sealed."""
    inner = [f"<KeyIdentifier>{base64_of(identifier)}</KeyIdentifier>", f"<ETK>{base64_of(token)}</ETK>"]
    return _document("GetKeyRequestContent", inner)


def _document(name: str, inner: Sequence[str]) -> bytes:
    lines = [f'<{name} xmlns="{KGSS}">', *(f"  {line}" for line in inner), f"</{name}>"]
    return _LINE_END.join(lines).encode()

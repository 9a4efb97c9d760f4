"""A request as a client puts it on the wire, octet for octet.

Knows: HTTP/1.1, the order in which a client writes its headers. Must not know: SOAP, the project.
"""

from __future__ import annotations

from dataclasses import dataclass

CONNECTOR_HEADERS = (
    ("Accept", "text/xml, text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"),
    ("Content-Type", ""),
    ("SOAPAction", ""),
    ("User-Agent", "eHealthTechnical/4.0.2"),
    ("Cache-Control", "no-cache"),
    ("Pragma", "no-cache"),
    ("Host", ""),
    ("Connection", "keep-alive"),
    ("Content-Length", ""),
)
"""The connector's headers in its order; an empty value is the request's own."""


@dataclass(frozen=True)
class HttpRequest:
    """One POST; `headers` are the request's own, `order` is all that its client sends, in its order."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    order: tuple[tuple[str, str], ...] = CONNECTOR_HEADERS

    def octets(self, host: str) -> bytes:
        """Everything, request line to last byte of the body. A header that the client has no place for comes last."""
        own = {**dict(self.headers), "Host": host, "Content-Length": str(len(self.body))}
        placed = dict(self.order)
        stated = [(name, value or own[name]) for name, value in self.order if value or name in own]
        stated += [(name, value) for name, value in own.items() if name not in placed]
        lines = [f"POST {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in stated)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body

"""The names of the two dialects, SAML 1.1 protocol and WS-Trust 1.3, beside those of the assertion that security has.

Knows: namespaces and URIs. Must not know: what is answered.
"""

from __future__ import annotations

SAMLP = "urn:oasis:names:tc:SAML:1.0:protocol"
X509_SUBJECT_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
X509_PKI = "urn:oasis:names:tc:SAML:1.0:am:X509-PKI"


WST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
AUTH = "http://docs.oasis-open.org/wsfed/authorization/200706"
AUTH_CLAIMS = f"{AUTH}/authclaims"
ISSUE, RENEW = f"{WST}/Issue", f"{WST}/Renew"
# Every known client writes the second, which lacks a hyphen; the first is the standard's.
PUBLIC_KEYS = frozenset({f"{WST}/PublicKey", "http://docs.oasis-open.org/ws-sx/wstrust/200512/PublicKey"})


def samlp(name: str) -> str:
    """The qualified name of a SAML 1.1 protocol element."""
    return f"{{{SAMLP}}}{name}"


def wst(name: str) -> str:
    """The qualified name of a WS-Trust element."""
    return f"{{{WST}}}{name}"


def auth(name: str) -> str:
    """The qualified name of an element of WS-Federation's claims."""
    return f"{{{AUTH}}}{name}"

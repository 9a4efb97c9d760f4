"""The names of the SAML 1.1 protocol, beside those of the assertion that security has.

Knows: namespaces and URIs. Must not know: what is answered.
"""

from __future__ import annotations

SAMLP = "urn:oasis:names:tc:SAML:1.0:protocol"
X509_SUBJECT_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
X509_PKI = "urn:oasis:names:tc:SAML:1.0:am:X509-PKI"


def samlp(name: str) -> str:
    """The qualified name of a SAML 1.1 protocol element."""
    return f"{{{SAMLP}}}{name}"

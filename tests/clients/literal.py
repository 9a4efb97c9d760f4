"""Expectations written out: whole requests as text, whose only gaps are what nobody can know beforehand.

Knows: namespaces and algorithms, written out anew so that a slip in the models' own names would be seen; which gaps a
text may have. Must not know: any client.
"""

from __future__ import annotations

import re

from tests.clients.http import HttpRequest

HOST = "127.0.0.1:8080"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
WSSE11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
SAML_TOKEN = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1"
SAML_ID = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID"
DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SAML = "urn:oasis:names:tc:SAML:1.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:1.0:protocol"
HOLDER_OF_KEY = "urn:oasis:names:tc:SAML:1.0:cm:holder-of-key"
X509_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"


def uuid(number: int) -> str:
    """The identifier that a model gets at that call."""
    return f"00000000-0000-4000-8000-{number:012d}"


def completed(text: str, request: HttpRequest) -> bytes:
    """The octets that are expected: the text with the request's own digests, signatures and length in their gaps."""
    for name in ("DigestValue", "SignatureValue"):
        values = re.findall(f"<ds:{name}>([^<]+)<", request.body.decode("latin-1"))
        assert len(values) == text.count(f"@{name}@"), name
        for value in values:
            text = text.replace(f"@{name}@", value, 1)
    return text.replace("@length@", str(len(request.body))).encode()

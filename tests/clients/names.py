"""Namespaces and algorithms of what the models write and read.

Knows: names. Must not know: anything of the project.
"""

from __future__ import annotations

PUBLICATION = "urn:be:fgov:ehealth:ehbox:publication:protocol:v3"
CONSULTATION = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"
ETK_DEPOT = "urn:be:fgov:ehealth:etkdepot:1_0:protocol"
KGSS = "urn:be:fgov:ehealth:etee:kgss:1_0:protocol"
ADDRESS_BOOK = "urn:be:fgov:ehealth:addressbook:protocol:v1"
ERRORS = "urn:be:fgov:ehealth:errors:soa:v1"
TRUST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
STS = "urn:be:fgov:ehealth:sts:protocol:v1"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SAML = "urn:oasis:names:tc:SAML:1.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:1.0:protocol"
HOLDER_OF_KEY = "urn:oasis:names:tc:SAML:1.0:cm:holder-of-key"
SUBJECT_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
DS = "http://www.w3.org/2000/09/xmldsig#"
DSIG_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
XMLENC = "http://www.w3.org/2001/04/xmlenc#"
OASIS = "http://docs.oasis-open.org/wss/"
WSSE = f"{OASIS}2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = f"{OASIS}2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
X509V3 = f"{OASIS}2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
BASE64_BINARY = f"{OASIS}2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
WSSE11 = f"{OASIS}oasis-wss-wssecurity-secext-1.1.xsd"
SAML_TOKEN = f"{OASIS}oasis-wss-saml-token-profile-1.1#SAMLV1.1"
SAML_ASSERTION_ID = f"{OASIS}oasis-wss-saml-token-profile-1.0#SAMLAssertionID"
IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"

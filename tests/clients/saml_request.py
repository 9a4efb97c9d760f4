"""The SAML-P request to the STS, as each client writes it (wire.md, STS, SAML-P dialect).

Knows: samlp:Request from its first to its last character. Must not know: the envelope, how the call is signed, the
project. The inner signature is a template that dsig fills in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from tests.clients.dsig import Covered, Signer
from tests.clients.names import DS, HOLDER_OF_KEY, IDENTIFICATION, SAML, SAMLP, SUBJECT_NAME
from tests.clients.writing import attribute, base64_of, der, instant, rfc1779, text, wrapped

INNER = "@inner@"
"""Stands where the inner signature's value will be."""
_XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '


@dataclass(frozen=True)
class SamlStyle:
    """A client's prefixes (with their colon, or none) and declarations, `key_info` those on the holder's KeyInfo.
    `typed` puts an xsi:type on every value, `line_end` ends the lines of the inner signature's certificate ("": one
    line)."""

    samlp: str = "samlp:"
    saml: str = "saml:"
    ds: str = "ds:"
    declared: str = f'xmlns:ds="{DS}" xmlns:saml="{SAML}" xmlns:samlp="{SAMLP}"'
    evidence: str = f'xmlns:ns4="{SAMLP}" '
    key_info: str = ""
    typed: bool = False
    line_end: str = ""


@dataclass(frozen=True)
class Asked:
    """What is asked. `holder` is the certificate that the assertion will be bound to, `identification` that of who
    asks; `claims` are (name, value) of the identification namespace, `designators` (name, namespace)."""

    holder: x509.Certificate
    identification: x509.Certificate
    claims: Sequence[tuple[str, str]]
    designators: Sequence[tuple[str, str]]
    validity: timedelta


def request_id(one: str) -> str:
    """The RequestID that goes with an identifier."""
    return f"request-{one}"


def inner_signature(one: str, signer: Signer, holder: x509.Certificate, style: SamlStyle) -> str:
    """An enveloped signature over the request, its values marked: the holder's key proves itself."""
    info = signer.signed_info([Covered(request_id(one))], None, enveloped=True)
    return (
        f'<ds:Signature xmlns:ds="{DS}">{info}<ds:SignatureValue>{INNER}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>'
        f"<ds:X509Certificate>{wrapped(der(holder), style.line_end)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        "</ds:Signature>"
    )


def request(asked: Asked, one: str, now: datetime, style: SamlStyle, inner: str = "") -> str:
    """The element that goes into the Body; `inner` is its signature, or nothing."""
    p, a, ds = style.samlp, style.saml, style.ds
    wanted = "".join(
        f'<{a}AttributeDesignator AttributeName="{name}" AttributeNamespace="{namespace}"/>'
        for name, namespace in asked.designators
    )
    return (
        f'<{p}Request {style.declared} IssueInstant="{instant(now)}" MajorVersion="1" MinorVersion="1" '
        f'RequestID="{request_id(one)}">{inner}<{p}AttributeQuery><{a}Subject>{_name(asked, style)}'
        f"<{a}SubjectConfirmation><{a}ConfirmationMethod>{HOLDER_OF_KEY}</{a}ConfirmationMethod>"
        f"<{a}SubjectConfirmationData>{_evidence(asked, one, now, style)}</{a}SubjectConfirmationData>"
        f"<{ds}KeyInfo{style.key_info}><{ds}X509Data><{ds}X509Certificate>{base64_of(der(asked.holder))}</{ds}X509Certificate>"
        f"</{ds}X509Data></{ds}KeyInfo></{a}SubjectConfirmation></{a}Subject>{wanted}</{p}AttributeQuery></{p}Request>"
    )


def _evidence(asked: Asked, one: str, now: datetime, style: SamlStyle) -> str:
    """The unsigned assertion by which the caller says what it is and how long it wants the answer to hold."""
    a = style.saml
    spaces, kind = (_XS, ' xsi:type="xs:string"') if style.typed else ("", "")
    claims = "".join(
        f'<{a}Attribute {spaces}AttributeName="{name}" AttributeNamespace="{IDENTIFICATION}">'
        f"<{a}AttributeValue{kind}>{text(value)}</{a}AttributeValue></{a}Attribute>"
        for name, value in asked.claims
    )
    return (
        f'<{a}Assertion {style.evidence}AssertionID="assertion-{one}" IssueInstant="{instant(now)}" '
        f'Issuer="{attribute(rfc1779(asked.identification.subject))}" MajorVersion="1" MinorVersion="1">'
        f'<{a}Conditions NotBefore="{instant(now)}" NotOnOrAfter="{instant(now + asked.validity)}"/>'
        f"<{a}AttributeStatement><{a}Subject>{_name(asked, style)}</{a}Subject>{claims}</{a}AttributeStatement>"
        f"</{a}Assertion>"
    )


def _name(asked: Asked, style: SamlStyle) -> str:
    name = asked.identification
    return (
        f'<{style.saml}NameIdentifier Format="{SUBJECT_NAME}" NameQualifier="{attribute(rfc1779(name.issuer))}">'
        f"{text(rfc1779(name.subject))}</{style.saml}NameIdentifier>"
    )

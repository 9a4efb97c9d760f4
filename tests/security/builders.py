"""Signed calls in the layouts of real clients (wire.md): C, the Java connector, and E, e-Contract's client.

A test model of its own: nothing of the project's code makes these envelopes. The signatures are libxmlsec's. Every
piece can be changed before the signing (so that the signature is good and only the rule in question is broken) and
after it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from xml.sax.saxutils import escape

import xmlsec
from lxml import etree

from tests.security.keys import INSS, NOW, Owner, PrivateKey, pki

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = OASIS + "wssecurity-secext-1.0.xsd"
WSU = OASIS + "wssecurity-utility-1.0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
SAML = "urn:oasis:names:tc:SAML:1.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:1.0:protocol"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA1 = DS + "rsa-sha1"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
SHA1 = DS + "sha1"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
NAMESPACES = {"S": SOAP, "wsse": WSSE, "wsu": WSU, "ds": DS, "saml": SAML, "samlp": SAMLP, "ec": EXC_C14N}

LIST_REQUEST = (
    '<ns2:GetMessagesListRequest xmlns:ns2="urn:be:fgov:ehealth:ehbox:consultation:protocol:v3">'
    "<Source>INBOX</Source></ns2:GetMessagesListRequest>"
)
IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"
DOCTOR = (
    (IDENTIFICATION, "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin", INSS),
    (IDENTIFICATION, "urn:be:fgov:person:ssin", INSS),
    (CERTIFIED, "urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11", "10082555045"),
    (CERTIFIED, "urn:be:fgov:person:ssin:doctor:boolean", "true"),
)

Edit = Callable[[etree._Element], object]


def nothing(root: etree._Element) -> None:
    """The edit that leaves all as it is."""


def stamp(moment: datetime) -> str:
    """An instant as the clients write it: milliseconds and Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse(octets: bytes) -> etree._Element:
    """A plain parser: hardening is another room's."""
    return etree.fromstring(octets, etree.XMLParser(resolve_entities=False))


def find(root: etree._Element, path: str) -> etree._Element:
    """The one element at an XPath with the prefixes of NAMESPACES."""
    found = root.xpath(path, namespaces=NAMESPACES)
    assert isinstance(found, list)
    assert len(found) == 1, path
    assert isinstance(found[0], etree._Element)
    return found[0]


@dataclass(frozen=True)
class Token:
    """An assertion; `edit` works on it before the STS signs, `after` once it has."""

    sts: Owner = field(default_factory=lambda: pki().sts)
    holder: Owner = field(default_factory=lambda: pki().rsa)
    id: str = "_174ef6a478a8428d9cdcc9a79b003c8b"
    not_before: str = stamp(NOW - timedelta(minutes=5))
    not_on_or_after: str = stamp(NOW + timedelta(hours=24))
    attributes: tuple[tuple[str, str, str], ...] = DOCTOR
    algorithm: str = RSA_SHA256
    digest: str = SHA256
    prefixes: str | None = None
    key_info: bool = True
    signing_key: Owner | None = None
    edit: Edit = nothing
    after: Edit = nothing


@dataclass(frozen=True)
class Call:
    """A call; `edit` works on the envelope before it is signed, `after` once it is."""

    layout: Literal["C", "E"] = "C"
    kind: Literal["mailbox", "sts"] = "mailbox"
    holder: Owner = field(default_factory=lambda: pki().rsa)
    token: Token | None = None
    content: str = LIST_REQUEST
    created: str = stamp(NOW)
    expires: str = stamp(NOW + timedelta(seconds=60))
    algorithm: str = RSA_SHA256
    digest: str = SHA256
    inclusive: tuple[str | None, str | None, str | None] | None = None
    """PrefixList of SignedInfo, of the Body's and of the Timestamp's reference; None: as the layout has it."""
    signing_key: Owner | None = None
    edit: Edit = nothing
    after: Edit = nothing

    def prefix_lists(self) -> tuple[str | None, str | None, str | None]:
        if self.inclusive is not None:
            return self.inclusive
        return (None, None, None) if self.layout == "C" else ("S SOAP-ENV", "SOAP-ENV", "wsse S SOAP-ENV")


def assertion(token: Token) -> bytes:
    """A signed assertion in the STS's shape (wire.md, STS), no white space."""
    certificate = base64.b64encode(token.holder.der).decode()
    signer = base64.b64encode(token.sts.der).decode()
    issued = stamp(NOW)
    subject = (
        '<Subject><NameIdentifier Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName" '
        f'NameQualifier="CN=TEST authority, C=BE">CN="SSIN={INSS}", C=BE</NameIdentifier><SubjectConfirmation>'
        "<ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:holder-of-key</ConfirmationMethod>"
        f'<ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>'
        "</ds:X509Data></ds:KeyInfo></SubjectConfirmation></Subject>"
    )
    attributes = "".join(
        f'<Attribute AttributeName="{name}" AttributeNamespace="{namespace}">'
        f"<AttributeValue>{escape(value)}</AttributeValue></Attribute>"
        for namespace, name, value in token.attributes
    )
    key_info = (
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{signer}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        if token.key_info
        else ""
    )
    reference = _reference(token.id, token.prefixes, token.digest, enveloped=True)
    root = parse(
        (
            f'<Assertion xmlns="{SAML}" AssertionID="{token.id}" IssueInstant="{issued}" '
            'Issuer="urn:be:fgov:ehealth:sts:1_0" MajorVersion="1" MinorVersion="1">'
            f'<Conditions NotBefore="{token.not_before}" NotOnOrAfter="{token.not_on_or_after}"/>'
            f'<AuthenticationStatement AuthenticationInstant="{issued}" '
            f'AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:X509-PKI">{subject}</AuthenticationStatement>'
            f"<AttributeStatement>{subject}{attributes}</AttributeStatement>"
            f'<ds:Signature xmlns:ds="{DS}">{_signed_info(token.algorithm, None, reference)}'
            f"<ds:SignatureValue/>{key_info}</ds:Signature></Assertion>"
        ).encode()
    )
    token.edit(root)
    sign(find(root, "ds:Signature"), token.signing_key or token.sts, "AssertionID")
    token.after(root)
    return etree.tostring(root)


def envelope(call: Call) -> bytes:
    """The signed envelope of a call, as octets."""
    soap = "SOAP-ENV" if call.layout == "C" else "S"
    declared = f'xmlns:{soap}="{SOAP}"' + ("" if call.layout == "C" else f' xmlns:SOAP-ENV="{SOAP}"')
    body_declared = (
        "" if call.layout == "C" else 'xmlns="" xmlns:ns4="urn:be:fgov:ehealth:errors:soa:v1" '
    ) + f'xmlns:wsu="{WSU}"'
    root = parse(
        (
            f'<{soap}:Envelope {declared}><{soap}:Header><wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" '
            f'{soap}:mustUnderstand="1"><wsu:Timestamp wsu:Id="TS-1"><wsu:Created>{call.created}</wsu:Created>'
            f"<wsu:Expires>{call.expires}</wsu:Expires></wsu:Timestamp>{_token(call)}{_signature(call)}"
            f"</wsse:Security></{soap}:Header>"
            f'<{soap}:Body {body_declared} wsu:Id="id-1">{call.content}</{soap}:Body></{soap}:Envelope>'
        ).encode()
    )
    call.edit(root)
    signature = find(root, "/S:Envelope/S:Header//ds:Signature[ds:KeyInfo/wsse:SecurityTokenReference]")
    sign(signature, call.signing_key or call.holder, "Id", WSU)
    value = find(signature, "ds:SignatureValue")
    # The clients are Java: 76 characters a line, ended by CR LF, which XML writes as &#13; and LF.
    plain = (value.text or "").replace("\n", "")
    value.text = "\r\n".join(plain[at : at + 76] for at in range(0, len(plain), 76))
    call.after(root)
    return etree.tostring(root)


def opened(octets: bytes) -> tuple[etree._Element, etree._Element]:
    """Header and Body of an envelope, freshly parsed."""
    root = parse(octets)
    return find(root, "/S:Envelope/S:Header"), find(root, "/S:Envelope/S:Body")


def sign(signature: etree._Element, signer: Owner, id_attribute: str, id_namespace: str | None = None) -> None:
    """Fills the DigestValues and the SignatureValue of a template, by libxmlsec."""
    context = xmlsec.SignatureContext()
    for element in signature.getroottree().iter():
        if element.get(f"{{{id_namespace}}}{id_attribute}" if id_namespace else id_attribute) is not None:
            context.register_id(element, id_attribute, id_namespace)
    # libxmlsec frees what stands in the elements that it fills: nobody may hold on to any of that.
    del element
    context.key = xmlsec_key(signer.key)
    context.sign(signature)
    for element in signature.iter(f"{{{DS}}}SignatureValue", f"{{{DS}}}DigestValue"):
        element.text = (element.text or "").replace("\n", "")


def xmlsec_key(key: PrivateKey) -> xmlsec.Key:
    return xmlsec.Key.from_memory(Owner(pki().rsa.certificate, key).pem, xmlsec.constants.KeyDataFormatPem)


def _token(call: Call) -> str:
    if call.kind == "mailbox":
        return assertion(call.token or Token(holder=call.holder)).decode()
    der = base64.b64encode(call.holder.der).decode()
    lines = "&#13;\n".join(der[at : at + 76] for at in range(0, len(der), 76))
    return (
        f'<wsse:BinarySecurityToken EncodingType="{OASIS}soap-message-security-1.0#Base64Binary" '
        f'ValueType="{OASIS}x509-token-profile-1.0#X509v3" wsu:Id="X509-1">{lines}</wsse:BinarySecurityToken>'
    )


def _signature(call: Call) -> str:
    signed_info, body, timestamp = call.prefix_lists()
    references = _reference("id-1", body, call.digest) + _reference("TS-1", timestamp, call.digest)
    if call.kind == "sts":
        references += _reference("X509-1", signed_info, call.digest)
        named = f'<wsse:Reference URI="#X509-1" ValueType="{OASIS}x509-token-profile-1.0#X509v3"/>'
        kind = ""
    else:
        token = call.token or Token()
        profile = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1"
        named = f'<wsse:KeyIdentifier ValueType="{profile}.0#SAMLAssertionID">{token.id}</wsse:KeyIdentifier>'
        kind = (
            'xmlns:wsse11="http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd" '
            f'wsse11:TokenType="{profile}.1#SAMLV1.1" '
        )
    return (
        f'<ds:Signature xmlns:ds="{DS}" Id="SIG-1">{_signed_info(call.algorithm, signed_info, references)}'
        f'<ds:SignatureValue/><ds:KeyInfo Id="KI-1"><wsse:SecurityTokenReference {kind}wsu:Id="STR-1">{named}'
        "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>"
    )


def _signed_info(algorithm: str, prefixes: str | None, references: str) -> str:
    return (
        f"<ds:SignedInfo>{_exclusive('CanonicalizationMethod', prefixes)}"
        f'<ds:SignatureMethod Algorithm="{algorithm}"/>{references}</ds:SignedInfo>'
    )


def _reference(identifier: str, prefixes: str | None, digest: str, enveloped: bool = False) -> str:
    step = f'<ds:Transform Algorithm="{DS}enveloped-signature"/>' if enveloped else ""
    return (
        f'<ds:Reference URI="#{identifier}"><ds:Transforms>{step}{_exclusive("Transform", prefixes)}</ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>'
    )


def _exclusive(name: str, prefixes: str | None) -> str:
    if prefixes is None:
        return f'<ds:{name} Algorithm="{EXC_C14N}"/>'
    return (
        f'<ds:{name} Algorithm="{EXC_C14N}"><ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" PrefixList="{prefixes}"/>'
        f"</ds:{name}>"
    )


def with_token(call: Call, **changes: object) -> Call:
    """The call with its assertion changed."""
    return replace(call, token=replace(call.token or Token(holder=call.holder), **changes))  # type: ignore[arg-type]

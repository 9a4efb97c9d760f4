"""How Medikit keeps an assertion: as values, from which it is written anew before each call.

Knows: the assertion's form, in which every value has its place (wire.md, STS, SAML-P dialect; Medikit.EHealth's
SAMLAssertion and the classes within it, of which none has a place for anything else); that XElement writes attributes
in the order in which that client adds them and the default namespace, which it leaves to be generated, after them.
Must not know: the project. What has no place is lost, and with it the signature of the STS: `Broken` says which.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from lxml import etree

from tests.clients.connector40_reader import Broken
from tests.clients.dsig import canonical, parsed
from tests.clients.names import DS, EXC_C14N, SAML
from tests.clients.writing import attribute, instant, text

_NAMES = {"saml": SAML, "ds": DS}


def rewritten(assertion: str) -> str:
    """The assertion from its values, empty elements in their shortest form; its envelope writes these in its own.

    Raises Broken when that is another one than the STS signed.
    """
    root = parsed(assertion)
    try:
        anew = _assertion(root)
    except (LookupError, ValueError, binascii.Error) as error:
        raise Broken(f"an assertion that cannot be read into values: {error}") from error
    if canonical(parsed(anew)) != canonical(root):
        raise Broken("an assertion that does not survive being written anew")
    return anew


def _assertion(root: etree._Element) -> str:
    (conditions,) = _at(root, "saml:Conditions")
    (authentication,) = _at(root, "saml:AuthenticationStatement")
    (statement,) = _at(root, "saml:AttributeStatement")
    # The one moment that it leaves to XAttribute, which writes no digit of a fraction more than it needs.
    moment = datetime.fromisoformat(_own(authentication, "AuthenticationInstant"))
    return (
        f'<Assertion AssertionID="{_own(root, "AssertionID")}" IssueInstant="{_moment(_own(root, "IssueInstant"))}" '
        f'Issuer="{attribute(_own(root, "Issuer"))}" MajorVersion="{int(_own(root, "MajorVersion"))}" '
        f'MinorVersion="{int(_own(root, "MinorVersion"))}" xmlns="{SAML}">'
        f'<Conditions NotBefore="{_moment(_own(conditions, "NotBefore"))}" '
        f'NotOnOrAfter="{_moment(_own(conditions, "NotOnOrAfter"))}"/>'
        f'<AuthenticationStatement AuthenticationInstant="{_shortest(moment)}" '
        f'AuthenticationMethod="{_own(authentication, "AuthenticationMethod")}">{_subject(authentication)}'
        f"</AuthenticationStatement><AttributeStatement>{_subject(statement)}{_attributes(statement)}"
        f"</AttributeStatement>{_signature(root)}</Assertion>"
    )


def _shortest(moment: datetime) -> str:
    fraction = f"{moment.microsecond:06d}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' if fraction else ''}{fraction}Z"


def _moment(value: str) -> str:
    return instant(datetime.fromisoformat(value))


def _own(element: etree._Element, name: str) -> str:
    """An attribute that must be there."""
    return str(element.attrib[name])


def _subject(statement: etree._Element) -> str:
    (name,) = _at(statement, "saml:Subject/saml:NameIdentifier")
    (method,) = _at(statement, "saml:Subject/saml:SubjectConfirmation/saml:ConfirmationMethod")
    (info,) = _at(statement, "saml:Subject/saml:SubjectConfirmation/ds:KeyInfo")
    return (
        f'<Subject><NameIdentifier Format="{_own(name, "Format")}" '
        f'NameQualifier="{attribute(_own(name, "NameQualifier"))}">{text(name.text or "")}</NameIdentifier>'
        f"<SubjectConfirmation><ConfirmationMethod>{method.text}</ConfirmationMethod>"
        f'<ds:KeyInfo xmlns:ds="{DS}">{_certificate(info)}</ds:KeyInfo></SubjectConfirmation></Subject>'
    )


def _attributes(statement: etree._Element) -> str:
    return "".join(
        f'<Attribute AttributeName="{_own(each, "AttributeName")}" '
        f'AttributeNamespace="{_own(each, "AttributeNamespace")}">'
        f"<AttributeValue>{text(each.findtext('saml:AttributeValue', '', _NAMES))}</AttributeValue></Attribute>"
        for each in _at(statement, "saml:Attribute")
    )


def _signature(root: etree._Element) -> str:
    (info,) = _at(root, "ds:Signature/ds:SignedInfo")
    (reference,) = _at(info, "ds:Reference")
    (value,) = _at(root, "ds:Signature/ds:SignatureValue")
    (key,) = _at(root, "ds:Signature/ds:KeyInfo")
    method, digest = (
        _own(_at(info, path)[0], "Algorithm") for path in ("ds:SignatureMethod", "ds:Reference/ds:DigestMethod")
    )
    return (
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXC_C14N}"/>'
        f'<ds:SignatureMethod Algorithm="{method}"/><ds:Reference URI="{_own(reference, "URI")}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{EXC_C14N}"/>'
        f'</ds:Transforms><ds:DigestMethod Algorithm="{digest}"/>'
        f"<ds:DigestValue>{_octets(reference, 'ds:DigestValue')}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        f"<ds:SignatureValue>{_octets(value, '.')}</ds:SignatureValue><ds:KeyInfo>{_certificate(key)}</ds:KeyInfo>"
        "</ds:Signature>"
    )


def _certificate(info: etree._Element) -> str:
    certificate = _octets(info, "ds:X509Data/ds:X509Certificate")
    return f"<ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>"


def _octets(element: etree._Element, path: str) -> str:
    """Base64 by way of its octets: what was broken into lines comes out on one."""
    (found,) = _at(element, path)
    return base64.b64encode(base64.b64decode(found.text or "")).decode()


def _at(element: etree._Element, path: str) -> list[etree._Element]:
    found = element.xpath(path, namespaces=_NAMES)
    assert isinstance(found, list)
    return [each for each in found if isinstance(each, etree._Element)]

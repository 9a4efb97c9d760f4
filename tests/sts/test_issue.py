"""The assertion, in exactly the form of wire.md ("STS, SAML-P dialect"), verified by everybody who has to.

The text is expected character for character; libxmlsec and signxml are the oracles of the signature, and the room
`security` must accept what this room makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from xml.dom import minidom

import pytest
import xmlsec
from lxml import etree
from signxml.exceptions import InvalidDigest

from ehbox_soap.ids import SeededChance
from ehbox_soap.security import assertions, saml
from ehbox_soap.security.policy import profile
from ehbox_soap.security.trust import Trust
from ehbox_soap.sts.issue import Grant, instant, issue
from ehbox_soap.sts.signer import Signer
from tests.sts.conftest import DORA, Cast
from tests.sts.layouts import DS, IDENTIFICATION, NAMESPACES, NOW, SOAP, SSIN, base64_of
from tests.sts.oracles import verify_by_signxml, verify_by_xmlsec

MOMENT = NOW.replace(microsecond=89_999)
ATTRIBUTES = (
    saml.Attribute(IDENTIFICATION, SSIN, (DORA,)),
    saml.Attribute(
        "urn:be:fgov:certified-namespace:ehealth", "urn:be:fgov:person:ssin:ehealth:1.0:surname", ("Dé <&> ‘Bée’",)
    ),
)


@pytest.fixture(params=["rsa", "ec"])
def signer(request: pytest.FixtureRequest, cast: Cast) -> Signer:
    sts = cast.authority.sts if request.param == "rsa" else cast.authority.service("another STS", kind="ec")
    return Signer(sts.key, sts.certificate)


def made(cast: Cast, signer: Signer) -> etree._Element:
    grant = Grant(
        identification=cast.dora_eid.certificate,
        holder=cast.dora.certificate,
        attributes=ATTRIBUTES,
        validity=timedelta(hours=24),
        issuer="urn:be:fgov:ehealth:sts:1_0",
    )
    return issue(grant, MOMENT, SeededChance(21), signer)


def test_every_character_before_the_signature(cast: Cast, signer: Signer) -> None:
    """Default namespace, prefix ds, no white space, three digits of fraction but in AuthenticationInstant."""
    subject = (
        '<Subject><NameIdentifier Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName" '
        'NameQualifier="CN=ehbox-soap test issuing CA, O=ehbox-soap test PKI, C=BE">'
        f"OID.2.5.4.5={DORA}, OID.2.5.4.42=Dora, OID.2.5.4.4=Voorbeeld, CN=Dora Voorbeeld (Authentication), C=BE"
        "</NameIdentifier><SubjectConfirmation>"
        "<ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:holder-of-key</ConfirmationMethod>"
        '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>'
        f"{base64_of(cast.dora.certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        "</SubjectConfirmation></Subject>"
    )
    expected = (
        '<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="ID" '
        'IssueInstant="2026-01-15T09:00:00.089Z" Issuer="urn:be:fgov:ehealth:sts:1_0" MajorVersion="1" '
        'MinorVersion="1">'
        '<Conditions NotBefore="2026-01-15T08:55:00.089Z" NotOnOrAfter="2026-01-16T09:00:00.089Z"/>'
        '<AuthenticationStatement AuthenticationInstant="2026-01-15T09:00:00Z" '
        f'AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:X509-PKI">{subject}</AuthenticationStatement>'
        f"<AttributeStatement>{subject}"
        '<Attribute AttributeName="urn:be:fgov:person:ssin" '
        'AttributeNamespace="urn:be:fgov:identification-namespace">'
        f"<AttributeValue>{DORA}</AttributeValue></Attribute>"
        '<Attribute AttributeName="urn:be:fgov:person:ssin:ehealth:1.0:surname" '
        'AttributeNamespace="urn:be:fgov:certified-namespace:ehealth">'
        "<AttributeValue>Dé &lt;&amp;&gt; ‘Bée’</AttributeValue></Attribute></AttributeStatement>"
        f'<ds:Signature xmlns:ds="{DS}">'
    )
    text = etree.tostring(made(cast, signer), encoding="unicode")
    head, begin, _ = text.partition(f'<ds:Signature xmlns:ds="{DS}">')
    assert re.sub('AssertionID="_[0-9a-f]{32}"', 'AssertionID="ID"', head + begin) == expected


def test_every_character_of_the_signature(cast: Cast, signer: Signer) -> None:
    """Enveloped, exc-c14n, no InclusiveNamespaces, no line break in base64, X509Data; it stands last."""
    assertion = made(cast, signer)
    text = etree.tostring(assertion, encoding="unicode")
    algorithm = "rsa-sha256" if "rsa" in type(signer.key).__name__.lower() else "ecdsa-sha256"
    c14n = "http://www.w3.org/2001/10/xml-exc-c14n#"
    pattern = re.escape(
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{c14n}"/>'
        f'<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{algorithm}"/>'
        f'<ds:Reference URI="#{assertion.get("AssertionID")}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{c14n}"/></ds:Transforms>'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>BASE64</ds:DigestValue>'
        "</ds:Reference></ds:SignedInfo><ds:SignatureValue>BASE64</ds:SignatureValue><ds:KeyInfo><ds:X509Data>"
        f"<ds:X509Certificate>{base64_of(signer.certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        "</ds:Signature></Assertion>"
    ).replace("BASE64", "[A-Za-z0-9+/]+={0,2}")
    assert re.search(pattern + "$", text), text


def test_assertion_ids_are_underscore_and_32_hex(cast: Cast, signer: Signer) -> None:
    assert re.fullmatch("_[0-9a-f]{32}", made(cast, signer).get("AssertionID", ""))


def moved(octets: bytes) -> bytes:
    """A client puts the element itself into its Security header."""
    header = etree.fromstring(f'<S:Header xmlns:S="{SOAP}"><wsse:Security xmlns:wsse="urn:wsse"/></S:Header>')
    header[0].append(etree.fromstring(octets))
    return etree.tostring(header)


Rewriting = Callable[[bytes], bytes]
REWRITINGS: dict[str, Rewriting] = {
    "as it is": lambda octets: octets,
    "parsed and written by lxml": lambda octets: etree.tostring(etree.fromstring(octets), xml_declaration=True),
    "parsed and written by a DOM": lambda octets: minidom.parseString(octets).toxml().encode(),
    "pasted under foreign prefixes": lambda octets: (
        f'<ds:a xmlns:ds="urn:x" xmlns="urn:y" xmlns:saml="{NAMESPACES["saml"]}">'.encode() + octets + b"</ds:a>"
    ),
    "in a header, moved by lxml": moved,
}


@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_signature_survives_a_client(cast: Cast, signer: Signer, rewriting: str) -> None:
    """M parses and re-serialises it."""
    octets = REWRITINGS[rewriting](etree.tostring(made(cast, signer)))
    verify_by_xmlsec(octets, signer.certificate)


def test_oracle_notices_a_change(cast: Cast, signer: Signer) -> None:
    octets = etree.tostring(made(cast, signer)).replace(DORA.encode(), b"68072599721")
    with pytest.raises(xmlsec.Error):
        verify_by_xmlsec(octets, signer.certificate)


def test_signxml_verifies_it(cast: Cast, signer: Signer) -> None:
    octets = etree.tostring(made(cast, signer))
    assert verify_by_signxml(octets, signer.certificate, NOW).tag == f"{{{NAMESPACES['saml']}}}Assertion"
    with pytest.raises(InvalidDigest):
        verify_by_signxml(octets.replace(DORA.encode(), b"68072599721"), signer.certificate, NOW)


def test_room_security_accepts_it(cast: Cast, signer: Signer) -> None:
    """What is read back is what was granted."""
    element = etree.fromstring(etree.tostring(made(cast, signer)))
    policy = profile("strict")
    verifier = assertions.AssertionVerifier(policy, Trust(cast.authority.certificates, [signer.certificate]))
    assertion = verifier.verify(verifier.present(element, NOW), NOW).assertion
    assert assertion.attributes == ATTRIBUTES
    assert assertion.holder == cast.dora.certificate
    assert assertion.not_before == MOMENT.replace(microsecond=89_000) - timedelta(minutes=5)
    assert assertion.not_on_or_after == MOMENT.replace(microsecond=89_000) + timedelta(hours=24)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 15, 9, 0, tzinfo=UTC), "2026-01-15T09:00:00.000Z"),
        (datetime(2026, 1, 15, 9, 0, 1, 999_999, tzinfo=UTC), "2026-01-15T09:00:01.999Z"),
        (datetime(2026, 7, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))), "2026-06-30T23:00:00.000Z"),
    ],
)
def test_instants_have_three_digits_and_z(moment: datetime, text: str) -> None:
    assert instant(moment) == text

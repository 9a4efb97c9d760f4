"""The STS's inner signature: the enveloped form over a samlp:Request (wire.md, STS, SAML-P dialect)."""

from __future__ import annotations

import pytest
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import signature
from ehbox_soap.security.forms import MOST_ELEMENTS
from ehbox_soap.security.policy import profile
from tests.security.builders import (
    DS,
    ECDSA_SHA256,
    RSA_SHA1,
    RSA_SHA256,
    SAML,
    SAMLP,
    find,
    parse,
    sign,
)
from tests.security.edits import Edit, add, double, drop
from tests.security.keys import Owner, pki


def request(
    signer: Owner, algorithm: str, edit: Edit = lambda _: None, transform: str = "</ds:Transform>"
) -> etree._Element:
    """A samlp:Request in E's layout: the signature is its first child, the prefix declared outside too; `transform` is
    what its last Transform holds and its end."""
    root = parse(
        (
            f'<B xmlns="{SAMLP}" xmlns:ns2="{DS}"><Request xmlns:ds="{DS}" RequestID="request-1">'
            f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod '
            f'Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="{algorithm}"/>'
            f'<ds:Reference URI="#request-1"><ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature"/>'
            f'<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">{transform}</ds:Transforms>'
            "<ds:DigestMethod "
            f'Algorithm="{DS}sha1"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>'
            f'<AttributeQuery><a xmlns="{SAML}">x</a></AttributeQuery></Request></B>'
        ).encode()
    )
    sign(find(root, "//ds:Signature"), signer, "RequestID")
    edit(root[0])
    return root[0]


@pytest.mark.parametrize(("key", "algorithm"), [("rsa", RSA_SHA1), ("rsa", RSA_SHA256), ("ec", ECDSA_SHA256)])
def test_an_inner_signature(key: str, algorithm: str) -> None:
    owner = getattr(pki(), key)
    element = request(owner, algorithm)
    before = etree.tostring(element)
    assert signature.verify_enveloped(element, owner.certificate.public_key(), profile("wire")).sha1
    assert etree.tostring(element) == before, "the tree stays as it came"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda r: setattr(find(r, "samlp:AttributeQuery/*"), "text", "y"), "ds:Reference: the digest"),
        (drop("ds:Signature"), "enveloped ds:Signature: must stand exactly once"),
        (double("ds:Signature"), "enveloped ds:Signature: must stand exactly once"),
        (lambda r: r.set("AssertionID", "_x"), "enveloped ds:Signature: signs an element without exactly one"),
        (lambda r: r.attrib.pop("RequestID"), "enveloped ds:Signature: signs an element without exactly one"),
        (lambda r: r.set("RequestID", ""), "RequestID: has no id"),
        (lambda r: r.set("RequestID", "other"), "ds:SignedInfo: does not refer"),
        (lambda r: setattr(r[0], "tail", "x"), "enveloped ds:Signature: is followed by text"),
        (lambda r: r[0].extend([etree.Element("x") for _ in range(MOST_ELEMENTS)]), "ds:Signature: holds more than"),
        (lambda r: r[1].append(r[0]), "enveloped ds:Signature: must stand exactly once"),
        (
            add("ds:Signature", f"{{{DS}}}Object"),
            "ds:Signature: does not hold exactly SignedInfo, SignatureValue and KeyI",
        ),
    ],
)
def test_an_inner_signature_that_does_not_hold(edit: Edit, reason: str) -> None:
    element = request(pki().rsa, RSA_SHA1, edit)
    with pytest.raises(SoapFault) as caught:
        signature.verify_enveloped(element, pki().rsa.certificate.public_key(), profile("wire"))
    assert caught.value.reason.startswith(reason)


def test_prefixes_of_an_inner_signature_are_those_of_its_form() -> None:
    """Exclusive canonicalisation leaves out a namespace that is declared outside and not used, unless it is listed."""
    listed = (
        '<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="ns2"/></ds:Transform>'
    )
    element = request(pki().rsa, RSA_SHA1, transform=listed)
    key = pki().rsa.certificate.public_key()
    assert signature.verify_enveloped(element, key, profile("wire")).sha1
    alone = parse(etree.tostring(element).replace(f' xmlns:ns2="{DS}"'.encode(), b""))
    with pytest.raises(SoapFault, match="the digest"):
        signature.verify_enveloped(alone, key, profile("wire"))


def test_the_key_info_of_an_inner_signature_is_not_looked_into() -> None:
    """The key is that of the token; what is written here says nothing."""
    element = request(pki().rsa, RSA_SHA1, add("ds:Signature", f"{{{DS}}}KeyInfo"))
    assert signature.verify_enveloped(element, pki().rsa.certificate.public_key(), profile("wire")).sha1


def test_an_inner_signature_by_another_key_or_under_strict() -> None:
    element = request(pki().rsa, RSA_SHA1)
    with pytest.raises(SoapFault, match="is not by the key"):
        signature.verify_enveloped(element, pki().stranger.certificate.public_key(), profile("wire"))
    with pytest.raises(SoapFault, match="is not allowed by the policy"):
        signature.verify_enveloped(element, pki().rsa.certificate.public_key(), profile("strict"))

"""xmlsec and signxml, two independent implementations: each verifies what the test model signs, and what each signs
is verified here."""

from __future__ import annotations

import pytest
import xmlsec
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import InvalidDigest
from signxml.signer import SignatureReference, XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from ehbox_soap.security import assertions
from ehbox_soap.security.policy import profile
from tests.security.builders import (
    ECDSA_SHA256,
    RSA_SHA1,
    RSA_SHA256,
    SHA1,
    SHA256,
    SOAP,
    WSSE,
    WSU,
    Token,
    assertion,
    envelope,
    find,
    parse,
)
from tests.security.checks import accepted, accepted_sts, trust, xmlsec_verifies
from tests.security.edits import SIGNATURE, Kind, call
from tests.security.keys import NOW, Owner, pki

ALGORITHMS = [(RSA_SHA1, SHA1, "rsa"), (RSA_SHA256, SHA256, "rsa"), (ECDSA_SHA256, SHA256, "ec")]


def signxml_verifies(root: etree._Element, owner: Owner, references: int, location: str, id_attribute: str) -> None:
    """Raises a signxml error if signxml does not agree."""
    configuration = SignatureConfiguration(
        expect_references=references,
        location=location,
        signature_methods=frozenset(SignatureMethod),
        digest_algorithms=frozenset(DigestAlgorithm),
        verification_time=NOW,
    )
    XMLVerifier().verify(root, x509_cert=owner.certificate, id_attribute=id_attribute, expect_config=configuration)


@pytest.mark.parametrize("layout", ["C", "E"])
@pytest.mark.parametrize("kind", ["mailbox", "sts"])
@pytest.mark.parametrize(("algorithm", "digest", "key"), ALGORITHMS)
def test_both_verify_the_test_models_calls(layout: str, kind: str, algorithm: str, digest: str, key: str) -> None:
    owner = getattr(pki(), key)
    octets = envelope(call(layout=layout, kind=kind, algorithm=algorithm, digest=digest, holder=owner))
    root = parse(octets)
    xmlsec_verifies(find(root, SIGNATURE), owner.public_pem, "Id", WSU)
    if layout == "C":
        # signxml copies a signed element out of its tree, and with it loses what E's PrefixLists bring in.
        signxml_verifies(root, owner, 2 if kind == "mailbox" else 3, f"./{{{SOAP}}}Header/{{{WSSE}}}Security/", "Id")


def test_the_oracles_refuse_what_is_changed() -> None:
    root = parse(envelope(call(after=lambda r: setattr(find(r, "//Source"), "text", "SENTBOX"))))
    with pytest.raises(xmlsec.Error):
        xmlsec_verifies(find(root, SIGNATURE), pki().rsa.public_pem, "Id", WSU)
    with pytest.raises(InvalidDigest):
        signxml_verifies(root, pki().rsa, 2, f"./{{{SOAP}}}Header/{{{WSSE}}}Security/", "Id")


@pytest.mark.parametrize(("algorithm", "digest", "key"), ALGORITHMS)
@pytest.mark.parametrize("prefixes", [None, "", "ds"])
def test_both_verify_the_test_models_assertions(algorithm: str, digest: str, key: str, prefixes: str | None) -> None:
    sts = pki().sts if key == "rsa" else pki().sts_ec
    root = parse(assertion(Token(sts=sts, algorithm=algorithm, digest=digest, prefixes=prefixes)))
    xmlsec_verifies(find(root, "ds:Signature"), sts.public_pem, "AssertionID", None)
    signxml_verifies(root, sts, 1, "./", "AssertionID")


# What they sign is verified here.


def _signer(algorithm: str, method: SignatureConstructionMethod) -> XMLSigner:
    return XMLSigner(
        method=method,
        signature_algorithm=SignatureMethod(algorithm),
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )


@pytest.mark.parametrize(("algorithm", "name"), [(RSA_SHA256, "sts"), (ECDSA_SHA256, "sts_ec")])
def test_an_assertion_that_signxml_signed(algorithm: str, name: str) -> None:
    sts: Owner = getattr(pki(), name)
    bare = parse(assertion(Token(sts=sts, algorithm=algorithm)))
    bare.remove(find(bare, "ds:Signature"))
    signed = _signer(algorithm, SignatureConstructionMethod.enveloped).sign(
        bare, key=sts.key, cert=[sts.certificate], reference_uri=bare.get("AssertionID"), id_attribute="AssertionID"
    )
    element = parse(etree.tostring(signed))
    policy = profile("strict")
    verifier = assertions.AssertionVerifier(policy, trust())
    verified = verifier.verify(verifier.present(element, NOW), NOW)
    assert verified.assertion.holder == pki().rsa.certificate


@pytest.mark.parametrize("kind", ["mailbox", "sts"])
@pytest.mark.parametrize(("algorithm", "key"), [(RSA_SHA256, "rsa"), (ECDSA_SHA256, "ec")])
def test_a_call_that_signxml_signed(kind: Kind, algorithm: str, key: str) -> None:
    owner: Owner = getattr(pki(), key)

    def sign_anew(root: etree._Element) -> None:
        old = find(root, SIGNATURE)
        uris = ["#id-1", "#TS-1"] if kind == "mailbox" else ["#id-1", "#TS-1", "#X509-1"]
        parent = old.getparent()
        assert parent is not None
        parent.remove(old)
        new = _signer(algorithm, SignatureConstructionMethod.detached).sign(
            root,
            key=owner.key,
            cert=[owner.certificate],
            reference_uri=[SignatureReference(URI=uri) for uri in uris],
            key_info=find(old, "ds:KeyInfo"),
            id_attribute="Id",
        )
        parent.append(new)

    signed = call(kind=kind, algorithm=algorithm, holder=owner, after=sign_anew)
    assert accepted(signed) if kind == "mailbox" else accepted_sts(signed)

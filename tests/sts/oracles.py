"""xmlsec and signxml about assertions: two independent implementations that verify, and that sign.

Knows: the enveloped signature over an AssertionID. Must not know: how the house does either.
"""

from __future__ import annotations

import base64
from datetime import datetime

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier
from xmlsec import constants

from ehbox_soap.pki.entries import KeyEntry
from tests.sts.layouts import DS, NAMESPACES


def verify_by_xmlsec(octets: bytes, certificate: x509.Certificate) -> None:
    """Raises xmlsec.Error if libxmlsec does not agree; the assertion may stand within something else."""
    root = etree.fromstring(octets)
    (assertion,) = [root] if root.tag.endswith("}Assertion") else root.iterfind(".//saml:Assertion", NAMESPACES)
    signature = assertion.find("ds:Signature", NAMESPACES)
    assert signature is not None
    context = xmlsec.SignatureContext()
    pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    context.key = xmlsec.Key.from_memory(pem, constants.KeyDataFormatPem)
    context.register_id(assertion, "AssertionID")
    context.verify(signature)


def verify_by_signxml(octets: bytes, certificate: x509.Certificate, now: datetime) -> etree._Element:
    """What signxml says was signed. Raises its errors if it does not agree."""
    configuration = SignatureConfiguration(verification_time=now)
    result = XMLVerifier().verify(
        octets, x509_cert=certificate, id_attribute="AssertionID", expect_config=configuration
    )
    assert isinstance(result, VerifyResult)
    assert result.signed_xml is not None
    signed: etree._Element = result.signed_xml
    return signed


def unsigned(octets: bytes) -> etree._Element:
    """An assertion without its signature."""
    assertion = etree.fromstring(octets)
    signature = assertion.find("ds:Signature", NAMESPACES)
    assert signature is not None
    assertion.remove(signature)
    return assertion


def signed_by_signxml(assertion: etree._Element, entry: KeyEntry) -> bytes:
    method = SignatureMethod.RSA_SHA256 if _is_rsa(entry) else SignatureMethod.ECDSA_SHA256
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=method,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed = signer.sign(
        assertion,
        key=entry.key,
        cert=[entry.certificate],
        reference_uri=assertion.get("AssertionID"),
        id_attribute="AssertionID",
    )
    return etree.tostring(signed)


def signed_by_xmlsec(assertion: etree._Element, entry: KeyEntry) -> bytes:
    method = constants.TransformRsaSha256 if _is_rsa(entry) else constants.TransformEcdsaSha256
    signature = xmlsec.template.create(assertion, constants.TransformExclC14N, method, ns="ds")
    assertion.append(signature)
    reference = xmlsec.template.add_reference(
        signature, constants.TransformSha256, uri="#" + assertion.get("AssertionID", "")
    )
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    data = xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    context = xmlsec.SignatureContext()
    pem = entry.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context.key = xmlsec.Key.from_memory(pem, constants.KeyDataFormatPem)
    context.register_id(assertion, "AssertionID")
    context.sign(signature)
    certificate = etree.SubElement(data, f"{{{DS}}}X509Certificate")
    certificate.text = base64.b64encode(entry.certificate.public_bytes(Encoding.DER)).decode()
    return etree.tostring(assertion)


def _is_rsa(entry: KeyEntry) -> bool:
    return isinstance(entry.key, rsa.RSAPrivateKey)

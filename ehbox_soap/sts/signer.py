"""The STS's key, and how it signs an assertion.

Knows: the enveloped signature of wire.md: exclusive c14n, no InclusiveNamespaces, no line breaks in base64, X509Data.
Must not know: what the assertion says.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.signer import XMLSigner

from ehbox_soap.security.names import ds


@dataclass(frozen=True, slots=True)
class Signer:
    """The key of an STS, RSA or EC, and the certificate that others trust it by."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def sign(self, assertion: etree._Element) -> etree._Element:
        """The same assertion with a Signature as its last child, over its AssertionID."""
        method = SignatureMethod.RSA_SHA256 if isinstance(self.key, rsa.RSAPrivateKey) else SignatureMethod.ECDSA_SHA256
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm=method,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        signed: etree._Element = signer.sign(
            assertion,
            key=self.key,
            cert=[self.certificate],
            reference_uri=assertion.get("AssertionID"),
            id_attribute="AssertionID",
        )
        # The certificate comes in lines of 64; KeyInfo is outside of what is signed.
        for certificate in signed.iterfind(f"{ds('Signature')}/{ds('KeyInfo')}//{ds('X509Certificate')}"):
            certificate.text = "".join((certificate.text or "").split())
        return signed

"""Every algorithm that XML Signature, XML Encryption and their extensions name, by URI.

Knows: XML Signature and XML Encryption 1.0 and 1.1, RFC 9231, the W3C's XML Security Algorithm Cross-Reference, OASIS's
token profiles. Must not know: which of them anybody allows.
"""

from __future__ import annotations

from tests.security.builders import DS, EXC_C14N, SHA1

MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
MORE_2021 = "http://www.w3.org/2021/04/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
ENC11 = "http://www.w3.org/2009/xmlenc11#"
GHC = "http://www.w3.org/2010/xmlsec-ghc#"
DSIG11 = "http://www.w3.org/2009/xmldsig11#"

DIGESTS = [
    SHA1,
    *[ENC + name for name in ("sha256", "sha384", "sha512", "ripemd160")],
    *[MORE + name for name in ("md5", "sha224", "sha384")],
    *[MORE_2007 + name for name in ("sha3-224", "sha3-256", "sha3-384", "sha3-512", "whirlpool")],
]
MACS = [
    DS + "hmac-sha1",
    *[MORE + "hmac-" + name for name in ("md5", "sha224", "sha256", "sha384", "sha512", "ripemd160")],
    *[MORE_2021 + name for name in ("siphash-2-4", "poly1305")],
]
_XMSS = (
    ("sha2", 192),
    ("sha2", 256),
    ("sha2", 512),
    ("shake", 256),
    ("shake", 512),
    ("shake256", 192),
    ("shake256", 256),
)
_HEIGHTS = ("20-2", "20-4", "40-2", "40-4", "40-8", "60-3", "60-6", "60-12")
SIGNATURES = [
    *[DS + name for name in ("rsa-sha1", "dsa-sha1")],
    DSIG11 + "dsa-sha256",
    *[MORE + "rsa-" + name for name in ("md5", "ripemd160", "sha224", "sha256", "sha384", "sha512")],
    *[MORE + "ecdsa-" + name for name in ("sha1", "sha224", "sha256", "sha384", "sha512")],
    *[MORE + "esign-" + name for name in ("sha1", "sha224", "sha256", "sha384", "sha512")],
    *[MORE_2007 + "ecdsa-" + name for name in ("ripemd160", "whirlpool")],
    *[MORE_2007 + "rsa-" + name for name in ("pss", "whirlpool", "ripemd160")],
    *[MORE_2007 + name + "-rsa-MGF1" for name in ("md2", "md5", "sha1", "sha224", "sha256", "sha384", "sha512")],
    *[MORE_2007 + name + "-rsa-MGF1" for name in ("sha3-224", "sha3-256", "sha3-384", "sha3-512")],
    *[MORE_2007 + name + "-rsa-MGF1" for name in ("ripemd128", "ripemd160", "whirlpool")],
    *[MORE_2021 + "ecdsa-" + name for name in ("sha3-224", "sha3-256", "sha3-384", "sha3-512")],
    *[MORE_2021 + "eddsa-" + name for name in ("ed25519", "ed25519ph", "ed25519ctx", "ed448", "ed448ph")],
    *[MORE_2021 + f"xmss-{name}-{height}-{bits}" for name, bits in _XMSS for height in (10, 16, 20)],
    # RFC 9231 names XMSS's form of many trees too; these are spelt as those of one tree are, by RFC 8391's heights.
    *[MORE_2021 + f"xmssmt-{name}-{height}-{bits}" for name, bits in _XMSS for height in _HEIGHTS],
]
CANONICALISATIONS = [
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    "http://www.w3.org/2010/xml-c14n2",
    EXC_C14N,
    EXC_C14N + "WithComments",
    "http://www.w3.org/2000/09/xmldsig#minimal",
    "http://www.nue.et-inf.uni-siegen.de/~geuer-pollmann/#excludeC14N",
]
TRANSFORMS = [
    DS + "enveloped-signature",
    DS + "base64",
    "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "http://www.w3.org/2002/06/xmldsig-filter2",
    "http://www.w3.org/TR/1999/REC-xslt-19991116",
    MORE + "xptr",
    "http://www.w3.org/2002/07/decrypt#XML",
    "http://www.w3.org/2002/07/decrypt#Binary",
    "http://www.w3.org/2010/xmldsig2#transform",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
    "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform",
    "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Complete-Signature-Transform",
    "http://schemas.openxmlformats.org/package/2006/RelationshipTransform",
]
ENCRYPTIONS = [
    *[ENC + name for name in ("tripledes-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "rsa-1_5", "rsa-oaep-mgf1p")],
    *[ENC + name for name in ("kw-tripledes", "kw-aes128", "kw-aes192", "kw-aes256", "dh")],
    *[ENC11 + name for name in ("aes128-gcm", "aes192-gcm", "aes256-gcm", "rsa-oaep", "ECDH-ES", "ConcatKDF")],
    *[ENC11 + name for name in ("kw-aes-128-pad", "kw-aes-192-pad", "kw-aes-256-pad", "dh-es", "pbkdf2")],
    *[ENC11 + "mgf1" + name for name in ("sha1", "sha224", "sha256", "sha384", "sha512")],
    *[GHC + name for name in ("generic-hybrid", "rsaes-kem", "ecies-kem")],
    *[MORE + name for name in ("arcfour", "camellia128-cbc", "camellia192-cbc", "camellia256-cbc", "psec-kem")],
    *[MORE + name for name in ("kw-camellia128", "kw-camellia192", "kw-camellia256")],
    *[MORE_2007 + name for name in ("seed128-cbc", "kw-seed128")],
    *[MORE_2021 + name for name in ("chacha20", "chacha20poly1305", "hkdf", "x25519", "x448")],
]
EVERY = sorted({*DIGESTS, *MACS, *SIGNATURES, *CANONICALISATIONS, *TRANSFORMS, *ENCRYPTIONS, "", "urn:x", "sha256"})

"""How the connector reads the ETK depot's answer, down to the key that it will encrypt for (wire.md, ETK depot).

Knows: GetEtkResponse, the token's form. Must not know: anything of the project. Tokens are taken apart by asn1crypto.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from tests.clients.checks import Broken, check
from tests.clients.connector40_reader import content_of_http
from tests.clients.talking import Octets

ETK = "urn:be:fgov:ehealth:etkdepot:1_0:protocol"
CORE = "urn:be:fgov:ehealth:commons:1_0:core"
_HASHES: Mapping[str, hashes.HashAlgorithm] = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}


@dataclass(frozen=True)
class Token:
    """What the depot gives out, the encryption certificate in it, and the one of its owner that issued that."""

    octets: bytes
    encryption: x509.Certificate
    owner: x509.Certificate


def read_etk(status: int, headers: Mapping[str, str], body: bytes) -> x509.Certificate | None:
    """The encryption certificate, or None where there is none. Raises Fault, Broken."""
    token = read_token(status, headers, body)
    return None if token is None else token.encryption


def read_token(status: int, headers: Mapping[str, str], body: bytes) -> Token | None:
    """The token, or None where there is none. Raises Fault, Broken."""
    found = _answer(status, headers, body)
    if found[0].tag == f"{{{ETK}}}Error":
        check(found[0].findtext(f"{{{ETK}}}Code"), "an Error without a Code")
        return None
    check(len(found) == 1 and found[0].tag == f"{{{ETK}}}ETK", "several tokens match")
    return taken_apart(base64.b64decode(found[0].text or ""))


def read_tokens(ask: Callable[[str, str, str], Octets], type: str, value: str) -> list[Token]:
    """Whoever asks for no application gets what matches, asks for each by its first identifier, and takes those whose
    owner's certificate has the number that was asked for (KeyDepotServiceImpl, CertificateParser)."""
    found = _answer(*ask(type, value, ""))
    check(found[0].tag == f"{{{ETK}}}MatchingEtk", "something else than matches")
    tokens = []
    for match in found:
        first = match[0]
        names = [first.findtext(f"{{{ETK}}}{name}") or "" for name in ("Type", "Value", "ApplicationID")]
        token = read_token(*ask(names[0], names[1], names[2]))
        if token is None:
            raise Broken("a match that is not there")
        units = [each.value for each in token.owner.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)]
        check(f"{type}={value}" in units, "a match of another owner, which the connector ignores")
        tokens.append(token)
    return tokens


def _answer(status: int, headers: Mapping[str, str], body: bytes) -> list[etree._Element]:
    """What it gives, which is all of one kind."""
    element = content_of_http(status, headers, body)
    check(element.tag == f"{{{ETK}}}GetEtkResponse", "not a GetEtkResponse")
    check(element.findtext(f"{{{CORE}}}Status/Code") == "200", "a Status whose Code is not 200, or is qualified")
    names, found = [etree.QName(each).localname for each in element][:2], list(element)[2:]
    check(names == ["Status", "GivenSearchCriteria"], "the criteria are not given back")
    check(len({each.tag for each in found}) == 1, "not either of ETK, MatchingEtk and Error")
    return found


def encryption_certificate(token: bytes) -> x509.Certificate:
    """What the depot signed. Raises Broken for a token that is none."""
    return taken_apart(token).encryption


def taken_apart(token: bytes) -> Token:
    """A token and what is in it. Raises Broken for one that is none."""
    info = cms.ContentInfo.load(token)
    check(info["content_type"].native == "signed_data", "a token that is no SignedData")
    signed = info["content"]
    content = signed["encap_content_info"]["content"].native
    certificate = x509.load_der_x509_certificate(content)
    known = [x509.load_der_x509_certificate(each.chosen.dump()) for each in signed["certificates"]]
    (signer,) = signed["signer_infos"]
    serial = signer["sid"].chosen["serial_number"].native
    depots = [each for each in known if each.serial_number == serial]
    check(depots, "a token without its signer's certificate")
    _check_signature(signer, content, depots[0])
    owners = [each for each in known if each.subject == certificate.issuer == certificate.subject]
    check(owners, "a token without its owner's authentication certificate")
    try:
        certificate.verify_directly_issued_by(owners[0])
    except (InvalidSignature, ValueError) as error:
        raise Broken("an encryption certificate that its owner did not issue") from error
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    check(usage.key_encipherment and usage.data_encipherment, "a certificate that is not for encryption")
    return Token(token, certificate, owners[0])


def _check_signature(signer: cms.SignerInfo, content: bytes, depot: x509.Certificate) -> None:
    algorithm = _HASHES[signer["digest_algorithm"]["algorithm"].native]
    octets = content
    if signer["signed_attrs"]:
        attributes = {each["type"].native: each["values"][0].native for each in signer["signed_attrs"]}
        hasher = hashes.Hash(algorithm)
        hasher.update(content)
        check(hasher.finalize() == attributes["message_digest"], "a token whose digest is not its content's")
        # What is signed is the SET OF itself, not the tag that it has within a SignerInfo.
        octets = signer["signed_attrs"].untag().dump()
    key, value = depot.public_key(), signer["signature"].native
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, octets, ec.ECDSA(algorithm))
        else:
            assert isinstance(key, rsa.RSAPublicKey)
            key.verify(value, octets, padding.PKCS1v15(), algorithm)
    except InvalidSignature as error:
        raise Broken("a token that the depot did not sign") from error

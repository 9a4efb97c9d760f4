"""What the client signs: the layout that services expect, verified by xmlsec and by the server's own verifier."""

from __future__ import annotations

from datetime import timedelta

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from ehbox_soap.client.signature import BinaryToken, HolderOfKey, instant
from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import SeededChance
from ehbox_soap.security import names
from ehbox_soap.security.names import DS, SOAP, WSSE, WSU
from tests.client.conftest import Caller, assertion, verifier

NAMESPACES = {"s": SOAP, "wsse": WSSE, "wsu": WSU, "ds": DS, "saml": names.SAML}
CONSULTATION = "urn:be:fgov:ehealth:ehbox:consultation:protocol:v3"
REQUEST = f'<p:GetBoxInfoRequest xmlns:p="{CONSULTATION}"><Note>a\r\né </Note></p:GetBoxInfoRequest>'


def _envelope() -> etree._Element:
    return etree.fromstring(f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{REQUEST}</s:Body></s:Envelope>')


def _signed(caller: Caller, kind: str) -> etree._Element:
    """A mailbox call as it is on the wire: signed, written, read again."""
    signature = HolderOfKey(caller.entries[kind], assertion(caller, kind).encode(), caller.clock, SeededChance(2))
    envelope, _ = signature.apply(_envelope(), {})
    return etree.fromstring(etree.tostring(envelope, encoding="UTF-8", xml_declaration=True))


def _asked(caller: Caller, kind: str) -> etree._Element:
    envelope, _ = BinaryToken(caller.entries[kind], caller.clock, SeededChance(2)).apply(_envelope(), {})
    return etree.fromstring(etree.tostring(envelope, encoding="UTF-8", xml_declaration=True))


def _local(elements: list[etree._Element]) -> list[str]:
    return [etree.QName(element).localname for element in elements]


def _one(tree: etree._Element, path: str) -> etree._Element:
    (found,) = tree.iterfind(path, NAMESPACES)
    return found


def _xmlsec_verifies(tree: etree._Element, signature: etree._Element, certificate: bytes, attribute: str) -> None:
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem, None)
    namespace, _, name = attribute.rpartition("}")
    for element in tree.iter():
        if element.get(attribute):
            context.register_id(element, name, namespace.lstrip("{") or None)
    context.verify(signature)


def _pem(caller: Caller, kind: str) -> bytes:
    return caller.entries[kind].certificate.public_bytes(Encoding.PEM)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_mailbox_call_verifies_with_xmlsec_and_with_the_server_s_verifier(caller: Caller, kind: str) -> None:
    tree = _signed(caller, kind)
    _xmlsec_verifies(tree, _one(tree, "s:Header/wsse:Security/ds:Signature"), _pem(caller, kind), f"{{{WSU}}}Id")
    verified = verifier(caller).call(_one(tree, "s:Header"), _one(tree, "s:Body"))
    assert verified.assertion.holder == caller.entries[kind].certificate
    assert not verified.sha1


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_an_sts_call_verifies_with_xmlsec_and_with_the_server_s_verifier(caller: Caller, kind: str) -> None:
    tree = _asked(caller, kind)
    _xmlsec_verifies(tree, _one(tree, "s:Header/wsse:Security/ds:Signature"), _pem(caller, kind), f"{{{WSU}}}Id")
    verified = verifier(caller).sts_call(_one(tree, "s:Header"), _one(tree, "s:Body"))
    assert verified.certificate == caller.entries[kind].certificate


def test_the_assertion_s_own_signature_survives(caller: Caller) -> None:
    tree = _signed(caller, "rsa")
    found = _one(tree, "s:Header/wsse:Security/saml:Assertion")
    sts = caller.authority.sts.certificate.public_bytes(Encoding.PEM)
    _xmlsec_verifies(found, _one(found, "ds:Signature"), sts, "AssertionID")


def test_the_mailbox_header_holds_timestamp_assertion_and_signature_without_white_space(caller: Caller) -> None:
    tree = _signed(caller, "rsa")
    security = _one(tree, "s:Header/wsse:Security")
    assert _local(list(security)) == ["Timestamp", "Assertion", "Signature"]
    assert security.get(f"{{{SOAP}}}mustUnderstand") == "1"
    for element in security.iter():
        assert element.tail is None
    identifier = _one(security, "ds:Signature/ds:KeyInfo/wsse:SecurityTokenReference/wsse:KeyIdentifier")
    assert identifier.get("ValueType") == (
        "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID"
    )
    assert identifier.text == _one(security, "saml:Assertion").get("AssertionID")


def test_body_and_timestamp_are_signed_by_exclusive_canonical_xml_and_sha256(caller: Caller) -> None:
    tree = _signed(caller, "rsa")
    info = _one(tree, "s:Header/wsse:Security/ds:Signature/ds:SignedInfo")
    assert _one(info, "ds:CanonicalizationMethod").get("Algorithm") == "http://www.w3.org/2001/10/xml-exc-c14n#"
    assert _one(info, "ds:SignatureMethod").get("Algorithm") == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    digests = {found.get("Algorithm") for found in info.iterfind("ds:Reference/ds:DigestMethod", NAMESPACES)}
    assert digests == {"http://www.w3.org/2001/04/xmlenc#sha256"}
    uris = [str(found.get("URI")) for found in info.iterfind("ds:Reference", NAMESPACES)]
    signed = [_one(tree, "s:Body"), _one(tree, "s:Header/wsse:Security/wsu:Timestamp")]
    assert uris == [f"#{element.get(f'{{{WSU}}}Id')}" for element in signed]


def test_an_ec_key_signs_with_ecdsa_sha256(caller: Caller) -> None:
    method = _one(_signed(caller, "ec"), "s:Header/wsse:Security/ds:Signature/ds:SignedInfo/ds:SignatureMethod")
    assert method.get("Algorithm") == "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"


def test_an_sts_call_covers_the_binary_security_token_too(caller: Caller) -> None:
    tree = _asked(caller, "rsa")
    security = _one(tree, "s:Header/wsse:Security")
    assert _local(list(security)) == ["Timestamp", "BinarySecurityToken", "Signature"]
    token = _one(security, "wsse:BinarySecurityToken")
    uris = [found.get("URI") for found in security.iterfind("ds:Signature/ds:SignedInfo/ds:Reference", NAMESPACES)]
    assert f"#{token.get(f'{{{WSU}}}Id')}" in uris
    assert len(uris) == 3
    reference = _one(security, "ds:Signature/ds:KeyInfo/wsse:SecurityTokenReference/wsse:Reference")
    assert reference.get("URI") == f"#{token.get(f'{{{WSU}}}Id')}"


def test_a_timestamp_lives_60_seconds(caller: Caller) -> None:
    timestamp = _one(_signed(caller, "rsa"), "s:Header/wsse:Security/wsu:Timestamp")
    now = caller.clock.now()
    assert [found.text for found in timestamp] == [instant(now), instant(now + timedelta(seconds=60))]
    assert timestamp[0].text == "2026-01-15T09:00:00.000Z"


def test_a_changed_body_does_not_verify(caller: Caller) -> None:
    tree = _signed(caller, "rsa")
    _one(tree, "s:Body")[0][0].text = "b"
    with pytest.raises(SoapFault, match="SOA-01001"):
        verifier(caller).call(_one(tree, "s:Header"), _one(tree, "s:Body"))


def test_each_call_has_its_own_identifiers(caller: Caller) -> None:
    signature = HolderOfKey(caller.entries["ec"], assertion(caller, "ec").encode(), caller.clock, SeededChance(2))
    found = [_one(signature.apply(_envelope(), {})[0], "s:Body").get(f"{{{WSU}}}Id") for _ in range(2)]
    assert len(set(found)) == 2

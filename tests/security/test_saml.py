"""The assertion: one form, a trusted STS's signature, one holder of key; what is remembered of it.

Each change is made before the STS signs, so that only the rule in question is broken.
"""

from __future__ import annotations

import base64
from copy import deepcopy

import pytest
from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.security import saml
from ehbox_soap.security.policy import profile
from tests.security.builders import (
    CERTIFIED,
    DS,
    ECDSA_SHA256,
    RSA_SHA1,
    RSA_SHA256,
    SAML,
    Call,
    Token,
    envelope,
    find,
    opened,
    parse,
)
from tests.security.checks import accepted, refusal, trust, verifier
from tests.security.edits import SECURITY, Edit, add, call, double, drop
from tests.security.keys import holder, pki, rsa_key

ASSERTION = SECURITY + "/saml:Assertion"
FIRST = "saml:AuthenticationStatement/saml:Subject"
SECOND = "saml:AttributeStatement/saml:Subject"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def edited(edit: Edit) -> Call:
    """A call whose assertion was changed before the STS signed it."""
    return call(token=Token(edit=edit))


def changed(after: Edit) -> Call:
    """A call whose assertion was changed after the STS signed it."""
    return call(token=Token(after=after))


@pytest.mark.parametrize(("sts", "algorithm"), [("sts", RSA_SHA1), ("sts", RSA_SHA256), ("sts_ec", ECDSA_SHA256)])
@pytest.mark.parametrize("prefixes", [None, "", "xs", "#default ds"])
@pytest.mark.parametrize("key_info", [True, False])
def test_an_assertion_of_a_trusted_sts(sts: str, algorithm: str, prefixes: str | None, key_info: bool) -> None:
    """Also without a KeyInfo: then any of the trusted STSs may have signed."""
    token = Token(sts=getattr(pki(), sts), algorithm=algorithm, prefixes=prefixes, key_info=key_info)
    assert accepted(call(token=token)).assertion.issuer == "urn:be:fgov:ehealth:sts:1_0"


def test_values_come_in_the_order_of_the_assertion() -> None:
    rows = ((CERTIFIED, "b", "2"), (CERTIFIED, "a", "é <1> & more?"), (CERTIFIED, "b", ""))

    def second_value(root: etree._Element) -> None:
        attribute = find(root, "saml:AttributeStatement/saml:Attribute[2]")
        value = etree.SubElement(attribute, f"{{{SAML}}}AttributeValue")
        value.text = "2nd"
        value.set(XSI_TYPE, "xs:string")

    found = accepted(call(token=Token(attributes=rows, edit=second_value))).assertion.attributes
    assert found == (
        saml.Attribute(CERTIFIED, "b", ("2",)),
        saml.Attribute(CERTIFIED, "a", ("é <1> & more?", "2nd")),
        saml.Attribute(CERTIFIED, "b", ("",)),
    )


@pytest.mark.parametrize("layout", ["C", "E"])
def test_the_signature_survives_a_client_that_writes_the_assertion_anew(layout: str) -> None:
    """M and E parse and serialise: other declarations, other places of xmlns:ds, other quotes, CDATA, character
    references; the envelope even declares the signature's namespace under another prefix."""

    def rewrite(root: etree._Element) -> None:
        old = find(root, ASSERTION)
        new = deepcopy(old)
        etree.cleanup_namespaces(new, top_nsmap={None: SAML, "ds": DS, "dsig2": DS})  # type: ignore[dict-item]
        parent = old.getparent()
        assert parent is not None
        parent.replace(old, new)

    octets = envelope(call(layout=layout, edit=rewrite))
    octets = octets.replace(b"Envelope xmlns:", b"Envelope xmlns:dsig='" + DS.encode() + b"' xmlns:", 1)
    octets = octets.replace(b"<Conditions ", b"<Conditions\n   ").replace(b"79021802145<", b"&#55;9021802145<")
    octets = octets.replace(b">holder-of-key", b"><![CDATA[holder-of-key]]>")
    assert verifier().call(*opened(octets)).assertion.attributes[1].values == ("79021802145",)


def _only_a_subject(root: etree._Element) -> None:
    for attribute in list(root[2])[1:]:
        root[2].remove(attribute)


FORMS: list[tuple[str, Edit, str]] = [
    ("major version", lambda r: r.set("MajorVersion", "2"), "Assertion: is not of SAML 1.1"),
    ("minor version", lambda r: r.set("MinorVersion", "0"), "Assertion: is not of SAML 1.1"),
    ("no version", lambda r: r.attrib.pop("MinorVersion"), "Assertion: lacks"),
    ("no issuer", lambda r: r.attrib.pop("Issuer"), "Assertion: lacks"),
    ("another issuer", lambda r: r.set("Issuer", "urn:other:sts"), "Assertion: is not by the expected Issuer"),
    ("no instant", lambda r: r.attrib.pop("IssueInstant"), "Assertion: lacks"),
    ("another attribute", lambda r: r.set("x", "y"), "Assertion: has an attribute"),
    ("text", lambda r: setattr(r, "text", "x"), "Assertion: holds text"),
    ("comment", lambda r: r.insert(0, etree.Comment("x")), "Assertion: does not hold exactly"),
    ("no conditions", drop("saml:Conditions"), "Assertion: does not hold exactly"),
    ("two conditions", double("saml:Conditions"), "Assertion: does not hold exactly"),
    ("no authentication", drop("saml:AuthenticationStatement"), "Assertion: does not hold exactly"),
    ("two authentications", double("saml:AuthenticationStatement"), "Assertion: does not hold exactly"),
    ("no attributes", drop("saml:AttributeStatement"), "Assertion: does not hold exactly"),
    (
        "another statement",
        lambda r: setattr(r[2], "tag", f"{{{SAML}}}AuthorizationDecisionStatement"),
        "Assertion: does not hold exactly",
    ),
    ("two attribute statements", double("saml:AttributeStatement"), "Assertion: does not hold exactly"),
    ("order", lambda r: r.insert(0, r[1]), "Assertion: does not hold exactly"),
    ("signature not last", lambda r: r.insert(0, r[3]), "Assertion: does not hold exactly"),
    ("advice", add(".", f"{{{SAML}}}Advice"), "Assertion: does not hold exactly"),
    ("no begin", lambda r: r[0].attrib.pop("NotBefore"), "Conditions: lacks"),
    ("no end", lambda r: r[0].attrib.pop("NotOnOrAfter"), "Conditions: lacks"),
    ("begin", lambda r: r[0].set("NotBefore", "2026-01-15"), "Conditions/NotBefore: is not an xs:dateTime"),
    ("end", lambda r: r[0].set("NotOnOrAfter", "2026-02-30T00:00:00Z"), "Conditions/NotOnOrAfter: is not a moment"),
    ("condition attribute", lambda r: r[0].set("x", "y"), "Conditions: has an attribute"),
    ("audience", add("saml:Conditions", f"{{{SAML}}}AudienceRestrictionCondition"), "Conditions: does not hold"),
    ("unknown condition", add("saml:Conditions", "{urn:x}y"), "Conditions: does not hold exactly"),
    ("no method", lambda r: r[1].attrib.pop("AuthenticationMethod"), "AuthenticationStatement: lacks"),
    ("statement attribute", lambda r: r[1].set("x", "y"), "AuthenticationStatement: has an"),
    (
        "locality",
        add("saml:AuthenticationStatement", f"{{{SAML}}}SubjectLocality"),
        "AuthenticationStatement: does not",
    ),
    ("no subject", drop(FIRST), "AuthenticationStatement: does not hold exactly"),
    ("no second subject", drop(SECOND), "AttributeStatement: does not hold exactly"),
    ("two second subjects", double(SECOND), "AttributeStatement: does not hold exactly"),
    ("statement attribute 2", lambda r: r[2].set("x", "y"), "AttributeStatement: has an"),
    ("statement text", lambda r: setattr(r[2], "text", "x"), "AttributeStatement: holds text"),
    ("only a subject", _only_a_subject, "AttributeStatement: does not hold exactly"),
    ("other child", add("saml:AttributeStatement", "{urn:x}y"), "AttributeStatement: does not hold exactly"),
    ("no name", drop(FIRST + "/saml:NameIdentifier"), "AuthenticationStatement/Subject: does not hold exactly"),
    ("no confirmation", drop(SECOND + "/saml:SubjectConfirmation"), "AttributeStatement/Subject: does not hold"),
    ("two confirmations", double(FIRST + "/saml:SubjectConfirmation"), "AuthenticationStatement/Subject: does not"),
    ("subject attribute", lambda r: find(r, FIRST).set("x", "y"), "AuthenticationStatement/Subject: has an"),
    (
        "name attribute",
        lambda r: find(r, FIRST)[0].set("x", "y"),
        "AuthenticationStatement/Subject/NameIdentifier: has",
    ),
    ("name child", add(FIRST + "/saml:NameIdentifier", "x"), "AuthenticationStatement/Subject/NameIdentifier: must"),
    (
        "confirmation attribute",
        lambda r: find(r, FIRST)[1].set("x", "y"),
        "AuthenticationStatement/Subject/SubjectConfirmation: has an",
    ),
    ("two methods", double(FIRST + "//saml:ConfirmationMethod"), "AuthenticationStatement/Subject/SubjectConfirmation"),
    (
        "data",
        add(FIRST + "/saml:SubjectConfirmation", f"{{{SAML}}}SubjectConfirmationData"),
        "AuthenticationStatement/Subject/SubjectConfirmation: does not hold",
    ),
    (
        "method attribute",
        lambda r: find(r, FIRST + "//saml:ConfirmationMethod").set("x", "y"),
        "AuthenticationStatement/Subject/ConfirmationMethod: has an",
    ),
    ("no key", drop(FIRST + "//ds:KeyInfo"), "AuthenticationStatement/Subject/SubjectConfirmation: does not hold"),
    ("no data", drop(FIRST + "//ds:X509Data"), "AuthenticationStatement/Subject/ds:KeyInfo: does not hold exactly"),
    ("two data", double(FIRST + "//ds:X509Data"), "AuthenticationStatement/Subject/ds:KeyInfo: does not hold exactly"),
    (
        "two certificates",
        double(FIRST + "//ds:X509Certificate"),
        "AuthenticationStatement/Subject/ds:KeyInfo: does not",
    ),
    ("key value", add(FIRST + "//ds:KeyInfo", f"{{{DS}}}KeyValue"), "AuthenticationStatement/Subject/ds:KeyInfo: does"),
    (
        "data attribute",
        lambda r: find(r, FIRST + "//ds:X509Data").set("x", "y"),
        "AuthenticationStatement/Subject/ds:KeyInfo: has an",
    ),
    ("info attribute", lambda r: find(r, FIRST + "//ds:KeyInfo").set("x", "y"), "AuthenticationStatement/Subject/ds:K"),
    (
        "certificate attribute",
        lambda r: find(r, FIRST + "//ds:X509Certificate").set("x", "y"),
        "AuthenticationStatement/Subject/ds:KeyInfo: has an",
    ),
    (
        "no certificate",
        lambda r: setattr(find(r, FIRST + "//ds:X509Certificate"), "text", "AAAA"),
        "AuthenticationStatement/Subject/ds:KeyInfo: is not an X.509 certificate",
    ),
    ("no value", drop("saml:AttributeStatement/saml:Attribute[1]/*"), "Attribute: does not hold exactly"),
    ("value attribute", lambda r: r[2][1][0].set("x", "y"), "AttributeValue: has an attribute"),
    ("value child", add("saml:AttributeStatement/saml:Attribute[1]/*", "x"), "AttributeValue: must hold text only"),
    ("split value", lambda r: r[2][1][0].append(etree.Comment("x")), "AttributeValue: must hold text only"),
    ("other value", add("saml:AttributeStatement/saml:Attribute[1]", "{urn:x}y"), "Attribute: does not hold exactly"),
    ("attribute text", lambda r: setattr(r[2][1], "text", "x"), "Attribute: holds text"),
    ("attribute attribute", lambda r: r[2][1].set("x", "y"), "Attribute: has an attribute"),
    ("no attribute name", lambda r: r[2][1].attrib.pop("AttributeName"), "Attribute: lacks"),
    ("no attribute namespace", lambda r: r[2][1].attrib.pop("AttributeNamespace"), "Attribute: lacks"),
    (
        "many attributes",
        lambda r: [add(".", f"{{{SAML}}}Attribute")(r[2]) for _ in range(260)],
        "AttributeStatement: has",
    ),
    (
        "many values",
        lambda r: [add(".", f"{{{SAML}}}AttributeValue")(r[2][1]) for _ in range(260)],
        "Attribute: has more",
    ),
]


@pytest.mark.parametrize(("edit", "reason"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_an_assertion_has_one_form(edit: Edit, reason: str) -> None:
    assert refusal(edited(edit)).startswith(reason)


@pytest.mark.parametrize("method", ["sender-vouches", "bearer", "artifact", "", "holder-of-key "])
@pytest.mark.parametrize("subject", [FIRST, SECOND])
def test_only_holder_of_key(method: str, subject: str) -> None:
    def confirm(root: etree._Element) -> None:
        uri = "urn:oasis:names:tc:SAML:1.0:cm:" + method
        find(root, subject + "//saml:ConfirmationMethod").text = uri

    assert refusal(edited(confirm)).endswith("/Subject/ConfirmationMethod: is not holder of key")


def _another_holder(subject: str) -> Edit:
    def edit(root: etree._Element) -> None:
        find(root, subject + "//ds:X509Certificate").text = base64.b64encode(pki().other.der).decode()

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        _another_holder(FIRST),
        _another_holder(SECOND),
        lambda root: setattr(find(root, SECOND)[0], "text", "CN=Other"),
        lambda root: find(root, SECOND)[0].set("Format", "urn:x"),
        lambda root: find(root, FIRST)[0].attrib.pop("NameQualifier"),
    ],
)
def test_both_statements_are_about_the_same_holder(edit: Edit) -> None:
    expected = "AttributeStatement: is about another subject or holder of key than AuthenticationStatement"
    assert refusal(edited(edit)) == expected


@pytest.mark.parametrize("after", [drop("ds:Signature"), lambda r: setattr(r[3], "tag", f"{{{DS}}}Object")])
def test_an_unsigned_assertion(after: Edit) -> None:
    """The stub STS of the recorded traffic signs nothing."""
    assert refusal(changed(after)) == ("Assertion: does not hold exactly the elements of the profile, in order")


@pytest.mark.parametrize("id", ["", "_1 2", "_1:2", "#_1"])
def test_an_assertion_has_an_id_of_one_form(id: str) -> None:
    expected = "AssertionID: has no id, or one of a form that is not allowed"
    assert refusal(changed(lambda root: root.set("AssertionID", id))) == expected


def _another_id(root: etree._Element) -> None:
    root.set("AssertionID", "_other")
    find(root, "//ds:Reference").set("URI", "#_other")


CONTENT: list[tuple[str, Edit]] = [
    ("value", lambda r: setattr(find(r, "//saml:Attribute[4]/*"), "text", "false")),
    ("name", lambda r: r[2][1].set("AttributeName", "urn:be:fgov:person:ssin:nurse:boolean")),
    ("end", lambda r: r[0].set("NotOnOrAfter", "2027-01-15T00:00:00.000Z")),
    ("id", _another_id),
    ("more", double("saml:AttributeStatement/saml:Attribute[4]")),
    ("fewer", drop("saml:AttributeStatement/saml:Attribute[1]")),
    ("method", lambda r: r[1].set("AuthenticationMethod", "urn:oasis:names:tc:SAML:1.0:am:password")),
    ("space", lambda r: setattr(r, "text", " ")),
]


@pytest.mark.parametrize("after", [row[1] for row in CONTENT], ids=[row[0] for row in CONTENT])
@pytest.mark.parametrize("warm", [False, True])
def test_an_assertion_cannot_be_changed(after: Edit, warm: bool) -> None:
    """Nor can it once the true one is remembered. (The id stands in the SignedInfo, so there the value differs.)"""
    by = verifier()
    if warm:
        accepted(call(), by)

    def message(root: etree._Element) -> None:
        find(root, "//wsse:KeyIdentifier").text = find(root, ASSERTION).get("AssertionID")

    reason = refusal(call(token=Token(after=after), after=message), by)
    assert reason in (
        "ds:Reference: the digest is not that of the element",
        "ds:SignatureValue: is not by the key that must have signed",
    )


def test_text_behind_the_signature() -> None:
    """It would belong to the assertion and not to its signature; every tail is refused, white space too."""
    reason = refusal(changed(lambda root: setattr(find(root, "ds:Signature"), "tail", " ")))
    assert reason == "enveloped ds:Signature: is followed by text"


# The STS


def test_an_untrusted_sts() -> None:
    assert refusal(call(token=Token(sts=pki().stranger))) == "Assertion: is not signed by a trusted STS"


def test_an_untrusted_sts_that_names_a_trusted_one() -> None:
    """KeyInfo only picks among the trusted."""
    reason = refusal(call(token=Token(signing_key=pki().stranger)))
    assert reason == "ds:SignatureValue: is not by the key that must have signed"


def test_an_untrusted_sts_that_names_nobody() -> None:
    reason = refusal(call(token=Token(signing_key=pki().stranger, key_info=False)))
    assert reason in (
        "ds:SignatureValue: is not by the key that must have signed",
        "ds:SignatureMethod: does not fit the kind of key",
    )


def test_no_sts_is_trusted() -> None:
    for key_info in (True, False):
        by = verifier(believed=trust(sts=[]))
        assert refusal(call(token=Token(key_info=key_info)), by) == "Assertion: is not signed by a trusted STS"


def test_a_certificate_of_the_authority_makes_no_sts() -> None:
    """Whoever holds a good certificate could else write assertions."""
    assert refusal(call(token=Token(sts=pki().other, algorithm=ECDSA_SHA256))) == (
        "Assertion: is not signed by a trusted STS"
    )


def test_another_certificate_of_the_same_sts_key() -> None:
    """Trusted is the certificate, not the key."""
    renewed = holder(rsa_key("sts"), pki().root)
    assert refusal(call(token=Token(sts=renewed))) == "Assertion: is not signed by a trusted STS"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (drop("ds:Signature//ds:X509Data"), "Assertion/ds:KeyInfo: does not hold exactly"),
        (add("ds:Signature/ds:KeyInfo", f"{{{DS}}}KeyValue"), "Assertion/ds:KeyInfo: does not hold exactly"),
        (double("ds:Signature//ds:X509Certificate"), "Assertion/ds:KeyInfo: does not hold exactly"),
        (
            lambda r: setattr(find(r, "ds:Signature/ds:KeyInfo"), "tag", f"{{{DS}}}Object"),
            "ds:Signature: does not hold exactly SignedInfo, SignatureValue and KeyInfo",
        ),
        (
            lambda r: setattr(find(r, "ds:Signature//ds:X509Certificate"), "text", "AAAA"),
            "Assertion/ds:KeyInfo: is not an X.509 certificate",
        ),
    ],
)
def test_key_info_of_the_sts_has_one_form(change: Edit, reason: str) -> None:
    assert refusal(edited(change)).startswith(reason)


def test_an_assertion_of_very_many_elements_read_by_itself() -> None:
    """As the STS reads one that is to be renewed."""
    element = parse(b"<Assertion>" + b"<x/>" * 4096 + b"</Assertion>")
    with pytest.raises(SoapFault) as caught:
        saml.read_assertion(element, profile("wire"))
    assert caught.value.reason == "Assertion: holds more than 4096 elements"

"""Reading a samlp:Request by position: both layouts, and every other form refused with element and rule (SOA-03006)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ehbox_soap.errors import SoapFault
from ehbox_soap.security.saml import Attribute
from ehbox_soap.sts.request import read_request
from ehbox_soap.sts.wish import Asked
from tests.sts.conftest import DORA, Cast
from tests.sts.layouts import HOLDER_SSIN, IDENTIFICATION, NOW, SSIN, Ask, claims_of, identifying


@pytest.fixture
def ask(cast: Cast) -> Ask:
    return Ask(cast.dora, claims_of(DORA), identifying(SSIN, HOLDER_SSIN))


@pytest.mark.parametrize("layout", ["C", "E"])
def test_both_layouts_say_the_same(cast: Cast, ask: Ask, layout: str) -> None:
    read = read_request(replace(ask, layout="C" if layout == "C" else "E").element())
    assert read.id == ask.id
    assert read.wish.holder == cast.dora.certificate
    assert read.wish.not_before == NOW
    assert (read.wish.not_on_or_after - NOW).total_seconds() == 86400
    assert read.wish.claims == (
        Attribute(IDENTIFICATION, HOLDER_SSIN, (DORA,)),
        Attribute(IDENTIFICATION, SSIN, (DORA,)),
    )
    assert read.wish.asked == (Asked(IDENTIFICATION, SSIN), Asked(IDENTIFICATION, HOLDER_SSIN))
    assert not read.signed


def test_certificate_may_come_in_lines(cast: Cast, ask: Ask) -> None:
    read = read_request(replace(ask, replacements=(("MII", "M&#13;\nII"),)).element())
    assert read.wish.holder == cast.dora.certificate


def test_pretty_printed_request_is_the_same(ask: Ask) -> None:
    spaced = replace(ask, replacements=(("<samlp:AttributeQuery>", "\n  <samlp:AttributeQuery>\n"),))
    assert read_request(spaced.element()) == read_request(ask.element())


QUERY, SUBJECT, DATA = "samlp:AttributeQuery", "samlp:AttributeQuery/Subject", "SubjectConfirmationData/Assertion"
DESIGNATOR = f'<saml:AttributeDesignator AttributeName="{SSIN}" AttributeNamespace="{IDENTIFICATION}"/>'
ORDER = "does not hold exactly the elements of the profile, in order"
LACKS, UNKNOWN = "lacks a required attribute", "has an attribute that the profile does not know"
BROKEN = [
    ('MinorVersion="1" RequestID', 'MinorVersion="0" RequestID', "samlp:Request: is not of SAML 1.1"),
    ('MajorVersion="1" MinorVersion="1" RequestID', 'MinorVersion="1" RequestID', f"samlp:Request: {LACKS}"),
    (" RequestID=", " Secret='1' RequestID=", f"samlp:Request: {UNKNOWN}"),
    ('RequestID="request-', 'RequestID="secret/', "samlp:Request: has no id, or one of a form that is not allowed"),
    ('IssueInstant="2026-01-15T09:00:00.000Z" MajorVersion', 'IssueInstant="secret" MajorVersion',
     "samlp:Request/IssueInstant: is not an xs:dateTime with a zone"),
    ("<samlp:AttributeQuery>", "secret<samlp:AttributeQuery>", "samlp:Request: holds text"),
    ("<samlp:AttributeQuery>", "<samlp:RespondWith/><samlp:AttributeQuery>",
     "samlp:Request: does not hold exactly one AttributeQuery and at most one Signature"),
    ("</samlp:Request>", "<samlp:AttributeQuery/></samlp:Request>",
     "samlp:Request: does not hold exactly one AttributeQuery and at most one Signature"),
    ("</samlp:Request>", "<ds:Signature/><ds:Signature/></samlp:Request>",
     "samlp:Request: does not hold exactly one AttributeQuery and at most one Signature"),
    ("<samlp:AttributeQuery>", '<samlp:AttributeQuery Resource="secret">', f"{QUERY}: {UNKNOWN}"),
    ("<samlp:AttributeQuery>", f"<samlp:AttributeQuery>{DESIGNATOR}", f"{QUERY}: does not begin with a Subject"),
    ("<saml:SubjectConfirmation>", "<saml:SubjectConfirmation/><saml:SubjectConfirmation>", f"{SUBJECT}: {ORDER}"),
    ("<saml:Subject>", '<saml:Subject Secret="">', f"{SUBJECT}: {UNKNOWN}"),
    ("<saml:SubjectConfirmation>", '<saml:SubjectConfirmation Secret="">', f"SubjectConfirmation: {UNKNOWN}"),
    ("<saml:SubjectConfirmationData>", '<saml:SubjectConfirmationData Secret="">',
     f"SubjectConfirmationData: {UNKNOWN}"),
    ("</saml:NameIdentifier>", "<saml:Secret/></saml:NameIdentifier>", "NameIdentifier: must hold text only"),
    ('AssertionID="assertion-5e37eff3"', 'AssertionID="secret value"',
     f"{DATA}: has no id, or one of a form that is not allowed"),
    ("<saml:ConfirmationMethod>", "<saml:ConfirmationMethod/><saml:ConfirmationMethod>",
     "SubjectConfirmation: does not hold exactly one ConfirmationMethod"),
    ("<saml:ConfirmationMethod>", '<saml:ConfirmationMethod Secret="">', f"ConfirmationMethod: {UNKNOWN}"),
    ("<saml:SubjectConfirmationData>", "<saml:SubjectConfirmationData><saml:Assertion/>",
     f"SubjectConfirmationData: {ORDER}"),
    ("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName/>", f"SubjectConfirmation/KeyInfo: {ORDER}"),
    ("</ds:X509Data>", "<ds:X509CRL/></ds:X509Data>", f"SubjectConfirmation/KeyInfo/X509Data: {ORDER}"),
    (" Issuer=", " Secret='' Issuer=", f"{DATA}: {UNKNOWN}"),
    ('AssertionID="assertion-5e37eff3"', "", f"{DATA}: {LACKS}"),
    ("<saml:AttributeStatement>", "<saml:Advice/><saml:AttributeStatement>", f"{DATA}: {ORDER}"),
    ('NotBefore="2026-01-15T09:00:00.000Z"', "", f"Conditions: {LACKS}"),
    ('NotBefore="2026-01-15T09:00:00.000Z"', 'NotBefore="2026-01-15T09:00:00"',
     "Conditions/NotBefore: is not an xs:dateTime with a zone"),
    ('NotOnOrAfter="2026-01-16T', 'NotOnOrAfter="2026-02-30T',
     "Conditions/NotOnOrAfter: is not a moment of the calendar"),
    ('Z"/>', 'Z"><saml:DoNotCacheCondition/></saml:Conditions>', f"Conditions: {ORDER}"),
    ("<saml:AttributeStatement><saml:Subject>", "<saml:AttributeStatement><saml:Secret/><saml:Subject>",
     "AttributeStatement: does not begin with a Subject"),
    ("</saml:AttributeStatement>", "<saml:Secret/></saml:AttributeStatement>",
     "AttributeStatement: holds something else than Attributes after its Subject"),
    ("<saml:AttributeValue>", "<saml:Secret/><saml:AttributeValue>",
     "Attribute: does not hold exactly AttributeValues, 1 to 256 of them"),
    (f"<saml:AttributeValue>{DORA}</saml:AttributeValue>", "",
     "Attribute: does not hold exactly AttributeValues, 1 to 256 of them"),
    ("<saml:AttributeValue>", "<saml:AttributeValue><saml:Secret/>", "AttributeValue: must hold text only"),
    ("<saml:AttributeValue>", '<saml:AttributeValue Secret="">', f"AttributeValue: {UNKNOWN}"),
    (DESIGNATOR, f"{DESIGNATOR}<saml:Secret/>",
     f"{QUERY}: holds something else than AttributeDesignators after its Subject"),
    (DESIGNATOR, DESIGNATOR.replace("/>", ">secret</saml:AttributeDesignator>"), "AttributeDesignator: holds text"),
    (DESIGNATOR, DESIGNATOR.replace("/>", "><saml:X/></saml:AttributeDesignator>"), f"AttributeDesignator: {ORDER}"),
    (DESIGNATOR, DESIGNATOR.replace("AttributeNamespace", "Namespace"), f"AttributeDesignator: {LACKS}"),
    (DESIGNATOR, DESIGNATOR * 256, f"{QUERY}: asks for more than 256 attributes"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), BROKEN, ids=[str(number) for number in range(len(BROKEN))])
def test_another_form_is_a_fault_that_names_element_and_rule(ask: Ask, old: str, new: str, told: str) -> None:
    with pytest.raises(SoapFault) as caught:
        read_request(replace(ask, replacements=((old, new),)).element())
    assert (caught.value.code, caught.value.reason) == ("SOA-03006", told)


def test_another_element(ask: Ask) -> None:
    element = ask.element()
    element.tag = "{urn:oasis:names:tc:SAML:2.0:protocol}Request"
    with pytest.raises(SoapFault, match="SOA-03006 samlp:Request: is not what the Body holds"):
        read_request(element)


def test_too_many_claims(ask: Ask) -> None:
    with pytest.raises(SoapFault, match="AttributeStatement: claims more than 256 attributes"):
        read_request(replace(ask, claims=claims_of(DORA, SSIN) * 257).element())
    assert len(read_request(replace(ask, claims=claims_of(DORA, SSIN) * 256).element()).wish.claims) == 256


def test_too_many_values(ask: Ask) -> None:
    value = f"<saml:AttributeValue>{DORA}</saml:AttributeValue>"
    with pytest.raises(SoapFault, match="Attribute: does not hold exactly AttributeValues, 1 to 256 of them"):
        read_request(replace(ask, replacements=((value, value * 257),)).element())


@pytest.mark.parametrize("certificate", ["", "c2VjcmV0", "%%%", "MII"])
def test_holder_certificate_that_is_none(ask: Ask, certificate: str) -> None:
    element = ask.element()
    found = element.find(".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
    assert found is not None
    found.text = certificate
    with pytest.raises(SoapFault, match=r"SOA-03006 SubjectConfirmation/KeyInfo/X509Data/X509Certificate: is not"):
        read_request(element)

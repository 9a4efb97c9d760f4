"""A call to the STS, SAML-P dialect, from the request in a client's layout to the answer (wire.md, "STS")."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree
from xmlsec import constants

from ehbox_soap.errors import SoapFault
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.security.policy import profile
from tests.sts.conftest import DENIS, DORA, HOSPITAL, Cast, Sts
from tests.sts.layouts import (
    CERTIFIED,
    DS,
    HOLDER_SSIN,
    IDENTIFICATION,
    NAMESPACES,
    NOW,
    SAML,
    SAMLP,
    SSIN,
    Algorithms,
    Ask,
    certified,
    claims_of,
    identifying,
    stamp,
)
from tests.sts.reading import assertion_of, attributes_of, failure_of, one

DOCTOR = (
    *identifying(HOLDER_SSIN, SSIN),
    *certified(
        "urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11",
        "urn:be:fgov:person:ssin:ehealth:1.0:fpsph:doctor:boolean",
        "urn:be:fgov:person:ssin:doctor:boolean",
    ),
)
DOCTORS_VALUES = [DORA, DORA, "19990116004", "true", "true"]
NIHII_NUMBER = "urn:be:fgov:ehealth:1.0:hospital:nihii-number"


@pytest.fixture
def doctor(cast: Cast) -> Ask:
    """What connector 4.0 asks for a doctor, with one certificate for both purposes."""
    return Ask(cast.dora, claims_of(DORA), DOCTOR)


def test_connectors_request_is_granted(sts: Sts, doctor: Ask) -> None:
    """Attributes come in the order asked, one value each."""
    response = sts.ask(doctor)
    assert response.tag == f"{{{SAMLP}}}Response"
    assert dict(response.items()) == {
        "InResponseTo": doctor.id,
        "IssueInstant": "2026-01-15T09:00:00.000Z",
        "MajorVersion": "1",
        "MinorVersion": "1",
        "ResponseID": response.get("ResponseID"),
    }
    assert re.fullmatch("_[0-9a-f]{32}", response.get("ResponseID", ""))
    assert [child.tag for child in response] == [f"{{{SAMLP}}}Status", f"{{{SAML}}}Assertion"]
    assert attributes_of(response) == [(*pair, value) for pair, value in zip(DOCTOR, DOCTORS_VALUES, strict=True)]


def test_status_code_is_a_qname_whose_prefix_is_declared(sts: Sts, doctor: Ask) -> None:
    """Clients look for `Success` at the end; strict ones resolve the prefix."""
    code = sts.ask(doctor).find("samlp:Status/samlp:StatusCode", NAMESPACES)
    assert code is not None
    assert code.get("Value") == "samlp:Success"
    assert code.nsmap["samlp"] == SAMLP


def test_no_white_space_in_an_answer(sts: Sts, doctor: Ask) -> None:
    for response in (sts.ask(doctor), sts.ask(replace(doctor, asked=()))):
        assert not re.search(rb">\s|\s<", etree.tostring(response))


@pytest.mark.parametrize("algorithms", ["rsa-sha1", "rsa-sha256"])
@pytest.mark.parametrize("layout", ["C", "E"])
def test_eid_identifies_and_another_key_holds(sts: Sts, cast: Cast, layout: str, algorithms: Algorithms) -> None:
    """The eID's key signs the call, the eHealth certificate's key signs inside: the latter holds."""
    ask = Ask(cast.dora, claims_of(DORA), DOCTOR, "C" if layout == "C" else "E", inner=algorithms)
    response = sts.ask(ask, cast.dora_eid)
    assert [value for _, _, value in attributes_of(response)] == DOCTORS_VALUES
    confirmed = one(response, "saml:Assertion/saml:AttributeStatement/saml:Subject//ds:X509Certificate/text()")
    assert confirmed == one(ask.element(), ".//saml:SubjectConfirmation//ds:X509Certificate/text()")


def test_holder_with_an_ec_key(sts: Sts, cast: Cast) -> None:
    ask = Ask(cast.dora_ec, claims_of(DORA), DOCTOR, "E", inner="ecdsa-sha256")
    assert attributes_of(sts.ask(ask, cast.dora_eid))[0][2] == DORA


def test_inner_signature_may_stand_last(sts: Sts, cast: Cast, doctor: Ask) -> None:
    assert attributes_of(sts.ask(replace(doctor, inner="rsa-sha256", last=True), cast.dora_eid))


def refused(sts: Sts, ask: Ask, identification: KeyEntry | None = None) -> SoapFault:
    with pytest.raises(SoapFault) as caught:
        sts.ask(ask, identification)
    return caught.value


def test_another_holder_without_inner_signature_is_a_fault(sts: Sts, cast: Cast, doctor: Ask) -> None:
    """Else anybody with an eID could have an assertion bound to a key that is not theirs."""
    fault = refused(sts, doctor, cast.dora_eid)
    assert fault.code == "SOA-01001"
    assert fault.reason == "samlp:Request: must be signed by the key of the holder-of-key certificate"


def test_inner_signature_by_another_key_is_a_fault(sts: Sts, cast: Cast, doctor: Ask) -> None:
    ask = replace(doctor, inner="rsa-sha256", inner_key=cast.dora_eid)
    fault = refused(sts, ask, cast.dora_eid)
    assert fault.code == "SOA-01001"
    assert fault.reason == "ds:SignatureValue: is not by the key that must have signed"


def test_inner_signature_is_verified_even_if_it_is_not_needed(sts: Sts, cast: Cast, doctor: Ask) -> None:
    fault = refused(sts, replace(doctor, inner="rsa-sha256", inner_key=cast.denis))
    assert fault.reason == "ds:SignatureValue: is not by the key that must have signed"


def test_request_changed_after_the_inner_signature_is_a_fault(sts: Sts, cast: Cast, doctor: Ask) -> None:
    element = replace(doctor, inner="rsa-sha256").element()
    designator = element.find(".//saml:AttributeDesignator", NAMESPACES)
    assert designator is not None
    designator.set("AttributeName", SSIN)
    with pytest.raises(SoapFault, match="the digest is not that of the element"):
        sts.ask_element(element, cast.dora_eid)


def test_strict_profile_refuses_sha1_inside(sts: Sts, cast: Cast, doctor: Ask) -> None:
    sts.rules = replace(sts.rules, policy=profile("strict"))
    fault = refused(sts, replace(doctor, inner="rsa-sha1"), cast.dora_eid)
    assert fault.reason == "ds:SignatureMethod: is not allowed by the policy"


def test_certificate_without_an_identity_is_a_fault(sts: Sts, cast: Cast) -> None:
    """The identification certificate must say whose it is."""
    nobody = cast.authority.service("nobody in particular", kind="ec")
    fault = refused(sts, Ask(nobody, claims_of(DORA), DOCTOR))
    assert (fault.code, fault.reason) == ("SOA-01001", "certificate: its subject does not name exactly one identity")


# Failures: HTTP 200, StatusCode and StatusMessage.


@pytest.mark.parametrize(
    "claims",
    [
        claims_of(DENIS),
        claims_of(DORA, SSIN) + claims_of(DENIS, HOLDER_SSIN),
        claims_of(HOSPITAL, NIHII_NUMBER),
        claims_of(DORA, "urn:be:fgov:something:else"),
    ],
    ids=["person", "one of two", "organisation", "unknown name"],
)
def test_identity_that_is_not_the_certificates_is_a_failure(
    sts: Sts, doctor: Ask, claims: tuple[tuple[str, str, str], ...]
) -> None:
    code, message = failure_of(sts.ask(replace(doctor, claims=claims)))
    assert code == "samlp:Requester"
    assert message == "A claimed identity attribute differs from the identity of the certificate"


def test_second_value_of_a_claim_must_match_as_well(sts: Sts, doctor: Ask) -> None:
    value = f"<saml:AttributeValue>{DORA}</saml:AttributeValue>"
    also = f"<saml:AttributeValue>{DENIS}</saml:AttributeValue>"
    ask = replace(doctor, replacements=((value, value + also),))
    assert failure_of(sts.ask(ask))[1].startswith("A claimed identity attribute differs")


def test_claims_of_other_namespaces_certify_nothing(sts: Sts, cast: Cast) -> None:
    """What is certified comes from the register, not from what the caller claims."""
    name = "urn:be:fgov:person:ssin:nurse:boolean"
    ask = Ask(cast.dora, (*claims_of(DORA), (CERTIFIED, name, "true")), certified(name))
    assert failure_of(sts.ask(ask)) == ("samlp:Requester", "None of the requested attributes can be certified")


@pytest.mark.parametrize("asked", [(), certified("urn:be:fgov:person:ssin:nurse:boolean"), ((CERTIFIED, SSIN),)])
def test_nothing_certified_is_a_failure(sts: Sts, doctor: Ask, asked: tuple[tuple[str, str], ...]) -> None:
    response = sts.ask(replace(doctor, asked=asked))
    assert failure_of(response) == ("samlp:Requester", "None of the requested attributes can be certified")
    assert response.get("InResponseTo") == doctor.id


VOUCHING = "Only holder-of-key is granted: sender-vouches and other confirmations are not"


@pytest.mark.parametrize("method", ["sender-vouches", "bearer", "artifact-01"])
def test_only_holder_of_key_is_granted(sts: Sts, doctor: Ask, method: str) -> None:
    """The connector also has a sender-vouches request, which has no KeyInfo, no claims and no designators: it is told
    clearly that this STS does not grant it."""
    text = etree.tostring(doctor.element(), encoding="unicode")
    key_info = text[text.index("<ds:KeyInfo>") : text.index("</ds:KeyInfo>") + len("</ds:KeyInfo>")]
    replacements = (("cm:holder-of-key", f"cm:{method}"), (key_info, ""))
    response = sts.ask(replace(doctor, claims=(), asked=(), replacements=replacements))
    assert failure_of(response) == ("samlp:Requester", VOUCHING)
    assert response.get("InResponseTo") == doctor.id


EMPTY = "The requested validity is empty or has passed"
TOO_LONG = "The requested validity is longer than 86400 seconds"


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [
        (timedelta(0), timedelta(hours=24), None),
        (timedelta(0), timedelta(hours=24, milliseconds=1), TOO_LONG),
        (timedelta(0), timedelta(milliseconds=1), None),
        (timedelta(0), timedelta(0), EMPTY),
        (timedelta(hours=1), timedelta(hours=1), EMPTY),
        (timedelta(hours=1), timedelta(minutes=59), EMPTY),
        (timedelta(hours=-2), timedelta(0), EMPTY),
        (timedelta(hours=-2), timedelta(milliseconds=1), None),
        (timedelta(minutes=3), timedelta(minutes=63), None),
    ],
)
def test_validity(sts: Sts, doctor: Ask, begin: timedelta, end: timedelta, told: str | None) -> None:
    """Any length up to the maximum (24 h), counted from now; a span that is empty or over is a failure."""
    response = sts.ask(replace(doctor, not_before=stamp(NOW + begin), not_on_or_after=stamp(NOW + end)))
    if told is not None:
        assert failure_of(response) == ("samlp:Requester", told)
        return
    assert one(response, "saml:Assertion/saml:Conditions/@NotOnOrAfter") == stamp(NOW + (end - begin))


def test_maximum_validity_is_a_setting(sts: Sts, doctor: Ask) -> None:
    sts.rules = replace(sts.rules, max_validity=timedelta(hours=1))
    assert failure_of(sts.ask(doctor))[1] == "The requested validity is longer than 3600 seconds"
    assert assertion_of(sts.ask(replace(doctor, not_on_or_after=stamp(NOW + timedelta(hours=1))))) is not None


def test_zones_of_the_conditions(sts: Sts, doctor: Ask) -> None:
    ask = replace(doctor, not_before="2026-01-15T10:00:00+01:00", not_on_or_after="2026-01-15T10:30:00Z")
    assert one(sts.ask(ask), "saml:Assertion/saml:Conditions/@NotOnOrAfter") == "2026-01-15T10:30:00.000Z"


def test_issuer_is_a_setting(sts: Sts, doctor: Ask) -> None:
    sts.rules = replace(sts.rules, issuer="urn:test:sts")
    assert assertion_of(sts.ask(doctor)).get("Issuer") == "urn:test:sts"


# A person within an organisation (BOX-6, BOX-11): who identified itself, and whose key holds.

ACTING = (*identifying(SSIN, NIHII_NUMBER), *certified(f"{NIHII_NUMBER}:recognisedhospital:boolean"))


def test_person_with_the_organisations_key(sts: Sts, cast: Cast) -> None:
    ask = Ask(cast.hospital, claims_of(DORA, SSIN) + claims_of(HOSPITAL, NIHII_NUMBER), ACTING, inner="ecdsa-sha256")
    assert [value for _, _, value in attributes_of(sts.ask(ask, cast.dora_eid))] == [DORA, HOSPITAL, "true"]


def test_organisations_key_of_an_unknown_authority_gives_nothing(sts: Sts, cast: Cast) -> None:
    """Anybody can make a certificate that says it is the hospital's."""
    ask = Ask(cast.stranger, claims_of(DORA, SSIN), ACTING, inner="ecdsa-sha256")
    code, message = failure_of(sts.ask(ask, cast.dora_eid))
    assert code == "samlp:Requester"
    assert message == "The holder-of-key certificate: was not issued by a trusted authority for signing"


def test_another_persons_key_lends_no_identity(sts: Sts, cast: Cast) -> None:
    """Dora identified herself: Denis's certificate may hold the key, but nothing is certified of him."""
    ask = Ask(cast.denis, claims_of(DORA), DOCTOR, inner="rsa-sha256")
    assert [value for _, _, value in attributes_of(sts.ask(ask, cast.dora_eid))] == DOCTORS_VALUES
    assert failure_of(sts.ask(replace(ask, claims=claims_of(DENIS)), cast.dora_eid))[0] == "samlp:Requester"
    nurse = certified("urn:be:fgov:person:ssin:nurse:boolean")
    ask = Ask(cast.erika, claims_of(DORA), (*identifying(SSIN), *nurse), inner="ecdsa-sha256")
    assert attributes_of(sts.ask(ask, cast.dora_eid)) == [(IDENTIFICATION, SSIN, DORA)]


def test_second_organisation_lends_no_identity(sts: Sts, cast: Cast) -> None:
    """A hospital that is not registered does not get recognised by another's key."""
    unknown = cast.authority.organisation("NIHII-HOSPITAL", "71990999", "X", kind="ec")
    ask = Ask(cast.hospital, claims_of("71990999", NIHII_NUMBER), ACTING, inner="ecdsa-sha256")
    assert attributes_of(sts.ask(ask, unknown)) == [(IDENTIFICATION, NIHII_NUMBER, "71990999")]


# What is told never holds a value.


def test_no_failure_tells_a_value(sts: Sts, cast: Cast, doctor: Ask) -> None:
    asks = [
        (replace(doctor, claims=claims_of("secret-value")), cast.dora),
        (replace(doctor, asked=certified("secret-value")), cast.dora),
        (Ask(cast.stranger, claims_of("secret-value"), DOCTOR, inner="ecdsa-sha256"), cast.dora_eid),
    ]
    for ask, identification in asks:
        _, message = failure_of(sts.ask(ask, identification))
        assert "secret-value" not in message
        assert DORA not in message


def test_answers_are_new_each_time(sts: Sts, doctor: Ask) -> None:
    """STS calls are not held against replay: the same request gets another assertion."""
    first, second = sts.ask(doctor), sts.ask(doctor)
    assert first.get("ResponseID") != second.get("ResponseID")
    assert assertion_of(first).get("AssertionID") != assertion_of(second).get("AssertionID")


def test_libxmlsec_verifies_what_the_answer_carries(sts: Sts, cast: Cast, doctor: Ask) -> None:
    """In its place in the answer, after a client wrote and read it again."""
    response = etree.fromstring(etree.tostring(sts.ask(doctor)))
    assertion = assertion_of(response)
    signature = assertion.find("ds:Signature", {"ds": DS})
    assert signature is not None
    context = xmlsec.SignatureContext()
    pem = cast.authority.sts.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    context.key = xmlsec.Key.from_memory(pem, constants.KeyDataFormatPem)
    context.register_id(assertion, "AssertionID")
    context.verify(signature)


def test_attribute_asked_twice_comes_once(sts: Sts, doctor: Ask) -> None:
    response = sts.ask(replace(doctor, asked=identifying(SSIN, HOLDER_SSIN, SSIN)))
    assert attributes_of(response) == [(IDENTIFICATION, SSIN, DORA), (IDENTIFICATION, HOLDER_SSIN, DORA)]

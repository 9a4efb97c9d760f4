"""Asking for an assertion: the request in the form that the STS takes, its answers read, refusals told."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from ehbox_soap.client.errors import AnswerError, FaultError, TokenError
from tests.client.conftest import INSS, STS_URL, Asked, Caller, Told, assertion, envelope, token_answer

NAMESPACES = {
    "s": "http://schemas.xmlsoap.org/soap/envelope/",
    "samlp": "urn:oasis:names:tc:SAML:1.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:1.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
SUBJECT = (
    f'CN="SSIN={INSS}", OU="SSIN={INSS}", OU=DORA VOORBEELD, OU=eHealth-platform Belgium, O=Federal Government, C=BE'
)


def _refused(inner: str) -> Told:
    samlp = NAMESPACES["samlp"]
    return Told(envelope(f'<samlp:Response xmlns:samlp="{samlp}">{inner}</samlp:Response>'))


def test_the_request_has_the_connector_s_form(caller: Caller) -> None:
    session, service = caller.session(lambda _: token_answer(assertion(caller)))
    session.request_assertion()
    (asked,) = service.asked
    assert (asked.method, asked.url) == ("POST", STS_URL)
    assert asked.headers["SOAPAction"] == '"urn:be:fgov:ehealth:sts:protocol:v1:RequestSecureToken"'
    assert asked.headers["Content-Type"] == "text/xml; charset=utf-8"
    (request,) = etree.fromstring(asked.body).iterfind("s:Body/samlp:Request", NAMESPACES)
    assert [etree.QName(each).localname for each in request] == ["AttributeQuery"]
    (subject,) = request.iterfind("samlp:AttributeQuery/saml:Subject", NAMESPACES)
    assert [etree.QName(each).localname for each in subject] == ["NameIdentifier", "SubjectConfirmation"]
    assert subject.findtext("saml:NameIdentifier", None, NAMESPACES) == SUBJECT
    (wanted,) = subject.iterfind("saml:SubjectConfirmation/saml:SubjectConfirmationData/saml:Assertion", NAMESPACES)
    (conditions,) = wanted.iterfind("saml:Conditions", NAMESPACES)
    assert {str(name): value for name, value in conditions.attrib.items()} == {
        "NotBefore": "2026-01-15T09:00:00.000Z",
        "NotOnOrAfter": "2026-01-16T09:00:00.000Z",
    }
    claimed = [each.text for each in wanted.iterfind(".//saml:AttributeValue", NAMESPACES)]
    assert claimed == [INSS, INSS]
    certificate = subject.findtext("saml:SubjectConfirmation/ds:KeyInfo//ds:X509Certificate", None, NAMESPACES)
    assert base64.b64decode(certificate or "") == caller.entries["rsa"].certificate.public_bytes(Encoding.DER)
    names = [each.get("AttributeName") for each in request.iterfind(".//saml:AttributeDesignator", NAMESPACES)]
    assert "urn:be:fgov:person:ssin:doctor:boolean" in names


def test_an_assertion_is_read_and_kept_as_it_was_signed(caller: Caller) -> None:
    text = assertion(caller)
    session, _ = caller.session(lambda _: token_answer(text))
    token = session.request_assertion()
    assert token.octets == etree.tostring(etree.fromstring(text), method="c14n", exclusive=True)
    assert token.subject == SUBJECT
    assert token.not_before == datetime(2026, 1, 15, 8, 55, tzinfo=UTC)
    assert token.not_on_or_after == datetime(2026, 1, 16, 9, 0, tzinfo=UTC)
    assert token.attributes == (("urn:be:fgov:person:ssin:doctor:boolean", "true"),)


def test_a_refusal_tells_code_and_message(caller: Caller) -> None:
    status = (
        '<samlp:Status><samlp:StatusCode Value="samlp:Requester"/>'
        "<samlp:StatusMessage>nothing is certified</samlp:StatusMessage></samlp:Status>"
    )
    session, _ = caller.session(lambda _: _refused(status))
    with pytest.raises(TokenError) as caught:
        session.request_assertion()
    assert (caught.value.code, caught.value.message) == ("Requester", "nothing is certified")


SUCCESS = '<samlp:Status><samlp:StatusCode Value="samlp:Success"/></samlp:Status>'
SAML = NAMESPACES["saml"]


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("", "not an answer of an STS"),
        (SUCCESS, "success without an assertion"),
        (f'{SUCCESS}<a:Assertion xmlns:a="{SAML}"/>', "without Conditions"),
        (f'{SUCCESS}<a:Assertion xmlns:a="{SAML}"><a:Conditions/></a:Assertion>', "moments of its validity"),
    ],
)
def test_what_is_no_answer_of_an_sts_is_told(caller: Caller, inner: str, reason: str) -> None:
    session, _ = caller.session(lambda _: _refused(inner))
    with pytest.raises(AnswerError, match=reason):
        session.request_assertion()


def test_a_fault_of_the_sts_is_a_fault(caller: Caller) -> None:
    fault = "<s:Fault><faultcode>s:Client</faultcode><faultstring>SOA-01001</faultstring></s:Fault>"
    session, _ = caller.session(lambda _: Told(envelope(fault), status=500))
    with pytest.raises(FaultError, match="SOA-01001"):
        session.request_assertion()


def test_a_session_asks_once_and_again_when_the_end_is_near(caller: Caller) -> None:
    def answer(_: Asked) -> Told:
        return token_answer(assertion(caller, validity=timedelta(hours=1)))

    session, service = caller.session(answer)
    clock = session.clock
    first = session.assertion()
    assert session.assertion() is first
    # Five minutes before the end a call could outlast it on its way.
    clock.advance(minutes=54, seconds=59)  # type: ignore[attr-defined]
    assert session.assertion() is first
    clock.advance(seconds=1)  # type: ignore[attr-defined]
    session.assertion()
    assert len(service.asked) == 2

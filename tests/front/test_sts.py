"""The STS at the front door, both dialects: SOAPActions, faults, what is told in logs and figures, zeep by the WSDL."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
import zeep
from lxml import etree
from zeep.helpers import serialize_object

from ehbox_soap import resources
from ehbox_soap.client.signature import BinaryToken
from ehbox_soap.ids import SeededChance
from ehbox_soap.sts.names import SAMLP, WST
from tests.clients import wstrust
from tests.clients.connector40 import HttpRequest
from tests.clients.names import CERTIFIED, HOLDER_OF_KEY, IDENTIFICATION, SUBJECT_NAME
from tests.clients.writing import der
from tests.clients.wstrust import C, Wanted
from tests.door import Client, Door
from tests.front.calls import fault
from tests.front.cast import DOCTOR, NURSE, Cast
from tests.front.conftest import Fresh
from tests.listening import LogAsItIs
from tests.wiring import Wire

SSIN = "urn:be:fgov:person:ssin"
HOLDER_SSIN = "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin"
BOOLEAN = f"{SSIN}:doctor:boolean"
SAML_PATHS = ("/IAM/Saml11TokenService/v1", "/IAM/Saml11TokenService/Legacy/v1")
TRUST_PATH = wstrust.PATH
PROTOCOL = "urn:be:fgov:ehealth:sts:protocol:v1"
XS = "{http://www.w3.org/2001/XMLSchema}"


def saml(door: Door, client: Client, path: str, name: str = BOOLEAN, number: str = DOCTOR) -> HttpRequest:
    claims, asked = [(SSIN, number)], [(SSIN, IDENTIFICATION), (name, CERTIFIED)]
    return client.connector.request_secure_token(path, door.now, claims, asked)


def trust(door: Door, client: Client, *claims: tuple[str, str | None]) -> HttpRequest:
    wanted = Wanted(claims, client.entry.certificate, door.now, door.now + timedelta(hours=24))
    content = wstrust.issue(wanted, "context-1", C)
    body = client.connector.secured(content, door.now, None)
    return client.connector.post(TRUST_PATH, f'"{wstrust.ACTION}"', body)


def acting(request: HttpRequest, action: str | None) -> HttpRequest:
    """The same call with another SOAPAction, or without one."""
    headers = [(name, value) for name, value in request.headers if name != "SOAPAction"]
    return HttpRequest(
        request.path, tuple(headers + ([] if action is None else [("SOAPAction", action)])), request.body
    )


@pytest.mark.parametrize("path", SAML_PATHS)
@pytest.mark.parametrize(
    "action", ["", '""', None, f'"{PROTOCOL}:RequestSecureToken"', f"{PROTOCOL}:RequestSecureToken", '"AttributeQuery"']
)
def test_soap_actions_of_the_saml_dialect(door: Door, people: Cast, path: str, action: str | None) -> None:
    """wire.md: RequestSecureToken, AttributeQuery and ""."""
    answer = door.send(acting(saml(door, people.doctor, path), action))
    assert answer.status == 200
    assert b'Value="samlp:Success"' in answer.body


@pytest.mark.parametrize("action", ["", '""', None, f'"{PROTOCOL}:RequestSecurityToken"'])
def test_soap_actions_of_the_trust_dialect(door: Door, people: Cast, action: str | None) -> None:
    """wire.md; E sends an empty one on some calls."""
    answer = door.send(acting(trust(door, people.doctor, (SSIN, DOCTOR), (BOOLEAN, None)), action))
    assert answer.status == 200
    assert wstrust.read(answer.body).assertion is not None


@pytest.mark.parametrize(
    ("dialect", "action"),
    [
        ("saml", f"{PROTOCOL}:RequestSecurityToken"),
        ("saml", f"{PROTOCOL}:Challenge"),
        ("trust", f"{PROTOCOL}:RequestSecureToken"),
        ("trust", f"{PROTOCOL}:Challenge"),
        ("trust", "RequestSecurityToken"),
        ("trust", "urn:be:fgov:ehealth:ehbox:publication:protocol:v3:sendMessage"),
    ],
)
def test_soap_action_of_another_operation(door: Door, people: Cast, dialect: str, action: str) -> None:
    request = saml(door, people.doctor, SAML_PATHS[0]) if dialect == "saml" else trust(door, people.doctor)
    found = fault(door, acting(request, action))
    assert (found.code, found.reason) == ("SOA-03004", "SOAPAction names another operation")


@pytest.mark.parametrize("path", [*SAML_PATHS, TRUST_PATH])
def test_each_address_answers_both_dialects(door: Door, people: Cast, path: str) -> None:
    """The Body's element tells which is spoken; the contract told at a path is that of who is known to call there."""
    answer = door.send(saml(door, people.doctor, path))
    assert b'Value="samlp:Success"' in answer.body
    asked = trust(door, people.doctor, (SSIN, DOCTOR), (BOOLEAN, None))
    answer = door.send(HttpRequest(path, asked.headers, asked.body))
    assert wstrust.read(answer.body).assertion is not None


@pytest.mark.parametrize(
    "content",
    [
        f'<Request xmlns="{WST}"/>',
        f'<RequestSecurityToken xmlns="{SAMLP}"/>',
        f'<Request xmlns="{PROTOCOL}"/>',
        f'<RequestSecurityToken xmlns="{PROTOCOL}"/>',
        "<RequestSecurityToken/>",
    ],
)
def test_an_element_of_neither_dialect(door: Door, people: Cast, content: str) -> None:
    connector = people.doctor.connector
    asked = connector.post(TRUST_PATH, '""', connector.secured(content, door.now, None))
    assert fault(door, asked).code == "SOA-03005"


def test_a_refusal_is_an_answer_in_one_dialect_and_a_fault_in_the_other(door: Door, people: Cast) -> None:
    """wire.md for SAML; WS-Trust's way is ours."""
    answer = door.send(saml(door, people.doctor, SAML_PATHS[0], number=NURSE))
    assert answer.status == 200
    assert b'Value="samlp:Requester"' in answer.body
    assert b"StatusMessage" in answer.body
    found = fault(door, trust(door, people.doctor, (SSIN, NURSE)))
    assert found.code == "SOA-01002"
    assert found.reason.startswith("wst:FailedAuthentication: A claimed identity attribute differs")


def test_a_broken_form_is_a_fault_in_both(door: Door, people: Cast) -> None:
    request = trust(door, people.doctor, *[(SSIN, None)] * 257)
    found = fault(door, request)
    assert (found.code, found.reason) == ("SOA-03006", "wst:Claims: holds more than 256 claims")
    connector = people.doctor.connector
    asked = connector.request_secure_token(SAML_PATHS[0], door.now, [], [(SSIN, IDENTIFICATION)] * 257)
    assert fault(door, asked).code == "SOA-03006"


def test_calls_are_not_held_against_replay(door: Door, people: Cast) -> None:
    """wire.md: its calls are not held against replay; each answer is another assertion."""
    request = trust(door, people.doctor, (SSIN, DOCTOR))
    first, second = (wstrust.read(door.send(request).body).assertion for _ in range(2))
    assert first is not None
    assert second is not None
    assert first != second
    assert door.replay_keys() == 0


def test_without_an_sts_neither_dialect_answers(fresh: Fresh, people: Cast) -> None:
    door = fresh({"sts.enabled": "false"})
    for request in (saml(door, people.doctor, SAML_PATHS[0]), trust(door, people.doctor, (SSIN, DOCTOR))):
        found = fault(door, request)
        assert (found.code, found.reason) == ("SOA-02001", "this server has no STS")


@pytest.fixture
def lines(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Door, io.StringIO]]:
    """A door that logs at DEBUG, and what it logged."""
    before = LogAsItIs()
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    yield fresh({"log.level": "DEBUG", "log.format": "json"}), stream
    before.put_back()


def test_what_is_told_of_a_call(lines: tuple[Door, io.StringIO], people: Cast) -> None:
    """Port, operation, what became of it, the caller's pseudonym; never who it is or what it claimed."""
    door, stream = lines
    door.send(saml(door, people.doctor, SAML_PATHS[0]))
    door.send(saml(door, people.doctor, SAML_PATHS[0], number="Kanarie"))
    door.send(trust(door, people.doctor, (SSIN, DOCTOR), (BOOLEAN, None)))
    door.send(trust(door, people.doctor, (SSIN, "Kanarie")))
    door.send(trust(door, people.doctor, ("Kanarie", None)))
    text = stream.getvalue()
    found = [json.loads(line) for line in text.splitlines() if '"event": "request"' in line]
    assert [(each["port"], each["operation"], each["outcome"]) for each in found] == [
        ("sts", "RequestSecureToken", "samlp:Success"),
        ("sts", "RequestSecureToken", "samlp:Requester"),
        ("sts", "RequestSecurityToken", "wst:RequestedSecurityToken"),
        ("sts", "RequestSecurityToken", "SOA-01002"),
        ("sts", "RequestSecurityToken", "SOA-01002"),
    ]
    assert len({each["caller"] for each in found}) == 1
    for personal in ("Kanarie", DOCTOR, "19990116", "Voorbeeld", "TEST PERSON"):
        assert personal not in text
    figures = door.server.observer.figures.exposition().decode()
    for port, outcome in (("sts", "samlp:Success"), ("sts", "wst:RequestedSecurityToken")):
        assert f'outcome="{outcome}",port="{port}"' in figures


class InProcess(zeep.transports.Transport):
    """zeep's own transport, its requests handed to the server; it keeps the last answer."""

    def __init__(self, door: Door) -> None:
        session = requests.Session()
        session.mount("http://box.test", Wire(door.server))
        super().__init__(session=session)  # type: ignore[no-untyped-call]
        self.answer = b""

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Any:
        response = super().post(address, message, headers)  # type: ignore[no-untyped-call]
        self.answer = response.content
        return response


def by_zeep(door: Door, client: Client, path: str) -> tuple[zeep.Client, InProcess]:
    transport = InProcess(door)
    signature = BinaryToken(client.entry, door.clock, SeededChance(31))
    return zeep.Client(f"http://box.test{path}?wsdl", wsse=signature, transport=transport), transport


def valid(answer: bytes, name: str) -> None:
    """The Body's element by the schemas that ship beside the WSDL."""
    schema = etree.XMLSchema(etree.parse(str(resources.path("xsd", "sts", name))))
    schema.assertValid(etree.fromstring(answer)[0][0])


@pytest.mark.parametrize("path", SAML_PATHS)
def test_zeep_asks_by_the_served_wsdl_in_the_saml_dialect(door: Door, people: Cast, path: str) -> None:
    """A client that knows nothing but ?wsdl gets an assertion."""
    client, transport = by_zeep(door, people.doctor, path)
    now, later = door.now, door.now + timedelta(hours=1)
    version = {"MajorVersion": 1, "MinorVersion": 1, "IssueInstant": now}
    name = {"_value_1": "CN=x", "Format": SUBJECT_NAME, "NameQualifier": "CN=y"}
    attribute = {"AttributeName": SSIN, "AttributeNamespace": IDENTIFICATION}
    claimed = {"NameIdentifier": name}
    evidence = {
        "Conditions": {"NotBefore": now, "NotOnOrAfter": later},
        "AttributeStatement": {"Subject": claimed, "Attribute": [{"AttributeValue": [DOCTOR], **attribute}]},
        "AssertionID": "assertion-1",
        "Issuer": "CN=x",
        **version,
    }
    holder = {"X509Data": {"X509Certificate": der(people.doctor.entry.certificate)}}
    told = client.service.AttributeQuery(
        AttributeQuery={
            "Subject": {
                "NameIdentifier": name,
                "SubjectConfirmation": {
                    "ConfirmationMethod": HOLDER_OF_KEY,
                    "SubjectConfirmationData": {"Assertion": evidence},
                    "KeyInfo": holder,
                },
            },
            "AttributeDesignator": [attribute, {"AttributeName": BOOLEAN, "AttributeNamespace": CERTIFIED}],
        },
        RequestID="request-1",
        **version,
    )
    read = serialize_object(told)
    assert str(read["Status"]["StatusCode"]["Value"]).endswith("Success")
    assert [each["AttributeName"] for each in read["Assertion"]["AttributeStatement"]["Attribute"]] == [SSIN, BOOLEAN]
    valid(transport.answer, "saml-protocol-1.1.xsd")


def test_zeep_asks_by_the_served_wsdl_in_the_trust_dialect(door: Door, people: Cast) -> None:
    client, transport = by_zeep(door, people.doctor, TRUST_PATH)
    told = client.service.RequestSecurityToken(
        RequestType="http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue",
        Claims={
            "Dialect": f"{wstrust.AUTH}/authclaims",
            "ClaimType": [{"Uri": SSIN, "Value": DOCTOR}, {"Uri": BOOLEAN}],
        },
        Context="urn:context",
    )
    read = serialize_object(told)
    assert read["Context"] == "urn:context"
    attributes = read["RequestedSecurityToken"]["Assertion"]["AttributeStatement"]["Attribute"]
    assert [each["AttributeName"] for each in attributes] == [SSIN, BOOLEAN]
    valid(transport.answer, "ws-trust-1.3.xsd")


def test_failures_and_challenges_are_valid_by_the_schemas_too(door: Door, people: Cast) -> None:
    refused = door.send(saml(door, people.doctor, SAML_PATHS[0], number=NURSE))
    valid(refused.body, "saml-protocol-1.1.xsd")
    wanted = Wanted([(SSIN, DOCTOR)], people.nurse.entry.certificate, door.now, door.now + timedelta(hours=1))
    body = people.doctor.connector.secured(wstrust.issue(wanted, "context-1", C), door.now, None)
    challenged = door.send(people.doctor.connector.post(TRUST_PATH, "", body))
    assert wstrust.read(challenged.body).challenge is not None
    valid(challenged.body, "ws-trust-1.3.xsd")

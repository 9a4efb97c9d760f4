"""The ETK depot at the front door (wire.md, "ETK depot")."""

from __future__ import annotations

import base64
import io
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import zeep
from lxml import etree

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.pki.revoking import revoke
from ehbox_soap.ports.call import HttpAnswer
from ehbox_soap.ports.etk_depot import PATH
from ehbox_soap.sealing.token import EncryptionToken, read_token
from ehbox_soap.security.subject import Identity, identity
from ehbox_soap.store.records import Person, Profession
from tests.clients.connector40 import Connector40, HttpRequest
from tests.door import START, Door, content_of, fault_code
from tests.etk.conftest import DOCTOR, deposit
from tests.listening import LogAsItIs
from tests.wiring import Wire

NS = "urn:be:fgov:ehealth:etkdepot:1_0:protocol"
CORE = "urn:be:fgov:ehealth:commons:1_0:core"
Asked = tuple[str, str, str | None]


def body(*identifiers: Asked) -> bytes:
    """A request by identifiers; an application of None is left out."""
    criteria = "".join(
        f"<Identifier><Type>{type}</Type><Value>{value}</Value>"
        + ("" if application is None else f"<ApplicationID>{application}</ApplicationID>")
        + "</Identifier>"
        for type, value, application in identifiers
    )
    content = f'<GetEtkRequest xmlns="{NS}"><SearchCriteria>{criteria}</SearchCriteria></GetEtkRequest>'
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{soap}"><s:Header/><s:Body>{content}</s:Body></s:Envelope>'.encode()


def ask(door: Door, *identifiers: Asked) -> etree._Element:
    """The answer's element; whatever was found, it is 200 and a Status of 200."""
    return read(door.post(PATH, body(*identifiers)))


def read(answer: HttpAnswer) -> etree._Element:
    assert answer.status == 200, answer.body
    assert dict(answer.headers)["Content-Type"] == "text/xml; charset=utf-8"
    element = content_of(answer)
    assert element.tag == f"{{{NS}}}GetEtkResponse"
    status = element[0]
    assert status.tag == f"{{{CORE}}}Status"
    assert status.findtext("Code") == "200"
    assert {each.get("Lang") for each in status.iterfind("Message")} == {"EN", "FR", "NL"}
    assert element[1].tag == f"{{{NS}}}GivenSearchCriteria"
    return element


def token_of(element: etree._Element) -> EncryptionToken:
    """The one token of an answer."""
    assert [etree.QName(child).localname for child in element] == ["Status", "GivenSearchCriteria", "ETK"]
    return read_token(base64.b64decode(element[2].text or ""))


def not_found(element: etree._Element) -> bool:
    """Whether the answer is an Error and nothing else."""
    return [etree.QName(child).localname for child in element] == ["Status", "GivenSearchCriteria", "Error"]


def matching(element: etree._Element) -> list[list[tuple[str | None, ...]]]:
    """The identifiers of each MatchingEtk."""
    _, _, *matches = element
    assert {each.tag for each in matches} == {f"{{{NS}}}MatchingEtk"}
    names = ("Type", "Value", "ApplicationID")
    return [[tuple(each.findtext(f"{{{NS}}}{name}") for name in names) for each in found] for found in matches]


def test_the_connectors_own_request(door: Door, authority: Authority, encryption: KeyEntry) -> None:
    """No SOAPAction, a default namespace, an ApplicationID that is empty; nothing is signed."""
    deposit(door, authority.token(encryption))
    connector = Connector40(encryption.key, encryption.certificate, lambda: "0")
    request = connector.get_etk(PATH, "SSIN", DOCTOR)
    assert "soapaction" not in {name.lower() for name, _ in request.headers}
    answer = door.send(request)
    token = token_of(read(answer))
    assert b"<soap:Body><etk:GetEtkResponse" in answer.body, "no white space, and a prefix (wire.md, 1 and 2)"
    assert token.octets == authority.token(encryption)
    assert token.encryption == encryption.certificate
    assert identity(token.authentication) == Identity("SSIN", DOCTOR)
    assert token.depot == authority.etk_depot.certificate


@pytest.mark.parametrize("value", ["0809394427", "809394427"])
def test_the_kgss_has_its_own_token_and_values_are_padded(door: Door, authority: Authority, value: str) -> None:
    token = token_of(ask(door, ("CBE", value, "KGSS")))
    assert token.authentication == authority.kgss.authentication.certificate


@pytest.mark.parametrize(
    "asked", [("SSIN", DOCTOR, None), ("CBE", "0809394427", "OTHER"), ("NONSENSE", "x", ""), ("SSIN", "", "")]
)
def test_what_is_not_found_is_an_error_with_status_200(door: Door, asked: Asked) -> None:
    element = ask(door, asked)
    assert not_found(element)
    assert element[2].findtext(f"{{{NS}}}Code")
    given = element[1][0]
    assert tuple(given.findtext(f"{{{NS}}}{name}") for name in ("Type", "Value", "ApplicationID")) == asked


@pytest.mark.parametrize("application", ["", None])
def test_an_empty_application_is_none(
    door: Door, authority: Authority, encryption: KeyEntry, application: str | None
) -> None:
    deposit(door, authority.token(encryption))
    assert token_of(ask(door, ("SSIN", DOCTOR, application))).encryption == encryption.certificate
    assert not_found(ask(door, ("SSIN", DOCTOR, "APP")))


def test_without_an_application_those_that_there_are_match(door: Door) -> None:
    """To ask again by: the token of an application is not that of its owner."""
    assert matching(ask(door, ("CBE", "0809394427", ""))) == [[("CBE", "0809394427", "KGSS")]]


def test_several_that_match_are_named(door: Door, authority: Authority, encryption: KeyEntry) -> None:
    deposit(door, authority.token(encryption))
    found = ask(door, ("CBE", "0809394427", "KGSS"), ("SSIN", DOCTOR, ""), ("SSIN", "85061999865", ""))
    assert matching(found) == [[("CBE", "0809394427", "KGSS")], [("SSIN", DOCTOR, None)]]


def test_the_same_one_by_two_identifiers_is_one(door: Door, authority: Authority, encryption: KeyEntry) -> None:
    """The register knows the doctor's NIHII (BOX-2); ours."""
    deposit(door, authority.token(encryption))
    found = ask(door, ("NIHII", "19990116", ""), ("SSIN", DOCTOR, None))
    assert token_of(found).encryption == encryption.certificate


@pytest.mark.parametrize("both", [True, False])
def test_a_number_of_two_people_gives_out_neither_s(
    door: Door, authority: Authority, encryption: KeyEntry, both: bool
) -> None:
    """One is its holder as a doctor, the other as a nurse; even where one of them has no token (ours)."""
    namesake = Person("85010199786", "Ander", "An", None, (Profession("NURSE", "19990116"),))
    with door.house.store.begin() as transaction:
        transaction.register.put_person(namesake)
    deposit(door, authority.token(encryption))
    named = [[("SSIN", DOCTOR, None)]]
    if both:
        other = authority.encryption(authority.person(namesake.inss, "An Ander", kind="ec"))
        deposit(door, authority.token(other))
        named.append([("SSIN", namesake.inss, None)])
    assert matching(ask(door, ("NIHII", "19990116", ""))) == named


def test_the_certificate_of_an_enterprise_names_no_quality(door: Door) -> None:
    found = ask(door, ("CBE-TREAT_CENTER", "809394427", "KGSS"))
    assert identity(token_of(found).authentication) == Identity("CBE", "0809394427", "KGSS")


def test_a_new_token_takes_the_place_of_the_one_before(door: Door, authority: Authority, encryption: KeyEntry) -> None:
    deposit(door, authority.token(encryption))
    another = authority.encryption(authority.person(DOCTOR, "Dora Voorbeeld", kind="ec"))
    serial = deposit(door, authority.token(another))
    assert token_of(ask(door, ("SSIN", DOCTOR, ""))).encryption == another.certificate
    with door.house.store.begin() as transaction:
        assert transaction.tokens.revoke(serial, door.now)
    assert token_of(ask(door, ("SSIN", DOCTOR, ""))).encryption == encryption.certificate


def test_a_revoked_or_expired_token_is_not_given_out(door: Door, authority: Authority, encryption: KeyEntry) -> None:
    serial = deposit(door, authority.token(encryption))
    door.clock.moment = encryption.certificate.not_valid_after_utc
    assert not not_found(ask(door, ("SSIN", DOCTOR, "")))
    door.clock.advance(seconds=1)
    assert not_found(ask(door, ("SSIN", DOCTOR, "")))
    door.clock.moment = encryption.certificate.not_valid_before_utc - timedelta(seconds=1)
    assert not_found(ask(door, ("SSIN", DOCTOR, "")))
    door.clock.moment = encryption.certificate.not_valid_before_utc
    assert not not_found(ask(door, ("SSIN", DOCTOR, "")))
    with door.house.store.begin() as transaction:
        transaction.tokens.revoke(serial, door.now)
    assert not_found(ask(door, ("SSIN", DOCTOR, "")))


@pytest.mark.parametrize("days", [-100, 100])
def test_a_token_is_given_out_while_its_owner_s_certificate_is_valid_too(
    door: Door, template: Path, authority: Authority, days: int
) -> None:
    """One that ends before the encryption certificate, and one that begins after it, looked at a second to each side.

    The owner's certificate issues the other (wire.md, ETK depot); that this is worth no more than that is ours.
    """
    other = Authority.open(template / "pki", SetClock(START + timedelta(days=days)), SeededChance(35))
    owner = other.person(DOCTOR, "Dora Voorbeeld", kind="ec")
    encryption = authority.encryption(owner)
    deposit(door, authority.token(encryption))
    later, earlier = (encryption, owner) if days < 0 else (owner, encryption)
    begin, end = later.certificate.not_valid_before_utc, earlier.certificate.not_valid_after_utc
    second = timedelta(seconds=1)
    for moment, given in ((begin - second, False), (begin, True), (end, True), (end + second, False)):
        door.clock.moment = moment
        assert not_found(ask(door, ("SSIN", DOCTOR, ""))) is not given, moment


# --- what is no request ---


def request(content: bytes, **headers: str) -> HttpRequest:
    named = {"Content-Type": "text/xml; charset=utf-8", **headers}
    return HttpRequest(PATH, tuple(named.items()), content)


@pytest.mark.parametrize("action", ["", '""', "GetEtk", f'"{NS}:GetEtk"'])
def test_soap_action_may_be_missing_empty_or_right(door: Door, action: str) -> None:
    assert door.send(request(body(("SSIN", DOCTOR, "")), SOAPAction=action)).status == 200


def test_soap_action_of_another_operation(door: Door) -> None:
    assert fault_code(door.send(request(body(("SSIN", DOCTOR, "")), SOAPAction="urn:other"))) == "SOA-03004"


def test_another_element(door: Door) -> None:
    other = body(("SSIN", DOCTOR, "")).replace(b"GetEtkRequest", b"GetEtkResponse")
    assert fault_code(door.send(request(other))) == "SOA-03005"


def test_what_the_schema_does_not_allow(door: Door) -> None:
    assert fault_code(door.send(request(body()))) == "SOA-03006"
    unqualified = body(("SSIN", DOCTOR, "")).replace(b"<Type>", b'<Type xmlns="">')
    assert fault_code(door.send(request(unqualified))) == "SOA-03006"


def test_attachments_have_no_place_here(door: Door) -> None:
    parts = (b"--b\r\nContent-Type: text/xml\r\n\r\n" + body(("SSIN", DOCTOR, "")) + b"\r\n--b\r\n"
             b"Content-Type: text/plain\r\nContent-ID: <a@b>\r\n\r\nx\r\n--b--\r\n")  # fmt: skip
    multipart = {"Content-Type": 'multipart/related; type="text/xml"; boundary="b"'}
    assert fault_code(door.send(request(parts, **multipart))) == "SOA-03007"


# --- the WSDL ---


def test_zeep_calls_it_by_the_served_wsdl(door: Door, authority: Authority, encryption: KeyEntry) -> None:
    deposit(door, authority.token(encryption))
    transport = zeep.Transport()
    transport.session.mount("http://box.test", Wire(door.server))
    client = zeep.Client(f"http://box.test{PATH}?wsdl", transport=transport)
    found = client.service.GetEtk(SearchCriteria={"Identifier": [{"Type": "SSIN", "Value": DOCTOR}]})
    assert found["Status"]["Code"] == "200"
    assert found["ETK"] == authority.token(encryption)
    missing = client.service.GetEtk(SearchCriteria={"Identifier": [{"Type": "SSIN", "Value": "85061999865"}]})
    assert missing["ETK"] is None
    assert missing["Error"][0]["Code"]


# --- what is told ---


def test_nobody_is_named_in_the_log(
    door: Door, authority: Authority, encryption: KeyEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, stream = LogAsItIs(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    door.restart()
    deposit(door, authority.token(encryption))
    ask(door, ("SSIN", DOCTOR, "Kanarie"))
    ask(door, ("SSIN", DOCTOR, ""))
    before.put_back()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["port"], line["operation"], line["outcome"]) for line in lines] == [
        ("etk_depot", "GetEtk", "200")
    ] * 2
    for word in (DOCTOR, "Kanarie", "Voorbeeld"):
        assert word not in stream.getvalue()


def test_a_token_whose_owner_a_list_revokes_is_not_given_out(
    door: Door, authority: Authority, encryption: KeyEntry
) -> None:
    """A revoked one is not given out; the one of before, whose certificate is another, comes back."""
    owner = authority.person(DOCTOR, "Dora Voorbeeld", kind="ec")
    newer = authority.encryption(owner)
    deposit(door, authority.token(encryption))
    deposit(door, authority.token(newer))
    asked = ("SSIN", DOCTOR, None)
    assert token_of(ask(door, asked)).encryption == newer.certificate
    own = Authority.open(door.folder / "pki", door.clock, SeededChance(33))
    revoke(door.folder / "pki", own, owner.certificate, "key-compromise", door.clock)
    door.advance(seconds=10)
    assert token_of(ask(door, asked)).encryption == encryption.certificate

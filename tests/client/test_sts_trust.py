"""The client asks the STS in the WS-Trust dialect: a whole server in the process, and answers that are none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from ehbox_soap.client import Addresses, Consultation, types
from ehbox_soap.client.errors import AnswerError, FaultError
from ehbox_soap.client.session import Session
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from tests.client.conftest import BASE, INSS, Caller, Service, Told, assertion, envelope
from tests.door import START, Door, prepared
from tests.wiring import Wire

TRUST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
DOCTOR = ("urn:be:fgov:person:ssin:doctor:boolean", "true")
HOSPITAL = "71990133"
URL = Addresses(BASE).sts_trust


class House:
    """A server, keys of its authority, and sessions that reach it without a socket."""

    def __init__(self, folder: Path) -> None:
        self.door = Door(folder / "data", prepared(folder / "template"), {"log.level": "ERROR"})
        self.authority = Authority.open(self.door.folder / "pki", self.door.clock, SeededChance(5))
        self.actions: list[str] = []

    def session(self, entry: KeyEntry, identification: KeyEntry | None = None) -> Session:
        session = Session(
            entry,
            URL,
            identification=identification,
            dialect="ws-trust",
            clock=self.door.clock,
            chance=SeededChance(6),
        )
        session.transport.session.mount(BASE, Heard(self))
        return session


class Heard(Wire):
    """Keeps what was asked, in order, by the last word of SOAPAction and the RequestType."""

    def __init__(self, house: House) -> None:
        super().__init__(house.door.server)
        self.house = house

    def send(self, request, *rest, **more):  # type: ignore[no-untyped-def]
        action = request.headers.get("SOAPAction", "").strip('"').rpartition(":")[2]
        for kind in ("Issue", "Renew"):
            if f"200512/{kind}<".encode() in (request.body or b""):
                action = kind
        self.house.actions.append(action)
        return super().send(request, *rest, **more)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("trust"))
    yield house
    house.door.close()


@pytest.fixture
def house(standing: House) -> House:
    standing.door.reset()
    standing.actions.clear()
    return standing


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_session_calls_the_mailbox_with_it(house: House, kind: str) -> None:
    entry = house.authority.person(INSS, "Dora Voorbeeld", kind="rsa" if kind == "rsa" else "ec")
    session = house.session(entry)
    token = session.assertion()
    assert DOCTOR in token.attributes
    assert token.not_on_or_after == START + timedelta(hours=24)
    info = Consultation(session, Addresses(BASE).consultation).get_box_info(types.GetBoxInfoRequest()).info
    assert info is not None
    assert (info.box.id, info.box.quality) == (INSS, "DOCTOR")
    assert house.actions[0] == "Issue"


def test_another_certificate_identifies_and_the_key_answers_the_challenge(house: House) -> None:
    eid = house.authority.eid(INSS, "Voorbeeld", "Dora")
    session = house.session(house.authority.person(INSS, "Dora Voorbeeld", kind="ec"), eid)
    token = session.assertion()
    assert DOCTOR in token.attributes
    assert "OID.2.5.4.5" in token.subject
    assert house.actions == ["Issue", "Challenge"]


def test_a_person_within_an_organisation(house: House) -> None:
    hospital = house.authority.organisation("NIHII-HOSPITAL", HOSPITAL, "Hôpital Exemple", kind="ec")
    session = house.session(hospital, house.authority.person(INSS, "Dora Voorbeeld", kind="ec"))
    names = dict(session.assertion().attributes)
    assert names["urn:be:fgov:ehealth:1.0:hospital:nihii-number"] == HOSPITAL
    assert names["urn:be:fgov:person:ssin"] == INSS


def test_near_its_end_it_is_renewed(house: House) -> None:
    """WS-Trust's Renew, while the old one is still valid; the new one is as long as the old one was."""
    session = house.session(house.authority.person(INSS, "Dora Voorbeeld", kind="ec"))
    first = session.assertion()
    house.door.advance(hours=23, minutes=54, seconds=59)
    assert session.assertion() is first
    house.door.advance(seconds=1)
    second = session.assertion()
    assert house.actions == ["Issue", "Renew"]
    assert second.id != first.id
    assert second.attributes == first.attributes
    assert second.not_on_or_after == house.door.now + timedelta(hours=24)


def test_past_its_end_a_new_one_is_asked_for(house: House) -> None:
    session = house.session(house.authority.person(INSS, "Dora Voorbeeld", kind="ec"))
    session.assertion()
    house.door.advance(hours=24)
    session.assertion()
    assert house.actions == ["Issue", "Issue"]


def test_where_renewing_is_refused_a_new_one_is_asked_for(house: House) -> None:
    """Such as when the STS has another key by then."""
    session = house.session(house.authority.person(INSS, "Dora Voorbeeld", kind="ec"))
    kept = session.assertion()
    session._token = type(kept)(
        kept.octets.replace(b"true", b"also"), kept.id, kept.subject, kept.not_before, kept.not_on_or_after, ()
    )
    house.door.advance(hours=23, minutes=57)
    assert DOCTOR in session.assertion().attributes
    assert house.actions == ["Issue", "Renew", "Issue"]


def test_a_refusal_is_a_fault(house: House) -> None:
    stranger = house.authority.organisation("NIHII-CLINIC", HOSPITAL, "X", kind="ec")
    with pytest.raises(FaultError, match=r"SOA-01002.*wst:RequestFailed: None of the requested attributes"):
        house.session(stranger).assertion()


@pytest.mark.parametrize("inner", ["", "<w:RequestedSecurityToken/>", "<w:SignChallenge/>"])
def test_what_is_no_answer_is_told(caller: Caller, inner: str) -> None:
    answer = f'<w:RequestSecurityTokenResponse xmlns:w="{TRUST}">{inner}</w:RequestSecurityTokenResponse>'
    with pytest.raises(AnswerError, match="no assertion in it"):
        _session(caller, lambda _: Told(envelope(answer))).request_assertion()


def test_a_collection_is_an_answer_too(caller: Caller) -> None:
    """WS-Trust 1.3 has it so; another STS may."""
    answer = (
        f'<w:C xmlns:w="{TRUST}"><w:RequestSecurityTokenResponse><w:RequestedSecurityToken>{assertion(caller)}'
        "</w:RequestedSecurityToken></w:RequestSecurityTokenResponse></w:C>"
    )
    token = _session(caller, lambda _: Told(envelope(answer))).request_assertion()
    assert token.octets == etree.tostring(etree.fromstring(assertion(caller)), method="c14n", exclusive=True)


def _session(caller: Caller, answer) -> Session:  # type: ignore[no-untyped-def]
    session = Session(caller.entries["rsa"], URL, dialect="ws-trust", clock=caller.clock, chance=SeededChance(1))
    session.transport.session.mount(BASE, Service(answer))
    return session

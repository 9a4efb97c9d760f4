"""Clients that ask the STS in WS-Trust, each in its own layout, and call the mailbox with what they get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyKind
from tests.clients.conftest import Open
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.connector40_reader import Fault
from tests.clients.econtract import EContract, EContractEmptyPrefixes
from tests.clients.model import Identification
from tests.clients.operations import Model
from tests.clients.story import everything
from tests.clients.talking import DOCTOR, HOLDER_SSIN, SSIN, Talk
from tests.clients.test_operations import READER, SENDER, talk
from tests.clients.trusting import TrustCaller
from tests.clients.wstrust import PATH, TrustAnswer
from tests.door import START, Door

EVERY: Mapping[str, tuple[type[Model], KeyKind]] = {
    "E": (EContract, "rsa"),
    "E with empty PrefixLists": (EContractEmptyPrefixes, "rsa"),
    "C 3.x": (Connector3, "rsa"),
    "C 4.0": (Connector40, "rsa"),
    "C 4.0 on a curve": (Connector40, "ec"),
}
# By WS-Trust e-Contract's client uses no SHA-1 at all, unlike by SAML-P.
STRICT = [name for name in EVERY if name != "C 3.x"]


def issued(client: Talk) -> TrustAnswer:
    """What Issue gives; an assertion is the client's from then on."""
    model = client.model
    assert isinstance(model, TrustCaller)
    claims = [(SSIN, client.number), (HOLDER_SSIN, client.number), (DOCTOR, None)]
    answer = model.read_trust(*client.line.post(model.request_security_token(PATH, client.line.now, claims)))
    client.assertion = answer.assertion or ""
    return answer


def issues_and_renews(client: Talk) -> None:
    issued(client)
    client.ask("get_messages_list")
    model = client.model
    assert isinstance(model, TrustCaller)
    renewed = model.read_trust(*client.line.post(model.renew(PATH, client.line.now, client.assertion))).assertion
    assert renewed is not None
    assert renewed != client.assertion
    client.assertion = renewed
    assert client.ask("get_box_info").element.findtext("BoxId/Quality") == "DOCTOR"


def meets_a_challenge(client: Talk, template: Path) -> None:
    """An eID identifies, the key of the eHealth certificate proves itself by the answer to the challenge."""
    eid = Authority.open(template / "pki", SetClock(START), SeededChance(9)).eid(SENDER, "Voorbeeld", "Dora")
    client.model.identification = Identification(eid.key, eid.certificate)
    told = issued(client)
    assert told.challenge is not None
    model = client.model
    assert isinstance(model, TrustCaller)
    brought = model.answer_challenge(PATH, client.line.now, told.challenge, told.context)
    client.assertion = model.read_trust(*client.line.post(brought)).assertion or ""
    assert client.ask("get_box_info").element.findtext("BoxId/Quality") == "DOCTOR"


@pytest.fixture(scope="module")
def strict(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A door for all tests that only ask who they are, where no SHA-1 is let in."""
    door = Door(tmp_path_factory.mktemp("trust-strict") / "data", template, {"security.profile": "strict"})
    yield door
    door.close()


@pytest.mark.parametrize("name", EVERY)
def test_issue_and_renew(name: str, standing: Door) -> None:
    issues_and_renews(talk(standing, *EVERY[name], SENDER))


@pytest.mark.parametrize("name", EVERY)
def test_another_identification_meets_a_challenge(name: str, standing: Door) -> None:
    meets_a_challenge(talk(standing, *EVERY[name], SENDER), standing.template)


@pytest.mark.parametrize("name", STRICT)
def test_issue_and_renew_in_the_profile_strict(name: str, strict: Door) -> None:
    issues_and_renews(talk(strict, *EVERY[name], SENDER))


@pytest.mark.parametrize("name", STRICT)
def test_another_identification_meets_a_challenge_in_the_profile_strict(name: str, strict: Door) -> None:
    meets_a_challenge(talk(strict, *EVERY[name], SENDER), strict.template)


def test_e_contract_through_every_operation_in_the_profile_strict(open_door: Open) -> None:
    door = open_door({"security.profile": "strict"})
    sender, reader = (talk(door, EContract, "rsa", inss) for inss in (SENDER, READER))
    issued(sender)
    issued(reader)
    everything(sender, reader, "trust")


def test_sha1_is_refused_in_the_profile_strict(open_door: Open) -> None:
    client = talk(open_door({"security.profile": "strict"}), Connector3, "rsa", SENDER)
    with pytest.raises(Fault) as caught:
        issued(client)
    assert caught.value.code == "SOA-01001"

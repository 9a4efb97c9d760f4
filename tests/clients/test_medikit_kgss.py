"""Medikit asks the KGSS, in its own layout: an organisation's keys, and a person whom the assertion is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance, identifier
from ehbox_soap.pki.authority import Authority
from tests.clients.asking import Asker, Written
from tests.clients.connector_etk import Token, read_token
from tests.clients.connector_kgss import KGSS_TOKEN, KgssRefused, Reader
from tests.clients.medikit import Medikit
from tests.clients.medikit_kgss import key_content, new_key_content, own_readers
from tests.clients.model import Identification
from tests.clients.names import CERTIFIED
from tests.clients.sealing import Opener, Sealer
from tests.clients.talking import DOCTOR, HOLDER_SSIN, SSIN, Octets, Talk
from tests.clients.test_operations import SENDER, InProcess, entry
from tests.door import START, Door

DEPOT = "/EtkDepot/v1"
WRITTEN = Written(new_key_content, key_content)
NIHII11 = f"{SSIN}:ehealth:1.0:doctor:nihii11"
CBE = "0999999031"
HOLDER_CBE = "urn:be:fgov:ehealth:1.0:certificateholder:enterprise:cbe-number"
DOCTORS = Reader(CERTIFIED, DOCTOR, ["true"])


@pytest.fixture(scope="module")
def door(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    opened = Door(tmp_path_factory.mktemp("medikit-kgss") / "data", template)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def asker(door: Door) -> Asker:
    """The person's certificate identifies, the organisation's is the holder's (SessionService.BuildFallbackSession)."""
    authority = Authority.open(door.template / "pki", SetClock(START), SeededChance(41))
    organisation, person = authority.organisation("CBE", CBE, "TEST INSTITUTION"), entry(door.template, SENDER, "rsa")
    secret = authority.encryption(organisation)
    with door.house.store.begin() as transaction:
        transaction.tokens.add(stored(authority.token(secret), door.now))
    identification = Identification(person.key, person.certificate)
    model = Medikit(organisation.key, organisation.certificate, lambda: identifier(door.chance), identification)
    client = Talk(InProcess(door), model, SENDER).identify(NIHII11, DOCTOR)
    own, kgss = (_token(client, model, *criteria) for criteria in (("CBE", CBE, ""), KGSS_TOKEN))
    assert isinstance(secret.key, rsa.RSAPrivateKey)
    return Asker(
        client,
        model,
        Sealer(organisation.key, organisation.certificate, ber=False),
        Opener([(secret.certificate.serial_number, secret.key)]),
        own.octets,
        kgss,
        SeededChance(35).octets,
        WRITTEN,
    )


def _token(client: Talk, model: Medikit, type: str, value: str, application: str) -> Token:
    answer: Octets = client.line.post(model.get_etk(DEPOT, type, value, application))
    token = read_token(*answer)
    assert token is not None
    return token


def test_its_box_is_the_person_s(asker: Asker) -> None:
    """It claims nothing of the organisation, whose key it calls with."""
    box = asker.client.ask("get_box_info").element.find("BoxId")
    assert box is not None
    assert [each.text for each in box][:3] == [SENDER, "INSS", "DOCTOR"]


def test_a_key_is_made_and_had_again(asker: Asker) -> None:
    """What it seals brings the signer's certificate without its authority's."""
    name, key = asker.made(DOCTORS)
    assert asker.had(name) == key


def test_a_key_for_its_own_organisation(asker: Asker) -> None:
    """That is whom it allows by itself, yet nothing that it asks the STS for tells that number: whoever wants the key
    must claim it."""
    name, key = asker.made(*own_readers(CBE))
    with pytest.raises(KgssRefused):
        asker.had(name)
    before = asker.client.assertion
    try:
        asker.client.identify_as([(HOLDER_SSIN, SENDER), (SSIN, SENDER), (HOLDER_CBE, CBE)], (NIHII11, DOCTOR))
        assert asker.had(name) == key
    finally:
        asker.client.assertion = before

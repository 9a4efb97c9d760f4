"""The connector and other clients ask the ETK depot, each in its layout, and find the key they will encrypt for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509

from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from tests.clients.conftest import Open
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.connector40_reader import Broken, Fault
from tests.clients.connector_etk import encryption_certificate, read_etk, read_token, read_tokens
from tests.clients.econtract import EContract
from tests.clients.medikit import Medikit
from tests.clients.talking import Octets
from tests.clients.test_operations import READER, SENDER, entry, talk
from tests.door import START, Door

PATH, PLATFORM = "/EtkDepot/v1", "0809394427"


@dataclass(frozen=True)
class Depot:
    """A door whose depot knows one recipient's token."""

    door: Door
    token: bytes
    certificate: x509.Certificate


@pytest.fixture(scope="module")
def depot(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Depot]:
    depot = _filled(Door(tmp_path_factory.mktemp("depot") / "data", template), template)
    yield depot
    depot.door.close()


def _filled(door: Door, template: Path) -> Depot:
    authority = Authority.open(template / "pki", SetClock(START), SeededChance(9))
    encryption = authority.encryption(entry(template, READER, "rsa"))
    token = authority.token(encryption)
    with door.house.store.begin() as transaction:
        transaction.tokens.add(stored(token, door.now))
    return Depot(door, token, encryption.certificate)


def _asked(
    door: Door, number: str, application: str = "", kind: type[Connector40] = Connector40, type: str = "SSIN"
) -> Octets:
    client = talk(door, kind, "rsa", SENDER)
    assert isinstance(client.model, Connector40)
    return client.line.post(client.model.get_etk(PATH, type, number, application))


def test_a_recipient_s_key_is_found(depot: Depot) -> None:
    for kind in (Connector3, Connector40):
        assert read_etk(*_asked(depot.door, READER, kind=kind)) == depot.certificate


def test_medikit_finds_it_too(depot: Depot) -> None:
    """Its envelope has no Header, and three octets before it."""
    client = talk(depot.door, Medikit, "rsa", SENDER)
    assert isinstance(client.model, Medikit)
    assert read_etk(*client.line.post(client.model.get_etk(PATH, "SSIN", READER))) == depot.certificate


def test_e_contract_finds_it_too(depot: Depot) -> None:
    """EtkDepotClient.getEtk, and the one that takes an application."""
    client = talk(depot.door, EContract, "rsa", SENDER)
    assert isinstance(client.model, EContract)
    assert read_etk(*client.line.post(client.model.get_etk(PATH, "SSIN", READER))) == depot.certificate
    # What comes without an ETK is null to it.
    assert read_etk(*client.line.post(client.model.get_etk(PATH, "SSIN", SENDER))) is None
    assert read_etk(*client.line.post(client.model.get_etk(PATH, "CBE", PLATFORM, "KGSS"))) is not None


@pytest.mark.parametrize("kind", [Connector3, Connector40, Medikit, EContract])
def test_nothing_is_signed_so_the_profile_strict_refuses_nobody(
    kind: type[Connector40 | Medikit | EContract], template: Path, open_door: Open
) -> None:
    """wire.md, ETK depot: unsigned."""
    depot = _filled(open_door({"security.profile": "strict"}), template)
    client = talk(depot.door, kind, "rsa", SENDER)
    assert isinstance(client.model, Connector40 | Medikit | EContract)
    assert read_etk(*client.line.post(client.model.get_etk(PATH, "SSIN", READER))) == depot.certificate


def test_who_has_none_is_no_fault(depot: Depot) -> None:
    """wire.md: HTTP 200, code 200, and an Error."""
    assert read_etk(*_asked(depot.door, SENDER)) is None
    assert read_etk(*_asked(depot.door, READER, "MYCARENET")) is None


def test_the_kgss_has_its_own(depot: Depot) -> None:
    """wire.md, KGSS: requests to it are sealed for its token, of the platform's CBE with the application KGSS."""
    client = talk(depot.door, Connector40, "rsa", SENDER)
    assert isinstance(client.model, Connector40)
    request = client.model.get_etk(PATH, "CBE", PLATFORM, "KGSS")
    assert read_etk(*client.line.post(request)) is not None


def test_what_matches_without_an_application_is_asked_for_one_by_one(depot: Depot) -> None:
    ask = partial(_asked, depot.door)
    with pytest.raises(Broken, match="several tokens match"):
        read_etk(*ask(PLATFORM, "", type="CBE"))
    (token,) = read_tokens(lambda type, value, application: ask(value, application, type=type), "CBE", PLATFORM)
    assert token == read_token(*ask(PLATFORM, "KGSS", type="CBE"))
    with pytest.raises(Broken, match="something else than matches"):
        read_tokens(lambda type, value, application: ask(value, application, type=type), "SSIN", READER)


def test_what_the_connector_could_not_read_is_caught(depot: Depot) -> None:
    status, headers, body = _asked(depot.door, READER)
    broken: Mapping[str, tuple[bytes, bytes]] = {
        "Code is not 200": (b"<Code>200</Code>", b"<Code>100</Code>"),
        "or is qualified": (b"Code>", b"core:Code>"),
        "not a GetEtkResponse": (b"GetEtkResponse", b"GetEtk"),
        "the criteria are not given back": (b"GivenSearchCriteria", b"SearchCriteria"),
        "white space": (b"<soap:Body>", b"<soap:Body> "),
    }
    for found, (old, new) in broken.items():
        assert old in body
        with pytest.raises(Broken, match=found):
            read_etk(status, headers, body.replace(old, new))
    with pytest.raises(Broken, match="HTTP status 404"):
        read_etk(404, headers, body)


def test_a_token_with_a_changed_octet_is_caught(depot: Depot) -> None:
    """In the certificate, and in the signature at the end."""
    token, certificate = depot.token, depot.certificate
    assert encryption_certificate(token) == certificate
    inside = token.index(certificate.public_key().public_numbers().n.to_bytes(256))  # type: ignore[union-attr]
    for place in (inside + 20, len(token) - 20):
        changed = bytearray(token)
        changed[place] ^= 1
        with pytest.raises(Broken, match="a token"):
            encryption_certificate(bytes(changed))


def test_a_broken_request_is_a_fault_that_the_connector_reads(depot: Depot) -> None:
    client = talk(depot.door, Connector40, "rsa", SENDER)
    assert isinstance(client.model, Connector40)
    request = client.model.get_etk(PATH, "SSIN", READER)
    status, headers, body = client.line.post(replace(request, body=request.body.replace(b"Type>", b"Kind>")))
    with pytest.raises(Fault) as caught:
        read_etk(status, headers, body)
    assert caught.value.code == "SOA-03006"

"""The connector asks the KGSS, in its own layout, and opens what it answers: KGSS's token, a new key, the key again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry, KeyKind
from tests.clients.asking import PATH, Asker
from tests.clients.connector40 import Connector3, Connector40
from tests.clients.connector40_reader import Broken, Fault
from tests.clients.connector_etk import read_token
from tests.clients.connector_kgss import KGSS_TOKEN, KgssRefused, Reader, key_content, read_key, read_new_key
from tests.clients.names import CERTIFIED
from tests.clients.sealing import Opener, Sealer
from tests.clients.talking import DOCTOR
from tests.clients.test_operations import READER, SENDER, entry, talk
from tests.door import START, Door

DEPOT = "/EtkDepot/v1"
DOCTORS, NURSES = (Reader(CERTIFIED, DOCTOR.replace("doctor", name), ["true"]) for name in ("doctor", "nurse"))
GENERATIONS: dict[str, tuple[type[Connector40], KeyKind]] = {
    "3.x": (Connector3, "rsa"),
    "4.0": (Connector40, "rsa"),
    "4.0 on a curve": (Connector40, "ec"),
}


@pytest.fixture(scope="module")
def door(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    opened = Door(tmp_path_factory.mktemp("kgss") / "data", template)
    yield opened
    opened.close()


@cache
def encryption(template: Path, inss: str, kind: KeyKind) -> tuple[KeyEntry, bytes]:
    """A person's encryption key and its token, made once."""
    authority = Authority.open(template / "pki", SetClock(START), SeededChance(9))
    made = authority.encryption(entry(template, inss, kind))
    return made, authority.token(made)


def asker(door: Door, generation: str, inss: str) -> Asker:
    """A doctor, whose token the depot gives out."""
    model, kind = GENERATIONS[generation]
    client = talk(door, model, kind, inss).identify(DOCTOR)
    assert isinstance(client.model, Connector40)
    own = entry(door.template, inss, kind)
    secret, token = encryption(door.template, inss, kind)
    assert isinstance(secret.key, rsa.RSAPrivateKey)
    with door.house.store.begin() as transaction:
        transaction.tokens.add(stored(token, door.now))
    kgss = read_token(*client.line.post(client.model.get_etk(DEPOT, *KGSS_TOKEN)))
    assert kgss is not None
    return Asker(
        client,
        client.model,
        Sealer(own.key, own.certificate, own.chain[0]),
        Opener([(secret.certificate.serial_number, secret.key)]),
        token,
        kgss,
        SeededChance(33).octets,
    )


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_key_is_made_and_had_again(door: Door, generation: str) -> None:
    """By who made it and by a colleague, for a token and for a key of one's own."""
    maker = asker(door, generation, SENDER)
    identifier, key = maker.made(DOCTORS)
    reader = asker(door, generation, READER)
    assert reader.had(identifier) == key
    own = bytes(range(16))
    content = key_content(identifier, key=own)
    assert read_key(*maker.key(identifier, content), Opener(shared=own), maker.kgss.owner) == key


def test_who_may_not_have_it_gets_an_exception_and_no_key(door: Door) -> None:
    """KgssServiceImpl: any other code than 100 and 200, any Error."""
    doctor = asker(door, "4.0", SENDER)
    identifier, _ = doctor.made(NURSES)
    with pytest.raises(KgssRefused) as caught:
        read_key(*doctor.key(identifier), doctor.opener, doctor.kgss.owner)
    assert caught.value.errors


def test_a_get_key_that_nobody_signed_is_a_fault(door: Door) -> None:
    doctor = asker(door, "4.0", SENDER)
    identifier, _ = doctor.made(DOCTORS)
    sealed = doctor.seal(key_content(identifier, token=doctor.token))
    request = doctor.model.get_new_key(PATH, sealed)
    body = re.sub(rb"(Get|Sealed)NewKey", rb"\1Key", request.body)
    status, headers, answer = doctor.client.line.post(type(request)(PATH, request.headers, body))
    with pytest.raises(Fault) as caught:
        read_key(status, headers, answer, doctor.opener, doctor.kgss.owner)
    assert caught.value.code == "SOA-01001"


@pytest.mark.parametrize("generation", ["4.0", "4.0 on a curve"])
def test_a_key_is_made_and_had_again_in_the_profile_strict(generation: str, template: Path, tmp_path: Path) -> None:
    """By whoever made it and by a colleague, where no SHA-1 is let in (wire.md, WS-Security)."""
    door = Door(tmp_path / "data", template, {"security.profile": "strict"})
    try:
        maker = asker(door, generation, SENDER)
        identifier, key = maker.made(DOCTORS)
        assert maker.had(identifier) == key
        assert asker(door, generation, READER).had(identifier) == key
    finally:
        door.close()


def test_sha1_is_refused_in_the_profile_strict(template: Path, tmp_path: Path) -> None:
    """GetKey is signed like a mailbox call; GetNewKey is not, and what is sealed is SHA-256 in every version."""
    door = Door(tmp_path / "data", template, {"security.profile": "strict"})
    try:
        newer = asker(door, "4.0", SENDER)
        identifier, _ = newer.made(DOCTORS)
        known = newer.client.model
        model = Connector3(known.key, known.certificate, known.identifiers)
        older = replace(newer, client=replace(newer.client, model=model), model=model)
        assert older.made(DOCTORS)
        with pytest.raises(Fault) as caught:
            read_key(*older.key(identifier), older.opener, older.kgss.owner)
        assert caught.value.code == "SOA-01001"
    finally:
        door.close()


BROKEN = {
    "white space": (b"<soap:Body>", b"<soap:Body> "),
    "another answer than the operation's": (b"GetNewKeyResponse", b"GetNewKeysResponse"),
    "a Status without Code, or a qualified one": (b"Code>", b"kgss:Code>"),
    "an answer without SealedContent": (b"kgss:SealedContent", b"SealedContent"),
    "not base64": (b"<kgss:SealedContent>", b"<kgss:SealedContent>!"),
}


@pytest.mark.parametrize("found", BROKEN)
def test_an_answer_that_breaks_the_connector_is_caught(door: Door, found: str) -> None:
    doctor = asker(door, "4.0", SENDER)
    status, headers, body = doctor.new_key(DOCTORS)
    old, new = BROKEN[found]
    assert old in body
    with pytest.raises(Broken, match=found):
        read_new_key(status, headers, body.replace(old, new), doctor.opener, doctor.kgss.owner)


def test_an_answer_with_code_100_and_an_error_is_an_exception(door: Door) -> None:
    doctor = asker(door, "4.0", SENDER)
    status, headers, body = doctor.new_key(DOCTORS)
    error = b"</Status><Error><Code>X</Code><Message Lang='EN'>x</Message></Error>"
    assert b"</Status>" in body
    with pytest.raises(KgssRefused) as caught:
        read_new_key(status, headers, body.replace(b"</Status>", error), doctor.opener, doctor.kgss.owner)
    assert (caught.value.code, caught.value.errors) == ("100", ("X",))


def test_an_answer_that_another_one_sealed_is_caught(door: Door) -> None:
    doctor = asker(door, "4.0", SENDER)
    with pytest.raises(Broken, match="sealed by somebody else"):
        read_new_key(*doctor.new_key(DOCTORS), doctor.opener, doctor.sealer.certificate)
    with pytest.raises(Broken, match="sealed for somebody else"):
        read_new_key(*doctor.new_key(DOCTORS), Opener(), doctor.kgss.owner)

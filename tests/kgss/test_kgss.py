"""The KGSS at the front door (wire.md, "KGSS"): who gets a key, sealed for whom, and who does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ehbox_soap.ports.kgss import PATH
from ehbox_soap.sealing import signed as cms
from ehbox_soap.sealing.enveloped import SharedKey
from tests.door import fault_code
from tests.front.cast import DOCTOR, NURSE
from tests.kgss.asking import (
    ANYBODY,
    DOCTORS,
    NS,
    NURSES,
    Said,
    b64,
    element,
    etk,
    get_key,
    key_content,
    new_key,
    new_key_content,
    opened,
    person,
    read,
    sealed,
    signed,
    unsigned,
)
from tests.kgss.conftest import Stage
from tests.spoiled import RSA_KEY, with_issuer, with_octets
from tests.wiring import ask


def refused(said: Said) -> str:
    """The one error of an answer that seals nothing."""
    assert said.code not in ("100", "200")
    assert said.sealed is None
    (code,) = said.errors
    return code


def test_a_new_key_is_an_aes_key_and_named_by_no_more_than_its_identifier(stage: Stage) -> None:
    first, second = (new_key(stage, stage.doctor, NURSES) for _ in range(2))
    assert len(first[1]) == 16
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_who_is_allowed_gets_the_key_again_sealed_for_its_token(stage: Stage) -> None:
    identifier, key = new_key(stage, stage.doctor, NURSES)
    said = get_key(stage, stage.nurse, identifier)
    assert said.code == "100"
    assert opened(stage, said, stage.nurse.encryption) == {"Key": key}


def test_not_even_its_maker_gets_it_if_not_allowed(stage: Stage) -> None:
    identifier, _ = new_key(stage, stage.doctor, NURSES)
    assert refused(get_key(stage, stage.doctor, identifier)) == "KEY"


@pytest.mark.parametrize(
    ("allowed", "excluded", "gets"),
    [
        ((DOCTORS, NURSES), (), True),
        ((person(NURSE),), (), True),
        ((person(DOCTOR),), (), False),
        ((ANYBODY,), (), True),
        ((NURSES.replace("true", "false"),), (), False),
        ((NURSES.replace("true", "false</Value><Value>true"),), (), True),
        ((NURSES.replace("certified", "uncertified"),), (), False),
        ((ANYBODY,), (person(NURSE),), False),
        ((ANYBODY,), (person(DOCTOR),), True),
        ((NURSES,), (NURSES,), False),
    ],
)
def test_the_assertion_s_attributes_decide(
    stage: Stage, allowed: tuple[str, ...], excluded: tuple[str, ...], gets: bool
) -> None:
    """Namespace, name and one of the values; without values any; one allowed reader suffices, one excluded prevents."""
    identifier, _ = new_key(stage, stage.doctor, *allowed, excluded=excluded)
    said = get_key(stage, stage.nurse, identifier)
    assert (said.code == "100") is gets
    assert gets or refused(said) == "KEY"


def test_an_unknown_key_is_told_like_one_that_is_not_allowed(stage: Stage) -> None:
    identifier, _ = new_key(stage, stage.doctor, DOCTORS)
    assert get_key(stage, stage.nurse, identifier) == get_key(stage, stage.nurse, b"unknown")


@pytest.mark.parametrize("size", [16, 24, 32])
def test_the_answer_for_a_symmetric_key_of_the_caller(stage: Stage, size: int) -> None:
    identifier, key = new_key(stage, stage.doctor, NURSES)
    shared = SharedKey(bytes(range(size)), b"the caller's name for it")
    rest = f"<KeyEncryptionKey>{b64(shared.key)}</KeyEncryptionKey>"
    named = f"{rest}<KeyEncryptionKeyIdentifier>{b64(shared.identifier)}</KeyEncryptionKeyIdentifier>"
    assert opened(stage, get_key(stage, stage.nurse, identifier, named), shared) == {"Key": key}
    nameless = SharedKey(shared.key, identifier)
    assert opened(stage, get_key(stage, stage.nurse, identifier, rest), nameless) == {"Key": key}


@pytest.mark.parametrize("rest", ["", f"<KeyEncryptionKey>{b64(bytes(15))}</KeyEncryptionKey>"])
def test_without_a_key_for_the_answer_there_is_none(stage: Stage, rest: str) -> None:
    identifier, _ = new_key(stage, stage.doctor, NURSES)
    assert refused(get_key(stage, stage.nurse, identifier, rest)) == "ANSWER_KEY"


# --- whose token, whose seal ---


def test_the_token_must_be_the_caller_s_own(stage: Stage) -> None:
    identifier, _ = new_key(stage, stage.doctor, NURSES)
    assert refused(get_key(stage, stage.nurse, identifier, etk(stage.doctor))) == "ETK"
    octets = sealed(stage, new_key_content(stage.doctor.token, (NURSES,)), stage.nurse.client.entry)
    assert refused(read(stage.door.send(unsigned(element("GetNewKeyRequest", octets))))) == "ETK"


def test_the_token_must_be_one_that_the_depot_gives_out(stage: Stage) -> None:
    """A revoked token is none, and one that the depot never saw either."""
    identifier, _ = new_key(stage, stage.doctor, NURSES)
    other = stage.authority.token(stage.authority.encryption(stage.nurse.client.entry))
    assert refused(get_key(stage, stage.nurse, identifier, f"<ETK>{b64(other)}</ETK>")) == "ETK"
    assert refused(get_key(stage, stage.nurse, identifier, f"<ETK>{b64(b'no token')}</ETK>")) == "ETK"


def test_the_content_must_be_sealed_by_the_caller(stage: Stage) -> None:
    """An assertion is no proof that its holder asked for this key."""
    identifier, _ = new_key(stage, stage.doctor, NURSES)
    octets = sealed(stage, key_content(identifier, etk(stage.nurse)), stage.doctor.client.entry)
    call = signed(stage, stage.nurse, element("GetKeyRequest", octets))
    assert refused(read(stage.door.send(call))) == "CALLER"


def test_a_seal_that_is_broken_is_refused(stage: Stage) -> None:
    octets = sealed(stage, new_key_content(stage.doctor.token, (NURSES,)), stage.doctor.client.entry)
    broken = octets[:-1] + bytes([octets[-1] ^ 1])
    for each in (broken, b"", b"no sealed content", stage.doctor.token):
        said = read(stage.door.send(unsigned(element("GetNewKeyRequest", each))))
        assert refused(said) == "SEALED_CONTENT"


def test_certificates_that_cannot_be_read_are_refused_by_name(stage: Stage) -> None:
    """A sealer's whose issuer is not UTF-8; a token with a key of an unknown kind in the owner's name. Anybody may
    send either."""
    entry = stage.doctor.client.entry
    sealer = replace(entry, certificate=with_issuer(entry.certificate))
    octets = sealed(stage, new_key_content(stage.doctor.token, (NURSES,)), sealer)
    assert refused(read(stage.door.send(unsigned(element("GetNewKeyRequest", octets))))) == "SEALED_CONTENT"
    unknown = with_octets(entry.certificate, *RSA_KEY)
    depot, inner = stage.authority.etk_depot, stage.doctor.encryption.certificate.public_bytes(Encoding.DER)
    token = cms.sign(inner, depot, stage.door.now, (depot.certificate, unknown), pss=False)
    octets = sealed(stage, new_key_content(token, (NURSES,)), entry)
    assert refused(read(stage.door.send(unsigned(element("GetNewKeyRequest", octets))))) == "ETK"


def test_a_sealer_whose_certificate_has_ended_is_refused(stage: Stage) -> None:
    octets = sealed(stage, new_key_content(stage.doctor.token, (NURSES,)), stage.doctor.client.entry)
    stage.door.clock.moment = stage.doctor.client.entry.certificate.not_valid_after_utc
    stage.door.clock.advance(seconds=1)
    said = read(stage.door.send(unsigned(element("GetNewKeyRequest", octets))))
    assert refused(said) == "SEALED_CONTENT"
    assert "no longer valid" in said.texts


@pytest.mark.parametrize(
    "content",
    [
        b"no XML",
        f'<GetNewKeyRequestContent xmlns="{NS}"/>'.encode(),
        f'<GetNewKeyResponseContent xmlns="{NS}"/>'.encode(),
        key_content(b"x", ""),
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_content_that_is_none_of_the_contract_is_refused(stage: Stage, content: bytes) -> None:
    octets = sealed(stage, content, stage.doctor.client.entry)
    assert refused(read(stage.door.send(unsigned(element("GetNewKeyRequest", octets))))) == "CONTENT"


def test_a_refusal_leaves_nothing_behind(stage: Stage) -> None:
    before = stage.door.contents()
    octets = sealed(stage, new_key_content(stage.doctor.token, (NURSES,)), stage.nurse.client.entry)
    read(stage.door.send(unsigned(element("GetNewKeyRequest", octets))))
    get_key(stage, stage.nurse, b"unknown")
    assert stage.door.contents() == before


# --- how it is called ---


def test_get_key_must_be_secured(stage: Stage) -> None:
    octets = sealed(stage, key_content(b"x", etk(stage.nurse)), stage.nurse.client.entry)
    assert fault_code(stage.door.send(unsigned(element("GetKeyRequest", octets)))) == "SOA-01001"


def test_the_same_secured_call_is_made_once(stage: Stage) -> None:
    octets = sealed(stage, key_content(b"x", etk(stage.nurse)), stage.nurse.client.entry)
    call = signed(stage, stage.nurse, element("GetKeyRequest", octets))
    assert stage.door.send(call).status == 200
    assert fault_code(stage.door.send(call)) == "SOA-01001"


def test_what_the_schema_does_not_allow(stage: Stage) -> None:
    call = unsigned(f'<GetNewKeyRequest xmlns="{NS}"/>')
    assert fault_code(stage.door.send(call)) == "SOA-03006"
    assert fault_code(stage.door.send(unsigned(f'<GetOldKeyRequest xmlns="{NS}"/>'))) == "SOA-03005"


@pytest.mark.parametrize(
    ("action", "status"), [('""', 200), ("GetNewKey", 200), (f'"{NS}:GetNewKey"', 200), ("x", 500)]
)
def test_soap_action(stage: Stage, action: str, status: int) -> None:
    call = unsigned(element("GetNewKeyRequest", b""))
    headers = {**dict(call.headers), "SOAPAction": action}
    assert stage.door.post(PATH, call.body, headers).status == status


def test_attachments_have_no_place_here(stage: Stage) -> None:
    body = unsigned(element("GetNewKeyRequest", b"")).body
    parts = (b"--b\r\nContent-Type: text/xml\r\n\r\n" + body + b"\r\n--b\r\n"
             b"Content-Type: text/plain\r\nContent-ID: <a@b>\r\n\r\nx\r\n--b--\r\n")  # fmt: skip
    headers = {"Content-Type": 'multipart/related; type="text/xml"; boundary="b"'}
    assert fault_code(stage.door.post(PATH, parts, headers)) == "SOA-03007"


def test_there_is_no_wsdl_to_be_had(stage: Stage) -> None:
    """The contract has schemas only."""
    answered = ask(stage.door.server, "GET", f"http://box.test{PATH}?wsdl", {}, b"")
    assert answered.status == 405
    assert ("Allow", "POST") in answered.headers

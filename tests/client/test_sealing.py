"""Encrypted messages between Python clients through a whole server: what is sealed, what is opened, what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ehbox_soap.client import (
    Addresses,
    EtkDepot,
    EtkError,
    SealedError,
    Sealing,
    Session,
    StatusError,
    types,
)
from ehbox_soap.client.designators import Owner
from ehbox_soap.client.publication import digest
from ehbox_soap.clock import SetClock
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.certificates import ENCRYPTION, Maker
from ehbox_soap.sealing import signed
from tests.client.encrypted import DOCTOR, HOSPITAL, NURSE, URL, Stage, deposit, session
from tests.door import START
from tests.wiring import Wire

NURSE_BOX = types.BoxId(NURSE, "INSS", "NURSE")
HOSPITAL_BOX = types.BoxId(HOSPITAL, "NIHII", "HOSPITAL")
NIHII_BOX = types.BoxId("19990116", "NIHII", "DOCTOR")
PLAIN = b"a plain text with spaces"


def letter(*boxes: types.BoxId, **content: object) -> types.SendMessageRequest:
    """A letter with everything in it that is encryptable."""
    held = types.MessageContent(
        types.Document("A title", types.Content(PLAIN, attached=True), "letter.txt", "text/plain"),
        types.FreeText(b"free text"),
        b"01010599873",
        (types.Annex(b"A scan", types.Content(bytes(range(256))), "scan.png", "image/png"),),
    )
    return types.SendMessageRequest(
        destinations=tuple(types.Destination(box) for box in boxes),
        content=replace(held, **content),  # type: ignore[arg-type]
        specification=types.ContentSpecification(types.ContentType.DOCUMENT, "tests"),
    )


def fields(content: types.MessageContent) -> list[bytes]:
    """What stands in the fields that the contract calls Encryptable."""
    found = [content.document.content.data]
    match content.free_informations:
        case types.FreeText(text=text):
            found.append(text)
        case types.FreeTable(rows=rows):
            found += [cell for row in rows for cell in row]
        case types.OldFreeInformation(data=data):
            found.append(data)
    found += [content.patient_inss] if content.patient_inss is not None else []
    return found + [octets for annex in content.annexes for octets in (annex.title, annex.content.data)]


FREE = (
    types.FreeText(b"free text"),
    types.FreeTable(((b"left", b"right"), (b"", b"second")), "the table's title stays plain"),
    types.OldFreeInformation(b"old", "render"),
    None,
)


@pytest.mark.parametrize("free", FREE, ids=["text", "table", "old", "none"])
def test_every_encryptable_field_is_sealed_by_itself(stage: Stage, free: types.FreeInformations | None) -> None:
    request = letter(NURSE_BOX, free_informations=free)
    sealed = stage.doctor.sealing.seal(request)
    assert sealed.specification.is_encrypted
    before, after = fields(request.content), fields(sealed.content)
    assert len(before) == len(after) == len(set(after))
    for plain, octets in zip(before, after, strict=True):
        assert stage.nurse.sealing.unseal_field(octets).data == plain
        assert plain not in octets or not plain
    assert (sealed.content.document.title, sealed.destinations) == ("A title", request.destinations)
    message_id = stage.doctor.send(sealed)
    opened = stage.nurse.sealing.unseal(stage.nurse.fetch(message_id))
    assert fields(opened.message.content) == before
    assert opened.message.content.free_informations == free


def test_everybody_it_is_for_reads_it_and_so_does_the_sender(stage: Stage) -> None:
    request = letter(NURSE_BOX, HOSPITAL_BOX)
    message_id = stage.doctor.send(stage.doctor.sealing.seal(request))
    readers = (
        (stage.nurse, types.Source.INBOX),
        (stage.hospital, types.Source.INBOX),
        (stage.doctor, types.Source.SENTBOX),
    )
    for reader, source in readers:
        message = reader.fetch(message_id, source)
        assert message.specification.is_encrypted
        assert PLAIN not in message.content.document.content.data
        opened = reader.sealing.unseal(message)
        assert fields(opened.message.content) == fields(request.content)
        assert opened.message.content.document.content.attached
        assert opened.signer == Owner("SSIN", DOCTOR)
        assert (opened.certificate, opened.signed_at) == (stage.doctor.entry.certificate, START)


def test_an_ec_key_seals_too(stage: Stage) -> None:
    message_id = stage.nurse.send(stage.nurse.sealing.seal(letter(HOSPITAL_BOX)))
    assert stage.hospital.sealing.unseal(stage.hospital.fetch(message_id)).signer == Owner("SSIN", NURSE)


def test_the_digest_is_that_of_the_sealed_octets(stage: Stage) -> None:
    """PUB-5; the server compares it, so a digest of the plain text would be refused by 816."""
    request = letter(NURSE_BOX)
    plain = replace(request.content.document, digest=digest(PLAIN))
    sealed = stage.doctor.sealing.seal(replace(request, content=replace(request.content, document=plain)))
    assert sealed.content.document.digest is None
    stage.doctor.send(sealed)
    wrong = replace(
        sealed, content=replace(sealed.content, document=replace(sealed.content.document, digest=digest(PLAIN)))
    )
    with pytest.raises(StatusError, match="816"):
        stage.doctor.send(wrong)


def test_who_it_is_not_for_cannot_open_it(stage: Stage) -> None:
    message_id = stage.doctor.send(stage.doctor.sealing.seal(letter(NURSE_BOX)))
    message = stage.nurse.fetch(message_id)
    with pytest.raises(SealedError, match="Document: EnvelopedData: not for any key that is here"):
        stage.hospital.sealing.unseal(message)


def test_an_earlier_encryption_key_still_opens(stage: Stage) -> None:
    sealed = stage.doctor.sealing.seal(letter(HOSPITAL_BOX)).content.document.content.data
    newer = stage.authority.encryption(stage.hospital.entry)
    renewed = session(stage.door, stage.hospital.entry, (newer, stage.hospital.encryption))
    opened = Sealing(EtkDepot(renewed, Addresses(URL).etk_depot)).unseal_field(sealed)
    assert opened.data == PLAIN


# --- what is found ---


def received(stage: Stage) -> types.FullMessage:
    return stage.nurse.fetch(stage.doctor.send(stage.doctor.sealing.seal(letter(NURSE_BOX))))


def changed(octets: bytes) -> bytes:
    return octets[:-1] + bytes([octets[-1] ^ 1])


@pytest.mark.parametrize("field", ["Document", "EncryptableFreeText", "EncryptableINSSPatient", r"Annex\[1\]"])
def test_a_changed_byte_is_found_and_the_field_named(stage: Stage, field: str) -> None:
    message = received(stage)
    content = message.content
    annex, document, free = content.annexes[0], content.document, content.free_informations
    assert isinstance(free, types.FreeText)
    assert content.patient_inss is not None
    other = {
        "Document": replace(content, document=replace(document, content=types.Content(changed(document.content.data)))),
        "EncryptableFreeText": replace(content, free_informations=types.FreeText(changed(free.text))),
        "EncryptableINSSPatient": replace(content, patient_inss=changed(content.patient_inss)),
        r"Annex\[1\]": replace(content, annexes=(replace(annex, title=changed(annex.title)),)),
    }[field]
    with pytest.raises(SealedError, match=f"{field}.*: signature"):
        stage.nurse.sealing.unseal(replace(message, content=other))


def test_a_field_that_is_not_sealed_is_found(stage: Stage) -> None:
    message = received(stage)
    content = replace(message.content, patient_inss=b"01010599873")
    with pytest.raises(SealedError, match="EncryptableINSSPatient: SignedData"):
        stage.nurse.sealing.unseal(replace(message, content=content))


def test_a_field_sealed_by_another_one_is_found(stage: Stage) -> None:
    message = received(stage)
    other = stage.hospital.sealing.seal(letter(NURSE_BOX)).content.free_informations
    with pytest.raises(SealedError, match="EncryptableFreeText: sealed by another one than the rest of the message"):
        stage.nurse.sealing.unseal(replace(message, content=replace(message.content, free_informations=other)))


def test_a_message_that_is_not_encrypted_is_not_opened(stage: Stage) -> None:
    message = stage.nurse.fetch(stage.doctor.send(letter(NURSE_BOX)))
    with pytest.raises(SealedError, match="the message is not encrypted"):
        stage.nurse.sealing.unseal(message)


# --- tokens ---


def test_tokens_are_found_by_the_boxes_of_a_message(stage: Stage) -> None:
    depot = stage.doctor.depot
    assert depot.of_box(NURSE_BOX).encryption == stage.nurse.encryption.certificate
    assert depot.of_box(HOSPITAL_BOX).encryption == stage.hospital.encryption.certificate
    assert depot.own().encryption == stage.doctor.encryption.certificate
    assert depot.get("CBE", "809394427", "KGSS").authentication == stage.authority.kgss.authentication.certificate


def test_a_recipient_without_a_token(stage: Stage) -> None:
    with pytest.raises(EtkError, match="No encryption token is given out") as caught:
        stage.doctor.sealing.seal(letter(NURSE_BOX, types.BoxId("71990232", "NIHII", "HOSPITAL")))
    assert caught.value.name.value == "71990232"
    assert "71990232" not in str(caught.value)


def test_several_tokens_name_their_applications(stage: Stage) -> None:
    with pytest.raises(EtkError, match="several match; name the application") as caught:
        stage.doctor.depot.get("CBE", "0809394427")
    assert [each.application for each in caught.value.matching] == ["KGSS"]


@pytest.mark.parametrize("box", [types.BoxId("ALL", "INSS", "NURSE"), types.BoxId("1", "CBE", "NURSE")])
def test_what_is_no_box_has_no_token(stage: Stage, box: types.BoxId) -> None:
    with pytest.raises(EtkError, match="names no box"):
        stage.doctor.sealing.seal(letter(box))


def test_a_token_of_somebody_else_is_refused(stage: Stage) -> None:
    """The depot's answer is not signed: whoever changes it must not be able to name another reader. The register's
    link from a NIHII to an INSS is nothing that a client could check, so a person is named by INSS."""
    with pytest.raises(EtkError, match="of another one than was asked for; name a person by INSS"):
        stage.nurse.depot.of_box(NIHII_BOX)


def test_a_token_of_an_authority_that_is_not_believed_is_refused(stage: Stage, tmp_path: Path) -> None:
    inss = "90010100109"
    foreign = Authority.create(tmp_path / "pki", SetClock(START), SeededChance(72))
    owner = foreign.person(inss, "Somebody Else", kind="ec")
    serial = deposit(stage.door, foreign.token(foreign.encryption(owner)))
    with pytest.raises(EtkError, match=r"not believed: .*not issued by a trusted authority"):
        stage.doctor.depot.get("SSIN", inss)
    believing = Session(
        stage.doctor.entry, Addresses(URL).sts, authorities=foreign.certificates, clock=stage.door.clock
    )
    believing.transport.session.mount(URL, Wire(stage.door.server))
    token = EtkDepot(believing, Addresses(URL).etk_depot).get("SSIN", inss)
    assert token.authentication == owner.certificate
    with stage.door.house.store.begin() as transaction:
        transaction.tokens.revoke(serial, stage.door.now)


def test_a_token_whose_depot_is_not_believed_is_refused(stage: Stage, tmp_path: Path) -> None:
    """Anybody can put an owner's own certificates together; the depot vouches that the token is current."""
    inss = "90010100208"
    owner = stage.authority.person(inss, "Somebody", kind="ec")
    encryption = stage.authority.encryption(owner)
    foreign = Authority.create(tmp_path / "pki", SetClock(START), SeededChance(73)).etk_depot
    held = (foreign.certificate, owner.certificate)
    content = encryption.certificate.public_bytes(Encoding.DER)
    deposit(stage.door, signed.sign(content, foreign, START, held, pss=False))
    with pytest.raises(EtkError, match="not believed: the depot's certificate"):
        stage.doctor.depot.get("SSIN", inss)


def test_a_token_with_another_certificate_in_it_is_refused(stage: Stage, tmp_path: Path) -> None:
    """Nobody signs the certificates of a token, so each must be accounted for: one that is not could be any other."""
    inss = "90010100406"
    owner = stage.authority.person(inss, "Somebody", kind="ec")
    encryption = stage.authority.encryption(owner)
    foreign = Authority.create(tmp_path / "pki", SetClock(START), SeededChance(75))
    depot = stage.authority.etk_depot
    held = (depot.certificate, owner.certificate, *depot.chain, foreign.issuing.certificate)
    content = encryption.certificate.public_bytes(Encoding.DER)
    deposit(stage.door, signed.sign(content, depot, START, held, pss=False))
    with pytest.raises(EtkError, match=r"not believed: .*brings along a certificate that was not issued by a trusted"):
        stage.doctor.depot.get("SSIN", inss)


def test_an_encryption_certificate_that_ended_is_refused(stage: Stage) -> None:
    """A depot whose clock is behind, or somebody in between, may still hand it out."""
    inss = "90010100307"
    owner = stage.authority.person(inss, "Somebody", kind="ec")
    early = SetClock(START)
    early.advance(days=-5 * 365 - 1)
    key = stage.nurse.encryption.key
    ended = Maker(early, SeededChance(74)).issue(owner, owner.certificate.subject, key, ENCRYPTION)
    kept = stored(stage.authority.token(ended), START)
    with stage.door.house.store.begin() as transaction:
        transaction.tokens.add(replace(kept, not_after=owner.certificate.not_valid_after_utc))
    with pytest.raises(EtkError, match="not believed: the encryption certificate"):
        stage.doctor.depot.get("SSIN", inss)

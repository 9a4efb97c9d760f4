"""Calls whose answers say no, each for what it holds, a canary wherever a value can be one: every status of the
mailbox, every reason of the KGSS, and what the other ports say instead.

Knows: what each port refuses. Must not know: what may be told of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from lxml import etree

from ehbox_soap.ids import SeededChance
from ehbox_soap.ports import etk_depot, kgss, sts
from ehbox_soap.ports.call import HttpAnswer
from ehbox_soap.sealing.seal import seal
from tests.attacks.callers import box_id, message_ids
from tests.attacks.canary_stage import CANARY, DOCTOR, LARGEST, NURSE, SUBJECT, Stage, letter, saml
from tests.attacks.rights import ROWS
from tests.clients.connector40 import Destination, HttpRequest
from tests.door import Client, content_of
from tests.front import book
from tests.front.calls import consult, consultation, post, publish
from tests.kgss.asking import b64, element, key_content

Refused = tuple[str, HttpRequest]
"""What is said, and the call."""
UNKNOWN = f"{CANARY}AAAAAA"


def of_the_mailbox(stage: Stage) -> Iterator[Refused]:
    """Each by its code."""
    yield from _letters(stage)
    yield from _consultations(stage)
    yield from _periods(stage)


def _letters(stage: Stage) -> Iterator[Refused]:
    """Of sendMessage."""
    stage.done(publish(stage.door, stage.doctor, letter(f"Q-{CANARY}")))
    box = f"<BoxId><Id>{CANARY}</Id><Type>INSS</Type><Quality>DOCTOR</Quality></BoxId>"
    stage.done(_period(stage, stage.nurse, (0, 0), (DOCTOR, "DOCTOR")))
    for code, content in (
        ("801", letter(words=CANARY * (LARGEST // len(CANARY)))),
        ("802", letter(to=Destination(CANARY, "INSS", "NURSE"))),
        ("802", letter(to=Destination(NURSE[:-1], "INSS", "NURSE"))),
        ("803", letter(to=Destination(NURSE, "INSS", CANARY))),
        ("804", letter(to=Destination(NURSE, CANARY, "NURSE"))),
        ("805", letter(to=Destination(NURSE, "INSS", "NURSE", CANARY))),
        ("810", letter().replace("<DestinationContext>", f"{box}<DestinationContext>", 1)),
        ("814", letter(to=Destination("ALL", "INSS", "NURSE"))),
        ("816", letter(digest="S2FuYXJpZQ==")),
        ("816", letter(digest=CANARY)),
        ("826", letter()),
        ("840", letter(kind="ERROR")),
        ("849", letter(f"Q-{CANARY}", words="changed")),
    ):
        yield code, publish(stage.door, stage.doctor, content)


def _consultations(stage: Stage) -> Iterator[Refused]:
    """About boxes, messages and rows."""
    inbox = "<Source>INBOX</Source>"
    for code, name, content in (
        ("810", "GetBoxInfoRequest", box_id((NURSE, "NURSE"))),
        ("810", "GetBoxInfoRequest", box_id((DOCTOR, CANARY))),
        ("842", "GetMessagesListRequest", f"{inbox}<StartIndex>19990116</StartIndex><EndIndex>1</EndIndex>"),
        ("843", "MoveMessageRequest", f"{inbox}<Destination>SENTBOX</Destination>{message_ids(UNKNOWN)}"),
    ):
        yield code, consult(stage.door, stage.doctor, consultation(name, content))
    unknown = replace(stage.asking, received=UNKNOWN, sent=UNKNOWN, period=CANARY)
    for row in ROWS:
        if row.kind in ("message", "period"):
            yield "841" if row.kind == "message" else "848", unknown.consultation(stage.doctor, row.operation, "")


def _periods(stage: Stage) -> Iterator[Refused]:
    """Of insertOoO."""
    nobody, nurse = (CANARY, "NURSE"), (NURSE, "NURSE")
    stage.done(_period(stage, stage.doctor, (10, 20), nurse))
    yield "844", _period(stage, stage.doctor, (2, 1), nobody, nurse)
    yield "845", _period(stage, stage.doctor, (15, 25), nobody, nurse)
    yield "846", _period(stage, stage.doctor, (30, 31), *[nobody] * 5, nurse)
    yield "847", _period(stage, stage.doctor, (30, 31), nobody)
    # Who is absent cannot stand in.
    yield "847", _period(stage, stage.doctor, (0, 0), nurse)


def _period(stage: Stage, who: Client, days: tuple[int, int], *substitutes: tuple[str, str]) -> HttpRequest:
    """insertOoO from one day to another, counted from today."""
    start, end = (f"{(stage.door.now + timedelta(days=each)).date()}Z" for each in days)
    boxes = "".join(
        f"<Substitute><Id>{number}</Id><Type>INSS</Type><Quality>{quality}</Quality></Substitute>"
        for number, quality in substitutes
    )
    content = f"<StartDate>{start}</StartDate><EndDate>{end}</EndDate>{boxes}"
    return consult(stage.door, who, consultation("InsertOoORequest", content))


def of_the_kgss(stage: Stage) -> Iterator[Refused]:
    """Each by its reason."""
    own, key = stage.doctor, CANARY.encode()
    symmetric = f"<KeyEncryptionKey>{b64(bytes(16))}</KeyEncryptionKey>"
    token = f"<ETK>{b64(CANARY.encode())}</ETK>"
    for reason, sealed in (
        ("SEALED_CONTENT", CANARY.encode()),
        ("CONTENT", _sealed(stage, own, f"<{CANARY}>{CANARY}</{CANARY}>".encode())),
        ("CALLER", _sealed(stage, stage.registered, key_content(key, symmetric))),
        ("ETK", _sealed(stage, own, key_content(key, token))),
        ("ANSWER_KEY", _sealed(stage, own, key_content(key, f"<KeyEncryptionKey>{b64(key)}</KeyEncryptionKey>"))),
        ("KEY", _sealed(stage, own, key_content(key, symmetric))),
    ):
        content = element("GetKeyRequest", sealed)
        yield reason, post(kgss.PATH, own.connector.secured(content, stage.door.now, own.assertion))
    for reason, sealed in (
        ("SEALED_CONTENT", CANARY.encode()),
        ("CONTENT", _sealed(stage, own, CANARY.encode())),
    ):
        content = element("GetNewKeyRequest", sealed)
        yield reason, post(kgss.PATH, own.connector.secured(content, stage.door.now, None))


def _sealed(stage: Stage, who: Client, content: bytes) -> bytes:
    """Sealed by somebody for the KGSS."""
    encryption = stage.door.house.kgss.keys[0].certificate
    return seal(content, who.entry, (encryption,), stage.door.now, SeededChance(len(content)))


def of_the_others(stage: Stage) -> Iterator[Refused]:
    """What the address book, the depot and the STS say of canaries."""
    for operation, criteria, page in (
        ("searchProfessionals", {"LastName": CANARY, "Profession": "PHYSICIAN"}, (0, 100)),
        ("getProfessionalContactInfo", {"SSIN": SUBJECT}, None),
        ("getOrganizationContactInfo", {"NIHII": "19990116"}, None),
    ):
        yield "DataNotFound", book.request(stage.door, stage.doctor, operation, criteria, page)
    for asked in (("SSIN", SUBJECT), (CANARY, CANARY, CANARY)):
        yield "NO_ETK", stage.doctor.connector.get_etk(etk_depot.PATH, *asked)
    # The certificate that signs is somebody else's.
    yield "Requester", saml(stage, stage.doctor)


def said(path: str, answer: HttpAnswer) -> str:
    """What an answer says of itself, in its port's way."""
    content = content_of(answer)
    if path == kgss.PATH:
        return content.findtext("Error/Code") or ""
    if path in (book.PATH, sts.PATHS[0]):
        return [each.get("Value", "") for each in content.iter("{*}StatusCode")][-1].rpartition(":")[2]
    return [each.text or "" for each in content.iter("{*}Code")][-1]


def without_names(answer: HttpAnswer) -> bytes:
    """The answer without what it must name: the messages and periods that are unknown (MOVE-2, OOO-3), the absent and
    the substitutes (PUB-9, OOO-1), what the depot was asked for (its schema). Only who asked is told of them."""
    content = content_of(answer)
    etree.strip_elements(content, "MessageId", "OoOId", "Recipient", "Substitute", "{*}GivenSearchCriteria")
    return etree.tostring(content, encoding="utf-8")

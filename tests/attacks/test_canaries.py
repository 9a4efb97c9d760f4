"""No medical or personal datum is told: numbers, names, titles, contents, file names and keys of every port's every
operation and fault are in no log, at DEBUG with every library's logger on, in no fault, refusal, figure or page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from ehbox_soap import log
from ehbox_soap.clock import SetClock
from ehbox_soap.errors import STATUS
from ehbox_soap.ids import SeededChance
from ehbox_soap.kgss.answers import Reason
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.ports import etk_depot, kgss, sts
from tests.attacks import refused
from tests.attacks.callers import SSIN, Asking, caller, code_of, hospital, person, put_key, send
from tests.attacks.canary_stage import (
    CANARY,
    DOCTOR,
    HOSPITAL,
    LARGEST,
    NAMES,
    NURSE,
    SUBJECT,
    TO_NURSE,
    Stage,
    letter,
    new_key,
    saml,
    trust,
)
from tests.attacks.hearing import hearing, pages
from tests.attacks.rights import ROWS
from tests.clients import wstrust
from tests.clients.connector40 import Destination, File, HttpRequest
from tests.door import CONSULTATION, PUBLICATION, START, content_of
from tests.doors import Doors
from tests.etk.conftest import deposit
from tests.front import book
from tests.front.calls import consult, consultation, post, publish, told, with_header
from tests.front.letters import Inline, send_message

SUCCESS = {etk_depot.PATH: "200", sts.PATHS[0]: "samlp:Success", sts.TRUST_PATH: "assertion"}
"""What the ports whose Status is of a form of its own say of a success."""


@cache
def token_of(template: Path, owner: KeyEntry) -> bytes:
    """An encryption token for whose key this is."""
    authority = Authority.open(template / "pki", SetClock(START), SeededChance(41))
    return authority.token(authority.encryption(owner))


@pytest.fixture
def stage(doors: Doors, template: Path, foreign_settings: Mapping[str, str], tmp_path: Path) -> Iterator[Stage]:
    told = {"log.level": "DEBUG", "log.format": "json", "mailbox.max_message_bytes": str(LARGEST)}
    settings = {**foreign_settings, **told}
    with hearing(doors, lambda marks: doors.open(tmp_path / "data", template, settings, marks)) as (door, heard):
        doctor = caller((*person(DOCTOR, "DOCTOR"), *NAMES))
        registered = door.person(DOCTOR, (f"{SSIN}:doctor:boolean",), "ec")
        token = token_of(template, registered.entry)
        deposit(door, token)
        nurse = caller(person(NURSE, "NURSE"))
        asking = Asking(door, "", "", "A" * 13, put_key(door, NAMES[2]))
        asking.sent = send(door, doctor, TO_NURSE)
        asking.received = send(door, nurse, Destination(DOCTOR, "INSS", "DOCTOR"))
        yield Stage(door, doctor, registered, token, nurse, caller(hospital(HOSPITAL)), asking, heard)


def successes(stage: Stage) -> Iterator[tuple[str, HttpRequest]]:
    """Every operation of every port, answered as it should be."""
    yield "sendMessage", publish(stage.door, stage.doctor, letter())
    for row in ROWS:
        if row.service == "Consultation" and row.kind in ("box", "all boxes"):
            yield row.operation, about_what_is_there(stage, row.operation)
    for operation, criteria in (
        ("searchProfessionals", {"LastName": "Voorbeeld", "Profession": "PHYSICIAN"}),
        ("searchOrganizations", {"NIHII": HOSPITAL}),
        ("getProfessionalContactInfo", {"SSIN": DOCTOR}),
        ("getOrganizationContactInfo", {"NIHII": HOSPITAL}),
    ):
        page = (0, 100) if operation.startswith("search") else None
        yield operation, book.request(stage.door, stage.doctor, operation, criteria, page)
    yield "GetKey", stage.asking.get_key(stage.doctor)
    yield "GetNewKey", new_key(stage)
    yield "GetEtk", stage.doctor.connector.get_etk(etk_depot.PATH, "SSIN", DOCTOR)
    yield "RequestSecureToken", saml(stage, stage.registered)
    yield "RequestSecurityToken", trust(stage, (SSIN, DOCTOR), (f"{SSIN}:doctor:boolean", None))


def about_what_is_there(stage: Stage, operation: str) -> HttpRequest:
    """An operation of the Consultation port about a message or period that no call before has taken away."""
    if operation == "deleteMessage":
        stage.asking.received = send(stage.door, stage.nurse, Destination(DOCTOR, "INSS", "DOCTOR"))
    if operation == "deleteOoO":
        made = stage.door.send(stage.asking.consultation(stage.doctor, "insertOoO", ""))
        stage.asking.period = content_of(made).get("Id", "")
    return stage.asking.consultation(stage.doctor, operation, "")


def outcome(stage: Stage, sent: HttpRequest) -> str:
    """What the answer says of itself, in its own port's way: it must be SUCCESS of that port."""
    if sent.path not in SUCCESS:
        return code_of(stage.door, sent)
    answer = stage.door.send(sent)
    content = content_of(answer)
    if sent.path == sts.TRUST_PATH:
        return "assertion" if answer.status == 200 and wstrust.read(answer.body).assertion else answer.body.decode()
    if sent.path == etk_depot.PATH:
        found = content.find("{*}ETK") is not None
        return next(each.text or "" for each in content.iter("{*}Code")) if found else "no token"
    return next(each.get("Value", "") for each in content.iter("{*}StatusCode"))


def faults(stage: Stage) -> Iterator[tuple[str, HttpRequest]]:
    """For every port each way to be no call, with a canary in the place that is wrong."""
    good = {
        PUBLICATION: publish(stage.door, stage.doctor, letter("P-3")),
        CONSULTATION: stage.asking.consultation(stage.doctor, "getBoxInfo", ""),
        book.PATH: book.request(stage.door, stage.doctor, "getProfessionalContactInfo", {"SSIN": DOCTOR}, None),
        kgss.PATH: stage.asking.get_key(stage.doctor),
        sts.PATHS[0]: saml(stage, stage.doctor, SUBJECT),
        sts.TRUST_PATH: trust(stage, (SSIN, DOCTOR)),
        etk_depot.PATH: stage.doctor.connector.get_etk(etk_depot.PATH, "SSIN", DOCTOR),
    }
    for path, sent in good.items():
        token = None if path in (sts.PATHS[0], sts.TRUST_PATH) else stage.doctor.assertion
        yield "no XML", replace(sent, body=sent.body + CANARY.encode())
        yield "DOCTYPE", replace(sent, body=f'<!DOCTYPE {CANARY} SYSTEM "file:///{CANARY}">'.encode() + sent.body)
        yield "no envelope", post(path, f"<{CANARY}/>".encode())
        yield "action", with_header(sent, "SOAPAction", f'"urn:{CANARY}"')
        yield "content type", with_header(sent, "Content-Type", f"text/{CANARY}")
        yield "multipart", post(path, f"--{CANARY}\r\n{CANARY}".encode(), f'multipart/related; boundary="{CANARY}"')
        for content in (
            f'<{CANARY} xmlns="urn:{CANARY}">{CANARY}</{CANARY}>',
            f"<{CANARY}/><{CANARY}/>",
            _broken(sent),
        ):
            yield "Body", post(path, stage.doctor.connector.secured(content, stage.door.now, token))
        if path != etk_depot.PATH:
            yield (
                "Security",
                replace(sent, body=sent.body.replace(b"</wsu:Created>", f"{CANARY}</wsu:Created>".encode())),
            )
            assert b"Created>" in sent.body
    lost = Inline([TO_NURSE], File("t", "n", "a/b", b""), references=[f"{CANARY}@{CANARY}"])
    yield "attachment", publish(stage.door, stage.doctor, send_message(lost))
    uncertified = caller(hospital(HOSPITAL, certified=False))
    # The STS of WS-Trust refuses by faults.
    yield "somebody else", trust(stage, (SSIN, NURSE))
    yield "no box", consult(stage.door, uncertified, consultation("GetBoxInfoRequest"))


def _broken(sent: HttpRequest) -> str:
    """The request's element with an attribute, a text and a child that no schema knows."""
    start = sent.body.index(b"Body")
    inner = sent.body[sent.body.index(b">", start) + 1 : sent.body.rindex(b"</")]
    text = inner[: inner.rindex(b"</")].decode()
    name_end = min(at for at in (text.find(" "), text.find(">"), text.find("/>")) if at > 0)
    return f'{text[:name_end]} attribute="{CANARY}"{text[name_end:]}'


def test_every_operation(stage: Stage) -> None:
    """Their answers hold what they should; nothing else does."""
    operations = set()
    for name, sent in successes(stage):
        operations.add(name)
        good = SUCCESS.get(sent.path, "Success" if sent.path == book.PATH else "100")
        assert (name, outcome(stage, sent)) == (name, good)
    assert operations >= {row.operation for row in ROWS}
    stage.quiet()
    assert stage.heard.written.count("milliseconds") > len(operations)


def test_every_refusal(stage: Stage) -> None:
    """Neither does the answer repeat what it was asked with, but for the boxes, messages and periods it is about."""
    mailbox = list(refused.of_the_mailbox(stage))
    assert {code for code, _ in mailbox} == STATUS.keys() - {"100"}
    keys = list(refused.of_the_kgss(stage))
    assert {reason for reason, _ in keys} == set(get_args(Reason))
    for code, sent in (*mailbox, *keys, *refused.of_the_others(stage)):
        answer = stage.door.send(sent)
        assert (code, answer.status) == (refused.said(sent.path, answer), 200)
        stage.quiet(refused.without_names(answer))


def test_every_fault_of_every_port(stage: Stage) -> None:
    codes = set()
    for name, sent in faults(stage):
        found = told(stage.door.send(sent))
        codes.add(found.code)
        stage.quiet(found.octets)
        assert found.code != "SOA-00001", name
    # What is the server's own mistake or trouble has its canaries in tests/front/test_logs.py.
    assert codes == {"SOA-01001", "SOA-01002", *(f"SOA-0300{number}" for number in range(1, 8))}


def test_pages_and_figures(stage: Stage) -> None:
    """404, 405, the WSDL of a Host that is no host: none of them repeats what was asked for; nor do the figures."""
    stage.quiet(pages(stage.door, CANARY).encode())


def test_the_libraries_are_heard(stage: Stage) -> None:
    """Else the silence above would be none: what they say is there, and withheld."""
    for _, sent in successes(stage):
        stage.door.send(sent)
    assert {"sqlalchemy.engine.Engine", "signxml.processor"} <= {line.split()[0] for line in stage.heard.lines}


@pytest.mark.within("asks an interpreter for the loggers that the server's modules make")
def test_every_library_of_the_server_that_logs_is_known() -> None:
    """One that is not known here may say anything. Asked of a process of its own: here the tests' libraries log too."""
    code = "import logging, ehbox_soap.serving; print(*logging.root.manager.loggerDict)"
    loggers = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    roots = {name.partition(".")[0] for name in loggers}
    assert "sqlalchemy" in roots
    # The standard library's; and gunicorn's, which sees paths and never a body, and of which only errors are told.
    assert roots <= {*log.QUIET, "concurrent", "asyncio", log.ERRORS_ONLY}

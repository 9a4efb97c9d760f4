"""No personal datum is told by the process for mails, deliveries to many and upkeep, at DEBUG with every logger on."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NoReturn, cast

import pytest

from ehbox_soap import log
from ehbox_soap.config import LogSettings
from ehbox_soap.mail.folder import FolderMailer
from ehbox_soap.mail.mail import Mailer
from ehbox_soap.mail.smtp import SmtpMailer, SmtpServer
from ehbox_soap.mailbox import fan_out, notifications
from ehbox_soap.mailbox.retention import Upkeep
from ehbox_soap.store.message_records import Address
from ehbox_soap.wire import types
from ehbox_soap.worker import Stop, work
from tests import canaries
from tests.listening import LogAsItIs, loggers_on
from tests.mail.server import free_port, serving
from tests.mailbox.world import (
    DOCTOR,
    DOCTOR_BOX,
    DOCTOR_INSS,
    DOCTOR_NIHII,
    NURSE,
    NURSE_BOX,
    NURSE_INSS,
    World,
    annex,
    document,
    letter,
)
from tests.worker.post import Told, address_of, notified, worker

CANARY = "Kanarie"
EVERYBODY = types.BoxId("ALL", "INSS", "MIDWIFE")
MIDWIVES = tuple(f"{7500000 + number:011}" for number in range(101))
"""One more than a call reaches itself."""
PERSONAL = (CANARY, DOCTOR_INSS, DOCTOR_NIHII[:8], NURSE_INSS, *MIDWIVES[:3])
OURS = ("mail.log ", "asyncio ")
"""The loggers of the SMTP server of these tests, which runs in this process."""


@dataclass
class Heard:
    """What every logger told, and what stands on standard error."""

    lines: list[str]
    stream: io.StringIO

    def quiet(self, *secrets: str) -> str:
        """What the worker itself told; nothing personal in it, nor in what its libraries did."""
        written = self.stream.getvalue()
        lines = [line for line in self.lines if not line.startswith(OURS)]
        assert any(line.startswith("sqlalchemy.") for line in lines), "nobody listened"
        assert canaries.told((*PERSONAL, *secrets), [*lines, written]) == {}
        return written


@pytest.fixture
def heard(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """Of whatever a test does, its letter included."""
    before, stream, lines = LogAsItIs(), io.StringIO(), list[str]()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", stream)
        log.set_up(LogSettings(level="DEBUG", format="json"))
        with loggers_on(lines.append):
            yield Heard(lines, stream)
    before.put_back()


def full(*boxes: types.BoxId, copies: Sequence[str] = ()) -> types.SendMessageRequest:
    """A letter that is full of them."""
    text = f"The content is a {CANARY} with spaces.".encode()
    titled = replace(document(text), title=f"Title {CANARY}", download_file_name=f"{CANARY}.txt")
    content = types.MessageContent(titled, annexes=(annex(text, f"Annex {CANARY}".encode()),))
    return replace(letter(*boxes, content=content), copy_mail_to=tuple(copies), publication_id=f"P-{CANARY}")


def sent(world: World, request: types.SendMessageRequest) -> str | None:
    """By somebody whose name is one too."""
    world.names = replace(world.names, surname=f"Sur{CANARY}", given_name=f"Given{CANARY}")
    return world.send(DOCTOR, request).id


class Once:
    """Ends a worker after as many rounds; it never waits."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    def __call__(self) -> bool:
        return False

    def within(self, seconds: float) -> bool:
        self.rounds -= 1
        return self.rounds == 0


def worked(world: World, mailer: Mailer, rounds: int = 1, **plan: object) -> None:
    work(worker(world, mailer, **plan), cast(Stop, Once(rounds)))


def smtp(port: int) -> SmtpMailer:
    return SmtpMailer(SmtpServer("127.0.0.1", port, "ehealthbox@box.test", seconds=0.3))


def test_mails_that_are_sent_refused_and_fail(world: World, heard: Heard) -> None:
    """By each way an SMTP server has, and without one; to the addresses of a CopyMailTo and of a holder."""
    moods = ("a", "unknown", "unwanted", "busy", "grey", "dies", "hangs")
    addresses = [f"{mood}@{CANARY}.example" for mood in moods]
    notified(world, NURSE_BOX, f"holder@{CANARY}.example")
    sent(world, full(NURSE_BOX, copies=[*addresses, f"no address {CANARY}"]))
    worked(world, smtp(free_port()))
    with serving() as postbox:
        for _ in range(8):
            world.pass_time(minutes=10)
            worked(world, smtp(postbox.port), attempts=4)
    assert sorted(postbox.recipients()) == [f"a@{CANARY}.example", f"holder@{CANARY}.example"]
    told = heard.quiet()
    for ending in ("sent", "refused", "later"):
        assert f'"ending": "{ending}"' in told
    assert "interrupted" not in told


def test_mails_to_a_folder(world: World, heard: Heard, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("mail")
    sent(world, full(NURSE_BOX, copies=[f"a@{CANARY}.example", f"no address {CANARY}"]))
    worked(world, FolderMailer(folder, "box@box.test"))
    assert len(list(folder.glob("*.eml"))) == 1
    assert '"ending": "refused"' in heard.quiet()


def test_a_code_that_is_mailed(world: World, heard: Heard) -> None:
    """Whoever reads it could confirm an address."""
    with world.store.begin() as transaction:
        notifications.ask(address_of(NURSE_BOX), f"n@{CANARY}.example", world.occasion(transaction))
    mailer = Told()
    worked(world, mailer)
    (mail,) = mailer.given
    heard.quiet(mail.text.body.split()[-1])


def test_a_delivery_to_many(world: World, heard: Heard) -> None:
    world.configure(all_publishers=("DOCTOR",))
    with world.store.begin() as transaction:
        for number in MIDWIVES:
            transaction.boxes.ensure([Address.of("INSS", number, "MIDWIFE")])
    message_id = sent(world, full(EVERYBODY))
    assert worker(world, Told()).due()
    worked(world, Told(), rounds=2)
    assert worker(world, Told()).due() == ()
    with world.store.begin(write=False) as transaction:
        (box,) = transaction.boxes.find([Address.of("INSS", MIDWIVES[0], "MIDWIFE")])
        assert transaction.messages.find(box.key, message_id or "", ("INBOX",)) is not None
    assert "interrupted" not in heard.quiet()


def test_upkeep(world: World, heard: Heard) -> None:
    """Mails about what expires soon, an ERROR of what waited in vain, what is old, what is forgotten."""
    notified(world, NURSE_BOX, f"n@{CANARY}.example")
    notified(world, DOCTOR_BOX, f"d@{CANARY}.example")
    world.configure(expiration_days=20, individual_box_bytes=100)
    for number in range(3):
        sent(world, replace(full(NURSE_BOX), publication_id=f"P{number}-{CANARY}"))
    world.ids(NURSE)
    for days in (13, 8, 70, 300):
        world.pass_time(days=days)
        worked(world, Told(), rounds=3, upkeep_every=timedelta(hours=1))
    told = heard.quiet()
    for did in ("warned", "waited", "inactive", "mails", "publications"):
        assert f'"{did}": ' in told
    assert "interrupted" not in told


def test_works_that_fail(world: World, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception's text may hold anything: only its kind is told."""

    def failing(*_: object, **__: object) -> NoReturn:
        raise RuntimeError(f"{CANARY} {NURSE_INSS}", MIDWIVES[0])

    world.configure(all_publishers=("DOCTOR",))
    with world.store.begin() as transaction:
        for number in MIDWIVES:
            transaction.boxes.ensure([Address.of("INSS", number, "MIDWIFE")])
    sent(world, full(EVERYBODY, copies=[f"a@{CANARY}.example"]))
    monkeypatch.setattr(fan_out, "work_off", failing)
    monkeypatch.setattr(Upkeep, "run", failing)
    worked(world, Told(failing), upkeep_every=timedelta(hours=1))
    assert heard.quiet().count("RuntimeError") == 3

"""A server for one case, the steps that happen on it before the case's own call, and the mails that leave it.

Knows: what each step does. Must not know: how a request is written, what the case expects.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from lxml import etree

from ehbox_soap.mail.mail import Ending, Mail
from ehbox_soap.mailbox import notifications
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.mailbox.retention import Upkeep
from ehbox_soap.mailbox.usage import Meter, Use
from ehbox_soap.ports.call import House
from ehbox_soap.register.loading import load
from ehbox_soap.register.seed import read_seed
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.records import Person, Profession
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.worker import Plan, Worker
from tests.cases.people import box
from tests.cases.reading import Case, element
from tests.cases.writing import BOUNDARY, Sending, consultation, multipart, send_message
from tests.clients import connector40_reader
from tests.clients.connector40 import PUBLICATION, HttpRequest
from tests.clients.connector40_reader import Answer
from tests.door import CONSULTATION as CONSULTATION_PATH
from tests.door import PUBLICATION as PUBLICATION_PATH
from tests.door import START, STS, Client, Door, settings_of
from tests.worker.post import Told

_IDS = ".//MessageId"


@dataclass
class Stage:
    """The door with the case's settings and clock, its store as after the start."""

    door: Door
    people: Mapping[str, Client]
    case: Case
    house: House = field(init=False)
    names: dict[str, str] = field(default_factory=dict)
    """The ids that steps got, by the steps' names."""

    def __post_init__(self) -> None:
        door = self.door
        settings = settings_of(door.folder, self.case.settings)
        emptied(door)
        door.clock.moment = START
        door.mailbox_clock.moment = self.case.at or START
        rules = MailboxRules.from_settings(settings.mailbox)
        signer = door.house.signer if settings.sts.enabled else None
        self.house = replace(
            door.house, settings=settings, rules=rules, meter=Meter(settings.usage.mode), signer=signer
        )
        # A call belongs to the house of its server: the ports, which take long to build, stay.
        door.server.house = self.house
        for step in self.case.setup:
            self._do(step)

    def request(self, who: str, content: str) -> HttpRequest:
        """A call as the connector signs it, with the case's parts if it refers to any; to the STS its own."""
        client = self.people[who]
        if self.case.sending.path == STS:
            return client.connector.request_secure_token(STS, self.door.now, (), ())
        body = client.connector.secured(content, self.door.now, client.assertion)
        path = PUBLICATION_PATH if PUBLICATION in content else CONSULTATION_PATH
        content_type = "text/xml; charset=utf-8"
        if "cid:" in content:
            content_type = f'multipart/related; boundary="{BOUNDARY}"; type="text/xml"'
            body = multipart(body, self.case.parts)
        return HttpRequest(path, (("Content-Type", content_type), ("SOAPAction", '""')), body)

    def ask(self, who: str, content: str, sending: Sending | None = None) -> Answer:
        """The answer as the strictest client reads it; raises connector40_reader.Fault."""
        request = self.request(who, content)
        if sending is not None:
            request = sending.damaged(request)
            self.door.clock.advance(seconds=sending.later)
            if sending.twice:
                assert self.door.send(request).status == 200
        answer = self.door.send(request)
        return connector40_reader.read(answer.status, dict(answer.headers), answer.body)

    def mails(self) -> list[tuple[str, str, str]]:
        """Every mail that is to be sent now: to whom, its subject, its text."""
        return [(mail.recipient, mail.text.subject, mail.text.body) for mail in self._work("sent")]

    def kept(self) -> list[tuple[str, int, int]]:
        """USE-5 as it is reported: by box, the messages that were read and not deleted, and the receipts not read."""
        with self.house.store.begin(write=False) as transaction:
            rows = list(transaction.usage.kept())
        return [(box(each.box.id, each.box.type, each.box.quality), each.read, each.receipts) for each in rows]

    def _do(self, step: Mapping[str, Any]) -> None:
        house = self.house
        match step["do"]:
            case "advance":
                self.door.mailbox_clock.advance(**{name: value for name, value in step.items() if name != "do"})
            case "upkeep":
                cleanup = house.settings.upkeep.sent_cleanup
                now = self.door.mailbox_clock.moment
                work = Upkeep(now, self.door.now, house.rules, house.chance, sent_cleanup=cleanup)
                list(work.run(house.store.begin))
            case "work":
                self._work(step["mails"])
            case "seed":
                with house.store.begin() as transaction:
                    load(read_seed(self.case.folder / step["file"]), transaction)
            case "nurses":
                with house.store.begin() as transaction:
                    many_nurses(int(step["count"]), transaction)
            case "notify":
                with house.store.begin() as transaction:
                    confirmed(step["type"], step["id"], step["quality"], step["mail"], self._occasion(transaction))
                self._work("sent")
            case "break":
                self.door.server.house = replace(house, meter=Broken("advise"))
            case verb:
                for _ in range(step.get("times", 1)):
                    self._call(verb, step)

    def _call(self, verb: str, step: Mapping[str, Any]) -> None:
        answer = self.ask(step["who"], self._content(verb, step))
        code = str(step.get("code", "100"))
        assert answer.code == code, f"the step {dict(step)} was answered by {answer.code}"
        self._name(step, answer)

    def _work(self, ending: Ending) -> list[Mail]:
        """What the worker does until nothing is due; every mail that it sends ends like that."""
        house, mailer = self.house, Told(ending)
        plan = Plan(attempts=house.settings.mail.attempts, upkeep_every=None)
        worker = Worker(house.store, house.rules, mailer, plan, self.door.mailbox_clock, house.chance)
        while worker.round():
            pass
        return mailer.given

    def _occasion(self, transaction: Transaction) -> Occasion:
        return Occasion(transaction, self.door.mailbox_clock.moment, self.house.rules, self.house.chance)

    def _content(self, verb: str, step: Mapping[str, Any]) -> str:
        match verb:
            case "request":
                text = (self.case.folder / step["file"]).read_text("utf-8")
            case "sendMessage":
                text = send_message(step)
            case _:
                text = consultation(verb, step)
        return etree.tostring(element(text, self.names), encoding="unicode")

    def _name(self, step: Mapping[str, Any], answer: Answer) -> None:
        """A step's name stands for the Id of its answer; names in a list for the MessageIds in its rows, in order."""
        if "name" in step:
            self.names[step["name"]] = answer.element.get("Id", "")
        found = [each.text or "" for each in answer.element.iterfind(_IDS)]
        for name, message_id in zip(step.get("names", ()), found, strict=False):
            self.names[name] = message_id


def emptied(door: Door) -> None:
    """The store as it is in the template: nothing was ever sent."""
    path = str(door.house.store._engine.url.database)
    with door.house.store._engine.connect() as connection:
        kept = connection.connection.driver_connection
        source = sqlite3.connect(str(door.template / path.rpartition("/")[2]))
        try:
            assert isinstance(kept, sqlite3.Connection)
            source.backup(kept)
        finally:
            source.close()


class Broken(Meter):
    """Something unforeseen in the house."""

    def count(self, use: Use, transaction: Transaction, now: datetime) -> None:
        raise RuntimeError("broken")


def many_nurses(count: int, transaction: Transaction) -> None:
    """Registers so many made-up nurses; their numbers follow each other."""
    for number in range(count):
        body = 700101000 + number
        inss = f"{body:09}{97 - body % 97:02}"
        transaction.register.put_person(Person(inss, "Nombreux", "Un", professions=(Profession("NURSE"),)))


def confirmed(kind: str, number: str, quality: str, mail: str, occasion: Occasion) -> None:
    """The holder of a box wants mails there, and has typed the code that was mailed there."""
    address = Address.of(kind, number, quality)
    notifications.ask(address, mail, occasion)
    (record,) = occasion.transaction.boxes.find([address])
    asked = occasion.transaction.notifications.find(record.key)
    assert asked is not None
    assert notifications.confirm(address, asked.code or "", occasion)

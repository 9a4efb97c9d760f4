"""A server for one case, and the steps that happen on it before the case's own call.

Knows: how the steps' requests are written. Must not know: what the case expects.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.retention import Upkeep
from ehbox_soap.mailbox.usage import Meter
from ehbox_soap.server import Server
from tests.cases.reading import Case, element
from tests.clients import connector40_reader
from tests.clients.connector40 import CONSULTATION, PUBLICATION, HttpRequest
from tests.clients.connector40_reader import Answer
from tests.door import CONSULTATION as CONSULTATION_PATH
from tests.door import PUBLICATION as PUBLICATION_PATH
from tests.door import START, Client, Door, settings_of

BOUNDARY = "----=_Part_3_1502882632.1795290942826"
_IDS = ".//MessageId"


@dataclass
class Stage:
    """The door with the case's settings and clock, its store as after the start."""

    door: Door
    people: Mapping[str, Client]
    case: Case
    names: dict[str, str] = field(default_factory=dict)
    """The ids that steps got, by the steps' names."""

    def __post_init__(self) -> None:
        door = self.door
        settings = settings_of(door.folder, self.case.settings)
        emptied(door)
        door.clock.moment = START
        door.mailbox_clock.moment = self.case.at or START
        rules = MailboxRules.from_settings(settings.mailbox)
        door.house = replace(door.house, settings=settings, rules=rules, meter=Meter(settings.usage.mode))
        door.server = Server(door.house)
        for step in self.case.setup:
            self._do(step)

    def request(self, who: str, content: str) -> HttpRequest:
        """A call as the connector signs it, with the case's parts if it refers to any."""
        client = self.people[who]
        body = client.connector.secured(content, self.door.now, client.assertion)
        path = PUBLICATION_PATH if PUBLICATION in content else CONSULTATION_PATH
        content_type = "text/xml; charset=utf-8"
        if "cid:" in content:
            content_type = f'multipart/related; boundary="{BOUNDARY}"; type="text/xml"'
            body = _multipart(body, self.case.parts)
        return HttpRequest(path, (("Content-Type", content_type), ("SOAPAction", '""')), body)

    def ask(self, who: str, content: str) -> Answer:
        """The answer as the strictest client reads it; raises connector40_reader.Fault."""
        answer = self.door.send(self.request(who, content))
        return connector40_reader.read(answer.status, dict(answer.headers), answer.body)

    def _do(self, step: Mapping[str, Any]) -> None:
        match step["do"]:
            case "advance":
                self.door.mailbox_clock.advance(**{name: value for name, value in step.items() if name != "do"})
            case "upkeep":
                house = self.door.house
                cleanup = house.settings.upkeep.sent_cleanup
                work = Upkeep(
                    self.door.mailbox_clock.moment, self.door.now, house.rules, house.chance, sent_cleanup=cleanup
                )
                list(work.run(house.store.begin))
            case verb:
                answer = self.ask(step["who"], self._content(verb, step))
                code = str(step.get("code", "100"))
                assert answer.code == code, f"the step {dict(step)} was answered by {answer.code}"
                self._name(step, answer)

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


def send_message(step: Mapping[str, Any]) -> str:
    """sendMessage with one document: `to`, and perhaps `text`, `id`, `kind`, `receipts`, `title`, `ooo`, `mail`."""
    text = step.get("text", "ten bytes.")
    receipts = step.get("receipts", ())
    ooo = f"<OoOProcessed>{step['ooo']}</OoOProcessed>" if "ooo" in step else ""
    identifier = f' PublicationId="{step["id"]}"' if "id" in step else ""
    asked = "".join(
        f"<{name}>{str(name in receipts).lower()}</{name}>"
        for name in ("PublicationReceipt", "ReceivedReceipt", "ReadReceipt")
    )
    return (
        f'<p:SendMessageRequest xmlns:p="{PUBLICATION}"{identifier}>{_chosen(step)}'
        + "".join(f"<DestinationContext>{{box:{who}}}{ooo}</DestinationContext>" for who in step["to"])
        + f"<ContentContext><Content><Document><Title>{step.get('title', 'A letter')}</Title>"
        f"<EncryptableTextContent>{{base64:{text}}}</EncryptableTextContent><DownloadFileName>letter.txt"
        f"</DownloadFileName><MimeType>text/plain</MimeType><Digest>{{sha256:{text}}}</Digest></Document></Content>"
        f"<ContentSpecification><ContentType>{step.get('kind', 'DOCUMENT')}</ContentType><IsImportant>false"
        f"</IsImportant><IsEncrypted>false</IsEncrypted>{asked}</ContentSpecification></ContentContext>"
        + "".join(f"<CopyMailTo>{each}</CopyMailTo>" for each in step.get("mail", ()))
        + "</p:SendMessageRequest>"
    )


def consultation(verb: str, step: Mapping[str, Any]) -> str:
    """A request of the consultation port: `source`, `messages`, `start`, `substitutes`, `periods` … by name."""
    name = "GetHistory" if verb == "getMessageHistory" else verb[0].upper() + verb[1:]
    content = _chosen(step)
    for key, tag in (
        ("source", "Source"),
        ("destination", "Destination"),
        ("start", "StartDate"),
        ("end", "EndDate"),
    ):
        content += f"<{tag}>{step[key]}</{tag}>" if key in step else ""
    content += "".join(f"<MessageId>{{{each}}}</MessageId>" for each in step.get("messages", ()))
    content += "".join(f"<Substitute>{{box:{each}}}</Substitute>" for each in step.get("substitutes", ()))
    content += "".join(f"<OoOId>{{{each}}}</OoOId>" for each in step.get("periods", ()))
    return f'<c:{name}Request xmlns:c="{CONSULTATION}">{content}</c:{name}Request>'


def _chosen(step: Mapping[str, Any]) -> str:
    return f"<BoxId>{{box:{step['box']}}}</BoxId>" if "box" in step else ""


def _multipart(root: bytes, parts: Mapping[str, str]) -> bytes:
    """As the connector writes it: no start, Content-IDs without brackets, raw bytes."""
    mark = f"--{BOUNDARY}\r\n"
    body = f"{mark}Content-Type: text/xml; charset=utf-8\r\n\r\n".encode() + root
    for name, text in parts.items():
        body += f"\r\n{mark}Content-Type: text/plain\r\nContent-ID: {name}\r\n\r\n{text}".encode()
    return body + f"\r\n--{BOUNDARY}--\r\n".encode()

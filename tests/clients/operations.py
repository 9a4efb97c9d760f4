"""Every operation of both WSDLs, as a client of any make calls it.

Knows: the elements of the requests and their order. Must not know: how a call is secured, the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from tests.clients import letters
from tests.clients.elements import element
from tests.clients.http import HttpRequest
from tests.clients.letters import Destination, Letter, Style
from tests.clients.model import Caller
from tests.clients.names import CONSULTATION, PUBLICATION

Page = tuple[int, int]
"""StartIndex and EndIndex."""


@dataclass
class Model(Caller):
    """A client as it calls the mailbox; `path` is its port's, `assertion` what the STS gave."""

    boundary: str = "----=_Part_3_1502882632.1795290942826"

    style: ClassVar[Style]
    prefix: ClassVar[str] = "ns2"
    multipart_type: ClassVar[str] = 'multipart/related; boundary="{}"; type="text/xml"'
    unnamed: ClassVar[frozenset[str]] = frozenset()
    """Operations of Consultation whose calls have an empty SOAPAction."""

    def send_message(self, path: str, now: datetime, assertion: str, letter: Letter) -> HttpRequest:
        """sendMessage, each content inline or attached as this client does it."""
        written = letters.write(letter, self.style, self.identifiers)
        envelope = self.secured(written.content, now, assertion, PUBLICATION)
        action = f'"{PUBLICATION}:sendMessage"'
        if not written.parts:
            return self.post(path, action, envelope)
        body = letters.multipart(self.boundary, envelope, written.parts)
        return self.post(path, action, body, self.multipart_type.format(self.boundary))

    def get_box_info(self, path: str, now: datetime, assertion: str) -> HttpRequest:
        """getBoxInfo of the default box."""
        return self._consult(path, now, assertion, "GetBoxInfo", "")

    def get_messages_list(
        self, path: str, now: datetime, assertion: str, source: str = "INBOX", indexes: Page | None = None
    ) -> HttpRequest:
        """getMessagesList, of the default page or of one."""
        content = f"<Source>{source}</Source>{_page(indexes)}"
        return self._consult(path, now, assertion, "GetMessagesList", content)

    def get_all_ehboxes_messages_list(
        self, path: str, now: datetime, assertion: str, source: str = "INBOX", indexes: Page | None = None
    ) -> HttpRequest:
        """getAllEhboxesMessagesList."""
        content = f"<Source>{source}</Source>{_page(indexes)}"
        return self._consult(path, now, assertion, "GetAllEhboxesMessagesList", content)

    def get_full_message(
        self, path: str, now: datetime, assertion: str, message_id: str, source: str = "INBOX"
    ) -> HttpRequest:
        """getFullMessage."""
        content = f"<Source>{source}</Source>{_ids('MessageId', [message_id])}"
        return self._consult(path, now, assertion, "GetFullMessage", content)

    def get_message_history(
        self, path: str, now: datetime, assertion: str, message_id: str, source: str = "INBOX"
    ) -> HttpRequest:
        """getMessageHistory, whose element has another name."""
        content = f"<Source>{source}</Source>{_ids('MessageId', [message_id])}"
        return self._consult(path, now, assertion, "GetHistory", content, "getMessageHistory")

    def get_message_acknowledgments_status(
        self, path: str, now: datetime, assertion: str, message_id: str, indexes: Page | None = None
    ) -> HttpRequest:
        """getMessageAcknowledgmentsStatus."""
        content = f"{_ids('MessageId', [message_id])}{_page(indexes)}"
        return self._consult(path, now, assertion, "GetMessageAcknowledgmentsStatus", content)

    def move_message(
        self, path: str, now: datetime, assertion: str, source: str, destination: str, message_ids: Sequence[str]
    ) -> HttpRequest:
        """moveMessage."""
        content = f"<Source>{source}</Source><Destination>{destination}</Destination>{_ids('MessageId', message_ids)}"
        return self._consult(path, now, assertion, "MoveMessage", content)

    def delete_message(
        self, path: str, now: datetime, assertion: str, source: str, message_ids: Sequence[str]
    ) -> HttpRequest:
        """deleteMessage."""
        content = f"<Source>{source}</Source>{_ids('MessageId', message_ids)}"
        return self._consult(path, now, assertion, "DeleteMessage", content)

    def insert_ooo(
        self, path: str, now: datetime, assertion: str, start: date, end: date, substitutes: Sequence[Destination] = ()
    ) -> HttpRequest:
        """insertOoO; the dates carry a zone, one of each kind (wire.md, Requests)."""
        boxes = "".join(
            f"<Substitute><Id>{each.id}</Id><Type>{each.type}</Type><Quality>{each.quality}</Quality></Substitute>"
            for each in substitutes
        )
        content = f"<StartDate>{start}Z</StartDate><EndDate>{end}+01:00</EndDate>{boxes}"
        return self._consult(path, now, assertion, "InsertOoO", content)

    def get_ooo_list(self, path: str, now: datetime, assertion: str) -> HttpRequest:
        """getOoOList."""
        return self._consult(path, now, assertion, "GetOoOList", "")

    def delete_ooo(self, path: str, now: datetime, assertion: str, ooo_ids: Sequence[str]) -> HttpRequest:
        """deleteOoO."""
        return self._consult(path, now, assertion, "DeleteOoO", _ids("OoOId", ooo_ids))

    def _consult(
        self, path: str, now: datetime, assertion: str, name: str, content: str, operation: str | None = None
    ) -> HttpRequest:
        asked = element(self.prefix, f"{name}Request", CONSULTATION, content)
        called = operation or name[0].lower() + name[1:]
        action = "" if called in self.unnamed else f"{CONSULTATION}:{called}"
        return self.post(path, f'"{action}"', self.secured(asked, now, assertion))


def _page(indexes: Page | None) -> str:
    return "" if indexes is None else f"<StartIndex>{indexes[0]}</StartIndex><EndIndex>{indexes[1]}</EndIndex>"


def _ids(name: str, ids: Sequence[str]) -> str:
    return "".join(f"<{name}>{each}</{name}>" for each in ids)

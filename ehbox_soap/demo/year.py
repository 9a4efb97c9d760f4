"""What a mailbox does when a box is full for too long: stand-by, a year that passes, an ERROR to the sender.

Knows: the client, and that a year can be made to pass. Must not know: the server, whose answers are all it goes by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.consultation import Consultation
from ehbox_soap.client.publication import Publication
from ehbox_soap.client.session import Session
from ehbox_soap.demo.steps import Person, StepError, Stepped
from ehbox_soap.wire import types

_LARGE = 6_000_000
"""Octets, of which a person's box has room for once (BOX-8)."""


@dataclass(frozen=True, slots=True)
class Time:
    """What an operator does to the mailbox's clock; each returns once it is done."""

    pass_a_year: Callable[[], None]
    be_true_again: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Year:
    """Does it between two people whose sessions are open, and leaves both boxes as they were."""

    addresses: Addresses
    step: Stepped
    sessions: Mapping[str, Session]
    time: Time

    def run(self, sender: Person, receiver: Person) -> None:
        """Everything, in order. Raises StepError at the first step that does not work."""
        self._send(sender, receiver, "a large DOCUMENT")
        waiting = self._send(sender, receiver, "another, for which there is no room")
        with self.step(f"{receiver.name}: asks how full the box is") as step:
            port = Consultation(self.sessions[receiver.name], self.addresses.consultation)
            box = port.get_box_info(types.GetBoxInfoRequest())
            waiting_there = None if box.info is None else box.info.messages_in_stand_by
            step.code, step.remark = box.status.code, f"{waiting_there} in stand-by"
            if waiting_there != 1:
                raise StepError("the second message does not wait")
        with self.step("a year passes for the mailbox, and upkeep is done") as step:
            self.time.pass_a_year()
            step.code = "done"
        self._error(sender, waiting)
        with self.step("the mailbox's time is true again") as step:
            self.time.be_true_again()
            step.code = "done"

    def _send(self, sender: Person, receiver: Person, what: str) -> str:
        """BOX-10; the PublicationId."""
        document = types.Document(
            "Large", types.Content(b"made up " * (_LARGE // 8), attached=True), "large.txt", "text/plain"
        )
        request = types.SendMessageRequest(
            destinations=(types.Destination(receiver.box),),
            content=types.MessageContent(document),
            specification=types.ContentSpecification(types.ContentType.DOCUMENT, "ehbox demo"),
        )
        with self.step(f"{sender.name}: sends {what}") as step:
            answer = Publication(self.sessions[sender.name], self.addresses.publication).send_message(request)
            step.code, step.remark = answer.status.code, f"message {answer.id}"
        return answer.sent_publication_id or ""

    def _error(self, sender: Person, publication_id: str) -> None:
        """PUB-12: what expired in stand-by never arrived."""
        port = Consultation(self.sessions[sender.name], self.addresses.consultation)
        with self.step(f"{sender.name}: finds an ERROR in the INBOX, reads and deletes it") as step:
            rows = port.get_messages_list(types.GetMessagesListRequest()).messages
            errors = [row for row in rows if row.specification.content_type is types.ContentType.ERROR]
            if len(errors) != 1:
                raise StepError("there is not one ERROR")
            message = port.get_full_message(types.GetFullMessageRequest(errors[0].message_id)).message
            told = message.content.error if message is not None else None
            if told is None or told.publication_id != publication_id:
                raise StepError("the ERROR does not name what was sent")
            answer = port.delete_message(types.DeleteMessageRequest(types.Source.INBOX, (errors[0].message_id,)))
            step.code, step.remark = answer.status.code, f"code {told.code}"

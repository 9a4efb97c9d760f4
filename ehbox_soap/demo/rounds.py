"""What a mailbox does beside the main job: a NEWS and its update, receipts, out of office, the bin.

Knows: the client. Must not know: the server, whose answers are all it goes by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.consultation import Consultation
from ehbox_soap.client.errors import StatusError
from ehbox_soap.client.publication import Publication
from ehbox_soap.client.session import Session
from ehbox_soap.demo.steps import Person, StepError, Stepped
from ehbox_soap.wire import types

_EVENTS = ("PUBLISHED", "RECEIVED", "READ")


@dataclass(frozen=True, slots=True)
class Rounds:
    """Does them between two people whose sessions are open."""

    addresses: Addresses
    step: Stepped
    sessions: Mapping[str, Session]

    def run(self, sender: Person, receiver: Person) -> None:
        """Everything, in order. Raises StepError at the first step that does not work."""
        self._news(sender, receiver)
        message_id, today = self._receipts(sender, receiver)
        self._absence(sender, receiver, today)
        self._bin(receiver, message_id)

    def _consultation(self, person: Person) -> Consultation:
        return Consultation(self.sessions[person.name], self.addresses.consultation)

    def _send(self, sender: Person, request: types.SendMessageRequest) -> types.SendMessageResponse:
        return Publication(self.sessions[sender.name], self.addresses.publication).send_message(request)

    def _news(self, sender: Person, receiver: Person) -> None:
        """PUB-11, HIST-1."""
        news = _message(receiver, "Opening hours", types.ContentType.NEWS)
        with self.step(f"{sender.name}: sends a NEWS") as step:
            first = self._send(sender, news)
            step.code, step.remark = first.status.code, f"message {first.id}"
        with self.step(f"{sender.name}: sends a new version of the NEWS") as step:
            second = self._send(sender, replace(news, publication_id=first.sent_publication_id))
            step.code, step.remark = second.status.code, f"message {second.id}"
            if first.id is None or second.id is None:
                raise StepError("the answer names no message")
        port = self._consultation(receiver)
        with self.step(f"{receiver.name}: finds the new version in the place of the old one") as step:
            listed = port.get_messages_list(types.GetMessagesListRequest())
            step.code = listed.status.code
            if {first.id, second.id} & {each.message_id for each in listed.messages} != {second.id}:
                raise StepError("the list has not the new version only")
        with self.step(f"{receiver.name}: asks for the history of the NEWS") as step:
            versions = port.get_message_history(types.GetHistoryRequest(second.id))
            step.code, step.remark = versions.status.code, " ".join(versions.message_ids)
            if versions.message_ids != (second.id, first.id):
                raise StepError("the history is not the two versions, newest first")

    def _receipts(self, sender: Person, receiver: Person) -> tuple[str, date]:
        """ACK-1 to ACK-4; the message's id, and what day it is to the server."""
        asking = replace(_message(receiver, "Registered letter"), receipts=types.Receipts(True, True, True))
        with self.step(f"{sender.name}: sends a DOCUMENT and asks for three receipts") as step:
            answer = self._send(sender, asking)
            step.code, step.remark = answer.status.code, f"message {answer.id}"
            if answer.id is None:
                raise StepError("the answer names no message")
        port = self._consultation(receiver)
        with self.step(f"{receiver.name}: lists and reads it") as step:
            port.get_messages_list(types.GetMessagesListRequest())
            full = port.get_full_message(types.GetFullMessageRequest(answer.id))
            step.code = full.status.code
            if full.message is None:
                raise StepError("the answer has no message")
        port = self._consultation(sender)
        with self.step(f"{sender.name}: finds the receipts in the INBOX") as step:
            events = self._acknowledged(port, answer.id)
            step.code, step.remark = "100", " ".join(events)
            if sorted(events) != sorted(_EVENTS):
                raise StepError("the receipts are not one for each event")
        with self.step(f"{sender.name}: asks for the acknowledgments' status") as step:
            status = port.get_message_acknowledgments_status(types.GetMessageAcknowledgmentsStatusRequest(answer.id))
            step.code = status.status.code
            (row,) = status.rows
            if None in (row.published, row.received, row.read):
                raise StepError("a moment is missing")
            step.remark = f"read {row.read:%Y-%m-%d %H:%M:%S}"
        return answer.id, full.message.info.publication_date

    def _acknowledged(self, port: Consultation, message_id: str) -> list[str]:
        """The events of the message that receipts tell of, the first ten of the INBOX looked at."""
        events = []
        for row in port.get_messages_list(types.GetMessagesListRequest(end_index=10)).messages:
            if row.specification.content_type is types.ContentType.ACKNOWLEDGMENT:
                message = port.get_full_message(types.GetFullMessageRequest(row.message_id)).message
                told = message.content.acknowledgment if message is not None else None
                if told is not None and told.message_id == message_id:
                    events.append(told.ack_type)
        return events

    def _absence(self, sender: Person, receiver: Person, today: date) -> None:
        """OOO-1 to OOO-3, PUB-9."""
        port = self._consultation(receiver)
        # Midnight may pass before the message is sent.
        tomorrow = today + timedelta(days=1)
        with self.step(f"{receiver.name}: is out of office today, with a substitute") as step:
            period = port.insert_ooo(types.InsertOoORequest(today, tomorrow, (sender.box,)))
            step.code, step.remark = period.status.code, f"period {period.id}"
            if period.id is None:
                raise StepError("the answer names no period")
        request = _message(receiver, "Not urgent")
        with self.step(f"{sender.name}: sends, and is warned") as step:
            step.code, step.remark = "826", self._warned(sender, request, (today, tomorrow))
        with self.step(f"{sender.name}: sends all the same, OoOProcessed") as step:
            processed = tuple(replace(each, ooo_processed=True) for each in request.destinations)
            answer = self._send(sender, replace(request, destinations=processed))
            step.code, step.remark = answer.status.code, f"message {answer.id}"
        with self.step(f"{receiver.name}: is back") as step:
            if [each.ooo_id for each in port.get_ooo_list(types.GetOoOListRequest()).periods] != [period.id]:
                raise StepError("the period is not in the list")
            step.code = port.delete_ooo(types.DeleteOoORequest((period.id,))).status.code

    def _warned(self, sender: Person, request: types.SendMessageRequest, period: tuple[date, date]) -> str:
        try:
            self._send(sender, request)
        except StatusError as warning:
            answer = warning.answer
            if warning.code != "826" or not isinstance(answer, types.SendMessageResponse):
                raise
            (recipient,) = answer.recipients
            if (recipient.absent_from, recipient.absent_to) != period:
                raise StepError("the warning has not the period") from warning
            return f"absent from {recipient.absent_from} to {recipient.absent_to}"
        raise StepError("there was no warning")

    def _bin(self, receiver: Person, message_id: str) -> None:
        """MOVE-1, DEL-2."""
        port = self._consultation(receiver)
        bin_, inbox = types.Source.BININBOX, types.Source.INBOX
        with self.step(f"{receiver.name}: moves the DOCUMENT to the bin") as step:
            step.code = port.move_message(types.MoveMessageRequest(inbox, bin_, (message_id,))).status.code
        with self.step(f"{receiver.name}: deletes it for good") as step:
            step.code = port.delete_message(types.DeleteMessageRequest(bin_, (message_id,))).status.code
        with self.step(f"{receiver.name}: finds neither INBOX nor bin to have it") as step:
            for source in (inbox, bin_):
                listed = port.get_messages_list(types.GetMessagesListRequest(source))
                step.code = listed.status.code
                if message_id in {each.message_id for each in listed.messages}:
                    raise StepError("it is still there")


def _message(
    receiver: Person, title: str, content_type: types.ContentType = types.ContentType.DOCUMENT
) -> types.SendMessageRequest:
    data = f"{title}: all names and numbers are made up.\n".encode()
    return types.SendMessageRequest(
        destinations=(types.Destination(receiver.box),),
        content=types.MessageContent(types.Document(title, types.Content(data), "text.txt", "text/plain")),
        specification=types.ContentSpecification(content_type, "ehbox demo"),
    )

"""The main job of a mailbox, step by step: an assertion, a letter that never arrives, two letters sent, listed, read,
compared; then an encrypted one, and the rest.

Knows: the client. Must not know: the server, whose answers are all it goes by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ehbox_soap import clock
from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.consultation import Consultation
from ehbox_soap.client.errors import ClientError
from ehbox_soap.client.publication import Publication
from ehbox_soap.client.session import Session
from ehbox_soap.demo.letters import File, letter
from ehbox_soap.demo.rounds import Rounds
from ehbox_soap.demo.sealed import Sealed
from ehbox_soap.demo.steps import Person, Step, StepError
from ehbox_soap.demo.year import Time, Year
from ehbox_soap.wire import types

Tell = Callable[[str], None]


@dataclass(slots=True)
class Job:
    """Does the steps and tells a line for each."""

    addresses: Addresses
    password: str
    tell: Tell
    time: Time
    sessions: dict[str, Session] = field(default_factory=dict)

    def run(self, sender: Person, receivers: tuple[Person, ...]) -> None:
        """Everything, in order. Raises StepError at the first step that does not work."""
        try:
            self._run(sender, receivers, letter())
        finally:
            for session in self.sessions.values():
                session.close()

    def _run(self, sender: Person, receivers: tuple[Person, ...], files: tuple[File, ...]) -> None:
        for person in (sender, *receivers):
            self._identify(person)
        Year(self.addresses, self._step, self.sessions, self.time).run(sender, receivers[0])
        sent = {way: self._send(sender, receivers, files, attached=way == "attached") for way in ("inline", "attached")}
        for receiver in receivers:
            port = Consultation(self.sessions[receiver.name], self.addresses.consultation)
            self._list(receiver, port, set(sent.values()))
            for way, message_id in sent.items():
                self._read(receiver, port, message_id, files, attached=way == "attached")
            self._look(receiver, port)
        request = _request(receivers, files, attached=True)
        Sealed(self.addresses, self._step, self.sessions).run(sender, receivers, request)
        Rounds(self.addresses, self._step, self.sessions).run(sender, receivers[0])

    def _identify(self, person: Person) -> None:
        session = Session.from_pkcs12(person.keystore, self.password, self.addresses.sts)
        with self._step(f"{person.name}: asks the STS for an assertion") as step:
            token = session.assertion()
            step.code, step.remark = "Success", f"until {token.not_on_or_after:%Y-%m-%d %H:%M} UTC"
            self.sessions[person.name] = session

    def _send(self, sender: Person, receivers: tuple[Person, ...], files: tuple[File, ...], *, attached: bool) -> str:
        way = "as swaRef attachments" if attached else "inline"
        with self._step(f"{sender.name}: sends a PDF and two annexes {way}") as step:
            port = Publication(self.sessions[sender.name], self.addresses.publication)
            answer = port.send_message(_request(receivers, files, attached=attached))
            step.code, step.remark = answer.status.code, f"message {answer.id}"
            if answer.id is None or len(answer.recipients) != len(receivers):
                raise StepError("the answer names no message, or not every recipient")
        return answer.id

    def _list(self, receiver: Person, port: Consultation, expected: set[str]) -> None:
        with self._step(f"{receiver.name}: lists the INBOX") as step:
            answer = port.get_messages_list(types.GetMessagesListRequest())
            step.code, step.remark = answer.status.code, f"{len(answer.messages)} messages"
            if not expected <= {message.message_id for message in answer.messages}:
                raise StepError("a message that was sent is not in the list")

    def _read(
        self, receiver: Person, port: Consultation, message_id: str, files: tuple[File, ...], *, attached: bool
    ) -> None:
        way = "attached" if attached else "inline"
        with self._step(f"{receiver.name}: reads the message sent {way}") as step:
            answer = port.get_full_message(types.GetFullMessageRequest(message_id))
            step.code = answer.status.code
            if answer.message is None:
                raise StepError("the answer has no message")
            content = answer.message.content
            found = [content.document.content, *(annex.content for annex in content.annexes)]
            if found != [types.Content(file.data, attached) for file in files]:
                raise StepError("the contents are not those that were sent")
            step.remark = f"{sum(len(file.data) for file in files)} bytes in {len(files)} files, all equal"

    def _look(self, receiver: Person, port: Consultation) -> None:
        with self._step(f"{receiver.name}: looks how full the box is") as step:
            answer = port.get_box_info(types.GetBoxInfoRequest())
            step.code = answer.status.code
            if answer.info is None or answer.info.box.id != receiver.box.id:
                raise StepError("the answer is not about this box")
            step.remark = f"{answer.info.current_size} of {answer.info.max_size} bytes"

    @contextmanager
    def _step(self, text: str) -> Iterator[Step]:
        step, started = Step(), clock.monotonic()
        try:
            yield step
        except (ClientError, StepError) as error:
            self.tell(f"  FAILED   {_since(started)}  {text}: {error}")
            raise StepError(text) from error
        self.tell(f"  {step.code:<7}  {_since(started)}  {text}{f'  ({step.remark})' if step.remark else ''}")


def _since(started: float) -> str:
    return f"{(clock.monotonic() - started) * 1000:5.0f} ms"


def _request(receivers: tuple[Person, ...], files: tuple[File, ...], *, attached: bool) -> types.SendMessageRequest:
    document, *annexes = files
    return types.SendMessageRequest(
        destinations=tuple(types.Destination(receiver.box) for receiver in receivers),
        content=types.MessageContent(
            types.Document(
                "Discharge letter", types.Content(document.data, attached), document.name, document.mime_type
            ),
            annexes=tuple(
                types.Annex(each.name.encode(), types.Content(each.data, attached), each.name, each.mime_type)
                for each in annexes
            ),
        ),
        specification=types.ContentSpecification(types.ContentType.DOCUMENT, "ehbox demo"),
    )

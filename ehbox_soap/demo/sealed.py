"""An encrypted letter: tokens from the depot, a seal for each reader, and that a changed byte is found.

Knows: the client. Must not know: the server, whose answers are all it goes by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.consultation import Consultation
from ehbox_soap.client.errors import SealedError
from ehbox_soap.client.etk_depot import EtkDepot
from ehbox_soap.client.publication import Publication
from ehbox_soap.client.sealing import Sealing
from ehbox_soap.client.session import Session
from ehbox_soap.demo.steps import Person, StepError, Stepped
from ehbox_soap.wire import types


@dataclass(frozen=True, slots=True)
class Sealed:
    """Does it between people whose sessions are open."""

    addresses: Addresses
    step: Stepped
    sessions: Mapping[str, Session]

    def run(self, sender: Person, receivers: tuple[Person, ...], request: types.SendMessageRequest) -> None:
        """Sends the request encrypted and reads it as everybody. Raises StepError at the first step that fails."""
        with self.step(f"{sender.name}: seals the letter by the readers' tokens and its own") as step:
            sealed = self._sealing(sender).seal(request)
            sizes = [len(each.content.document.content.data) for each in (request, sealed)]
            # What the depot answered for each token.
            step.code, step.remark = "200", f"{sizes[0]} bytes of the PDF are {sizes[1]} now"
        with self.step(f"{sender.name}: sends the sealed letter") as step:
            answer = Publication(self.sessions[sender.name], self.addresses.publication).send_message(sealed)
            step.code, step.remark = answer.status.code, f"message {answer.id}"
            if answer.id is None:
                raise StepError("the answer names no message")
        sides = [(sender, types.Source.SENTBOX), *((each, types.Source.INBOX) for each in receivers)]
        for reader, source in sides:
            self._open(reader, types.GetFullMessageRequest(answer.id, source), request.content)

    def _open(self, reader: Person, request: types.GetFullMessageRequest, expected: types.MessageContent) -> None:
        port = Consultation(self.sessions[reader.name], self.addresses.consultation)
        with self.step(f"{reader.name}: opens the sealed letter") as step:
            answer = port.get_full_message(request)
            step.code = answer.status.code
            if answer.message is None:
                raise StepError("the answer has no message")
            opened = self._sealing(reader).unseal(answer.message)
            if _contents(opened.message.content) != _contents(expected):
                raise StepError("the contents are not those that were sealed")
            self._find_change(reader, answer.message)
            step.remark = f"sealed by {opened.signer.type} {opened.signer.number}; a changed byte is found"

    def _find_change(self, reader: Person, message: types.FullMessage) -> None:
        document = message.content.document
        data = document.content.data
        middle = len(data) // 2
        other = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        changed = replace(document, content=replace(document.content, data=other))
        try:
            self._sealing(reader).unseal(replace(message, content=replace(message.content, document=changed)))
        except SealedError:
            return
        raise StepError("a changed byte was not found")

    def _sealing(self, person: Person) -> Sealing:
        return Sealing(EtkDepot(self.sessions[person.name], self.addresses.etk_depot))


def _contents(content: types.MessageContent) -> list[types.Content]:
    return [content.document.content, *(annex.content for annex in content.annexes)]

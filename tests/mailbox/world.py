"""A mailbox with its clock, and the made-up people of these tests: what they certify, what they send.

Every INSS has right check digits. Requests are built as a client would fill them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from inspect import signature
from typing import TypeVar

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import Chance, SeededChance
from ehbox_soap.mailbox import boxes, fan_out, folders, history, moving, publication, receipts
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.store.engine import Store, anew
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types

IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"
SSIN = "urn:be:fgov:person:ssin"

DOCTOR_INSS, DOCTOR_NIHII = "71031499894", "19990116004"
NURSE_INSS = "85061999865"
CITIZEN_INSS = "59091199772"
HOSPITAL_NIHII = "71089914"

# Operations that only read: they get a transaction that cannot write.
READING = ("get_box_info", "get_message_acknowledgments_status", "get_message_history", "get_ooo_list")

Answered = TypeVar("Answered")
Attribute = tuple[str, str, str]
Attributes = tuple[Attribute, ...]


@dataclass(frozen=True)
class Names:
    """What a certificate says of its holder's name."""

    name: str | None = None
    surname: str | None = None
    given_name: str | None = None


def person(inss: str, *certified: Attribute) -> Attributes:
    return (
        (IDENTIFICATION, "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin", inss),
        (IDENTIFICATION, SSIN, inss),
        *certified,
    )


def certified(name: str, value: str = "true") -> Attribute:
    return (CERTIFIED, name, value)


CITIZEN = person(CITIZEN_INSS)
DOCTOR = person(
    DOCTOR_INSS,
    certified("urn:be:fgov:person:ssin:ehealth:1.0:doctor:nihii11", DOCTOR_NIHII),
    certified("urn:be:fgov:person:ssin:doctor:boolean"),
)
NURSE = person(NURSE_INSS, certified("urn:be:fgov:person:ssin:nurse:boolean"))
HOSPITAL: Attributes = (
    (IDENTIFICATION, "urn:be:fgov:ehealth:1.0:hospital:nihii-number", HOSPITAL_NIHII),
    certified("urn:be:fgov:ehealth:1.0:hospital:nihii-number:recognisedhospital:boolean"),
)

DOCTOR_BOX = types.BoxId(DOCTOR_INSS, "INSS", "DOCTOR")
DOCTOR_BY_NIHII = types.BoxId(DOCTOR_NIHII[:8], "NIHII", "DOCTOR")
NURSE_BOX = types.BoxId(NURSE_INSS, "INSS", "NURSE")
CITIZEN_BOX = types.BoxId(CITIZEN_INSS, "INSS", "CITIZEN")
HOSPITAL_BOX = types.BoxId(HOSPITAL_NIHII, "NIHII", "HOSPITAL", "HOSPITAL")


def digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def document(data: bytes = b"a letter of some lines", *, attached: bool = False) -> types.Document:
    return types.Document("Title éè", types.Content(data, attached), "letter.txt", "text/plain", digest(data))


def annex(data: bytes, title: bytes = b"an annex", *, attached: bool = True) -> types.Annex:
    return types.Annex(title, types.Content(data, attached), "annex.pdf", "application/pdf", digest(data))


def letter(*destinations: types.BoxId, content: types.MessageContent | None = None) -> types.SendMessageRequest:
    """A DOCUMENT with the least that a client fills in."""
    return types.SendMessageRequest(
        destinations=tuple(types.Destination(box, ooo_processed=False) for box in destinations),
        content=content or types.MessageContent(document()),
        specification=types.ContentSpecification(types.ContentType.DOCUMENT),
    )


def sized(size: int, *destinations: types.BoxId) -> types.SendMessageRequest:
    """A DOCUMENT of so many bytes."""
    return letter(*destinations, content=types.MessageContent(document(b"x" * size)))


def asking(
    request: types.SendMessageRequest, *, publication: bool = False, received: bool = False, read: bool = False
) -> types.SendMessageRequest:
    """The same with these receipts asked for."""
    return replace(request, receipts=types.Receipts(publication, received, read))


def news(publication_id: str, data: bytes, *destinations: types.BoxId) -> types.SendMessageRequest:
    request = letter(*destinations, content=types.MessageContent(document(data)))
    specification = types.ContentSpecification(types.ContentType.NEWS)
    return replace(request, specification=specification, publication_id=publication_id)


def known(ids: Iterable[str | None]) -> tuple[str, ...]:
    """Ids of answers, which may lack one."""
    return tuple(each for each in ids if each is not None)


def one(message_id: str | None) -> str:
    """The id of an answer that has one."""
    assert message_id is not None
    return message_id


@dataclass
class World:
    """Calls of the mailbox, each in a transaction of its own as the port makes it."""

    store: Store
    clock: SetClock = field(default_factory=SetClock)
    rules: boxes.MailboxRules = field(default_factory=boxes.MailboxRules)
    chance: Chance = field(default_factory=SeededChance)
    names: Names = field(default_factory=Names)

    def configure(self, **changes: object) -> None:
        self.rules = replace(self.rules, **changes)  # type: ignore[arg-type]

    def pass_time(self, **amount: float) -> None:
        self.clock.moment += timedelta(**amount)

    def send(self, who: Attributes, request: types.SendMessageRequest) -> types.SendMessageResponse:
        """Made anew where PostgreSQL ends it, as the port does."""

        def work() -> types.SendMessageResponse:
            with self.store.begin() as transaction:
                caller = boxes.identify(who, self.names, transaction, self.rules)
                return publication.send_message(request, caller, transaction, self.clock.now(), self.rules, self.chance)

        return anew(work, lambda: None)

    def listed(
        self,
        who: Attributes,
        source: types.Source = types.Source.INBOX,
        start: int = 1,
        end: int | None = None,
        box_id: types.BoxId | None = None,
    ) -> types.GetMessagesListResponse:
        request = types.GetMessagesListRequest(source, start, end, box_id)
        with self.store.begin() as transaction:
            caller = boxes.identify(who, self.names, transaction, self.rules)
            return folders.get_messages_list(request, caller, transaction, self.clock.now(), self.rules, self.chance)

    def ids(self, who: Attributes, source: types.Source = types.Source.INBOX) -> list[str]:
        return [row.message_id for row in self.listed(who, source).messages]

    def read(
        self,
        who: Attributes,
        message_id: str | None,
        source: types.Source = types.Source.INBOX,
        box_id: types.BoxId | None = None,
    ) -> types.FullMessage:
        assert message_id is not None
        request = types.GetFullMessageRequest(message_id, source, box_id)
        with self.store.begin() as transaction:
            caller = boxes.identify(who, self.names, transaction, self.rules)
            answer = folders.get_full_message(request, caller, transaction, self.clock.now(), self.rules, self.chance)
        assert answer.status.code == "100"
        assert answer.message is not None
        return answer.message

    def call(self, operation: Callable[..., Answered], who: Attributes, request: object) -> Answered:
        """Any operation of a mailbox module, in a transaction that can write only if the operation may."""
        names = signature(operation).parameters
        with self.store.begin(write=operation.__name__ not in READING) as transaction:
            caller = boxes.identify(who, self.names, transaction, self.rules)
            more = (self.chance,) if "chance" in names else ()
            return operation(request, caller, transaction, self.clock.now(), self.rules, *more)

    def move(
        self, who: Attributes, source: types.Source, *ids: str | None, box_id: types.BoxId | None = None
    ) -> types.MoveMessageResponse:
        """To the bin of the folder, or out of it."""
        to = source.value.removeprefix("BIN") if source.value.startswith("BIN") else f"BIN{source.value}"
        request = types.MoveMessageRequest(source, types.Source(to), known(ids), box_id)
        return self.call(moving.move_message, who, request)

    def delete(
        self, who: Attributes, source: types.Source, *ids: str | None, box_id: types.BoxId | None = None
    ) -> types.DeleteMessageResponse:
        return self.call(moving.delete_message, who, types.DeleteMessageRequest(source, known(ids), box_id))

    def history(
        self, who: Attributes, message_id: str | None, source: types.Source = types.Source.INBOX
    ) -> tuple[str, ...]:
        request = types.GetHistoryRequest(one(message_id), source)
        return self.call(history.get_message_history, who, request).message_ids

    def statuses(
        self, who: Attributes, message_id: str | None, start: int = 1, end: int | None = None
    ) -> tuple[types.AcknowledgmentRow, ...]:
        request = types.GetMessageAcknowledgmentsStatusRequest(one(message_id), start, end)
        return self.call(receipts.get_message_acknowledgments_status, who, request).rows

    def occasion(self, transaction: Transaction) -> Occasion:
        return Occasion(transaction, self.clock.now(), self.rules, self.chance)

    def fan_out(self, batch: int = 500, times: int | None = None) -> int:
        """What the worker does, until nothing is left or so many times; how many transactions it took."""
        done = 0
        while times is None or done < times:
            with self.store.begin() as transaction:
                if not fan_out.work_off(self.occasion(transaction), batch):
                    break
            done += 1
        return done

    def info(self, who: Attributes, box_id: types.BoxId | None = None) -> types.BoxInfo:
        """getBoxInfo, in a transaction that cannot write."""
        with self.store.begin(write=False) as transaction:
            caller = boxes.identify(who, self.names, transaction, self.rules)
            request = types.GetBoxInfoRequest(box_id)
            answer = boxes.get_box_info(request, caller, transaction, self.clock.now(), self.rules)
        assert answer.info is not None
        return answer.info

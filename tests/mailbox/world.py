"""A mailbox with its clock, and the made-up people of these tests: what they certify, what they send.

Every INSS has right check digits. Requests are built as a client would fill them.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ehbox_soap.clock import SetClock
from ehbox_soap.ids import Chance, SeededChance
from ehbox_soap.mailbox import boxes, folders, publication
from ehbox_soap.store.engine import Store
from ehbox_soap.wire import types

IDENTIFICATION = "urn:be:fgov:identification-namespace"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"
SSIN = "urn:be:fgov:person:ssin"

DOCTOR_INSS, DOCTOR_NIHII = "71031499894", "19990116004"
NURSE_INSS = "85061999865"
CITIZEN_INSS = "59091199772"
HOSPITAL_NIHII = "71089914"

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
        with self.store.begin() as transaction:
            caller = boxes.identify(who, self.names, transaction, self.rules)
            return publication.send_message(request, caller, transaction, self.clock.now(), self.rules, self.chance)

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

    def info(self, who: Attributes, box_id: types.BoxId | None = None) -> types.BoxInfo:
        """getBoxInfo, in a transaction that cannot write."""
        with self.store.begin(write=False) as transaction:
            caller = boxes.identify(who, self.names, transaction, self.rules)
            request = types.GetBoxInfoRequest(box_id)
            answer = boxes.get_box_info(request, caller, transaction, self.clock.now(), self.rules)
        assert answer.info is not None
        return answer.info

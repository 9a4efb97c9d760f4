"""The caller's boxes: which they are, which one a call is about, what getBoxInfo tells of it (BOX-1 to 11, INFO-1).

Knows: the rules of boxes. Must not know: XML, SQL, how the caller was authenticated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from ehbox_soap import qualities
from ehbox_soap.errors import Refusal, SoapFault
from ehbox_soap.mailbox import identity, records
from ehbox_soap.mailbox.answers import success
from ehbox_soap.numbers import is_number
from ehbox_soap.store.boxes import is_silent
from ehbox_soap.store.message_records import Address, BoxRecord
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire import types


class MailboxLimits(Protocol):
    """The settings that MailboxRules are made from."""

    @property
    def directory(self) -> Literal["open", "strict"]: ...
    @property
    def max_message_bytes(self) -> int: ...
    @property
    def individual_box_bytes(self) -> int: ...
    @property
    def organisation_box_bytes(self) -> int: ...
    @property
    def repeat_window_seconds(self) -> int: ...
    @property
    def expiration_days(self) -> int: ...
    @property
    def all_publishers(self) -> tuple[str, ...]: ...
    @property
    def system_box(self) -> str: ...
    @property
    def system_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class MailboxRules:
    """What configuration decides.

    BOX-4, PUB-4 and BOX-8 (bytes), PUB-3 (seconds), LIFE-1 (days), BOX-5 (qualities), ACK-3 (who receipts are from).
    """

    directory: Literal["open", "strict"] = "open"
    max_message_bytes: int = 10_485_760
    individual_box_bytes: int = 10_485_760
    organisation_box_bytes: int = 104_857_600
    repeat_window_seconds: int = 3600
    expiration_days: int = 365
    all_publishers: tuple[str, ...] = ()
    system_box: str = "CBE 0809394427 INSTITUTION"
    system_name: str = "eHealth"

    @classmethod
    def from_settings(cls, settings: MailboxLimits) -> MailboxRules:
        """The rules of a server's settings."""
        return cls(
            directory=settings.directory,
            max_message_bytes=settings.max_message_bytes,
            individual_box_bytes=settings.individual_box_bytes,
            organisation_box_bytes=settings.organisation_box_bytes,
            repeat_window_seconds=settings.repeat_window_seconds,
            expiration_days=settings.expiration_days,
            all_publishers=settings.all_publishers,
            system_box=settings.system_box,
            system_name=settings.system_name,
        )

    @property
    def system_address(self) -> Address:
        """The box that the mailbox's own messages come from (ACK-3): the platform's number, unless set otherwise."""
        kind, number, quality = self.system_box.split()
        return Address.of(kind, number, quality)


class CertificateNames(Protocol):
    """How the caller's certificate calls its holder: by one name, or by surname and given name (BOX-11)."""

    @property
    def name(self) -> str | None: ...
    @property
    def surname(self) -> str | None: ...
    @property
    def given_name(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class OwnBox:
    """A box of the caller. `certified` are its names by the assertion, the best first; `names` all that it has.

    `records` is empty for a box that does not exist yet (BOX-4), and has two until a writing call joins them (BOX-2).
    """

    certified: tuple[Address, ...]
    names: frozenset[Address]
    records: tuple[BoxRecord, ...]

    @property
    def address(self) -> Address:
        """How answers state it."""
        stated = [record.address for record in self.records]
        return next((each for each in (*stated, *self.certified) if each.type == "INSS"), self.certified[0])


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the boxes of the assertion, the default one first (BOX-6), and what names are known (BOX-11)."""

    boxes: tuple[OwnBox, ...]
    inss: str | None
    surname: str | None
    given_name: str | None
    certificate: CertificateNames


def identify(
    attributes: identity.Attributes, certificate_names: CertificateNames, transaction: Transaction, rules: MailboxRules
) -> Caller:
    """The caller of a verified assertion, by its (namespace, name, value) in order.

    Raises SoapFault SOA-01002 if it names no box, or in the strict directory none that is registered (BOX-4, BOX-6).
    """
    found = identity.read(attributes)
    boxes = [_own(names, transaction) for names in found.boxes]
    if rules.directory == "strict":
        boxes = [own for own in boxes if any(record.registered for record in own.records)]
    if not boxes:
        raise SoapFault("SOA-01002", "no box that the assertion names is registered (BOX-4)")
    return Caller(tuple(boxes), found.inss, found.surname, found.given_name, certificate_names)


def _own(certified: tuple[Address, ...], transaction: Transaction) -> OwnBox:
    records = transaction.boxes.find(certified)
    others = (name for record in records for name in transaction.boxes.names(record.key))
    return OwnBox(certified, frozenset((*certified, *others)), records)


def own_box(caller: Caller, box_id: types.BoxId | None) -> OwnBox:
    """The box that a call is about: the default one, or the one that BoxId picks; Refusal 810 otherwise (BOX-6)."""
    if box_id is None:
        return caller.boxes[0]
    if is_number(box_id.type, box_id.id):
        wanted = Address.of(box_id.type, box_id.id, box_id.quality)
        for own in caller.boxes:
            if wanted in own.names and (box_id.sub_type or wanted.sub_type) == wanted.sub_type:
                return own
    raise Refusal("810", "BoxId")


def silent_boxes(request: types.Request, caller: Caller, now: datetime) -> tuple[int, ...]:
    """The existing boxes that a call is about, by key, as far as it is to be kept that they were called (LIFE-4).

    None where BoxId names no box of the caller: such a call is about no box.
    """
    if isinstance(request, types.GetAllEhboxesMessagesListRequest):
        owns = caller.boxes
    else:
        try:
            owns = (own_box(caller, request.box_id),)
        except Refusal:
            owns = ()
    return tuple(record.key for own in owns for record in own.records if is_silent(record, now))


def occupy(own: OwnBox, transaction: Transaction, now: datetime) -> BoxRecord:
    """The box in the store: made or joined if need be (BOX-2, BOX-4), and its call remembered (LIFE-4)."""
    record = transaction.boxes.ensure(own.certified)
    transaction.boxes.hold([record.key])
    transaction.boxes.called([record.key], now)
    return record


def max_size(box: BoxRecord, rules: MailboxRules) -> int:
    """MaxSize in bytes: the box's own limit, else its kind's (BOX-8)."""
    return box.max_size if box.max_size is not None else _limit_of_kind(box.address.quality, rules)


def _limit_of_kind(quality: str, rules: MailboxRules) -> int:
    return rules.individual_box_bytes if qualities.is_individual(quality) else rules.organisation_box_bytes


def get_box_info(
    request: types.GetBoxInfoRequest,
    caller: Caller,
    transaction: Transaction,
    now: datetime,  # noqa: ARG001  (every operation is called alike)
    rules: MailboxRules,
) -> types.GetBoxInfoResponse:
    """INFO-1, in a transaction that may only read. Raises Refusal 810."""
    own = own_box(caller, request.box_id)
    limits = [record.max_size for record in own.records if record.max_size is not None]
    info = types.BoxInfo(
        box=records.stated(own.address),
        messages_in_stand_by=sum(transaction.messages.count(record.key, "STANDBY") for record in own.records),
        current_size=sum(record.current_size for record in own.records),
        max_size=limits[0] if limits else _limit_of_kind(own.address.quality, rules),
    )
    return types.GetBoxInfoResponse(success(), info)

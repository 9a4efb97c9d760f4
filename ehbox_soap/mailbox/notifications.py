"""Which event is told by mail, to whom: CopyMailTo (PUB-13) and the holder of a box (MAIL-1).

Knows: the events, and how an address is confirmed. Must not know: what a mail says, how it is sent. A mail is a row
that is written in the event's own transaction; the worker sends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from ehbox_soap.clock import brussels_date
from ehbox_soap.ids import hexadecimal, identifier
from ehbox_soap.mailbox.boxes import max_size
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.mailbox.ours import FULL_PERCENT, WARNED_BEFORE
from ehbox_soap.store.event_records import EnteringRecord
from ehbox_soap.store.message_records import Address, BoxRecord
from ehbox_soap.store.notification import NotificationRecord
from ehbox_soap.store.outbox import NewMail
from ehbox_soap.store.work_tables import CONFIRM, COPY, EXPIRING, FULL, NEW

CODE_LENGTH = 8
CODE_HOLDS = timedelta(days=1)
# A receipt of one's own message is no new message to tell of.
_TOLD = ("DOCUMENT", "NEWS", "ERROR")


def copies(message_key: int, sender_key: int, addresses: Iterable[str], occasion: Occasion) -> None:
    """A mail to each address of CopyMailTo (PUB-13); an address that is named twice gets one."""
    for number, address in enumerate(dict.fromkeys(addresses)):
        _write(COPY, f"{message_key}:{number}", address, sender_key, occasion, message_key)


def entered(message: EnteringRecord, box_keys: Iterable[int], occasion: Occasion) -> None:
    """A mail to the holder of each box whose INBOX the message entered now, and one if that took it over 90 %."""
    transaction = occasion.transaction
    records = tuple(transaction.notifications.confirmed(box_keys))
    boxes = transaction.boxes.several(record.box_key for record in records) if records else {}
    for record in records:
        if message.content_type in _TOLD:
            _write(NEW, f"{record.box_key}:{message.key}", record.address, record.box_key, occasion, message.key)
        if _crossed(boxes[record.box_key], message.size, occasion):
            _write(FULL, f"{record.box_key}:{message.key}", record.address, record.box_key, occasion)


def _crossed(box: BoxRecord, size: int, occasion: Occasion) -> bool:
    """Whether the message that entered took the box over the mark."""
    mark = max_size(box, occasion.rules) * FULL_PERCENT
    return (box.current_size - size) * 100 <= mark < box.current_size * 100


def expiring(behind: int, limit: int, occasion: Occasion) -> tuple[int, int | None]:
    """Mails to the holders of at most `limit` boxes behind that key in whose INBOX something is about to expire.

    How many mails are new, and the last box that was looked at; None when there are no more.
    """
    today = brussels_date(occasion.now)
    found = occasion.transaction.notifications.expiring(behind, today, today + WARNED_BEFORE, limit)
    new = sum(
        _write(EXPIRING, f"{record.box_key}:{day}", record.address, record.box_key, occasion)
        for record, days in found
        for day in days
    )
    return new, found[-1][0].box_key if len(found) == limit else None


def ask(address: Address, mail_address: str, occasion: Occasion) -> None:
    """Sets where the holder of a box wants mails; it holds once it is confirmed by the code that is mailed there."""
    box = occasion.transaction.boxes.ensure([address])
    code = identifier(occasion.chance, CODE_LENGTH)
    occasion.transaction.notifications.ask(NotificationRecord(box.key, mail_address, code, occasion.now))
    _write(CONFIRM, f"{box.key}:{hexadecimal(occasion.chance, 8)}", mail_address, box.key, occasion)


def confirm(address: Address, code: str, occasion: Occasion) -> bool:
    """Confirms a box's address; False for another code than the one that was mailed, or one older than a day."""
    for box in occasion.transaction.boxes.find([address]):
        asked = occasion.transaction.notifications.find(box.key)
        if asked is not None and asked.code == code and occasion.now - asked.asked_at < CODE_HOLDS:
            occasion.transaction.notifications.confirm(box.key, occasion.now)
            return True
    return False


def end(address: Address, occasion: Occasion) -> bool:
    """No more mails to the holder of a box; whether there was an address."""
    found = occasion.transaction.boxes.find([address])
    removed = [occasion.transaction.notifications.remove(box.key) for box in found]
    return any(removed)


def _write(
    kind: str, event: str, address: str, box_key: int, occasion: Occasion, message_key: int | None = None
) -> bool:
    """Keeps a mail to be sent, due now; False if the event has caused one already."""
    mail_id = hexadecimal(occasion.chance, 16)
    mail = NewMail(f"{kind}:{event}", mail_id, kind, address, box_key, message_key)
    return occasion.transaction.outbox.add(mail, occasion.now)

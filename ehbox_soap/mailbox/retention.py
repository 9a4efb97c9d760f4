"""The end of a message's life, and of what is remembered of calls (LIFE-1 to 5, BOX-10, PUB-12).

Knows: what ends when, what follows from it. Must not know: SQL, when it is run. A batch is a transaction: whatever
interrupts an upkeep, the next one goes on where it stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import partial

from ehbox_soap.clock import brussels_date, day_begins, months_before
from ehbox_soap.ids import Chance
from ehbox_soap.mailbox import notices, notifications, stand_by, usage, words
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.occasion import Occasion, held
from ehbox_soap.mailbox.ours import INACTIVE_MONTHS, LONGEST_LIFE, REMEMBERED, SENT_MONTHS
from ehbox_soap.store.retention import REASONS, Ends, LeavingRecord, Memory, Reason
from ehbox_soap.store.transaction import Transaction

Begin = Callable[[], AbstractContextManager[Transaction]]
# Mails that were sent or given up are the memory of their events for longer than any event can come again.
MAILS_KEPT = timedelta(days=31)
# Boxes whose stand-by is looked through in one transaction.
_FEW_BOXES = 20


@dataclass(slots=True)
class Counts:
    """What an upkeep did, or would do. The first five count places of messages in boxes, by the reason they ended."""

    waited: int = field(default=0, metadata={"says": "expired in stand-by (PUB-12)"})
    aged: int = field(default=0, metadata={"says": "a year old (LIFE-2)"})
    binned: int = field(default=0, metadata={"says": "expired, read and in the bin (LIFE-3)"})
    inactive: int = field(default=0, metadata={"says": "of boxes without a call for 3 months (LIFE-4)"})
    sent: int = field(default=0, metadata={"says": "sent more than a month ago (LIFE-5)"})
    entered: int = field(default=0, metadata={"says": "entered from stand-by (BOX-10)"})
    news: int = field(default=0, metadata={"says": "NEWS that everybody deleted, forgotten (PUB-11)"})
    publications: int = field(default=0, metadata={"says": "PublicationIds forgotten (PUB-2)"})
    replay_keys: int = field(default=0, metadata={"says": "replay keys forgotten"})
    counters: int = field(default=0, metadata={"says": "counters of calls forgotten (USE)"})
    downloads: int = field(default=0, metadata={"says": "counters of downloads forgotten (USE-4)"})
    mails: int = field(default=0, metadata={"says": "mails that were sent or given up, forgotten"})
    warned: int = field(default=0, metadata={"says": "mails about expiry written (MAIL-1)"})

    def add(self, name: str, count: int) -> None:
        """Adds to one of them."""
        setattr(self, name, getattr(self, name) + count)

    def told(self) -> Iterator[tuple[str, int]]:
        """Each count after what it counts, in words."""
        for each in fields(self):
            yield str(each.metadata["says"]), getattr(self, each.name)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """One upkeep: its moment by the mailbox's clock and in true time, and the settings it goes by.

    `batch` is how many rows one transaction removes at most.
    """

    now: datetime
    true_now: datetime
    rules: MailboxRules
    chance: Chance
    batch: int = 500
    sent_cleanup: bool = False

    def run(self, begin: Begin) -> Generator[tuple[str, int], None, None]:
        """Does everything that is due; tells after each transaction which of Counts grew by how much.

        It may be stopped between any two of them.
        """
        for reason in REASONS:
            yield from self._repeated(begin, reason, partial(self._remove, reason))
        yield from self._let_in(begin)
        before = day_begins(self._ends().year + timedelta(days=1))
        yield from self._repeated(begin, "news", lambda each: each.transaction.messages.forget(before, self.batch))
        for what, until in self._memories():
            yield from self._repeated(begin, what, partial(self._forget, what, until))
        yield from self._warn(begin)

    def foresee(self, transaction: Transaction) -> Counts:
        """What would be removed now; nothing is changed. What would enter, be told or be forgotten with it is not
        foreseen."""
        counts = Counts()
        for reason in REASONS:
            counts.add(reason, transaction.retention.count(reason, self._ends()))
        for what, until in self._memories():
            counts.add(what, transaction.retention.forgettable(what, until))
        return counts

    def _ends(self) -> Ends:
        today = brussels_date(self.now)
        return Ends(
            today=today,
            year=today - LONGEST_LIFE,
            inactive=day_begins(months_before(today, INACTIVE_MONTHS) + timedelta(days=1)),
            sent=day_begins(months_before(today, SENT_MONTHS)) if self.sent_cleanup else None,
        )

    def _memories(self) -> tuple[tuple[Memory, datetime], ...]:
        return (
            ("publications", self.now - REMEMBERED),
            ("replay_keys", self.true_now),
            ("counters", self.now - usage.KEPT),
            ("downloads", self.now - usage.KEPT),
            ("mails", self.now - MAILS_KEPT),
        )

    def _repeated(self, begin: Begin, name: str, some: Callable[[Occasion], int]) -> Iterator[tuple[str, int]]:
        """Batch by batch, until one is not full."""
        count = self.batch
        while count >= self.batch:
            with begin() as transaction:
                count = some(Occasion(transaction, self.now, self.rules, self.chance))
            yield name, count

    def _remove(self, reason: Reason, occasion: Occasion) -> int:
        """A batch of messages leaves its boxes for that reason; the room lets in what waits."""
        transaction = occasion.transaction

        def look() -> tuple[tuple[LeavingRecord, ...], Iterable[int]]:
            leaving = transaction.retention.leaving(reason, self._ends(), self.batch)
            boxes = {each.box_key for each in leaving}
            senders = {each.sender_key for each in leaving} if reason == "waited" else set()
            return leaving, stand_by.concerned(boxes, transaction) | senders

        leaving = held(transaction, look)
        _relocate(leaving, occasion)
        transaction.messages.release({each.message_key for each in leaving})
        if reason == "waited":
            _tell_senders(leaving, occasion)
        else:
            stand_by.enter({each.box_key for each in leaving if not each.sent}, occasion)
        return len(leaving)

    def _forget(self, what: Memory, until: datetime, occasion: Occasion) -> int:
        return occasion.transaction.retention.forget(what, until, self.batch)

    def _let_in(self, begin: Begin) -> Iterator[tuple[str, int]]:
        """What waits and now fits, because a limit was raised (BOX-10)."""
        behind: int | None = 0
        while behind is not None:
            with begin() as transaction:
                behind, entered = self._let_in_some(behind, Occasion(transaction, self.now, self.rules, self.chance))
            yield "entered", entered

    def _let_in_some(self, behind: int, occasion: Occasion) -> tuple[int | None, int]:
        transaction = occasion.transaction

        def look() -> tuple[tuple[int, ...], Iterable[int]]:
            boxes = transaction.retention.waiting_boxes(behind, _FEW_BOXES)
            return boxes, stand_by.concerned(boxes, transaction)

        boxes = held(transaction, look)
        entered = stand_by.enter(boxes, occasion)
        return boxes[-1] if len(boxes) == _FEW_BOXES else None, entered

    def _warn(self, begin: Begin) -> Iterator[tuple[str, int]]:
        """MAIL-1: something is about to expire."""
        behind: int | None = 0
        while behind is not None:
            with begin() as transaction:
                occasion = Occasion(transaction, self.now, self.rules, self.chance)
                new, behind = notifications.expiring(behind, self.batch, occasion)
            yield "warned", new


def _relocate(leaving: Iterable[LeavingRecord], occasion: Occasion) -> None:
    """Out of their folders for good; the earlier versions of a NEWS leave with the one that stands (DEL-2)."""
    deliveries = occasion.transaction.deliveries
    keys: dict[bool, set[int]] = {False: set(), True: set()}
    versions: set[int] = set()
    for each in leaving:
        keys[each.sent].add(each.delivery_key)
        if each.content_type == "NEWS" and each.folder in ("INBOX", "BININBOX", "SENTBOX", "BINSENTBOX"):
            earlier = deliveries.history(each.delivery_key)
            keys[each.sent].update(version.delivery_key for version in earlier)
            versions.update(version.message_key for version in earlier)
    deliveries.relocate(sorted(keys[False]), "DELETED")
    deliveries.relocate(sorted(keys[True]), "SENTDELETED")
    occasion.transaction.messages.release(versions)


def _tell_senders(waited: Iterable[LeavingRecord], occasion: Occasion) -> None:
    """PUB-12: one ERROR for each message that expired before there was room."""
    boxes: dict[int, list[LeavingRecord]] = defaultdict(list)
    for each in waited:
        boxes[each.message_key].append(each)
    for places in boxes.values():
        first = places[0]
        keys = [each.box_key for each in places]
        notices.error(words.STAND_BY_EXPIRED, first.sender_key, first.publication_id, occasion, destinations=keys)

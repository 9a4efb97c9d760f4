"""What stands in the boxes afterwards, held against the ledger: over HTTP as recipients see it, then in the store.

Knows: what must be there of a letter that was answered, of one that was refused, and of one whose call broke. Must
not know: what happened to the server meanwhile.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import func, select

from ehbox_soap.store.event_tables import acknowledgment
from ehbox_soap.store.tables import delivery, message
from proofs.letters import Entry, Ledger, digest
from proofs.places import Place
from tests.http import people
from tests.http.people import Caller
from tests.http.running import Running

_TITLE = re.compile(r"letter (\d+)")
_PAGE = 100


@dataclass(frozen=True)
class Verdict:
    """Counts of letters, and everything that is not as it must be, in words."""

    answered: int
    unknown: int
    unknown_there: int
    refused: int
    parts: int
    receipts: int
    findings: tuple[str, ...]

    @property
    def row(self) -> dict[str, object]:
        """What is told of it."""
        return {
            "answered 100": self.answered,
            "nobody answered": f"{self.unknown} ({self.unknown_there} there, whole)",
            "faults": self.refused,
            "parts read and equal": self.parts,
            "receipts": self.receipts,
            "findings": len(self.findings),
        }


def judge(place: Place, server: Running, everybody: Sequence[Caller], ledger: Ledger) -> Verdict:
    """Reads every letter of every box whole, then looks at receipts, then has the store verify itself."""
    with ThreadPoolExecutor(4) as pool:
        # A list sends receipts, which would shift the pages of others: so once to have them all come, then to look.
        for _ in range(2):
            lists = list(pool.map(lambda caller: _listed(server, caller), everybody))
        boxes = list(pool.map(lambda caller, rows: list(_box(server, caller, rows)), everybody, lists))
    findings = [found for box in boxes for found in _twice(box)]
    places: dict[int, list[tuple[int, str, list[str]]]] = defaultdict(list)
    for person, box in enumerate(boxes):
        for message_id, number, digests in box:
            if number is not None:
                places[number].append((person, message_id, digests))
    for entry in ledger.entries:
        findings += _letter(entry, places.get(entry.number, []))
    receipts, doubled = _receipts(place)
    findings += doubled
    findings += (f"verify: {each}" for each in place.verify())
    unknown = [each for each in ledger.entries if each.broken and not each.told and not each.refused]
    return Verdict(
        answered=sum(bool(each.told) for each in ledger.entries),
        unknown=len(unknown),
        unknown_there=sum(each.number in places for each in unknown),
        refused=sum(bool(each.refused) and not each.told for each in ledger.entries),
        parts=sum(len(digests) for found in places.values() for _, _, digests in found),
        receipts=receipts,
        findings=tuple(findings),
    )


_Row = tuple[str, int | None, list[str]]


def _box(server: Running, caller: Caller, rows: Sequence[tuple[str, str]]) -> Iterator[_Row]:
    """Each message of the INBOX: its id and, of a letter, its number and the digests of its parts."""
    with server.connect() as connection:
        for message_id, title in rows:
            found = _TITLE.fullmatch(title)
            if found is None:
                yield message_id, None, []
                continue
            full = people.read(people.post_on(connection, caller.read(message_id)))
            yield message_id, int(found[1]), [digest(each) for each in full.parts.values()]


def _listed(server: Running, caller: Caller) -> list[tuple[str, str]]:
    """MessageId and title of the whole list, as clients page it."""
    rows: list[tuple[str, str]] = []
    with server.connect() as connection:
        while True:
            page = (len(rows) + 1, len(rows) + _PAGE)
            answer = people.read(people.post_on(connection, caller.list("INBOX", page)))
            found = answer.element.findall("Message")
            rows += [(each.findtext("MessageId") or "", each.findtext(".//Title") or "") for each in found]
            if len(found) < _PAGE:
                return rows


def _twice(box: Sequence[_Row]) -> Iterator[str]:
    counts = Counter(message_id for message_id, _, _ in box)
    yield from (f"message {each} is listed {count} times" for each, count in counts.items() if count > 1)


def _letter(entry: Entry, places: Sequence[tuple[int, str, list[str]]]) -> Iterator[str]:
    """One letter: there once and whole in every recipient's box, or nowhere."""
    name = f"letter {entry.number}"
    ids = {message_id for _, message_id, _ in places}
    if len(set(entry.told)) > 1:
        yield f"{name} was answered with several MessageIds"
    if entry.told and ids != set(entry.told):
        yield f"{name} was answered, and stands as {len(ids)} messages that are not what was told"
    if entry.refused and not entry.told and not entry.broken and places:
        yield f"{name} was refused and is there"
    if places and sorted(person for person, _, _ in places) != sorted(entry.recipients):
        yield f"{name} stands in {len(places)} of {len(entry.recipients)} boxes"
    if any(sorted(digests) != sorted(entry.digests) for _, _, digests in places):
        yield f"{name} is not whole"


_MOMENTS = {"PUBLISHED": delivery.c.published_at, "RECEIVED": delivery.c.received_at, "READ": delivery.c.read_at}
_ASKED = {
    "PUBLISHED": message.c.publication_receipt,
    "RECEIVED": message.c.received_receipt,
    "READ": message.c.read_receipt,
}


def _receipts(place: Place) -> tuple[int, list[str]]:
    """How many there are, and each event that has not exactly one (ACK-2)."""
    told = acknowledgment.c
    findings = []
    with place.store() as store, store.begin(write=False) as transaction:
        connection = transaction._connection
        query = select(told.acknowledged, told.box_key, told.ack_type, func.count()).group_by(
            told.acknowledged, told.box_key, told.ack_type
        )
        counts: Mapping[tuple[object, ...], int] = {tuple(row)[:3]: row[3] for row in connection.execute(query)}
        findings += [f"{key[2]} of {key[0]} was told {count} times" for key, count in counts.items() if count > 1]
        for kind, moment in _MOMENTS.items():
            joined = delivery.join(message, message.c.message_key == delivery.c.message_key)
            events = select(message.c.message_id, delivery.c.box_key).select_from(joined)
            for row in connection.execute(events.where(moment.is_not(None), _ASKED[kind])):
                if (row.message_id, row.box_key, kind) not in counts:
                    findings.append(f"{kind} of {row.message_id} was never told")
    return sum(counts.values()), findings

"""What rules.md says of boxes, in plain Python: the model that the mailbox is compared with.

Knows: BOX-9, BOX-10, PUB-9 to 12, ACK-1 to 4, MOVE, DEL, HIST-1, OOO-1, LIFE-1 to 4. Must not know: the store, the
wire. Nobody tells the model the texts of notices: it is given their sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

LISTED = ("INBOX", "BININBOX")
HELD = {False: (*LISTED, "HISTORY"), True: ("SENTBOX", "BINSENTBOX", "SENTHISTORY")}
Key = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Said:
    """A message; a notice has no sender, and its key tells what it is about. `line` is what versions share."""

    key: Key
    line: Key
    sender: str
    publication: str
    size: int
    moment: datetime
    published: date
    ends: date
    asks: frozenset[str] = frozenset()


@dataclass(eq=False)
class Place:
    """Where a message stands in a box; WAITING, GONE (deleted, ended) and LOST (never entered) are in no folder."""

    said: Said
    box: str
    sent: bool
    folder: str
    since: datetime
    moments: dict[str, datetime] = field(default_factory=dict)


@dataclass
class Model:
    """Boxes with their limits, in the order in which they were made, and places in the order in which they came."""

    limits: dict[str, int]
    size_of_receipt: Callable[[str, Place], int]
    size_of_error: Callable[[Said, list[str]], int]
    life: timedelta
    now: datetime
    today: date
    places: list[Place] = field(default_factory=list)
    calls: dict[str, datetime] = field(default_factory=dict)
    absences: dict[str, dict[str, tuple[date, date]]] = field(default_factory=dict)

    def standing(self, box: str, *folders: str) -> list[Place]:
        return [each for each in self.places if each.box == box and each.folder in folders]

    def size(self, box: str) -> int:
        return sum(each.said.size for each in self.standing(box, *LISTED))

    def versions(self, said: Said, box: str, *, sent: bool = False) -> list[Place]:
        """The places of all versions on that side, newest first."""
        found = [each for each in self.places if (each.box, each.sent, each.said.line) == (box, sent, said.line)]
        return sorted(found, key=lambda each: each.said.moment, reverse=True)

    def absent(self, box: str, first: date, last: date) -> bool:
        return any(start <= last and end >= first for start, end in self.absences[box].values())

    def send(self, said: Said, boxes: Collection[str]) -> None:
        for each in self.versions(said, said.sender, sent=True):
            each.folder = "SENTHISTORY" if each.folder in HELD[True] else each.folder
        self.places.append(Place(said, said.sender, True, "SENTBOX", self.now))
        self._put(said, {*boxes, *(box for box in self.limits if self.versions(said, box))})

    def _put(self, said: Said, boxes: Collection[str]) -> None:
        entered, freed = [], []
        for box in filter(boxes.__contains__, self.limits):
            earlier = [each for each in self.versions(said, box) if each.folder != "LOST"]
            if earlier and earlier[0].folder == "GONE":
                continue
            before = self.size(box)
            self.places.append(Place(said, box, False, "WAITING", self.now))
            entered += [self.places[-1]] if self._enters(self.places[-1]) else []
            for each in earlier:
                each.folder = "LOST" if each.folder == "WAITING" else each.folder
            freed += [box] if self.size(box) < before else []
        for place in entered:
            self._tell("PUBLISHED", place)
        self._let_in(freed)

    def _enters(self, place: Place) -> bool:
        """A message for which there is room goes to INBOX, and replaces the version that stands there."""
        earlier = [each for each in self.versions(place.said, place.box) if each.folder in LISTED]
        gain = place.said.size - sum(each.said.size for each in earlier)
        if gain > 0 and self.size(place.box) + gain > self.limits[place.box]:
            return False
        for each in earlier:
            each.folder = "HISTORY"
        place.folder, place.since, place.moments["PUBLISHED"] = "INBOX", self.now, self.now
        return True

    def _let_in(self, boxes: Collection[str]) -> None:
        for box in filter(boxes.__contains__, self.limits):
            # A receipt for what is let in may come to wait in this very box: then it is at the end.
            for place in self.places:
                if (place.box, place.folder) == (box, "WAITING") and self._enters(place):
                    self._tell("PUBLISHED", place)

    def happen(self, event: str, places: Collection[Place]) -> None:
        """RECEIVED or READ, once for each place."""
        for place in [each for each in self.places if each in places and event not in each.moments]:
            place.moments[event] = self.now
            self._tell(event, place)

    def _tell(self, event: str, place: Place) -> None:
        if event in place.said.asks:
            key = (event, place.said.key, place.box, self.now)
            self._notice(key, place.said.sender, self.size_of_receipt(event, place))

    def _notice(self, key: Key, box: str, size: int) -> None:
        self._put(Said(key, key, "", "", size, self.now, self.today, self.today + self.life), [box])

    def delete(self, places: Collection[Place]) -> None:
        for place in places:
            for each in self.versions(place.said, place.box, sent=place.sent):
                each.folder = "GONE" if each.folder in HELD[place.sent] else each.folder
        self._let_in({place.box for place in places if not place.sent})

    def upkeep(self, year: date, inactive: datetime) -> None:
        """What was published by `year` is a year old; a box not called since `inactive` is silent."""
        lost: dict[Said, list[str]] = {}
        for place in self.places:
            if place.folder == "WAITING" and place.said.ends <= self.today:
                place.folder = "LOST"
                lost.setdefault(place.said, []).append(place.box)
        for said, boxes in lost.items():
            if said.sender:
                key = ("ERROR", said.publication, tuple(boxes), self.now)
                self._notice(key, said.sender, self.size_of_error(said, boxes))
        self._end(lambda each: each.said.published <= year)
        self.places = [each for each in self.places if each.said.published > year]
        self._end(lambda each: each.folder == "BININBOX" and "READ" in each.moments and each.said.ends <= self.today)
        old = {each.box for each in self.places if each.folder in HELD[each.sent] and each.since < inactive}
        silent = {box for box in old if self.calls[box] < inactive}
        self._end(lambda each: each.box in silent)
        self._let_in(self.limits)

    def _end(self, which: Callable[[Place], bool]) -> None:
        ended = [each for each in self.places if each.folder in HELD[each.sent] and which(each)]
        for place in ended:
            for each in self.versions(place.said, place.box, sent=place.sent):
                each.folder = "GONE" if each is place or each.folder.endswith("HISTORY") else each.folder
        self._let_in({place.box for place in ended})

"""What rules.md says of boxes, in plain Python: the model that the mailbox is compared with.

Knows: BOX-9, BOX-10, PUB-9 to 12, ACK-1 to 4, MOVE, DEL, HIST-1, OOO-1, LIFE-1 to 4. Must not know: the store, the
wire. A box is the places of messages in it, in the order in which they came; `sent` is its other side. Nobody tells the
model the texts of notices: it is given their sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

LISTED = ("INBOX", "BININBOX")
HELD = {False: (*LISTED, "HISTORY"), True: ("SENTBOX", "BINSENTBOX", "SENTHISTORY")}


@dataclass(frozen=True, eq=False)
class Said:
    """A message. `publication` is what its versions share; of a notice, `key` tells what it is about."""

    key: tuple[object, ...]
    sender: str | None
    publication: str
    size: int
    moment: datetime
    published: date
    ends: date
    asks: frozenset[str] = frozenset()
    news: bool = False


@dataclass(eq=False)
class Place:
    """Where a message stands in a box; WAITING, GONE (deleted, ended) and LOST (never entered) are in no folder."""

    said: Said
    box: str
    folder: str
    since: datetime
    number: int
    moments: dict[str, datetime] = field(default_factory=dict)


@dataclass
class Model:
    """Boxes by name, in the order in which they were made, with their limits."""

    limits: dict[str, int]
    size_of_receipt: Callable[[str, Place], int]
    size_of_error: Callable[[Said, list[str]], int]
    life: timedelta
    now: datetime
    today: date
    places: dict[bool, dict[str, list[Place]]] = field(init=False)
    calls: dict[str, datetime] = field(default_factory=dict)
    absences: dict[str, dict[str, tuple[date, date]]] = field(init=False)
    numbers: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.places = {sent: {name: [] for name in self.limits} for sent in (False, True)}
        self.absences = {name: {} for name in self.limits}

    def size(self, box: str) -> int:
        return sum(each.said.size for each in self.places[False][box] if each.folder in LISTED)

    def standing(self, box: str, *folders: str) -> list[Place]:
        both = (*self.places[False][box], *self.places[True][box])
        return [each for each in both if each.folder in folders]

    def versions(self, said: Said, box: str, *, sent: bool) -> list[Place]:
        """The places of all versions on that side, newest first."""

        def is_version(each: Said) -> bool:
            one, other = (each.sender, each.publication), (said.sender, said.publication)
            return each is said or (said.news and each.news and one == other)

        mine = [each for each in self.places[sent][box] if is_version(each.said)]
        return sorted(mine, key=lambda each: each.said.moment, reverse=True)

    def absent(self, box: str, first: date, last: date) -> bool:
        return any(start <= last and end >= first for start, end in self.absences[box].values())

    def send(self, said: Said, boxes: Iterable[str]) -> None:
        assert said.sender is not None
        for each in self.versions(said, said.sender, sent=True):
            each.folder = "SENTHISTORY" if each.folder in ("SENTBOX", "BINSENTBOX") else each.folder
        self._place(said, said.sender, "SENTBOX", sent=True)
        others = [box for box in self.limits if said.news and self.versions(said, box, sent=False)]
        self.put(said, sorted({*boxes, *others}, key=list(self.limits).index))

    def put(self, said: Said, boxes: Iterable[str]) -> None:
        entered, freed = [], []
        for box in boxes:
            earlier = [each for each in self.versions(said, box, sent=False) if each.folder != "LOST"]
            if earlier and earlier[0].folder == "GONE":
                continue
            before = self.size(box)
            if place := self._in_or_wait(said, box, earlier):
                entered.append(place)
            for each in earlier:
                each.folder = "LOST" if each.folder == "WAITING" else each.folder
            freed += [box] if self.size(box) < before else []
        for place in entered:
            self._tell("PUBLISHED", place)
        self.let_in(freed)

    def _in_or_wait(self, said: Said, box: str, earlier: Iterable[Place]) -> Place | None:
        if not self._fits(said, box, earlier):
            self._place(said, box, "WAITING")
            return None
        self._replace(earlier)
        return self._place(said, box, "INBOX")

    def _fits(self, said: Said, box: str, earlier: Iterable[Place]) -> bool:
        gain = said.size - sum(each.said.size for each in earlier if each.folder in LISTED)
        return gain <= 0 or self.size(box) + gain <= self.limits[box]

    def _replace(self, earlier: Iterable[Place]) -> None:
        for each in earlier:
            each.folder = "HISTORY" if each.folder in LISTED else each.folder

    def _place(self, said: Said, box: str, folder: str, *, sent: bool = False) -> Place:
        place = Place(said, box, folder, self.now, next(self.numbers))
        if folder == "INBOX":
            place.moments["PUBLISHED"] = self.now
        self.places[sent][box].append(place)
        return place

    def let_in(self, boxes: Iterable[str]) -> None:
        for box in sorted(boxes, key=list(self.limits).index):
            # A receipt for what is let in may come to wait in this very box: then it is at the end.
            for place in self.places[False][box]:
                earlier = [each for each in self.versions(place.said, box, sent=False) if each is not place]
                if place.folder == "WAITING" and self._fits(place.said, box, earlier):
                    self._replace(earlier)
                    place.folder, place.since, place.moments["PUBLISHED"] = "INBOX", self.now, self.now
                    self._tell("PUBLISHED", place)

    def happen(self, event: str, places: Iterable[Place]) -> None:
        """RECEIVED or READ, once for each place."""
        for place in sorted(places, key=lambda each: each.number):
            if event not in place.moments:
                place.moments[event] = self.now
                self._tell(event, place)

    def _tell(self, event: str, place: Place) -> None:
        if event in place.said.asks:
            key = (event, place.said.key, place.box, self.now)
            self._notice(key, place.said.sender, self.size_of_receipt(event, place))

    def _notice(self, key: tuple[object, ...], box: str | None, size: int) -> None:
        if box is not None:
            self.put(Said(key, None, "", size, self.now, self.today, self.today + self.life), [box])

    def delete(self, box: str, places: Iterable[Place], *, sent: bool) -> None:
        places = list(places)
        for place in places:
            for each in self.versions(place.said, box, sent=sent):
                each.folder = "GONE" if each.folder in HELD[sent] else each.folder
        if places and not sent:
            self.let_in([box])

    def upkeep(self, year: date, inactive: datetime) -> None:
        """What was published by `year` is a year old; a box not called since `inactive` is silent."""
        lost: dict[Said, list[str]] = {}
        for place in self._every(lambda each: each.folder == "WAITING" and each.said.ends <= self.today):
            place.folder = "LOST"
            lost.setdefault(place.said, []).append(place.box)
        for said, boxes in lost.items():
            self._notice(("ERROR", said.publication, tuple(boxes), self.now), said.sender,
                         self.size_of_error(said, boxes) if said.sender else 0)  # fmt: skip
        self._end(lambda each: each.said.published <= year)
        for sent in (False, True):
            for box, places in self.places[sent].items():
                self.places[sent][box] = [each for each in places if each.said.published > year]
        self._end(lambda each: each.folder == "BININBOX" and "READ" in each.moments and each.said.ends <= self.today)
        silent = {
            box for box in self.limits
            if self.calls[box] < inactive
            and any(each.since < inactive for each in self.standing(box, *HELD[False], *HELD[True]))
        }  # fmt: skip
        self._end(lambda each: each.box in silent)
        self.let_in(self.limits)

    def _every(self, which: Callable[[Place], bool]) -> list[Place]:
        found = [each for side in self.places.values() for box in side.values() for each in box if which(each)]
        return sorted(found, key=lambda each: each.number)

    def _end(self, which: Callable[[Place], bool]) -> None:
        ended = self._every(lambda each: each.folder in HELD[False] + HELD[True] and which(each))
        for place in ended:
            sent = place.folder in HELD[True]
            for each in self.versions(place.said, place.box, sent=sent):
                if each is place or each.folder in ("HISTORY", "SENTHISTORY"):
                    each.folder = "GONE"
        self.let_in({place.box for place in ended})

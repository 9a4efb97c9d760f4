"""Any sequence of calls and upkeeps against a model of rules.md (model.py): whatever is done, nothing differs.

Rules: PUB-8 to 12, BOX-9, BOX-10, ACK-1 to 4, LIST-1, LIST-2, FULL-1, HIST-1, MOVE-1, MOVE-2, DEL-1, DEL-2, OOO-1 to 3,
LIFE-1 to 4. 50 runs of 50 steps; with `--hypothesis-profile=thorough` 500.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

import hypothesis
import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ehbox_soap.clock import brussels_date, day_begins, months_before
from ehbox_soap.errors import Refusal
from ehbox_soap.ids import SeededChance
from ehbox_soap.mailbox import out_of_office, words
from ehbox_soap.mailbox.retention import Upkeep
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address
from ehbox_soap.wire import types
from tests.databases import Databases, PostgresqlDatabases
from tests.mailbox.model import HELD, LISTED, Model, Place, Said
from tests.mailbox.world import (
    DOCTOR,
    DOCTOR_BOX,
    DOCTOR_BY_NIHII,
    HOSPITAL,
    HOSPITAL_BOX,
    NURSE,
    NURSE_BOX,
    Attributes,
    World,
    document,
    letter,
)

Source = types.Source
# In the order in which their boxes are made, which is the order in which a message reaches them.
PEOPLE: dict[str, tuple[Attributes, tuple[types.BoxId, ...]]] = {
    "doctor": (DOCTOR, (DOCTOR_BOX, DOCTOR_BY_NIHII)),
    "nurse": (NURSE, (NURSE_BOX,)),
    "hospital": (HOSPITAL, (HOSPITAL_BOX,)),
}
NAMES = st.sampled_from(list(PEOPLE))
FOLDERS = st.sampled_from([Source.INBOX, Source.INBOX, Source.SENTBOX, Source.BININBOX, Source.BINSENTBOX])
# None: where the message stands.
SOURCES = st.sampled_from([None, None, None, *Source])
PLACES = st.sampled_from([None, None, None, Source.INBOX, Source.SENTBOX, Source.BININBOX, Source.BINSENTBOX])
NTH = st.integers(0, 30)
EVENTS = ("PUBLISHED", "RECEIVED", "READ")
# Room for a few letters and receipts; messages that expire within some steps.
LIMITS, LIFE_DAYS = {"doctor": 1500, "nurse": 900, "hospital": 2500}, 4


def _source(place: Place, source: types.Source | None) -> types.Source:
    if source is not None:
        return source
    if place.folder in ("HISTORY", "SENTHISTORY"):
        return Source.HISTORY
    return Source(place.folder) if place.folder in HELD[False] + HELD[True] else Source.INBOX


def _folder(place: Place, source: types.Source | None) -> types.Source:
    found = _source(place, source)
    return Source.INBOX if found is Source.HISTORY else found


def _named(box: str) -> str:
    found = PEOPLE[box][1][0]
    return " ".join(filter(None, (found.type, found.id, found.sub_type, found.quality)))


class Mailbox(RuleBasedStateMachine):
    """The mailbox beside the model. `ids` are the MessageIds by what the model calls a message."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        super().__init__()
        folder.mkdir()
        self.databases, self.url = databases, databases.copied(folder)
        self.store = Store.open(self.url)
        self.world = World(self.store)
        self.world.configure(expiration_days=LIFE_DAYS)
        now = self.world.clock.now()
        life = timedelta(days=LIFE_DAYS)
        self.model = Model(LIMITS, self._size_of_receipt, _size_of_error, life, now, brussels_date(now))
        self.ids: dict[tuple[object, ...], str] = {}
        self.contents: dict[str, bytes] = {}
        for name, (attributes, boxes) in PEOPLE.items():
            self.world.listed(attributes)
            self.model.calls[name], self.model.absences[name] = now, {}
            with self.store.begin() as transaction:
                transaction.boxes.limit(transaction.boxes.ensure([_address(boxes[0])]).key, LIMITS[name])

    def teardown(self) -> None:
        self.store.close()
        self.databases.drop(self.url)

    def _pass(self, who: str | None = None, **amount: float) -> None:
        """No two things happen at one moment; `who` calls."""
        self.world.pass_time(**(amount or {"seconds": 1}))
        self.model.now = self.world.clock.now()
        self.model.today = brussels_date(self.model.now)
        if who is not None:
            self.model.calls[who] = self.model.now

    def _size_of_receipt(self, event: str, place: Place) -> int:
        text = words.acknowledgment(self.ids[place.said.key], event, _named(place.box), self.model.now).text
        return len(text.encode())

    def _key(self, message_id: str) -> tuple[object, ...]:
        """What the model calls a message; of a notice, by what it says, which is asked of the store."""
        if message_id in self.contents:
            return (message_id,)
        with self.store.begin(write=False) as transaction:
            (found,) = {
                place.message_key
                for name in PEOPLE
                for box in transaction.boxes.find([_address(PEOPLE[name][1][0])])
                if (place := transaction.messages.find(box.key, message_id, LISTED)) is not None
            }
            message = transaction.messages.full(found).message
        key: tuple[object, ...]
        if (said := message.acknowledgment) is not None:
            key = (said.ack_type, (said.acknowledged,), _name(said.recipient.box_key), message.heading.published_at)
        else:
            assert message.error is not None
            boxes = tuple(_name(each.box_key) for each in message.error.destinations)
            key = ("ERROR", message.error.publication_id, boxes, message.heading.published_at)
        assert self.ids.setdefault(key, message_id) == message_id
        return key

    def _some(self, who: str, nths: list[int]) -> list[Place]:
        """Some of the messages that the box has or had, as far as their ids are known."""
        mine = self.model.standing(who, *HELD[False], *HELD[True], "WAITING", "GONE")
        known = [each for each in mine if each.said.key in self.ids]
        return [known[nth % len(known)] for nth in nths] if known else []

    @rule(
        who=NAMES,
        whom=st.lists(st.tuples(NAMES, st.booleans()), min_size=1, max_size=4),
        size=st.integers(0, 600),
        asks=st.sets(st.sampled_from(EVENTS)).map(frozenset),
        news=st.sampled_from([None, None, "N-1", "N-2"]),
        processed=st.booleans(),
    )
    def send(
        self, who: str, whom: list[tuple[str, bool]], size: int, asks: frozenset[str], news: str | None, processed: bool
    ) -> None:
        self._pass()
        data = len(self.ids).to_bytes(2, "big") * (size // 2) + b"x" * (size % 2)
        request = letter(
            *(PEOPLE[name][1][-1 if other else 0] for name, other in whom),
            content=types.MessageContent(document(data)),
        )
        request = replace(
            request,
            receipts=types.Receipts(*(event in asks for event in EVENTS)),
            publication_id=news,
            destinations=tuple(replace(each, ooo_processed=processed) for each in request.destinations),
        )
        if news:
            request = replace(request, specification=types.ContentSpecification(types.ContentType.NEWS))
        answer = self.world.send(PEOPLE[who][0], request)
        today, model = self.model.today, self.model
        absent = [model.absent(name, today, today) and not processed for name, _ in whom]
        if any(absent):
            assert (answer.status.code, answer.id) == ("826", None)
            assert [each.absent_from is not None for each in answer.recipients] == absent
            return
        assert answer.status.code == "100"
        assert answer.id is not None
        assert answer.sent_publication_id is not None
        assert answer.id not in self.contents
        self.contents[answer.id], self.ids[(answer.id,)] = data, answer.id
        model.calls[who] = model.now
        line = (who, news) if news else (answer.id,)
        said = Said((answer.id,), line, who, answer.sent_publication_id, size, model.now, today, today + model.life,
                    asks)  # fmt: skip
        model.send(said, {name for name, _ in whom})

    @rule(who=NAMES, source=FOLDERS, start=st.sampled_from([1, 1, 1, 2, 4]), length=st.integers(1, 8))
    def look(self, who: str, source: types.Source, start: int, length: int) -> None:
        self._pass(who)
        rows = self.world.listed(PEOPLE[who][0], source, start, start + length - 1).messages
        standing = {place.said.key: place for place in self.model.standing(who, source.value)}
        keys = [self._key(row.message_id) for row in rows]
        assert len(set(keys)) == len(keys)
        # What came at one moment stands in no order that rules.md tells.
        expected = sorted((place.since for place in standing.values()), reverse=True)[start - 1 :][:length]
        assert [standing[key].since for key in keys] == expected
        assert [row.info.size for row in rows] == [standing[key].said.size for key in keys]
        if source in (Source.INBOX, Source.BININBOX):
            self.model.happen("RECEIVED", [standing[key] for key in keys])

    @rule(who=NAMES, nth=NTH, source=SOURCES)
    def read(self, who: str, nth: int, source: types.Source | None) -> None:
        self._pass()
        for place in self._some(who, [nth]):
            source = _source(place, source)
            found = self._found(who, place, source)
            if found is None:
                with pytest.raises(Refusal, match="841"):
                    self.world.read(PEOPLE[who][0], self.ids[place.said.key], source)
                continue
            self.model.calls[who] = self.model.now
            message = self.world.read(PEOPLE[who][0], self.ids[place.said.key], source)
            if place.said.sender:
                assert message.content.document.content.data == self.contents[message.message_id]
            assert message.info.expiration_date == place.said.ends
            if found.folder in HELD[False]:
                self.model.happen("READ", [found])

    def _found(self, who: str, place: Place, source: types.Source, *, history: bool = False) -> Place | None:
        """FULL-1, HIST-1: where the message is found for that Source, the received side first."""
        sides = {"INBOX": HELD[False], "SENTBOX": HELD[True], "HISTORY": HELD[False] + HELD[True]}
        folders = sides[source.value.removeprefix("BIN")]
        if not history and source is not Source.HISTORY:
            folders = tuple(each for each in folders if not each.endswith("HISTORY"))
        found = [each for each in self.model.standing(who, *folders) if each.said is place.said]
        return min(found, key=lambda each: each.sent, default=None)

    @rule(who=NAMES, nth=NTH, source=SOURCES)
    def ask(self, who: str, nth: int, source: types.Source | None) -> None:
        for place in self._some(who, [nth]):
            self._ask_moments(who, place)
            source = _source(place, source)
            found = self._found(who, place, source, history=True)
            if found is None:
                with pytest.raises(Refusal, match="841"):
                    self.world.history(PEOPLE[who][0], self.ids[place.said.key], source)
                continue
            sent = found.folder in HELD[True]
            versions = [v for v in self.model.versions(place.said, who, sent=sent) if v.folder in HELD[sent]]
            expected = [self.ids[each.said.key] for each in versions]
            assert [*self.world.history(PEOPLE[who][0], self.ids[place.said.key], source)] == expected

    def _ask_moments(self, who: str, place: Place) -> None:
        """ACK-4."""
        message_id = self.ids[place.said.key]
        if all(each.said is not place.said for each in self.model.standing(who, *HELD[True])):
            with pytest.raises(Refusal, match="841"):
                self.world.statuses(PEOPLE[who][0], message_id)
            return
        rows = self.world.statuses(PEOPLE[who][0], message_id)
        told = {row.recipient.box.id: (row.published, row.received, row.read) for row in rows}
        assert len(told) == len(rows)
        assert told == {
            PEOPLE[each.box][1][0].id: tuple(map(each.moments.get, EVENTS))
            for each in self.model.places
            if each.said is place.said and not each.sent
        }

    @rule(who=NAMES, source=PLACES, nths=st.lists(NTH, min_size=1, max_size=3))
    def move(self, who: str, source: types.Source | None, nths: list[int]) -> None:
        if places := self._some(who, nths):
            self._pass(who)
            source = _folder(places[0], source)
            answer = self.world.move(PEOPLE[who][0], source, *(self.ids[each.said.key] for each in places))
            for each in self._done(who, source, places, answer):
                each.folder = each.folder.removeprefix("BIN") if "BIN" in each.folder else f"BIN{each.folder}"

    @rule(who=NAMES, source=PLACES, nths=st.lists(NTH, min_size=1, max_size=3))
    def delete(self, who: str, source: types.Source | None, nths: list[int]) -> None:
        if places := self._some(who, nths):
            self._pass(who)
            source = _folder(places[0], source)
            answer = self.world.delete(PEOPLE[who][0], source, *(self.ids[each.said.key] for each in places))
            self.model.delete(self._done(who, source, places, answer))

    def _done(
        self,
        who: str,
        source: types.Source,
        asked: list[Place],
        answer: types.MoveMessageResponse | types.DeleteMessageResponse,
    ) -> list[Place]:
        """Those that stand there, after checking that the others came back (MOVE-2, DEL-1)."""
        said = {each.said for each in asked}
        done = [each for each in self.model.standing(who, source.value) if each.said in said]
        others = {self.ids[each.key] for each in said - {each.said for each in done}}
        assert (answer.status.code, {*answer.message_ids}) == ("841" if others else "100", others)
        return done

    @rule(who=NAMES, start=st.integers(-3, 6), days=st.integers(0, 4), replaced=st.booleans())
    def leave(self, who: str, start: int, days: int, replaced: bool) -> None:
        self._pass()
        first = self.model.today + timedelta(days=start)
        last = first + timedelta(days=days)
        other = {"doctor": "nurse", "nurse": "doctor"}.get(who)
        boxes = (PEOPLE[other][1][0],) if replaced and other else ()
        request = types.InsertOoORequest(first, last, boxes)
        expected = "845" if self.model.absent(who, first, last) else "100"
        expected = "846" if len(self.model.absences[who]) >= 10 else expected
        expected = "810" if other is None else expected
        if expected != "100":
            with pytest.raises(Refusal, match=expected):
                self.world.call(out_of_office.insert_ooo, PEOPLE[who][0], request)
            return
        self.model.calls[who] = self.model.now
        answer = self.world.call(out_of_office.insert_ooo, PEOPLE[who][0], request)
        if boxes and other and self.model.absent(other, first, last):
            assert (answer.status.code, [each.box for each in answer.substitutes]) == ("847", [*boxes])
        else:
            assert answer.status.code == "100"
            assert answer.id is not None
            self.model.absences[who][answer.id] = (first, last)

    @rule(who=NAMES, nth=NTH)
    def come_back(self, who: str, nth: int) -> None:
        every = [(name, ooo_id) for name, periods in self.model.absences.items() for ooo_id in periods]
        if every:
            name, ooo_id = every[nth % len(every)]
            self._pass(who)
            answer = self.world.call(out_of_office.delete_ooo, PEOPLE[who][0], types.DeleteOoORequest((ooo_id,)))
            assert answer.ooo_ids == (() if name == who else (ooo_id,))
            self.model.absences[who].pop(ooo_id, None)

    @rule(days=st.sampled_from([0, 0, 1, 1, 1, 2, 3, 3, 5, 5, 40, 95, 370]), kept_up=st.booleans())
    def wait(self, days: int, kept_up: bool) -> None:
        self._pass(hours=days * 24, seconds=1)
        if kept_up:
            now = self.model.now
            for _ in Upkeep(now, now, self.world.rules, SeededChance(7)).run(self.store.begin):
                pass
            silent = day_begins(months_before(self.model.today, 3) + timedelta(days=1))
            self.model.upkeep(self.model.today - timedelta(days=365), silent)

    @invariant()
    def boxes_hold(self) -> None:
        for name, (attributes, _) in PEOPLE.items():
            info = self.world.info(attributes)
            waiting = len(self.model.standing(name, "WAITING"))
            assert (info.current_size, info.messages_in_stand_by) == (self.model.size(name), waiting)

    @invariant()
    def periods_hold(self) -> None:
        for name, (attributes, _) in PEOPLE.items():
            periods = self.world.call(out_of_office.get_ooo_list, attributes, types.GetOoOListRequest()).periods
            told = {each.ooo_id: (each.start_date, each.end_date) for each in periods}
            assert told == self.model.absences[name]


def _address(box: types.BoxId) -> Address:
    return Address.of(box.type, box.id, box.quality)


def _name(box_key: int | None) -> str:
    assert box_key is not None
    return [*PEOPLE][box_key - 1]


def _size_of_error(said: Said, boxes: list[str]) -> int:
    return len(words.error(words.STAND_BY_EXPIRED, said.publication, map(_named, boxes)).text.encode())


@pytest.mark.parametrize(("profile", "runs"), [("quick", 50), ("thorough", 500)])
def test_how_long_is_looked(profile: str, runs: int) -> None:
    """What CI and `scripts/test --thorough` ask for."""
    asked = hypothesis.settings.get_profile(profile)
    assert (asked.max_examples, asked.stateful_step_count) == (runs, 50)


def test_the_mailbox_does_what_the_model_does(databases: Databases, tmp_path: Path) -> None:
    """Each run on a new database; on PostgreSQL, which takes longer, a fifth of the runs."""
    usual = hypothesis.settings()
    runs = usual.max_examples // 5 if isinstance(databases, PostgresqlDatabases) else usual.max_examples
    folders = (tmp_path / str(number) for number in count())

    def machine() -> Mailbox:
        return Mailbox(databases, next(folders))

    # hypothesis's types want a class; what it calls may be any factory.
    run_state_machine_as_test(cast(Any, machine), settings=hypothesis.settings(max_examples=runs))

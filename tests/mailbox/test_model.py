"""Any sequence of sending, listing and reading against a model of a few lines (LIST-1, FULL-1, ACK-1, BOX-9)."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

import hypothesis
import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ehbox_soap.store.engine import Store
from ehbox_soap.wire import types
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

PEOPLE: dict[str, tuple[Attributes, tuple[types.BoxId, ...]]] = {
    "doctor": (DOCTOR, (DOCTOR_BOX, DOCTOR_BY_NIHII)),
    "nurse": (NURSE, (NURSE_BOX,)),
    "hospital": (HOSPITAL, (HOSPITAL_BOX,)),
}
NAMES = st.sampled_from(sorted(PEOPLE))


_FOLDER = tempfile.TemporaryDirectory()


@functools.cache
def _migrated() -> Path:
    """A migrated file to copy: a state machine takes no fixtures."""
    path = Path(_FOLDER.name) / "ehbox.db"
    store = Store.open(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


class Mailbox(RuleBasedStateMachine):
    """`inbox` and `sent` hold ids, newest first; `content` what each message said."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "ehbox.db"
        shutil.copyfile(_migrated(), path)
        self.store = Store.open(f"sqlite:///{path}")
        self.world = World(self.store)
        self.inbox: dict[str, list[str]] = {name: [] for name in PEOPLE}
        self.sent: dict[str, list[str]] = {name: [] for name in PEOPLE}
        self.content: dict[str, bytes] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(who=NAMES, whom=st.lists(st.tuples(NAMES, st.booleans()), min_size=1, max_size=4), data=st.binary(max_size=9))
    def send(self, who: str, whom: list[tuple[str, bool]], data: bytes) -> None:
        boxes = [PEOPLE[name][1][-1 if other else 0] for name, other in whom]
        answer = self.world.send(PEOPLE[who][0], letter(*boxes, content=types.MessageContent(document(data))))
        assert answer.id is not None
        assert answer.id not in self.content
        self.content[answer.id] = data
        self.sent[who].insert(0, answer.id)
        for name in {name for name, _ in whom}:
            self.inbox[name].insert(0, answer.id)

    @rule(who=NAMES, start=st.integers(1, 6), length=st.integers(1, 3))
    def list(self, who: str, start: int, length: int) -> None:
        for source, expected in ((types.Source.INBOX, self.inbox), (types.Source.SENTBOX, self.sent)):
            rows = self.world.listed(PEOPLE[who][0], source, start, start + length - 1).messages
            assert [row.message_id for row in rows] == expected[who][start - 1 :][:length]

    @precondition(lambda self: any(self.inbox.values()))
    @rule(who=NAMES, nth=st.integers(0, 5))
    def read(self, who: str, nth: int) -> None:
        if self.inbox[who]:
            message_id = self.inbox[who][nth % len(self.inbox[who])]
            message = self.world.read(PEOPLE[who][0], message_id)
            assert message.content.document.content.data == self.content[message_id]

    @rule(seconds=st.integers(0, 2))
    def wait(self, seconds: int) -> None:
        self.world.pass_time(seconds=seconds)

    @invariant()
    def sizes_hold(self) -> None:
        for name, (attributes, _) in PEOPLE.items():
            # A box known by two names may hold one message twice until its owner's first call joins them (BOX-2).
            if name != "doctor":
                expected = sum(len(self.content[message_id]) for message_id in self.inbox[name])
                assert self.world.info(attributes).current_size == expected
        with self.store.begin(write=False) as transaction:
            for quality in ("DOCTOR", "NURSE", "HOSPITAL"):
                for box in transaction.boxes.of_quality(quality):
                    assert box.current_size == transaction.boxes.counted_size(box.key)


TestMailbox = Mailbox.TestCase
TestMailbox.settings = hypothesis.settings(
    max_examples=15, stateful_step_count=15, deadline=None, derandomize=True, database=None
)

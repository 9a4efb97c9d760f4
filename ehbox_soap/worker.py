"""The one process beside gunicorn: mails, deliveries to ALL, upkeep; each in small batches, any number of processes.

Knows: which work there is, when it is due, how long to wait. Must not know: rules, SQL, SMTP. What it is doing when it
is killed is done again: mails at least once, everything else exactly once.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar

from ehbox_soap import clock as clocks
from ehbox_soap import log
from ehbox_soap.clock import Clock
from ehbox_soap.ids import Chance, hexadecimal
from ehbox_soap.mail.mail import Mail, Mailer, Outcome
from ehbox_soap.mail.texts import text
from ehbox_soap.mailbox import fan_out, mails
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.mailbox.retention import Counts, Upkeep
from ehbox_soap.store.engine import Store
from ehbox_soap.store.outbox import Lease, MailRecord
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.store.work_tables import CONFIRM

UPKEEP = "upkeep"
PROCESS_NAME = "ehbox-worker"
# How long the worker waits when there is nothing to do, and when the database could not be used.
IDLE_SECONDS, TROUBLE_SECONDS = 1.0, 10.0
# A worker at its end is given as long to finish what it has in hand.
FAREWELL_SECONDS = 10.0
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the settings say: seconds that a lease on mails holds, and the rest as in [upkeep] and [mail]."""

    attempts: int = 10
    mail_batch: int = 20
    lease_seconds: float = 900.0
    upkeep_every: timedelta | None = timedelta(hours=1)
    upkeep_batch: int = 500
    sent_cleanup: bool = False
    shift_allowed: bool = False


def retry_after(attempts: int) -> timedelta:
    """How long after the so-manieth vain try a mail is tried again: a minute, then twice as long each time."""
    doubled: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


T = TypeVar("T")
Stopping = Callable[[], bool]
Job = Callable[[Stopping], None]


class Worker:
    """Works off what is due. `clock` is true time; the mailbox's is that, shifted by the store where it may be."""

    def __init__(
        self, store: Store, rules: MailboxRules, mailer: Mailer, plan: Plan, clock: Clock, chance: Chance
    ) -> None:
        self._store = store
        self._rules = rules
        self._mailer = mailer
        self._plan = plan
        self._clock = clock
        self._chance = chance

    def due(self) -> tuple[Job, ...]:
        """Which works are due, found by reading only: a worker with nothing to do takes no lock."""
        every = self._plan.upkeep_every
        with self._store.begin(write=False) as transaction:
            now, true_now = self.now(transaction), self._clock.now()
            spread = transaction.fan_outs.next() is not None
            mail = transaction.outbox.is_due(now, true_now)
            upkeep = every is not None and transaction.clock.is_due(UPKEEP, every, now)
        found = ((spread, self._spread), (mail, self._send_mails), (upkeep, self._keep_up))
        return tuple(job for is_due, job in found if is_due)

    def round(self, stopping: Stopping = lambda: False) -> bool:
        """Does a batch of each work that is due; whether there was any."""
        jobs = self.due()
        for job in jobs:
            job(stopping)
        return bool(jobs)

    def now(self, transaction: Transaction) -> datetime:
        """The mailbox's time."""
        return self._clock.now() + (transaction.clock.shift() if self._plan.shift_allowed else timedelta(0))

    @contextmanager
    def _occasion(self) -> Iterator[Occasion]:
        with self._store.begin() as transaction:
            yield Occasion(transaction, self.now(transaction), self._rules, self._chance)

    def _spread(self, stopping: Stopping) -> None:
        """The next boxes of a message to many (BOX-5, PUB-11)."""
        with self._occasion() as occasion:
            fan_out.work_off(occasion)

    def _send_mails(self, stopping: Stopping) -> None:
        """The mails that are due, over one connection; no transaction is open meanwhile."""
        begins = self._clock.now()
        ends = begins + timedelta(seconds=self._plan.lease_seconds)
        lease = Lease(hexadecimal(self._chance, 16), begins, ends)
        with self._occasion() as occasion:
            taken = occasion.transaction.outbox.take(lease, occasion.now, self._plan.mail_batch)
            written = {record.mail_id: (record, self._written(record, occasion)) for record in taken}
        # A code that was confirmed or replaced meanwhile is nobody's concern any more.
        moot = [record for record, mail in written.values() if mail is None]
        for outcome in self._mailer.deliver([mail for _, mail in written.values() if mail is not None], begins):
            record, _ = written.pop(outcome.mail.id)
            self._settle(record, outcome, lease)
            if stopping():
                break
        with self._occasion() as occasion:
            for record in moot:
                occasion.transaction.outbox.settle(record.key, lease, occasion.now, refused=False)
            left = [record.key for record, _ in written.values() if record not in moot]
            occasion.transaction.outbox.postpone(left, lease, occasion.now, tried=False)

    def _written(self, record: MailRecord, occasion: Occasion) -> Mail | None:
        if record.kind == CONFIRM and record.code is None:
            return None
        words = text(record.kind, mails.language(record, occasion), record.code)
        return Mail(record.mail_id, record.address, words)

    def _settle(self, record: MailRecord, outcome: Outcome, lease: Lease) -> None:
        """Keeps what became of a mail; one that was tried often enough is given up."""
        attempts = record.attempts + 1
        ending = outcome.ending
        if ending == "later" and attempts >= self._plan.attempts:
            ending = "refused"
        with self._occasion() as occasion:
            box = occasion.transaction.outbox
            if ending == "sent":
                box.settle(record.key, lease, occasion.now, refused=False)
            elif ending == "refused":
                mails.refused(record, lease, occasion)
            else:
                tried = ending == "later"
                due = occasion.now + retry_after(attempts if tried else 1)
                box.postpone([record.key], lease, due, tried=tried)
        if ending != "untried":
            line = {"kind": record.kind, "mail": record.mail_id, "ending": ending, "attempts": attempts}
            log.logger().info("mail", **line, **({"why": outcome.why} if outcome.why else {}))

    def _keep_up(self, stopping: Stopping) -> None:
        """An upkeep, unless another worker has just begun it; stopped between two batches, the next one goes on."""
        every = self._plan.upkeep_every or timedelta(0)
        with self._occasion() as occasion:
            now = occasion.now
            if not occasion.transaction.clock.begin(UPKEEP, every, now):
                return
        counts = Counts()
        for name, count in self._upkeep(now).run(self._store.begin):
            counts.add(name, count)
            if stopping():
                break
        did = {name: getattr(counts, name) for name in Counts.__slots__ if getattr(counts, name)}
        if did:
            log.logger().info("upkeep", **did)

    def _upkeep(self, now: datetime) -> Upkeep:
        plan = self._plan
        return Upkeep(now, self._clock.now(), self._rules, self._chance, plan.upkeep_batch, plan.sent_cleanup)


class Stop:
    """Whether a process should end: told by SIGTERM, Ctrl-C, or the end of a pipe that another process holds."""

    def __init__(self, watched: int | None = None) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._watched = [self._reader] if watched is None else [self._reader, watched]
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        os.write(self._writer, b".")

    def within(self, seconds: float) -> bool:
        """Waits so long at most; whether it is time to end."""
        ready, _, _ = select.select(self._watched, (), (), seconds)
        return bool(ready)

    def __call__(self) -> bool:
        """Whether it is time to end, now."""
        return self.within(0)

    def close(self) -> None:
        """Gives up what it waits with."""
        os.close(self._reader)
        os.close(self._writer)


def work(worker: Worker, stop: Stop) -> None:
    """Works until it is time to end. Whatever fails is told and tried again later, and keeps no other work back."""
    while not stop():
        jobs = _tried(worker.due)
        well = jobs is not None
        for job in jobs or ():
            well = (stop() or _tried(partial(_done, job, stop)) is not None) and well
        if stop.within(TROUBLE_SECONDS if not well else 0.0 if jobs else IDLE_SECONDS):
            return


def _done(job: Job, stop: Stop) -> bool:
    job(stop)
    return True


def _tried(attempt: Callable[[], T]) -> T | None:
    """What it gives, or None if it failed. This is the worker's edge, as server.py is that of the calls."""
    try:
        return attempt()
    except Exception as error:  # noqa: BLE001
        log.logger().error("the worker is interrupted", error=type(error).__name__)
        return None


class Companion:
    """A worker in a process of its own, beside this one, that ends when this one does, however that is."""

    def __init__(self, build: Callable[[], Worker], close: Callable[[], None] = lambda: None) -> None:
        """Forks; `build` runs in the child, whose copy of what this process has open `close` gives up."""
        self._build = build
        self._parent = os.getpid()
        self._writer: int | None = None
        self._fork(close)

    def _fork(self, close: Callable[[], None]) -> None:
        reader, writer = os.pipe()
        self._forked_at = clocks.monotonic()
        self.process = os.fork()
        if self.process:
            os.close(reader)
            self._writer = writer
            return
        code = 1
        try:
            os.close(writer)
            _call_process(PROCESS_NAME)
            close()
            work(self._build(), Stop(reader))
            code = 0
        finally:
            # Nothing of the parent's may run in the child: no handler at exit, no caller's finally.
            os._exit(code)

    def tend(self, close: Callable[[], None]) -> None:
        """Forks another one if this one has ended by itself or was killed, at most one a second."""
        if clocks.monotonic() - self._forked_at < IDLE_SECONDS or not self._gone():
            return
        log.logger().warning("the worker has ended; another one begins")
        if self._writer is not None:
            os.close(self._writer)
        self._fork(close)

    def end(self) -> None:
        """Asks it to end and waits; one that does not end in time is killed. In another child nothing happens."""
        if os.getpid() != self._parent or self._writer is None:
            return
        os.close(self._writer)
        self._writer = None
        deadline = clocks.monotonic() + FAREWELL_SECONDS
        while not self._gone():
            if clocks.monotonic() > deadline:
                os.kill(self.process, signal.SIGKILL)
                deadline += FAREWELL_SECONDS
            clocks.wait(0.02)

    def _gone(self) -> bool:
        try:
            return os.waitpid(self.process, os.WNOHANG)[0] == self.process
        except ChildProcessError:
            # gunicorn's arbiter collects every child that ends.
            return True


def _call_process(name: str) -> None:
    """What the system's lists of processes show, where it can be told."""
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name, "ascii")

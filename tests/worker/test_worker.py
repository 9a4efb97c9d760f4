"""The worker itself: what is due when, what an error keeps back, how its process begins and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn, cast

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from ehbox_soap import clock
from ehbox_soap.store.engine import Store
from ehbox_soap.store.message_records import Address
from ehbox_soap.wire import types
from ehbox_soap.worker import Companion, Stop, Worker, work
from tests.mailbox.world import DOCTOR, NURSE_BOX, World, letter
from tests.worker.post import PLAN, Told, worker

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
EVERYBODY = types.BoxId("ALL", "INSS", "NURSE")


def test_nothing_to_do_takes_no_lock(world: World) -> None:
    with world.store.begin():
        assert not worker(world, Told()).round()


def test_bigger_than_a_call_all_is_delivered_by_the_worker(world: World) -> None:
    """BOX-5: 150 boxes, of which a call itself reaches at most 100."""
    world.configure(all_publishers=("DOCTOR",))
    with world.store.begin() as transaction:
        for number in range(150):
            transaction.boxes.ensure([nurse(number)])
    world.send(DOCTOR, letter(EVERYBODY))
    mailer = worker(world, Told())
    while mailer.round():
        pass
    with world.store.begin(write=False) as transaction:
        sizes = [transaction.boxes.find([nurse(number)])[0].current_size for number in range(150)]
    assert len(set(sizes)) == 1
    assert sizes[0] > 0


def nurse(number: int) -> Address:
    """A nurse's address."""
    return Address.of("INSS", f"{number:011}", "NURSE")


def test_upkeep_is_due_at_first_and_after_its_interval(world: World) -> None:
    mailer = worker(world, Told(), upkeep_every=HOUR)
    assert mailer.round()
    assert not mailer.round()
    world.clock.moment += HOUR - SECOND
    assert not mailer.round()
    world.clock.moment += SECOND
    assert mailer.round()


def test_upkeep_never_where_it_is_off(world: World) -> None:
    assert not worker(world, Told(), upkeep_every=None).round()


@pytest.mark.parametrize("allowed", [True, False])
def test_a_shifted_clock_ends_messages_where_that_is_allowed(world: World, allowed: bool) -> None:
    """A year passes in a second."""
    world.send(DOCTOR, letter(NURSE_BOX))
    mailer = worker(world, Told(), upkeep_every=HOUR, shift_allowed=allowed)
    assert mailer.round()
    with world.store.begin() as transaction:
        transaction.clock.set_shift(timedelta(days=366))
    assert mailer.round() is allowed
    assert world.info(DOCTOR).current_size == 0
    assert len(world.ids(DOCTOR, types.Source.SENTBOX)) == (0 if allowed else 1)


def test_what_an_upkeep_did_is_told_in_one_line(world: World) -> None:
    world.send(DOCTOR, letter(NURSE_BOX))
    world.pass_time(days=365)
    with capture_logs() as lines:
        worker(world, Told(), upkeep_every=HOUR).round()
    assert [line for line in lines if line["event"] == "upkeep"] == [
        {"event": "upkeep", "log_level": "info", "aged": 2, "publications": 1}
    ]


class Stops:
    """Tells to stop after so many waits, and keeps how long each was."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.waits: list[float] = []

    def __call__(self) -> bool:
        return False

    def within(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return len(self.waits) >= self.after


class Troubled(Worker):
    """Cannot look at the database."""

    def due(self) -> NoReturn:
        raise OperationalError("SELECT", None, Exception("gone"))


def test_a_database_that_cannot_be_used_ends_nothing(world: World) -> None:
    stops = Stops(2)
    with capture_logs() as lines:
        work(Troubled(world.store, world.rules, Told(), PLAN, world.clock, world.chance), cast(Stop, stops))
    assert stops.waits == [10.0, 10.0]
    assert [line["error"] for line in lines] == ["OperationalError", "OperationalError"]


def test_a_work_that_fails_keeps_no_other_back(world: World) -> None:
    """Mails cannot be sent; the upkeep is done all the same."""
    world.send(DOCTOR, replace(letter(NURSE_BOX), copy_mail_to=("a@example.org",)))
    stops = Stops(2)

    def broken(mail: object) -> NoReturn:
        raise ZeroDivisionError

    with capture_logs() as lines:
        work(worker(world, Told(broken), upkeep_every=HOUR), cast(Stop, stops))
    assert [line["event"] for line in lines] == ["the worker is interrupted"]
    with world.store.begin(write=False) as transaction:
        assert not transaction.clock.is_due("upkeep", HOUR, world.clock.now())
    # After trouble it waits; then there is nothing to do, as the mail is still leased.
    assert stops.waits == [10.0, 1.0]


@contextmanager
def signals() -> Iterator[None]:
    """Puts the handlers back that a Stop replaces."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_wait(number: signal.Signals) -> None:
    with signals():
        stop = Stop()
        assert not stop()
        os.kill(os.getpid(), number)
        assert stop.within(60)
        assert stop()
        stop.close()


def waiting(until: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = clock.monotonic() + seconds
    while clock.monotonic() < deadline:
        if until():
            return True
        clock.wait(0.02)
    return False


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def build(url: str, world: World) -> Callable[[], Worker]:
    def made() -> Worker:
        own = World(Store.open(url), world.clock, world.rules)
        return worker(own, Told(), upkeep_every=HOUR)

    return made


def test_a_companion_works_and_ends_when_it_is_told(world: World, database_url: str) -> None:
    companion = Companion(build(database_url, world))

    def kept() -> bool:
        with world.store.begin(write=False) as transaction:
            return not transaction.clock.is_due("upkeep", HOUR, world.clock.now())

    assert waiting(kept)
    assert alive(companion.process)
    companion.end()
    assert not alive(companion.process)


PARENT = """
import os, sys
from ehbox_soap.worker import Companion
class Idle:
    def due(self):
        return ()
companion = Companion(lambda: Idle())
print(companion.process, flush=True)
os.read(0, 1)
"""


def test_a_companion_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        companion = int(parent.stdout.readline())
        assert alive(companion)
        parent.kill()
        assert waiting(lambda: not alive(companion))

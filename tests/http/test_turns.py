"""Which worker takes the next client in: one with fewer of them comes first, so that no worker has them all."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from ehbox_soap import threads
from ehbox_soap.config import Settings
from ehbox_soap.threads import LAST_TURN, TURN_SECONDS, Worker


class Scene:
    """A worker that listens, clients that come, and a clock in the test's hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
        self.seconds = 1000.0
        monkeypatch.setattr(threads, "clock", SimpleNamespace(monotonic=lambda: self.seconds))
        config = Config()
        config.set("workers", workers)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.clients: list[socket.socket] = []
        self.worker = Worker(
            1, 1, [self.listener], SimpleNamespace(settings=Settings(), tls=None), 60, config, Logger(config)
        )
        self.worker.poller = selectors.DefaultSelector()
        self.worker.set_accept_enabled(True)

    def come(self, count: int = 1) -> None:
        """So many clients connect."""
        self.clients += [socket.create_connection(self.listener.getsockname()) for _ in range(count)]

    def loop(self, seconds: float = 0.0) -> int:
        """One round of gunicorn's main loop, so much later; how many clients the worker has then."""
        self.seconds += seconds
        if not self.worker._accepting:
            self.worker.set_accept_enabled(True)
        self.worker.wait_for_and_dispatch_events(0.0)
        return int(self.worker.nr_conns)

    def close(self) -> None:
        for connection in [self.listener, *self.clients, *(waiting.sock for waiting in self.worker.pending_conns)]:
            connection.close()
        self.worker.poller.close()
        self.worker.tmp.close()


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    scene = Scene(monkeypatch, workers=2)
    yield scene
    scene.close()


def test_a_worker_without_clients_takes_the_next_at_once(two: Scene) -> None:
    two.come()
    assert two.loop() == 1


def test_one_with_clients_waits_for_each_of_them(two: Scene) -> None:
    for held in range(1, 4):
        two.worker.nr_conns = held
        two.come()
        assert two.loop() == held, "a worker with fewer may take it now"
        assert two.loop(0.9 * held * TURN_SECONDS) == held
        assert two.loop(0.2 * held * TURN_SECONDS) == held + 1, "nobody did"


def test_while_it_waits_it_does_not_turn_in_circles(two: Scene) -> None:
    """The client is there all the time: as an event it would keep the main loop busy."""
    two.worker.nr_conns = 3
    two.come()
    two.loop()
    assert [key.fileobj for key in two.worker.poller.get_map().values()] == []
    two.loop(0.001)
    assert [key.fileobj for key in two.worker.poller.get_map().values()] == []


def test_whom_another_took_is_gone(two: Scene) -> None:
    two.worker.nr_conns = 2
    two.come()
    two.loop()
    taken, _ = two.listener.accept()
    assert two.loop(1.0) == 2
    two.come()
    assert two.loop() == 2, "the next is waited for again"
    assert two.loop(1.0) == 3
    taken.close()


def test_a_full_worker_waits_no_longer_and_takes_several(two: Scene) -> None:
    """Many who come and go must not wait one after the other."""
    two.worker.nr_conns = 5 * LAST_TURN
    two.come(10)
    two.loop()
    assert two.loop(1.01 * LAST_TURN * TURN_SECONDS) == 5 * LAST_TURN + 6


def test_it_takes_no_more_than_it_may_have(two: Scene) -> None:
    two.worker.nr_conns = 5 * LAST_TURN
    two.worker.worker_connections = 5 * LAST_TURN + 2
    two.come(10)
    two.loop()
    assert two.loop(1.0) == 5 * LAST_TURN + 2


def test_one_that_ends_takes_nobody(two: Scene) -> None:
    two.worker.nr_conns = 2
    two.come()
    two.loop()
    two.worker.alive = False
    assert two.loop(1.0) == 2


def test_a_worker_alone_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Scene(monkeypatch, workers=1)
    alone.worker.nr_conns = 3
    alone.come()
    assert alone.loop() == 4
    alone.close()

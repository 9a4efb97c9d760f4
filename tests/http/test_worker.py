"""The worker beside gunicorn: it begins and ends with the server, whatever ends it, and does its work meanwhile."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from ehbox_soap import clock, config
from ehbox_soap.store.engine import Store
from ehbox_soap.worker import PROCESS_NAME
from tests.door import settings_of
from tests.http.conftest import Serve
from tests.http.running import PATIENCE, Running

pytestmark = pytest.mark.http


@contextmanager
def store_of(server: Running) -> Iterator[Store]:
    store = Store.open(config.database_url(settings_of(server.folder, {})))
    yield store
    store.close()


def upkeep_begun(server: Running) -> bool:
    with store_of(server) as store, store.begin(write=False) as transaction:
        return not transaction.clock.is_due("upkeep", timedelta(hours=1), clock.SystemClock().now())


def waited(until: Callable[[], bool]) -> bool:
    deadline = clock.monotonic() + PATIENCE
    while clock.monotonic() < deadline:
        if until():
            return True
        clock.wait(0.05)
    return False


def name(process: int) -> str:
    return Path(f"/proc/{process}/comm").read_text("ascii").strip()


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("ascii")
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_it_works_beside_the_server_and_ends_with_it(serve: Serve, by: signal.Signals) -> None:
    server = serve({"server.workers": "1"})
    assert waited(lambda: len(server.workers) == 2)
    processes = server.workers
    assert waited(lambda: upkeep_begun(server))
    server.killed = by is signal.SIGKILL
    server.process.send_signal(by)
    server.process.wait(PATIENCE)
    assert waited(lambda: not any(map(alive, processes)))


def test_one_that_is_killed_is_replaced(serve: Serve) -> None:
    """Nobody watches: mails, fan-outs and upkeep must go on. The server meanwhile serves, and then ends orderly."""
    server = serve({"server.workers": "1"})
    assert waited(lambda: len(server.workers) == 2)
    (killed,) = (each for each in server.workers if name(each) == PROCESS_NAME)
    os.kill(killed, signal.SIGKILL)
    assert waited(lambda: killed not in server.workers and PROCESS_NAME in map(name, server.workers))
    assert server.get("/readyz").status == 200
    processes = server.workers
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0
    assert not any(map(alive, processes))
    told = [line["event"] for line in server.lines if line["level"] != "info"]
    assert told == ["the worker has ended; another one begins"]


def test_a_server_may_have_none(serve: Serve) -> None:
    server = serve({"server.workers": "1", "worker.enabled": "false"})
    assert waited(lambda: len(server.workers) == 1)
    assert server.get("/readyz").status == 200
    assert len(server.workers) == 1
    assert not upkeep_begun(server)

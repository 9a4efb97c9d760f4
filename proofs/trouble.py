"""A database in trouble under load: restarted, its connections cut, its disk full. Only faults meanwhile, never a
false success; and calls are served again as soon as the database is, with nothing done to the server.

Knows: how a database gets into trouble and out of it. Must not know: what an answer should say beyond its code.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle

from psycopg import Connection, connect
from sqlalchemy import make_url

from ehbox_soap import clock
from proofs import judge
from proofs.clients import PATIENCE, Crowd, Front, callers
from proofs.judge import Verdict
from proofs.letters import Ledger
from proofs.places import Place

TERMINATED, AT_ONCE = 50, 5
_ANSWERS = 8
_CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND pid <> pg_backend_pid() ORDER BY random() LIMIT %s
"""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Troubled:
    """How often there was trouble, what the clients saw, and what was found."""

    times: int
    seen: dict[str, int]
    seconds: float
    verdict: Verdict

    @property
    def codes(self) -> set[str]:
        """Everything that was answered, and whether any call was not."""
        return {each for each in self.seen if each.startswith(("code", "fault", "broken"))}


def restarted(place: Place, times: int, seed: int, tell: Tell = lambda _: None) -> Troubled:
    """The database is ended and started again, in turns orderly and as a crash does."""
    assert place.cluster is not None
    cluster, ways = place.cluster, cycle((signal.SIGQUIT, signal.SIGINT))
    return under_load(place, times, seed, lambda _: cluster.restart(next(ways)), tell)


def cut(place: Place, seed: int, tell: Tell = lambda _: None) -> Troubled:
    """Fifty connections of the server are ended by the database, each in the midst of calls."""
    name, left = make_url(place.url).database, TERMINATED

    def some(_ledger: Ledger) -> None:
        nonlocal left
        with administrator(place) as connection:
            left -= connection.execute(_CUT, (name, min(AT_ONCE, left))).rowcount

    found = under_load(place, 2 * TERMINATED // AT_ONCE, seed, some, tell, lambda: left == 0)
    return replace(found, times=TERMINATED - left)


def administrator(place: Place) -> Connection:
    """A connection beside the server's."""
    url = make_url(place.url)
    return connect(host=str(url.query["host"]), user=url.username, dbname=url.database, autocommit=True)


def under_load(
    place: Place,
    times: int,
    seed: int,
    trouble: Callable[[Ledger], None],
    tell: Tell = lambda _: None,
    enough: Callable[[], bool] = lambda: False,
) -> Troubled:
    """So much trouble under load; after each, calls are answered again."""
    began = clock.monotonic()
    server = place.serve(workers="2")
    everybody, front = callers(place.authority(), server), Front([server])
    with Crowd(everybody, front, seed, place.pace) as crowd:
        for number in range(times):
            crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
            if enough():
                break
            trouble(crowd.ledger)
            tell(f"{number + 1} of {times}: {dict(crowd.ledger.counts)}")
        crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
    verdict = judge.judge(place, server, everybody, crowd.ledger)
    return Troubled(times, dict(crowd.ledger.counts), clock.monotonic() - began, verdict)

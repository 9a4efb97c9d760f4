"""Clients that dribble, say nothing, or never read what they asked for, beside four that send and read: are those
served?

Knows: how many of each there are and how fast they dribble, what is counted. Must not know: how the server bears them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import processes
from ehbox_soap import clock
from proofs import judge
from proofs.clients import PATIENCE, Crowd, Front, callers
from proofs.judge import Verdict
from proofs.places import Place
from proofs.processes import workers_of
from tests.http import people
from tests.http.greedy import BODY, HEAD, deaf, opened
from tests.http.people import Caller
from tests.http.running import Connection, Running

CLIENTS, ROUNDS, UNREAD = 4, 20, 1_000_000
"""Well-behaved clients, bytes that are dribbled, bytes of a message that is not read."""
_ANSWERS, _PACE, _SENDER, _READER = 4, 1.0, 0, 3


@dataclass(frozen=True)
class Load:
    """Threads and bytes of memory of all workers."""

    threads: int
    memory: int

    @classmethod
    def of(cls, workers: Sequence[int]) -> Load:
        """As it is now."""
        return cls(sum(map(processes.threads, workers)), sum(map(processes.resident, workers)))


@dataclass(frozen=True)
class Borne:
    """So many of each kind; what the others saw; the workers before, meanwhile and afterwards; what was found."""

    each: int
    seen: dict[str, int]
    loads: tuple[Load, Load, Load]
    ended: int
    seconds: float
    verdict: Verdict
    findings: tuple[str, ...]

    @property
    def calls(self) -> int:
        """Of the well-behaved clients, answered or not."""
        return self.seen["answered"] + self.seen.get("broken", 0)

    @property
    def faults(self) -> int:
        """Answers that no well-behaved client may get here, and calls that nobody answered."""
        return self.seen.get("broken", 0) + sum(n for name, n in self.seen.items() if name.startswith("fault"))


def borne(
    place: Place, each: int, seed: int, rounds: int = ROUNDS, tell: Callable[[str], None] = lambda _: None
) -> Borne:
    """So many of each kind at once, for so many rounds of a second; in each, others are answered."""
    began = clock.monotonic()
    server = place.serve(workers="2")
    everybody, front = callers(place.authority(), server), Front([server])
    workers = workers_of(server)
    unread = _unread(server, everybody, each)
    ended = 0
    with Crowd(everybody, front, seed, place.pace, CLIENTS) as crowd:
        crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
        before = Load.of(workers)
        heads = each // 4
        with (
            opened(server, each - heads, BODY) as slow,
            opened(server, heads, HEAD) as slower,
            opened(server, each),
            deaf(server, unread),
        ):
            for number in range(rounds):
                crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
                clock.wait(_PACE)
                ended = sum(not _dribbled(connection) for connection in (*slow, *slower))
                tell(f"{number + 1} of {rounds}: {dict(crowd.ledger.counts)}")
            meanwhile = Load.of(workers)
        crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
    verdict = judge.judge(place, server, everybody, crowd.ledger)
    # Only now: of those who hung up the workers learn one by one.
    after = Load.of(workers)
    replaced = ("a worker was replaced",) if set(workers_of(server)) != set(workers) else ()
    seconds = clock.monotonic() - began
    seen = dict(crowd.ledger.counts)
    return Borne(each, seen, (before, meanwhile, after), ended, seconds, verdict, (*verdict.findings, *replaced))


def _unread(server: Running, everybody: Sequence[Caller], count: int) -> list[bytes]:
    """Calls for one large message."""
    large = people.letter(people.text(b"\x00" * UNREAD))
    message_id = people.ask(server, everybody[_SENDER].publish(large)).element.get("Id", "")
    return [everybody[_READER].read(message_id).octets(server.host) for _ in range(count)]


def _dribbled(connection: Connection) -> bool:
    """One byte more; not where the server has ended the connection at its deadline."""
    try:
        connection.send(b"x")
    except OSError:
        return False
    return True

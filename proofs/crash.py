"""kill -9 under load: of one worker, of the process beside them, or of all, at moments of a seeded chance.

Knows: which processes a server has, when to kill. Must not know: what must be there afterwards (judge.py).
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ehbox_soap import clock
from ehbox_soap.ids import Chance, SeededChance
from proofs import judge
from proofs.clients import PATIENCE, Crowd, Front, callers
from proofs.judge import Verdict
from proofs.places import Place
from proofs.processes import await_true, companions_of, workers_of
from tests.http.running import Running

KINDS = ("worker", "companion", "worker", "all")
WORKERS = 2
# Calls that are begun before a kill, at least and up to so many more; and answers that show that all is well again.
_FEWEST, _MORE, _ANSWERS = 8, 16, 4
_SPREAD_MILLISECONDS = 16


@dataclass(frozen=True)
class Crashed:
    """So many kills of each kind, what the clients saw, and what was found."""

    kills: dict[str, int]
    seen: dict[str, int]
    seconds: float
    verdict: Verdict


def crash(place: Place, cycles: int, seed: int, tell: Callable[[str], None] = lambda _: None) -> Crashed:
    """So many cycles on one store, then the judgement of all of them together."""
    chance, kills = SeededChance(seed), Counter[str]()
    began = clock.monotonic()
    server = place.serve(workers=str(WORKERS))
    everybody, front = callers(place.authority(), server), Front([server])
    with Crowd(everybody, front, seed, place.pace) as crowd:
        for number in range(cycles):
            # Every kind in turn, so that few cycles have all of them; the moment and the victim are of chance.
            kind = KINDS[number % len(KINDS)]
            crowd.ledger.await_more("begun", _FEWEST + _below(chance, _MORE), PATIENCE)
            clock.wait(_below(chance, _SPREAD_MILLISECONDS * 8) / 8000)
            server = _kill(kind, server, place, front, chance)
            kills[kind] += 1
            crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
            tell(f"{number + 1} of {cycles}: {kind}; {dict(crowd.ledger.counts)}")
    verdict = judge.judge(place, server, everybody, crowd.ledger)
    return Crashed(dict(kills), dict(crowd.ledger.counts), clock.monotonic() - began, verdict)


def _kill(kind: str, server: Running, place: Place, front: Front, chance: Chance) -> Running:
    """Kills by process id; the server that serves from now on."""
    if kind == "all":
        front.set()
        server.stop(signal.SIGKILL)
        again = place.serve(workers=str(WORKERS))
        front.set(again)
        return again
    victims = _victims(server, kind)
    os.kill(victims[_below(chance, len(victims))], signal.SIGKILL)
    return server


def _victims(server: Running, kind: str) -> list[int]:
    """The processes of that kind; one that was killed a moment ago is replaced first."""
    await_true(lambda: len(companions_of(server)) == 1 and len(workers_of(server)) == WORKERS, "a killed process")
    return companions_of(server) if kind == "companion" else workers_of(server)


def _below(chance: Chance, limit: int) -> int:
    return int.from_bytes(chance.octets(4)) % limit

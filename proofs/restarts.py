"""Orderly ends under load: new workers for old (HUP), a server that ends and begins again (TERM), two servers of which
one at a time is replaced. A request that a server has taken is answered.

Knows: the signals, and who serves when. Must not know: what the answers say.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ehbox_soap import clock
from proofs import judge
from proofs.clients import PATIENCE, Crowd, Front, callers
from proofs.judge import Verdict
from proofs.places import Place
from proofs.processes import await_gone, workers_of
from tests.http.running import Running

_ANSWERS = 12
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Restarted:
    """So many restarts, what the clients saw, and what was found. `broken` are calls without a whole answer."""

    restarts: int
    seen: dict[str, int]
    seconds: float
    verdict: Verdict

    @property
    def broken(self) -> int:
        """Calls that nobody answered."""
        return self.seen.get("broken", 0)

    @property
    def well(self) -> bool:
        """Whether every call was answered, none by a fault, and nothing was found."""
        verdict = self.verdict
        return not (self.broken or verdict.findings or verdict.unknown or verdict.refused)


def reload(place: Place, count: int, seed: int, tell: Tell = lambda _: None) -> Restarted:
    """SIGHUP to one server: new workers begin, the old ones finish what they have."""
    return _under_load([place], count, seed, tell, _reloaded)


def end_and_begin(place: Place, count: int, seed: int, tell: Tell = lambda _: None) -> Restarted:
    """SIGTERM to the only server, then another one: who comes in between waits, who was in is answered."""
    return _under_load([place], count, seed, tell, _replaced)


def roll(place: Place, count: int, seed: int, tell: Tell = lambda _: None) -> Restarted:
    """Two servers on one database, each with a folder of its own, as on two machines; clients go to the other where
    one does not listen."""
    twin = Place(place.backup("twin"), place.settings)
    try:
        return _under_load([place, twin], count, seed, tell, _replaced)
    finally:
        twin.close()


_Restart = Callable[[Sequence[Place], Front, list[Running], int], None]


def _under_load(places: Sequence[Place], count: int, seed: int, tell: Tell, restart: _Restart) -> Restarted:
    began = clock.monotonic()
    running = [place.serve(workers="2") for place in places]
    everybody, front = callers(places[0].authority(), running[0]), Front(list(running))
    with Crowd(everybody, front, seed, places[0].pace) as crowd:
        for number in range(count):
            crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
            restart(places, front, running, number % len(places))
            tell(f"{number + 1} of {count}: {dict(crowd.ledger.counts)}")
        crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
    verdict = judge.judge(places[0], running[0], everybody, crowd.ledger)
    return Restarted(count, dict(crowd.ledger.counts), clock.monotonic() - began, verdict)


def _reloaded(_places: Sequence[Place], _front: Front, running: list[Running], which: int) -> None:
    old = workers_of(running[which])
    running[which].process.send_signal(signal.SIGHUP)
    await_gone(old)


def _replaced(places: Sequence[Place], front: Front, running: list[Running], which: int) -> None:
    code = running[which].stop(signal.SIGTERM)
    assert code == 0, running[which].errors
    running[which] = places[which].serve(workers="2")
    front.set(*running)

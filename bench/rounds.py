"""Rounds over HTTP: every case on the server, then the same bytes on the floor, again and again.

Knows: the cases, how they are interleaved. Must not know: how a figure is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import callers, load, servers
from bench.callers import DOCTOR, NURSE, Caller
from bench.load import Outcome
from bench.servers import Running
from ehbox_soap import config
from ehbox_soap.clock import SystemClock
from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.authority import Authority

SMALL, LARGE, ROWS = 10_000, 10_000_000, 20
_WARM_UP = 24


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request: how many a run takes, over how many connections for each worker."""

    name: str
    requests: int
    connections: int
    make: Callable[[Caller], bytes]


@dataclass(slots=True)
class Figures:
    """All runs of a case, one of the server and one of the floor a round."""

    case: Case
    server: list[Outcome] = field(default_factory=list)
    floor: list[Outcome] = field(default_factory=list)

    def ratio(self) -> float:
        """The server's rate by the floor's: median of the rounds."""
        return median(ours.rate / theirs.rate for ours, theirs in zip(self.server, self.floor, strict=True))

    def cpu_ratio(self) -> float:
        """The floor's processor time by the server's: what the ratio of rates is with nobody waiting."""
        return median(theirs.cpu_each / ours.cpu_each for ours, theirs in zip(self.server, self.floor, strict=True))


def cases(scale: float) -> tuple[Case, ...]:
    """The table; `scale` multiplies the requests of a run."""
    small, large = callers.content(SMALL), callers.content(LARGE)
    many, few = max(16, round(240 * scale)), max(2, round(4 * scale))
    return (
        Case("getBoxInfo", many, 4, Caller.box_info),
        Case(f"getMessagesList, {ROWS} rows", many // 2, 4, lambda caller: caller.messages_list(ROWS)),
        Case("sendMessage 10 kB inline", many // 2, 4, lambda caller: caller.inline(NURSE, small)),
        Case("sendMessage 10 kB attached", many // 2, 4, lambda caller: caller.attached(NURSE, small)),
        Case("sendMessage 10 MB inline", few, 1, lambda caller: caller.inline(NURSE, large)),
        Case("sendMessage 10 MB attached", few, 1, lambda caller: caller.attached(NURSE, large)),
    )


def doctor(folder: Path, server: Running) -> Caller:
    """The caller of every case, with a full page in its INBOX."""
    settings = config.load(None, {"data.folder": str(folder)})
    authority = Authority.open(config.pki_folder(settings), SystemClock(), SystemChance())
    nurse = callers.caller(authority, NURSE, server)
    load.run(server, [nurse.attached(DOCTOR, b"a letter") for _ in range(ROWS)], 1)
    return callers.caller(authority, DOCTOR, server)


def measure(
    folder: Path, workers: int, rounds: int, table: Sequence[Case], tell: Callable[[str], None]
) -> tuple[Figures, ...]:
    """So many rounds of every case with so many workers."""
    with servers.house(folder / f"server{workers}", workers) as server:
        caller = doctor(folder / f"server{workers}", server)
        answer = folder / f"answer{workers}.xml"
        answer.write_bytes(load.ask(server, caller.box_info()).partition(b"\r\n\r\n")[2])
        with servers.floor(folder / f"floor{workers}", workers, answer) as floor:
            figures = tuple(Figures(case) for case in table)
            for each in figures:
                _run(each.case, caller, server, floor, workers, first=True, share=_WARM_UP)
            for number in range(rounds):
                tell(f"{workers} workers, round {number + 1} of {rounds}")
                for each in figures:
                    ours, theirs = _run(each.case, caller, server, floor, workers, first=number % 2 == 0)
                    each.server.append(ours)
                    each.floor.append(theirs)
            return figures


def _run(
    case: Case, caller: Caller, server: Running, floor: Running, workers: int, *, first: bool, share: int | None = None
) -> tuple[Outcome, Outcome]:
    """The same bytes to both, the server first or last; `share` bounds the requests of a warm-up."""
    requests = [case.make(caller) for _ in range(min(case.requests, share or case.requests))]
    outcomes = {each: load.run(each, requests, case.connections * workers) for each in _order(server, floor, first)}
    return outcomes[server], outcomes[floor]


def _order(server: Running, floor: Running, first: bool) -> Iterator[Running]:
    yield from (server, floor) if first else (floor, server)

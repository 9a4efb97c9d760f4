"""`python -m proofs`: the full size of each proof; tells, and with --write puts its table into docs/reliability.md.

Knows: the sizes, what of each result is told. Must not know: how anything is proved. Exit code 1 if anything was found
that must not be.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from proofs import (
    backups,
    corruption,
    crash,
    faults,
    full,
    greedy,
    limits,
    nobody,
    once,
    oracles,
    plans,
    report,
    restarts,
    rows,
    soak,
    trouble,
    upgrades,
)
from proofs.judge import Verdict
from proofs.places import own_place
from proofs.report import Section
from proofs.trouble import Troubled
from tests import postgresql

DATABASES = ("sqlite", "postgresql")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
Columns = dict[str, dict[str, object]]


@dataclass(frozen=True)
class Size:
    """How much of a proof is done, and the seed of all that is of chance."""

    count: int
    seed: int


@click.group()
def main() -> None:
    """Proofs that nothing is lost, and that nobody is let in."""
    # What is proved is what stands here now, not what does when it ends.
    report.commit()


Result = tuple[Columns, bool] | tuple[Columns, bool, list[str]]
"""The columns of a table, and whether all is as it must be; lines that follow the table."""


def _proof(name: str, count: int) -> Callable[[Callable[[Size, str], Result]], None]:
    """Makes a command of a function that proves it on one database. Each database has a table of its own, which is
    written as soon as it is there."""

    def made(function: Callable[[Size, str], Result]) -> None:
        @main.command(name, help=function.__doc__)
        @click.option("--count", default=count, show_default=True, help="how many")
        @click.option("--database", type=click.Choice(DATABASES), multiple=True, help="only this one")
        @click.option("--seed", default=1, show_default=True, help="of all that is of chance")
        @click.option("--write/--no-write", default=False, help="put the tables into docs/reliability.md")
        def command(count: int, database: tuple[str, ...], seed: int, write: bool) -> None:
            all_well = True
            for each in database or DATABASES:
                columns, well, *extra = function(Size(count, seed), each)
                words = f"{name} --count {count} --seed {seed} --database {each}"
                section = Section(f"{name}-{each}", f"scripts/reliability {words}", columns)
                told = report.text(section, *extra)
                sys.stdout.write(told + "\n")
                if write:
                    report.write(section, told)
                all_well = all_well and well
            sys.exit(0 if all_well else 1)

    return made


def _tell(step: str) -> None:
    """Where it is at; on standard error, so that the table can be kept by itself."""
    sys.stderr.write(step + "\n")
    sys.stderr.flush()


def _of(verdict: Verdict) -> dict[str, object]:
    for finding in verdict.findings:
        _tell(f"FOUND: {finding}")
    return verdict.row


@contextmanager
def _empty(database: str) -> Iterator[tuple[Path, str]]:
    """A folder, and the URL of an empty PostgreSQL database or nothing."""
    with tempfile.TemporaryDirectory(prefix="ehbox-proof-") as folder:
        if database == "sqlite":
            yield Path(folder), ""
            return
        cluster = postgresql.start()
        try:
            cluster.create("proof")
            yield Path(folder), cluster.url("proof")
        finally:
            cluster.stop()


@_proof("crash", 200)
def _crash(size: Size, database: str) -> Result:
    """kill -9 of a worker, of the process beside them, or of all, under 8 clients."""
    with own_place(database) as place:
        found = crash.crash(place, size.count, size.seed, _tell)
    rows = {
        "kills": ", ".join(f"{count} of {_VICTIMS[kind]}" for kind, count in found.kills.items()),
        "calls begun": found.seen["begun"],
        "calls broken by a kill": found.seen.get("broken", 0),
        "sent again, newly signed": found.seen.get("retried", 0),
        **_of(found.verdict),
        "seconds": round(found.seconds),
    }
    return {NAMES[database]: rows}, not found.verdict.findings


@_proof("faults", 1)
def _faults(size: Size, database: str) -> Result:
    """Every statement of every operation fails, alone and with all that follow; --count N: only every Nth."""
    with _empty(database) as (folder, url):
        outcomes = faults.examine(folder, url, size.count, _tell)
    columns: Columns = {"statements": {}, "answers, two for each": {}, "findings": {}}
    for each in outcomes:
        answers = ", ".join(f"{count} {said}" for said, count in sorted(each.answers.items()))
        for column, value in zip(columns.values(), (each.statements, answers, len(each.findings)), strict=True):
            column[each.name] = value
        for finding in each.findings:
            _tell(f"FOUND: {each.name}: {finding}")
    return columns, not any(each.findings for each in outcomes)


@_proof("trouble", 10)
def _trouble(size: Size, database: str) -> Result:
    """A full disk, a database that is restarted, fifty connections that are cut."""
    found = {"full tmpfs": full.measure(database, size.count, size.seed)}
    if database == "postgresql":
        with own_place(database) as place:
            found["restarted"] = trouble.restarted(place, size.count, size.seed, _tell)
        with own_place(database) as place:
            found["connections cut"] = trouble.cut(place, size.seed, _tell)
    columns = {name: _troubled(each) for name, each in found.items()}
    well = all(not each.verdict.findings and each.codes == _MAY_BE for each in found.values())
    if database == "sqlite":
        with _empty(database) as (folder, _):
            pages = limits.limited(folder, 50)
        answers = ", ".join(f"{count} {said.removeprefix('fault ')}" for said, count in pages.answers.items())
        own = {"times": 1, "answers": f"{pages.until + pages.after} 100, {answers}", "findings": len(pages.findings)}
        columns["limit of pages"] = dict(own)
        well = well and not pages.findings
    return columns, well


_VICTIMS = {"worker": "a worker", "companion": "the process beside them", "all": "all"}
_MAY_BE = {"code 100", "fault SOA-02002"}


def _troubled(found: Troubled) -> dict[str, object]:
    codes = ", ".join(f"{found.seen[each]} {each.split()[-1]}" for each in sorted(found.codes))
    return {"times": found.times, "answers": codes, **_of(found.verdict)}


@_proof("restarts", 50)
def _restarts(size: Size, database: str) -> Result:
    """Orderly restarts under load: HUP, TERM, and two servers in turn."""
    ways = {"HUP": restarts.reload, "TERM, then another": restarts.end_and_begin}
    if database == "postgresql":
        ways["two servers in turn"] = restarts.roll
    columns: Columns = {}
    well = True
    for name, way in ways.items():
        with own_place(database) as place:
            found = way(place, size.count, size.seed, _tell)
        columns[name] = {
            "restarts": found.restarts,
            "calls begun": found.seen["begun"],
            "dropped": found.broken,
            **_of(found.verdict),
            "seconds": round(found.seconds),
        }
        well = well and found.well
    return columns, well


@_proof("greedy", 200)
def _greedy(size: Size, database: str) -> Result:
    """--count clients that dribble, as many that say nothing, as many that never read, beside four that do no harm."""
    with own_place(database) as place:
        found = greedy.borne(place, size.count, size.seed, tell=_tell)
    threads = " / ".join(str(each.threads) for each in found.loads)
    memory = " / ".join(f"{each.memory / 2**20:.0f}" for each in found.loads)
    for finding in found.findings:
        _tell(f"FOUND: {finding}")
    rows = {
        f"dribbling a byte a second, {greedy.ROUNDS} of them": f"{found.each} ({found.ended} ended by their deadline)",
        "saying nothing": found.each,
        f"not reading an answer of {greedy.UNREAD} bytes": found.each,
        "calls of the four others": found.calls,
        "answered": found.seen["answered"],
        "faults, or no answer": found.faults,
        "threads of both workers before / meanwhile / after": threads,
        "their MiB of memory before / meanwhile / after": memory,
        "letters answered 100": found.verdict.answered,
        "parts read and equal": found.verdict.parts,
        "findings": len(found.findings),
        "seconds": round(found.seconds),
    }
    return {NAMES[database]: rows}, not found.findings and not found.faults


@_proof("once", 5000)
def _once(size: Size, database: str) -> Result:
    """One publication a thousand times from 16 threads; --count publications of each of eight processes."""
    with own_place(database) as place:
        same = once.repeated(place, min(1000, size.count))
    with own_place(database) as place:
        counted = once.counted(place, 8, size.count)
    rows = {
        "the same publication, sent": same.sent,
        "answered": ", ".join(f"{count} x {code}" for code, count in same.answers.items()),
        "MessageIds told": same.ids,
        "messages of it": same.listed,
        "publications of 8 processes": counted.sent,
        "distinct MessageIds": counted.distinct,
        "messages listed": counted.listed,
        "publications a second": f"{counted.sent / counted.seconds:.0f}",
        "findings": len(same.findings) + len(counted.findings),
    }
    well = same.ids == same.listed == 1 and counted.exact and not same.findings and not counted.findings
    return {NAMES[database]: rows}, well


@_proof("soak", 100_000)
def _soak(size: Size, database: str) -> Result:
    """So many messages through one server: the memory of its workers."""
    with own_place(database) as place:
        found = soak.soak(place, size.count, _tell)
    rows = {
        "messages": found.messages,
        "largest worker after warm-up": f"{found.workers[0] / 2**20:.1f} MiB",
        "at its most afterwards": f"{max(found.workers) / 2**20:.1f} MiB ({found.growth:+.1%})",
        "the process beside them": f"{found.companion[0] / 2**20:.1f} to {max(found.companion) / 2**20:.1f} MiB",
        "seconds": round(found.seconds),
        "findings": len(found.findings),
    }
    return {NAMES[database]: rows}, found.growth <= 0.1 and not found.findings


@_proof("rows", 100_000)
def _rows(size: Size, database: str) -> Result:
    """What a call reads with 1000 messages in the box, and with --count."""
    columns: Columns = {}
    unit = "steps" if database == "sqlite" else "rows"
    with _empty(database) as (folder, url):
        filled = rows.Filled(folder, url, as_if_large=True)
        try:
            for count in (1000, size.count):
                filled.fill(count)
                told = {each.call: f"{each.read} {unit}" for each in map(filled.read, rows.CALLS)}
                columns[f"{NAMES[database]}, {count} messages"] = dict(told)
        finally:
            filled.close()
    listed = {rows_of[str(rows.CALLS[0]["as"])] for rows_of in columns.values()}
    return columns, len(listed) == 1


@_proof("upgrades", 1)
def _upgrades(size: Size, database: str) -> Result:
    """From every revision on, killed at each statement and run again; --count N: only at every Nth."""
    columns: Columns = {"kills": {}, "findings": {}}
    for base in upgrades.revisions()[:-1]:
        with _empty(database) as (folder, url):
            found = upgrades.upgrade(url or f"sqlite:///{folder / 'ehbox.sqlite'}", base, size.count)
        name = f"from r{base} to r{found.head}"
        columns["kills"][name], columns["findings"][name] = found.kills, len(found.findings)
        _tell(f"{found}")
    return columns, not any(columns["findings"].values())


@_proof("backups", 1)
def _backups(size: Size, database: str) -> Result:
    """A backup under load and one at rest, both restored."""
    with own_place(database) as place:
        found = backups.restored(place, size.seed)
    rows = {
        "letters answered before the backup under load": found.before,
        "of these missing in it": found.missing,
        "digest of all rows, at rest": f"`{found.digests[0][:16]}`",
        "digest of all rows, restored": f"`{found.digests[1][:16]}`",
        **_of(found.verdict),
    }
    well = found.equal and not found.missing and not found.findings and not found.verdict.findings
    return {NAMES[database]: rows}, well


@_proof("corruption", 10)
def _corruption(size: Size, database: str) -> Result:  # noqa: ARG001  (every proof is called alike)
    """Ten kinds of planted damage, found by ehbox verify."""
    with _empty(database) as (folder, url):
        healthy, found = corruption.planted(folder, url, _tell)
    told: dict[str, object] = {"nothing": "nothing" if not healthy else f"{len(healthy)} findings"}
    told |= {each.damage: ", ".join(f"`{name}`" for name in each.found) for each in found}
    count = sum(each.by_its_name for each in found)
    told["found by the check that is for it"] = f"{count} of {len(found)}"
    return {f"found on {NAMES[database]}": told}, not healthy and count == len(found)


@_proof("nobody", 1)
def _nobody(size: Size, database: str) -> Result:
    """Every attack over HTTP; --count N: of each test of tests/attacks only every Nth case."""
    with tempfile.TemporaryDirectory(prefix="ehbox-proof-") as folder:
        found = nobody.nobody(database, size.count, Path(folder))
    everything = found.all
    for finding in everything.findings:
        _tell(f"FOUND: {finding}")
    columns: Columns = {name: {} for name in everything.row}
    for topic, told in {**found.topics, "all": everything}.items():
        for name, value in told.row.items():
            columns[name][topic] = value
    return columns, not everything.findings, list(nobody.told_within(found))


@main.command("plans")
@click.option("--count", default=100_000, show_default=True, help="messages in the box")
@click.option("--write/--no-write", default=False, help="put the tables into docs/scale.md")
def _plans(count: int, write: bool) -> None:
    """How each database finds what the hot calls read."""
    found: Mapping[str, list[rows.Reading]] = {}
    for database in DATABASES:
        with _empty(database) as (folder, url):
            found = {**found, database: plans.read(folder, url, count)}
    command = f"scripts/reliability plans --count {count}"
    section = Section("plans", command, plans.table(found), report.SCALE)
    told = report.text(section)
    sys.stdout.write(told)
    if write:
        report.write(section, told)


@main.command("oracles")
@click.option("--write/--no-write", default=False, help="put the table into docs/reliability.md")
def _oracles(write: bool) -> None:
    """Assertions of our STS, verified by xmlsec and signxml; theirs, verified here. In the process."""
    with tempfile.TemporaryDirectory(prefix="ehbox-proof-") as folder:
        found = oracles.judged(Path(folder))
    columns: Columns = {"verified by xmlsec": dict(found.by_xmlsec), "by signxml": dict(found.by_signxml)}
    section = Section("oracles", "scripts/reliability oracles", {**columns, "by this server": dict(found.here)})
    told = report.text(section)
    sys.stdout.write(told)
    if write:
        report.write(section, told)


if __name__ == "__main__":
    main()

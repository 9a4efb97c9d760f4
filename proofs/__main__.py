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
    limits,
    once,
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
    """How much of a proof is done, on which databases, whether it is written, and how the command was called."""

    count: int
    databases: tuple[str, ...]
    write: bool
    command: str
    seed: int


@click.group()
def main() -> None:
    """Proofs that nothing is lost."""


_PROOFS: dict[str, tuple[Callable[[Size], tuple[Columns, bool]], int]] = {}


def _proof(name: str, count: int) -> Callable[[Callable[[Size], tuple[Columns, bool]]], None]:
    """Makes a command of a function that gives the columns of its table, and whether all is as it must be."""

    def made(function: Callable[[Size], tuple[Columns, bool]]) -> None:
        @main.command(name, help=function.__doc__)
        @click.option("--count", default=count, show_default=True, help="how many")
        @click.option("--database", type=click.Choice(DATABASES), multiple=True, help="only this one")
        @click.option("--seed", default=1, show_default=True, help="of all that is of chance")
        @click.option("--write/--no-write", default=False, help="put the table into its document")
        def command(count: int, database: tuple[str, ...], seed: int, write: bool) -> None:
            words = " ".join(each for each in sys.argv[1:] if each != "--write")
            size = Size(count, database or DATABASES, write, f"scripts/reliability {words}", seed)
            columns, well = function(size)
            told = report.text(Section(name, size.command, columns))
            sys.stdout.write(told)
            if write:
                report.write(Section(name, size.command, columns), told)
            sys.exit(0 if well else 1)

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
def _crash(size: Size) -> tuple[Columns, bool]:
    """kill -9 of a worker, of the process beside them, or of all, under 8 clients."""
    columns: Columns = {}
    well = True
    for database in size.databases:
        with own_place(database) as place:
            found = crash.crash(place, size.count, size.seed, _tell)
        kills = ", ".join(f"{count} {kind}" for kind, count in found.kills.items())
        columns[NAMES[database]] = {
            "kills": f"{sum(found.kills.values())} ({kills})",
            "calls begun": found.seen["begun"],
            "calls broken by a kill": found.seen.get("broken", 0),
            "sent again, newly signed": found.seen.get("retried", 0),
            **_of(found.verdict),
            "seconds": round(found.seconds),
        }
        well = well and not found.verdict.findings
    return columns, well


@_proof("faults", 1)
def _faults(size: Size) -> tuple[Columns, bool]:
    """Every statement of every operation fails, alone and with all that follow; --count N: only every Nth."""
    columns: Columns = {}
    well = True
    for database in size.databases:
        with _empty(database) as (folder, url):
            outcomes = faults.examine(folder, url, size.count, _tell)
        told = columns[NAMES[database]] = {}
        for each in outcomes:
            well = well and not each.findings
            answers = ", ".join(f"{count} {said}" for said, count in sorted(each.answers.items()))
            told[each.name] = f"{each.statements} statements: {answers}; {len(each.findings)} findings"
    return columns, well


@_proof("trouble", 10)
def _trouble(size: Size) -> tuple[Columns, bool]:
    """A full disk, a database that is restarted, fifty connections that are cut."""
    columns: Columns = {}
    well = True

    def add(name: str, found: Troubled) -> None:
        nonlocal well
        codes = {each: count for each, count in found.seen.items() if each.startswith(("code", "fault", "broken"))}
        answered = ", ".join(f"{count} {code.removeprefix('code ')}" for code, count in sorted(codes.items()))
        columns[name] = {"times": found.times, "answers": answered, **_of(found.verdict)}
        well = well and not found.verdict.findings and codes.keys() <= {"code 100", "fault SOA-02002"}

    for database in size.databases:
        add(f"{NAMES[database]}, full tmpfs", full.measure(database, size.count, size.seed))
    if "postgresql" in size.databases:
        with own_place("postgresql") as place:
            add("PostgreSQL, restarted", trouble.restarted(place, size.count, size.seed, _tell))
        with own_place("postgresql") as place:
            add("PostgreSQL, connections cut", trouble.cut(place, size.seed, _tell))
    if "sqlite" in size.databases:
        with _empty("sqlite") as (folder, _):
            found = limits.limited(folder, 50)
        answers = ", ".join(f"{count} {said}" for said, count in found.answers.items())
        columns["SQLite, page limit"] = {"times": 1, "answers": f"{found.until + found.after} 100, {answers}",
                                         "findings": len(found.findings)}  # fmt: skip
        well = well and not found.findings
    return columns, well


@_proof("restarts", 50)
def _restarts(size: Size) -> tuple[Columns, bool]:
    """Orderly restarts under load: HUP, TERM, and two servers in turn."""
    columns: Columns = {}
    well = True
    ways = {
        "HUP": ("sqlite", restarts.reload),
        "TERM, then another": ("sqlite", restarts.end_and_begin),
        "TERM, PostgreSQL": ("postgresql", restarts.end_and_begin),
        "two servers in turn": ("postgresql", restarts.roll),
    }
    for name, (database, way) in ways.items():
        if database not in size.databases:
            continue
        with own_place(database) as place:
            found = way(place, size.count, size.seed, _tell)
        columns[f"{name} ({NAMES[database]})"] = {
            "restarts": found.restarts,
            "calls begun": found.seen["begun"],
            "dropped": found.broken,
            **_of(found.verdict),
            "seconds": round(found.seconds),
        }
        well = well and not found.verdict.findings and not found.broken
    return columns, well


@_proof("once", 5000)
def _once(size: Size) -> tuple[Columns, bool]:
    """One publication a thousand times from 16 threads; --count publications of each of eight processes."""
    columns: Columns = {}
    well = True
    for database in size.databases:
        with own_place(database) as place:
            same = once.repeated(place, min(1000, size.count))
        with own_place(database) as place:
            counted = once.counted(place, 8, size.count)
        _tell(f"{database}: {same} {counted}")
        columns[NAMES[database]] = {
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
        well = well and same.ids == same.listed == 1 and counted.exact and not same.findings and not counted.findings
    return columns, well


@_proof("soak", 100_000)
def _soak(size: Size) -> tuple[Columns, bool]:
    """So many messages through one server: the memory of its workers."""
    columns: Columns = {}
    well = True
    for database in size.databases:
        with own_place(database) as place:
            found = soak.soak(place, size.count, _tell)
        columns[NAMES[database]] = {
            "messages": found.messages,
            "largest worker after warm-up": f"{found.workers[0] / 2**20:.1f} MiB",
            "at its most afterwards": f"{max(found.workers) / 2**20:.1f} MiB ({found.growth:+.1%})",
            "the process beside them": f"{found.companion[0] / 2**20:.1f} to {max(found.companion) / 2**20:.1f} MiB",
            "seconds": round(found.seconds),
            "findings": len(found.findings),
        }
        well = well and found.growth <= 0.1 and not found.findings
    return columns, well


@_proof("rows", 100_000)
def _rows(size: Size) -> tuple[Columns, bool]:
    """What a call reads with 1000 messages in the box, and with --count."""
    columns: Columns = {}
    well = True
    for database in size.databases:
        with _empty(database) as (folder, url):
            filled = rows.Filled(folder, url, as_if_large=True)
            try:
                for count in (1000, size.count):
                    filled.fill(count)
                    unit = "steps" if database == "sqlite" else "rows"
                    told = {each.call: f"{each.read} {unit}" for each in map(filled.read, rows.CALLS)}
                    columns[f"{NAMES[database]}, {count} messages"] = dict(told)
            finally:
                filled.close()
        few, many = list(columns.values())[-2:]
        well = well and few == many
    return columns, well


@_proof("upgrades", 1)
def _upgrades(size: Size) -> tuple[Columns, bool]:
    """From every revision on, killed at each statement and run again; --count N: only at every Nth."""
    columns: Columns = {}
    well = True
    for database in size.databases:
        told: dict[str, object] = {}
        for base in upgrades.revisions()[:-1]:
            with _empty(database) as (folder, url):
                found = upgrades.upgrade(url or f"sqlite:///{folder / 'ehbox.sqlite'}", base, size.count)
            told[f"from r{base} to r{found.head}"] = f"{found.kills} kills, {len(found.findings)} findings"
            well = well and not found.findings
            _tell(f"{database}: {found}")
        columns[NAMES[database]] = told
    return columns, well


@_proof("backups", 1)
def _backups(size: Size) -> tuple[Columns, bool]:
    """A backup under load and one at rest, both restored."""
    columns: Columns = {}
    well = True
    for database in size.databases:
        with own_place(database) as place:
            found = backups.restored(place, size.seed)
        columns[NAMES[database]] = {
            "letters answered before the backup under load": found.before,
            "of these missing in it": found.missing,
            "digest of all rows, at rest": f"`{found.digests[0][:16]}`",
            "digest of all rows, restored": f"`{found.digests[1][:16]}`",
            **_of(found.verdict),
        }
        well = well and found.equal and not found.missing and not found.findings and not found.verdict.findings
    return columns, well


@_proof("corruption", 10)
def _corruption(size: Size) -> tuple[Columns, bool]:
    """Ten kinds of planted damage, found by ehbox verify."""
    columns: Columns = {}
    well = True
    for database in size.databases:
        with _empty(database) as (folder, url):
            healthy, found = corruption.planted(folder, url, _tell)
        told: dict[str, object] = {"nothing": f"{len(healthy)} findings"}
        told |= {each.damage: ", ".join(f"`{name}`" for name in each.found) for each in found}
        count = sum(each.by_its_name for each in found)
        told["found by the check that is for it"] = f"{count} of {len(found)}"
        columns[NAMES[database]] = told
        well = well and not healthy and count == len(found)
    return columns, well


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


if __name__ == "__main__":
    main()

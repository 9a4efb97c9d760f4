"""A backup made under load, and one at rest; what is restored from them.

Knows: `ehbox backup` and pg_dump. Must not know: how either copies.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url

from proofs import contents, judge
from proofs.clients import PATIENCE, Crowd, Front, callers
from proofs.judge import Verdict
from proofs.places import Place
from tests.http.running import ROOT
from tests.postgresql import programs

_ANSWERS = 20


@dataclass(frozen=True)
class Restored:
    """Letters answered before the backup under load began and missing in it, digests at rest, what a server on the
    restored data gave, findings."""

    before: int
    missing: int
    digests: tuple[str, str]
    verdict: Verdict
    findings: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether every row is the same."""
        return self.digests[0] == self.digests[1]


def restored(place: Place, seed: int) -> Restored:
    """Backs up while eight clients work, again at rest, and serves from what was restored of the latter."""
    server = place.serve(workers="2")
    everybody, front = callers(place.authority(), server), Front([server])
    with Crowd(everybody, front, seed, place.pace) as crowd:
        crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
        before = {each for entry in list(crowd.ledger.entries) for each in list(entry.told)}
        busy = _copy(place, "busy")
        crowd.ledger.await_more("code 100", _ANSWERS, PATIENCE)
    findings = [f"under load: {each}" for each in busy.verify()]
    there = {row["message_id"] for row in _taken(busy).rows["message"]}
    code = server.stop()
    assert code == 0, server.errors
    still = _copy(place, "still")
    digests = (_digest(place), _digest(still))
    again = still.serve(workers="1")
    try:
        verdict = judge.judge(still, again, everybody, crowd.ledger)
    finally:
        again.stop()
        for each in (busy, still):
            _drop(each)
    return Restored(len(before), len(before - there), digests, verdict, tuple(findings))


def _copy(place: Place, name: str) -> Place:
    """A backup of the place as docs/reliability.md has it, restored at once into one of its own."""
    folder = place.backup(name)
    if place.cluster is None:
        return Place(folder, place.settings)
    database = str(make_url(place.url).database)
    restored_name, dump = f"{database}_{name}", folder / "ehbox.dump"
    reach = (f"--host={place.cluster.folder}", "--username=ehbox")
    _run(programs() / "pg_dump", *reach, "--format=custom", f"--file={dump}", database)
    place.cluster.create(restored_name)
    _run(programs() / "pg_restore", *reach, "--exit-on-error", f"--dbname={restored_name}", dump)
    return Place(folder, {**place.settings, "data.database": place.cluster.url(restored_name)}, place.cluster)


def _run(*words: str | Path) -> None:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words[0]} {words[3:]}: {done.stdout}{done.stderr}"


def _taken(place: Place) -> contents.Contents:
    engine = create_engine(place.url)
    try:
        return contents.taken(engine)
    finally:
        engine.dispose()


def _digest(place: Place) -> str:
    """Of every row of every table."""
    taken = _taken(place)
    rows = [(name, sorted(repr(sorted(row.items())) for row in found)) for name, found in sorted(taken.rows.items())]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _drop(place: Place) -> None:
    if place.cluster is not None:
        place.cluster.drop(str(make_url(place.url).database))
    shutil.rmtree(place.folder)

"""docs/mutation.md: what was tried, what was noticed, and why the rest is as it is.

Knows: the verdicts, the reasons (reasons.tsv: key of a mutant, tab, why it may live). Must not know: how a verdict is
found. A reason whose mutant is noticed by now, or is no more, is told: it is to be taken out.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ehbox_soap.clock import SystemClock
from proofs.mutation import verdicts
from proofs.mutation.mutant import Mutant, shortened

REASONS = Path(__file__).parent / "reasons.tsv"
_STATES = ("killed", "timeout", "survived", "unseen")
_HEAD = """# Mutation testing

Written by `scripts/mutate`; do not edit. Each mutant changes one place of a module; it is killed when a test of the
room fails. The mutations are mutmut's ({tool}), also at the top of modules, in decorated functions and in what runs
at import, which mutmut itself leaves out. Left out: types, decorators, what `len`, `isinstance` and `cast` are given,
and the literals within a `raise` or a `refused(…)`: only its words would change, and the tests of each refusal compare
the beginning of its reason. A mutant with a stated reason changes nothing that a caller could notice; it
counts as survived in the first figure, the second leaves it out. Where fewer were tried than there are, the run was
ended by time: mutants are tried in the order of their keys, which are hashes, so that what was tried is a sample of the
whole room (what was tried of single modules before stands among it), and no more than that.

{date}, commits {commits}; {size}; tests: {tests}, in process.
"""
_COLUMNS = ("module", "mutants", "tried", *_STATES, "noticed", "without those with a reason")


@dataclass(frozen=True)
class _Row:
    mutant: Mutant
    state: str
    reason: str


def document(
    file: Path,
    rooms: Mapping[str, Sequence[str]],
    mutants: Mapping[str, Sequence[Mutant]],
    tool: str,
    why: Path = REASONS,
) -> str:
    """The whole page, of the mutants of each module, from what the files hold of them."""
    known, stated = verdicts.read(file), reasons(why)
    rows = {path: [_row(known, stated, mutant) for mutant in found] for path, found in mutants.items()}
    commits = Counter(
        known[row.mutant.key]["commit"] for found in rows.values() for row in found if row.state != "not tried"
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    head = _HEAD.format(
        tool=tool,
        date=SystemClock().now().date(),
        commits=", ".join(sorted(commits)),
        size=f"{os.cpu_count()} cores, {memory} GB",
        tests=", ".join(tests for room in rooms.values() for tests in room),
    )
    return "\n".join([head, *_table(rooms, rows), "", *_survivors(rows), *_stale(rows, stated)]) + "\n"


def reasons(why: Path = REASONS) -> dict[str, str]:
    """Why a mutant may live, by its key."""
    lines = why.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if line and not line.startswith("#"))


def _row(known: dict[str, dict[str, Any]], reasons: dict[str, str], mutant: Mutant) -> _Row:
    verdict = known.get(mutant.key)
    state = "not tried" if verdict is None or verdict["text"] != verdicts.text(mutant) else str(verdict["state"])
    return _Row(mutant, state, reasons.get(mutant.key, ""))


def _table(rooms: Iterable[str], rows: dict[str, list[_Row]]) -> Iterator[str]:
    yield "| " + " | ".join(_COLUMNS) + " |"
    yield "|---" + "|---:" * (len(_COLUMNS) - 1) + "|"
    for room in rooms:
        of_room = {path: found for path, found in rows.items() if path.startswith(f"ehbox_soap/{room}/") and found}
        for path, found in of_room.items():
            yield _line(path.removeprefix("ehbox_soap/"), found)
        yield _line(f"**{room}**", [row for found in of_room.values() for row in found])


def _line(name: str, rows: Sequence[_Row]) -> str:
    count = Counter(row.state for row in rows)
    tried = sum(count[state] for state in _STATES)
    noticed = count["killed"] + count["timeout"]
    excused = sum(bool(row.reason) for row in rows if row.state in ("survived", "unseen"))
    shares = [f"{100 * noticed / of:.1f} %" if of else "-" for of in (tried, tried - excused)]
    return "| " + " | ".join([name, str(len(rows)), str(tried), *(str(count[s]) for s in _STATES), *shares]) + " |"


def _survivors(rows: dict[str, list[_Row]]) -> Iterator[str]:
    yield "## Survivors"
    for path, found in rows.items():
        left = [row for row in found if row.state in ("survived", "unseen")]
        if left:
            yield f"\n### {path.removeprefix('ehbox_soap/')}\n"
        for row in left:
            before, after = shortened(row.mutant.before, row.mutant.after)
            why = row.reason or ("no test runs it" if row.state == "unseen" else "no reason yet")
            yield f"- {row.mutant.line} `{row.mutant.key}` {_code(before)} → {_code(after)}: {why}"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`" if text else "nothing"


def _stale(rows: dict[str, list[_Row]], reasons: dict[str, str]) -> Iterator[str]:
    needed = {row.mutant.key for found in rows.values() for row in found if row.state not in ("killed", "timeout")}
    stale = sorted(set(reasons) - needed)
    if stale:
        yield "\n## Reasons that nothing needs any more\n"
        yield ", ".join(f"`{key}`" for key in stale)

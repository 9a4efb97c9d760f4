"""`python -m proofs.mutation run FILE ROOM… [--share N] [--only PART] [--children N] [--new]` and `report FILE ROOM…`.

`run` tries the mutants whose verdict FILE (JSON, one a line) does not hold yet for this text of their module; of those
that nothing noticed, again. `report` prints docs/mutation.md from FILE. Knows: the rooms and their tests.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from proofs.mutation import children, report, verdicts
from proofs.mutation.mutants import mutants
from proofs.mutation.plugin import Mutation

ROOT = Path(__file__).parents[2]
TESTS = {"security": ["tests/security"], "wire": ["tests/wire"]}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.mutation")
    parser.add_argument("what", choices=("run", "report"))
    parser.add_argument("file", type=Path)
    parser.add_argument("rooms", nargs="+", choices=tuple(TESTS))
    parser.add_argument("--share", type=int, default=1, help="only one mutant of so many, the same ones every time")
    parser.add_argument("--only", default="", help="only modules whose name holds this")
    parser.add_argument("--children", type=int, default=2, help="so many at once (2)")
    parser.add_argument("--new", action="store_true", help="those that survived this text are not tried again")
    asked = parser.parse_args()
    if asked.what == "report":
        rooms = {room: TESTS[room] for room in asked.rooms}
        found = {path: mutants(ROOT, path) for room in rooms for path in paths(room)}
        sys.stdout.write(report.document(asked.file, rooms, found, "mutmut " + version("mutmut")))
        return 0
    return max(_run(room, asked) for room in asked.rooms)


def _run(room: str, asked: argparse.Namespace) -> int:
    known = verdicts.read(asked.file)
    wanted = [
        mutant
        for path in paths(room)
        if asked.only in path
        for mutant in mutants(ROOT, path)
        if int(mutant.key, 16) % asked.share == 0
    ]
    left = [mutant for mutant in wanted if not verdicts.stands(known, mutant, survived=asked.new)]
    # In no order of the modules: what was tried when a run is ended is a fair sample of all. Those that may live, last.
    reasons = report.reasons()
    left.sort(key=lambda mutant: (mutant.key in reasons, mutant.key))
    sys.stderr.write(f"{room}: {len(wanted)} mutants, {len(left)} to try\n")
    if not left:
        return 0
    before = {key: str(verdict["by"]) for key, verdict in known.items()}
    with verdicts.Writer(asked.file, ROOT) as writer, TemporaryDirectory(prefix="ehbox-mutation-") as folder:
        plugin = Mutation(f"ehbox_soap/{room}", left, writer.write, before=before, at_once=asked.children)
        options = (*children.OPTIONS, f"--basetemp={folder}/tests")
        return int(pytest.main([*options, *TESTS[room]], plugins=[plugin]))


def paths(room: str) -> list[str]:
    """The modules of a room; what stands in folders below it is types alone."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "ehbox_soap" / room).glob("*.py"))


if __name__ == "__main__":
    sys.exit(main())

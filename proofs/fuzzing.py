"""`python -m proofs.fuzzing HYPOTHESIS ATHERIS COMMAND`: what two files of scripts/fuzz tell, as one table.

Each holds what a run printed: a line `NAME INPUTS {OUTCOME: COUNT, …}` for each target, among other lines. The table
is put into docs/reliability.md; ValueError if a file tells of no target. Knows: those lines. Must not know: what is
fuzzed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from pathlib import Path

from proofs import report
from proofs.report import Section

LINE = re.compile(r"^(?P<name>\w[^{\n]*) (?P<inputs>\d+) (?P<outcomes>\{.*\})$", re.MULTILINE)
_ALL = "all of them"


def told(printed: str) -> dict[str, Counter[str]]:
    """What came of each target's inputs."""
    found: dict[str, Counter[str]] = {}
    for line in LINE.finditer(printed):
        outcomes = ast.literal_eval(line["outcomes"])
        if sum(outcomes.values()) != int(line["inputs"]):
            raise ValueError(f"{line['name']}: what came out are not as many as went in")
        found.setdefault(line["name"], Counter()).update(outcomes)
    if not found:
        raise ValueError("no target is told of")
    return found


def section(by_hypothesis: str, by_atheris: str, command: str) -> Section:
    """The table of both; a target that one of them does not have has none of its inputs."""
    ways = {"hypothesis": told(by_hypothesis), "atheris": told(by_atheris)}
    names = dict.fromkeys(name for way in ways.values() for name in way)
    columns: dict[str, dict[str, object]] = {way: {} for way in ways}
    came_out = columns["what came out"] = {}
    total: Counter[str] = Counter()
    for name in names:
        outcomes: Counter[str] = Counter()
        for way, found in ways.items():
            if name in found:
                columns[way][name] = found[name].total()
                outcomes += found[name]
        came_out[name] = _listed(outcomes)
        total += outcomes
    for way, found in ways.items():
        columns[way][_ALL] = sum(each.total() for each in found.values())
    came_out[_ALL] = f"{total.total()}, and nothing else"
    return Section("fuzz", command, columns)


def _listed(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in outcomes.most_common())


if __name__ == "__main__":
    hypothesis, atheris, words = sys.argv[1:]
    made = section(Path(hypothesis).read_text("utf-8"), Path(atheris).read_text("utf-8"), words)
    report.write(made, report.text(made))

"""`python -m bench`: measures, tells, and writes the table of docs/performance.md.

Knows: the order of the parts. Must not know: how one is measured.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from bench import memory, processes, report, rounds, verifiers

_DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"


@click.command()
@click.option("--rounds", "count", default=5, show_default=True, help="rounds of every part")
@click.option("--scale", default=1.0, show_default=True, help="multiplies the requests of a round")
@click.option("--workers", default="1,2", show_default=True, help="counts of workers to measure with")
@click.option("--write/--no-write", default=False, help="write the tables into docs/performance.md")
def main(count: int, scale: float, workers: str, write: bool) -> None:
    """Measures the server beside a fixed answer, and its verifier beside python-xmlsec and signxml."""
    before = processes.load_average()
    table = rounds.cases(scale)
    with tempfile.TemporaryDirectory(prefix="ehbox-bench-") as name:
        folder = Path(name)
        compared = verifiers.measure(folder, max(count, 9), 50, _tell)
        figures = {each: rounds.measure(folder, each, count, table, _tell) for each in map(int, workers.split(","))}
        found = memory.measure(folder, count, table, _tell)
    results = report.Results(compared, figures, found, count, (before, processes.load_average()))
    told = report.text(results)
    sys.stdout.write(told)
    if write:
        report.write(_DOCUMENT, told)


def _tell(step: str) -> None:
    """Where it is at; on standard error, so that the tables can be kept by themselves."""
    sys.stderr.write(step + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()

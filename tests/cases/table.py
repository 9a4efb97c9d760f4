"""The table of what every case expects (RESULTS.md), and the README's count by origin: `python -m tests.cases.table`.

Knows: the cases' files. Must not know: what any server answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.cases.reading import FOLDER, ORIGINS, Case, all_cases

RESULTS = FOLDER / "RESULTS.md"
README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- cases:begin -->\n", "<!-- cases:end -->"


def results(cases: Sequence[Case]) -> str:
    """RESULTS.md: one row a case."""
    lines = [
        "# What every case expects",
        "",
        "Written by `python -m tests.cases.table` from the cases' own files; nothing in it comes from a server.",
        "",
        "| operation | case | rules | known from | cookbook | code | expectation |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {each.operation} | {each.name} | {', '.join(each.rules)} | {each.origin} "
        f"| {'yes' if each.cookbook else ''} | {each.code} | {each.expectation} |"
        for each in cases
    ]
    return "\n".join(lines) + "\n"


def counts(cases: Sequence[Case]) -> str:
    """The README's table: how many cases by operation, where their expectations come from, and how many of those that
    public pages tell are the cookbooks' own examples."""
    counted = Counter((case.operation, case.origin) for case in cases)
    columns = (*ORIGINS, "cases", "of the cookbooks")
    lines = [f"| operation | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    for operation in [*dict.fromkeys(case.operation for case in cases), "all"]:
        numbers = [
            sum(count for (name, known), count in counted.items() if operation in (name, "all") and known == origin)
            for origin in ORIGINS
        ]
        quoted = sum(case.cookbook and operation in (case.operation, "all") for case in cases)
        lines.append(f"| {operation} | {' | '.join(map(str, [*numbers, sum(numbers), quoted]))} |")
    return "\n".join(lines) + "\n"


def between(text: str) -> str:
    """What stands between the README's markers."""
    return text.partition(BEGIN)[2].partition(END)[0]


def main() -> None:
    """Writes both."""
    cases = all_cases()
    RESULTS.write_text(results(cases), "utf-8")
    readme = README.read_text("utf-8")
    before, _, rest = readme.partition(BEGIN)
    README.write_text(before + BEGIN + counts(cases) + END + rest.partition(END)[2], "utf-8")


if __name__ == "__main__":
    main()

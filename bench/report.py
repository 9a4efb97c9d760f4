"""The table of docs/performance.md, written between its two markers.

Knows: how a figure is told, and the goals. Must not know: how it was measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import processes
from bench.memory import Memory
from bench.rounds import Figures
from bench.verifiers import Both, Timing

MARKERS = ("<!-- figures:begin -->", "<!-- figures:end -->")
_MIB = 2**20
# What the worker's two heaps may keep for the next message (serving.py), in contents of 10 MB.
_SPARE = 1.6


@dataclass(frozen=True, slots=True)
class Results:
    """All that one run found."""

    verifiers: Both
    figures: Mapping[int, Sequence[Figures]]
    memory: Sequence[Memory]
    rounds: int
    load: tuple[float, float]


def text(results: Results) -> str:
    """The tables in Markdown, without their markers."""
    before, after = results.load
    lines = [
        f"{processes.machine()}; {processes.interpreter()}; medians of {results.rounds} rounds. Processes that wanted "
        f"a processor in the last minute: {before:.1f} at the start, {after:.1f} at the end (the bench itself: about "
        "2).",
        "",
        *_verifiers(results.verifiers),
    ]
    for workers, figures in results.figures.items():
        lines += ["", *_served(workers, figures)]
    lines += ["", *_memory(results.memory), "", *_goals(results)]
    return "\n".join(lines) + "\n"


def write(path: Path, told: str) -> None:
    """Puts the tables between the markers of a document; ValueError if it lacks them."""
    before, begin, rest = path.read_text("utf-8").partition(MARKERS[0])
    _, end, after = rest.partition(MARKERS[1])
    if not begin or not end:
        raise ValueError(f"{path} lacks the markers")
    path.write_text(f"{before}{begin}\n{told}{end}{after}", "utf-8")


def _verifiers(found: Both) -> Iterator[str]:
    yield (
        "| verification of one call, in the process | CPU ms, in a row | as fast as python-xmlsec | … keys loaded "
        "before | CPU ms, right after parsing | as fast as python-xmlsec | … keys loaded before |"
    )
    yield "| --- " * 7 + "|"
    for name, which in (
        ("ours, neither layout nor assertion seen before", "new"),
        ("ours, assertion not seen before", "cold"),
        ("ours, assertion seen before", "warm"),
        ("python-xmlsec, keys from their certificates", "xmlsec"),
        ("python-xmlsec, keys loaded before", "xmlsec_loaded"),
        ("signxml", "signxml"),
    ):
        cells = [name]
        for way in (found.row, found.parsed):
            each: Timing = getattr(way, which)
            cells.append(f"{each.milliseconds:.3f}")
            cells += [f"{each.faster_than(other):.2f} x" for other in (way.xmlsec, way.xmlsec_loaded)]
        yield f"| {' | '.join(cells)} |"


def _served(workers: int, figures: Sequence[Figures]) -> Iterator[str]:
    yield (
        f"| {workers} worker{'s' * (workers > 1)} | requests/s | CPU ms | peak MiB a worker | floor requests/s "
        "| floor CPU ms | rate by floor | CPU by floor | spread | client CPU |"
    )
    yield "| --- " * 10 + "|"
    for each in figures:
        server, floor = each.server, each.floor
        values = (
            each.case.name,
            _rate(median(run.rate for run in server)),
            f"{median(run.cpu_each for run in server) * 1000:.2f}",
            f"{max(run.peak for run in server) / _MIB:.0f}",
            _rate(median(run.rate for run in floor)),
            f"{median(run.cpu_each for run in floor) * 1000:.2f}",
            f"{each.ratio():.0%}",
            f"{each.cpu_ratio():.0%}",
            f"{median(run.spread for run in server):.0%}",
            f"{median(run.client / run.seconds for run in server):.0%}",
        )
        yield f"| {' | '.join(values)} |"


def _rate(rate: float) -> str:
    return f"{rate:.{0 if rate >= 100 else 1}f}"


def _memory(found: Sequence[Memory]) -> Iterator[str]:
    yield "| one message at a time, one worker | peak, by its content | highest | kept after all of them |"
    yield "| --- | --- | --- | --- |"
    for each in found:
        yield f"| {each.case.name} | {each.peak:.1f} x | {each.most:.1f} x | {each.kept:.1f} x |"


def _goals(results: Results) -> Iterator[str]:
    """Each goal with what was found; nothing is rounded in its favour."""
    yield "| goal | found | reached |"
    yield "| --- | --- | --- |"
    compared = results.verifiers.row
    rows = [
        (
            "verification in a row, assertion not seen before: 3 x",
            compared.cold.faster_than(compared.xmlsec),
            3.0,
            " x",
        ),
        ("verification in a row, assertion seen before: 6 x", compared.warm.faster_than(compared.xmlsec), 6.0, " x"),
    ]
    for workers, figures in results.figures.items():
        name = f"getBoxInfo, {workers} worker{'s' * (workers > 1)}: 50 % of the floor's rate"
        rows.append((name, figures[0].ratio() * 100, 50.0, " %"))
    for name, value, least, unit in rows:
        yield f"| {name} | {value:.2f}{unit} | {_yes(value >= least)} |"
    for each in results.memory:
        most = 6.0 if "inline" in each.case.name else 3.0
        yield f"| {each.case.name}: at most {most:.0f} x its content | {each.peak:.2f} x | {_yes(each.peak <= most)} |"
        yield f"| {each.case.name}: given back | {each.kept:.2f} x kept | {_yes(each.kept <= _SPARE)} |"


def _yes(reached: bool) -> str:
    return "yes" if reached else "no"

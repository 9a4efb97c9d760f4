"""The bench tells what it found: every figure has its row, and the document keeps all but its tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import processes, report
from bench.load import Outcome
from bench.memory import Memory
from bench.report import MARKERS, Results
from bench.rounds import Case, Figures
from bench.verifiers import Both, Compared, Timing

ROOT = Path(__file__).parent.parent.parent


def results(cold: float = 1.0, rate: float = 50.0, peak: float = 4.0, kept: float = 0.1) -> Results:
    box, large = Case("getBoxInfo", 10, 4, lambda _: b""), Case("sendMessage 10 MB inline", 2, 1, lambda _: b"")
    ours = [Outcome(10, 10 / rate, 0.1, 0.01, 0.9, 2**20) for _ in range(3)]
    theirs = [Outcome(10, 0.1, 0.05, 0.01, 1.0, 2**20) for _ in range(3)]
    return Results(
        verifiers=Both(compared(1.5, cold, 0.5, 3.0, 2.5, 9.0), compared(2.5, 2.0, 1.0, 4.0, 3.0, 10.0)),
        figures={1: [Figures(box, ours, theirs)]},
        memory=[Memory(large, peak, peak + 1, kept)],
        rounds=3,
        load=(0.1, 2.0),
    )


def compared(*seconds: float) -> Compared:
    return Compared(*(Timing((each, each)) for each in seconds))


def rows(told: str) -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines() if line[:1] == "|"]
    return {row[0]: row[1:] for row in cells}


def test_the_tables() -> None:
    found = rows(report.text(results()))
    assert found["ours, assertion seen before"] == ["500.000", "6.00 x", "5.00 x", "1000.000", "4.00 x", "3.00 x"]
    unseen = found["ours, neither layout nor assertion seen before"]
    assert unseen == ["1500.000", "2.00 x", "1.67 x", "2500.000", "1.60 x", "1.20 x"]
    assert found["python-xmlsec, keys loaded before"][:3] == ["2500.000", "1.20 x", "1.00 x"]
    assert found["python-xmlsec, keys loaded before"][3:] == ["3000.000", "1.33 x", "1.00 x"]
    assert found["getBoxInfo"] == ["50.0", "10.00", "1", "100", "5.00", "50%", "50%", "90%", "5%"]
    assert found["sendMessage 10 MB inline"] == ["4.0 x", "5.0 x", "0.1 x"]


@pytest.mark.parametrize(
    ("changed", "goal", "reached"),
    [
        ({"cold": 1.0}, "verification in a row, assertion not seen before: 3 x", "yes"),
        ({"cold": 1.01}, "verification in a row, assertion not seen before: 3 x", "no"),
        ({"rate": 50.0}, "getBoxInfo, 1 worker: 50 % of the floor's rate", "yes"),
        ({"rate": 49.9}, "getBoxInfo, 1 worker: 50 % of the floor's rate", "no"),
        ({"peak": 6.0}, "sendMessage 10 MB inline: at most 6 x its content", "yes"),
        ({"peak": 6.01}, "sendMessage 10 MB inline: at most 6 x its content", "no"),
        ({"kept": 1.6}, "sendMessage 10 MB inline: given back", "yes"),
        ({"kept": 1.61}, "sendMessage 10 MB inline: given back", "no"),
    ],
)
def test_a_goal_is_reached_or_it_is_not(changed: dict[str, float], goal: str, reached: str) -> None:
    assert rows(report.text(results(**changed)))[goal][-1] == reached


def test_the_document_keeps_all_but_its_tables(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{MARKERS[0]}\nold\n{MARKERS[1]}\nafter\n", "utf-8")
    for told in ("new\n", "newer\n"):
        report.write(document, told)
        assert document.read_text("utf-8") == f"before\n{MARKERS[0]}\n{told}{MARKERS[1]}\nafter\n"
    document.write_text("no markers", "utf-8")
    with pytest.raises(ValueError, match="lacks the markers"):
        report.write(document, "new")


def test_the_machine_and_the_interpreter_are_told() -> None:
    told = report.text(results()).splitlines()[0]
    assert processes.machine() in told
    assert f"Python {'.'.join(map(str, sys.version_info[:3]))}" in told


def test_the_document_has_the_markers() -> None:
    text = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert [text.count(marker) for marker in MARKERS] == [1, 1]


def test_what_the_system_knows_of_a_process() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert child.pid in processes.children(os.getpid())
    finally:
        child.communicate(b"\n")
    assert child.pid not in processes.children(os.getpid())
    before = processes.cpu_seconds(os.getpid())
    sum(range(10**6))
    assert processes.cpu_seconds(os.getpid()) > before
    processes.forget_peak([os.getpid()])
    large = bytearray(b"x") * 30_000_000
    # The system adds up pages of several threads now and then: either figure may lag behind by a few.
    assert processes.peak([os.getpid()]) + 2**20 >= processes.resident(os.getpid()) >= len(large)


@pytest.mark.http
@pytest.mark.slow
def test_the_whole_bench_at_its_smallest() -> None:
    """Every figure is there; none is looked at."""
    command = [sys.executable, "-m", "bench", "--rounds", "1", "--scale", "0.01", "--workers", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = rows(done.stdout)
    for name in ("getBoxInfo", "getMessagesList, 20 rows", "sendMessage 10 kB inline", "sendMessage 10 kB attached"):
        assert len(found[name]) == 9
    assert len(found["sendMessage 10 MB inline"]) == len(found["sendMessage 10 MB attached"]) == 3
    assert len(found["signxml"]) == 6

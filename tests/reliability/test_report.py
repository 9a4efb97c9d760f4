"""The tables of docs/reliability.md and docs/scale.md: written between their markers, and nothing else is touched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from proofs import report
from proofs.__main__ import DATABASES, main
from proofs.report import Section

# Their tables are of both databases, or of none.
IN_ONE = ("plans", "oracles")
COLUMNS = {"SQLite": {"kills": 3, "findings": 0}, "PostgreSQL": {"kills": 4, "seconds": 7}}


def section(tmp_path: Path, text: str) -> Section:
    document = tmp_path / "document.md"
    document.write_text(text, "utf-8")
    return Section("crash", "scripts/crash", COLUMNS, document)


def test_a_table_has_each_row_of_any_column(tmp_path: Path) -> None:
    head, _, *rows = report.text(section(tmp_path, "")).splitlines()
    assert re.match(r"`scripts/crash`, \d{4}-\d\d-\d\d, commit \S+, \d+ x ", head)
    assert rows == [
        "| | SQLite | PostgreSQL |",
        "| --- | --- | --- |",
        "| kills | 3 | 4 |",
        "| findings | 0 | – |",
        "| seconds | – | 7 |",
    ]


def test_only_what_is_between_the_markers_is_replaced(tmp_path: Path) -> None:
    own = section(tmp_path, "before\n<!-- crash:begin -->\nold\n<!-- crash:end -->\nafter\n")
    report.write(own, "new\n")
    assert own.document.read_text("utf-8") == "before\n<!-- crash:begin -->\nnew\n<!-- crash:end -->\nafter\n"


def test_a_document_without_markers_is_left_alone(tmp_path: Path) -> None:
    own = section(tmp_path, "<!-- faults:begin -->\n<!-- faults:end -->\n")
    with pytest.raises(ValueError, match="lacks the markers of crash"):
        report.write(own, "new\n")


def test_every_proof_has_its_places_and_its_help() -> None:
    for name in main.commands:
        document = (report.SCALE if name == "plans" else report.RELIABILITY).read_text("utf-8")
        for place in [name] if name in IN_ONE else [f"{name}-{database}" for database in DATABASES]:
            assert f"<!-- {place}:begin -->" in document
            assert f"<!-- {place}:end -->" in document
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_every_table_says_by_what_it_was_written() -> None:
    """The full call, the day, the commit, the machine: a table that somebody wrote or mended says something else."""
    text = report.RELIABILITY.read_text("utf-8")
    found = re.findall(r"<!-- (\S+):begin -->\n(.*)\n", text)
    assert len(found) == text.count(":begin -->") >= 2 * (len(main.commands) - 1)
    made = r"\d{4}-\d\d-\d\d, commit [0-9a-f]{7,}, \d+ x .+, \d+ GiB, .+\."
    for place, head in found:
        name, _, database = place.partition("-")
        words = rf"reliability {name} --count \d+ --seed \d+ --database {database}"
        words = {"fuzz": r"fuzz --full \d+", "oracles": "reliability oracles"}.get(name, words)
        assert re.fullmatch(rf"`scripts/{words}`, {made}", head), place

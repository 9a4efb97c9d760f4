"""docs/threat-model.md names guards and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")


def rows() -> list[tuple[str, ...]]:
    """The table of attacks, without its head."""
    lines = PAGE[PAGE.index("| attack |") : PAGE.index("## What is left")].splitlines()
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:] if line]


@pytest.mark.within("reads docs/threat-model.md")
def test_every_guard_and_every_test_is_there() -> None:
    assert len(rows()) > 25
    for row in rows():
        assert len(row) == 4, row
        guards, tests = (re.findall(r"`([\w./-]+)`", cell) for cell in row[2:])
        assert guards, row
        assert tests, row
        for name in guards:
            assert any((ROOT / folder / name).exists() for folder in ("ehbox_soap", ".")), name
        for name in tests:
            assert any((ROOT / folder / name).exists() for folder in ("tests", ".")), name

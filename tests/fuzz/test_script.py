"""scripts/fuzz --atheris, with a Python that only says what it was asked: what the script makes of what fails."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fuzz.layers import LAYERS

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz"
PYTHON = """#!/usr/bin/env bash
case "$*" in
    *pip*) {pip} ;;
    *LAYERS*) printf 'etk depot\\ntoken\\n' ;;
    *guided*) echo "$3 tried $4"; [ "$3" != '{fails}' ] ;;
    *) echo Python ;;
esac
"""
INSTALLED = 'mkdir -p "${@: -1}/atheris"'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that has nothing but the script and what it starts."""
    for folder in ("scripts", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(SCRIPT, tmp_path / "scripts")
    _program(tmp_path / "scripts" / "setup", "#!/bin/sh\n")
    return tmp_path


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def run(checkout: Path, pip: str, fails: str = "") -> subprocess.CompletedProcess[str]:
    _program(checkout / ".venv/bin/python", PYTHON.format(pip=pip, fails=fails))
    return subprocess.run(
        [checkout / "scripts" / "fuzz", "--atheris", "70"], capture_output=True, text=True, check=False
    )


def test_where_atheris_is_not_to_be_had_the_script_says_so(checkout: Path) -> None:
    done = run(checkout, "false")
    assert (done.returncode, done.stdout) == (3, "")
    assert "no atheris" in done.stderr
    assert "nothing was fuzzed" in done.stderr


def test_what_was_installed_in_part_does_not_count(checkout: Path) -> None:
    assert run(checkout, f"{INSTALLED}; false").returncode == 3
    assert run(checkout, "false").returncode == 3
    assert run(checkout, INSTALLED).returncode == 0


def test_a_room_that_fails_is_named_and_the_others_are_tried(checkout: Path) -> None:
    done = run(checkout, INSTALLED, fails="etk depot")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "etk depot tried 70",
        "etk depot FAILED, see build/fuzz-etk-depot.log",
        "token tried 70",
    ]
    assert {"etk depot", "token"} <= set(LAYERS)

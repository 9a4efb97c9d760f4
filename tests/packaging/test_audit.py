"""scripts/audit, with an auditor that says what it is told to: what the script makes of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = f"""#!/bin/sh
[ "$1" = -m ] || exec {sys.executable} "$@"
"""
AUDITOR = """#!/bin/sh
while [ $# -gt 0 ]; do
    case "$1" in
        -r) cp "$2" "asked-$(basename "$2")"; told=$(basename "$2" .txt) ;;
        --output) cp "$told.json" "$2" || exit 1 ;;
    esac
    shift
done
exit $(cat ends)
"""
Told = list[dict[str, object]]


def pinned(name: str) -> Told:
    """What requirements/NAME.txt pins, none of it affected."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    return [{"name": name, "version": at, "vulns": []} for name, at in re.findall(r"^(\S+)==(\S+)", text, re.MULTILINE)]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that has nothing but the script, what it reads and what it starts."""
    for folder in ("scripts", "requirements", ".venv-tools/bin"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("scripts/audit", "requirements/run.txt", "requirements/build.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name, text in (("python", PYTHON), ("pip-audit", AUDITOR)):
        (tmp_path / ".venv-tools" / "bin" / name).write_text(text)
        (tmp_path / ".venv-tools" / "bin" / name).chmod(0o755)
    return tmp_path


def audit(checkout: Path, run: Told | None, ends: int = 0) -> subprocess.CompletedProcess[str]:
    """The script, where the auditor says that of what is run and ends so."""
    (checkout / "ends").write_text(str(ends))
    for name, told in (("run", run), ("build", pinned("build"))):
        if told is not None:
            (checkout / f"{name}.json").write_text(json.dumps({"dependencies": told, "fixes": []}))
    return subprocess.run([checkout / "scripts" / "audit"], capture_output=True, text=True, check=False)


def test_all_that_is_pinned_was_looked_up(checkout: Path) -> None:
    done = audit(checkout, pinned("run"))
    assert done.returncode == 0, done.stderr
    many = len(pinned("run"))
    assert f"{many} pinned, {many} looked up" in done.stdout


def test_what_only_another_python_needs_is_asked_for_too(checkout: Path) -> None:
    audit(checkout, pinned("run"))
    asked = (checkout / "asked-run.txt").read_text("utf-8")
    assert ";" not in asked
    assert re.search(r"^legacy-cgi==\S+ +\\$", asked, re.MULTILINE)
    assert asked.count("--hash=") == (ROOT / "requirements" / "run.txt").read_text("utf-8").count("--hash=")


def test_what_was_left_out_is_named(checkout: Path) -> None:
    first, *others = pinned("run")
    done = audit(checkout, others)
    assert done.returncode == 1
    assert f"not looked up: {first['name']}" in done.stderr


def test_another_version_is_another_library(checkout: Path) -> None:
    first, *others = pinned("run")
    assert audit(checkout, [{**first, "version": "0.0.1"}, *others]).returncode == 1


@pytest.mark.parametrize("told", [None, []], ids=["no answer", "an empty one"])
def test_an_audit_of_nothing_fails(checkout: Path, told: Told | None) -> None:
    assert audit(checkout, told).returncode == 1


def test_one_that_was_skipped_was_not_looked_up(checkout: Path) -> None:
    first, *others = pinned("run")
    skipped: Told = [{"name": first["name"], "skip_reason": "not found"}]
    assert audit(checkout, skipped + others).returncode == 1


def test_what_is_affected_is_told_and_fails(checkout: Path) -> None:
    first, *others = pinned("run")
    done = audit(checkout, [{**first, "vulns": [{"id": "PYSEC-2026-1"}]}, *others], ends=1)
    assert done.returncode == 1
    assert f"{first['name']} {first['version']}: PYSEC-2026-1" in done.stdout

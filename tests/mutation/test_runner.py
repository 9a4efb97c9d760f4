"""Each way in which a mutant may end, in a house whose tests are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.made import CHANGES, FILES, Run, tried


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return tried(tmp_path_factory.mktemp("house"), {})


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("killed in its place", ("killed", "checks/test_rules.py::test_large")),
        ("killed anew", ("killed", "checks/test_rules.py::test_the_first")),
        ("no module any more", ("killed", "")),
        ("survives in its place", ("survived", "")),
        ("survives anew", ("survived", "")),
        ("without end", ("timeout", "")),
        # Its code has no cell for `super` any more, and cannot take the other's place.
        ("another closure", ("killed", "checks/test_rules.py::test_kind")),
        ("unseen", ("unseen", "")),
    ],
)
def test_a_verdict(run: Run, name: str, verdict: tuple[str, str]) -> None:
    assert run.verdicts[name] == verdict, run.said


def test_each_mutant_has_one(run: Run) -> None:
    assert (run.code, sorted(run.verdicts)) == (0, sorted(CHANGES)), run.said


def test_tests_that_fail_without_a_mutant_try_none(tmp_path: Path) -> None:
    failing = FILES["checks/test_rules.py"].replace("ask(4)", "ask(2)")
    run = tried(tmp_path, {"checks/test_rules.py": failing})
    assert (run.code, run.verdicts) == (2, {})
    assert "without a mutant fails: checks/test_rules.py::test_large" in run.said


@pytest.mark.parametrize(("name", "way"), [("killed anew", "anew"), ("killed in its place", "put")])
def test_what_kills_without_a_mutation_is_told_and_nothing_tried(tmp_path: Path, name: str, way: str) -> None:
    """A test that holds only in the first process that runs it would kill every mutant."""
    once = "import os\n\nFIRST = os.getpid()\n\n\ndef here():\n    return os.getpid() == FIRST\n"
    test = "\n\ndef test_here():\n    assert once.here() and rules.small(1)\n"
    rules = "from checks import once\n" + FILES["checks/test_rules.py"] + test
    run = tried(tmp_path, {"checks/once.py": once, "checks/test_rules.py": rules}, (name,))
    assert (run.code, run.verdicts) == (2, {}), run.said
    assert f"made.room.rules is killed without a mutation, {way}: checks/test_rules.py::test_here" in run.said


def test_a_row_that_the_mutant_itself_made_is_run(tmp_path: Path) -> None:
    """Tests that are parametrised by a table have other names when it is another."""
    decorator = "\n\n@pytest.mark.parametrize('of', rules.TABLE.values())\n"
    rows = FILES["checks/test_rules.py"] + decorator + "def test_each(of):\n    assert of in (1, 2)\n"
    run = tried(tmp_path, {"checks/test_rules.py": rows}, ("survives anew",))
    assert run.verdicts == {"survives anew": ("killed", "checks/test_rules.py::test_each[3]")}, run.said

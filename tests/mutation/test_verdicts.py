"""The file of the verdicts, and the page that is made of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from proofs.mutation import report, verdicts
from proofs.mutation.mutant import Mutant, keyed, shortened

ROOT = Path(__file__).parents[2]
SOURCE = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"


def mutant(old: str, new: str, path: str = "ehbox_soap/wire/made_up.py") -> Mutant:
    return keyed(path, "one", SOURCE, SOURCE.replace(old, new), {})


FIRST, SECOND, THIRD, FOURTH = (mutant("return 1", f"return {number}") for number in range(5, 9))


def test_a_mutant_is_known_by_what_it_changes_wherever_that_stands() -> None:
    moved = "\n\n" + SOURCE
    there = keyed("ehbox_soap/wire/made_up.py", "one", moved, moved.replace("return 1", "return 5"), {})
    assert (there.key, there.line, FIRST.line) == (FIRST.key, 4, 2)
    assert (FIRST.before, FIRST.after, FIRST.module) == ("return 1", "return 5", "ehbox_soap.wire.made_up")
    assert len({each.key for each in (FIRST, SECOND, mutant("return 1", "return 5", "another.py"))}) == 3


def test_two_that_read_the_same_have_two_keys() -> None:
    seen: dict[str, int] = {}
    twice = "one = 1\ntwo = 2\none = 1\n"
    changed = ("one = 3\ntwo = 2\none = 1\n", "one = 1\ntwo = 2\none = 3\n")
    first, second = (keyed("a.py", "", twice, each, seen) for each in changed)
    assert (first.before, first.after) == (second.before, second.after)
    assert first.key != second.key


def test_long_lines_are_shown_around_their_difference() -> None:
    before, after = shortened("a" * 300 + "b" + "c" * 300, "a" * 300 + "d" + "c" * 300)
    assert (before.index("b"), len(before), before[0], before[-1]) == (after.index("d"), 112, "…", "…")
    assert shortened("short", "shorter") == ("short", "shorter")


def test_each_verdict_is_in_the_file_at_once_and_the_last_one_counts(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.jsonl"
    with verdicts.Writer(file, ROOT) as writer:
        writer.write(FIRST, "survived", "")
        writer.write(FIRST, "killed", "tests/test_it.py::test_one")
        assert verdicts.read(file)[FIRST.key]["state"] == "killed"
    with verdicts.Writer(file, ROOT) as writer:
        writer.write(SECOND, "timeout", "")
    assert sorted(verdicts.read(file)) == sorted([FIRST.key, SECOND.key])


def test_a_line_that_was_cut_off_is_no_verdict_and_spoils_none(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.jsonl"
    with verdicts.Writer(file, ROOT) as writer:
        writer.write(FIRST, "killed", "")
    file.write_text(file.read_text("utf-8") + json.dumps({"key": SECOND.key, "state": "killed"})[:20], "utf-8")
    with verdicts.Writer(file, ROOT) as writer:
        writer.write(THIRD, "killed", "")
    assert list(verdicts.read(file)) == [FIRST.key, THIRD.key]


@pytest.mark.parametrize(
    ("state", "again"), [("killed", False), ("timeout", False), ("survived", True), ("unseen", True)]
)
def test_what_nothing_noticed_is_tried_again(tmp_path: Path, state: str, again: bool) -> None:
    file = tmp_path / "verdicts.jsonl"
    with verdicts.Writer(file, ROOT) as writer:
        writer.write(FIRST, state, "")
    known = verdicts.read(file)
    assert verdicts.stands(known, FIRST) is not again
    assert verdicts.stands(known, FIRST, survived=True)
    # The module is another by now: nothing is known of it.
    assert not verdicts.stands(known, replace(FIRST, source=FIRST.source + "\n"), survived=True)
    assert not verdicts.stands(known, SECOND, survived=True)


def test_the_page_counts_what_was_tried_and_tells_why_the_rest_lives(tmp_path: Path) -> None:
    file, why = tmp_path / "verdicts.jsonl", tmp_path / "reasons.tsv"
    many = [FIRST, SECOND, THIRD, FOURTH]
    with verdicts.Writer(file, ROOT) as writer:
        for each, state in zip(many, ("killed", "timeout", "survived", "unseen"), strict=True):
            writer.write(each, state, "")
    # Of another text of the module: not tried.
    other = replace(mutant("return 2", "return 4"), source="x = 1\n")
    with verdicts.Writer(file, ROOT) as writer:
        writer.write(mutant("return 2", "return 4"), "killed", "")
    why.write_text(f"# …\n{THIRD.key}\tequivalent: as 1\n{FIRST.key}\tnot needed\n", "utf-8")
    page = report.document(file, {"wire": ["tests/wire"]}, {FIRST.path: [*many, other]}, "a tool", why)
    assert "| wire/made_up.py | 5 | 4 | 1 | 1 | 1 | 1 | 50.0 % | 66.7 % |" in page
    assert "| **wire** | 5 | 4 | 1 | 1 | 1 | 1 | 50.0 % | 66.7 % |" in page
    assert f"- 2 `{THIRD.key}` `return 1` → `return 7`: equivalent: as 1" in page
    assert f"- 2 `{FOURTH.key}` `return 1` → `return 8`: no test runs it" in page
    assert page.endswith(f"## Reasons that nothing needs any more\n\n`{FIRST.key}`\n")
    assert FIRST.key not in page.partition("## Reasons")[0]

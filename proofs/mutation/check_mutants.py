"""Which mutants a module has; scripts/mutate has pytest run this first: it has the libraries that this needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofs.mutation.mutant import Mutant
from proofs.mutation.mutants import mutants

SOURCE = '''"""A module."""
from typing import cast

LIMIT: int = 3
_WORDS = ("one", "two")


class Rule:
    @staticmethod
    def holds(number: int, text: str = "words") -> bool:
        if len(text) + 1 > LIMIT:
            raise ValueError("too long", 5)
        return cast("bool", number < LIMIT)


def within(number: int) -> bool:
    def inner() -> bool:
        return number == 0

    return inner() or isinstance(number, bool)
'''


@pytest.fixture
def found(tmp_path: Path) -> list[Mutant]:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "rule.py").write_text(SOURCE, "utf-8")
    return mutants(tmp_path, "room/rule.py")


def changes(found: list[Mutant], function: str) -> set[tuple[str, str]]:
    return {(each.before, each.after) for each in found if each.function == function}


def test_what_runs_at_import_is_changed(found: list[Mutant]) -> None:
    made = changes(found, "")
    assert ("LIMIT: int = 3", "LIMIT: int = 4") in made
    assert ('_WORDS = ("one", "two")', '_WORDS = ("XXoneXX", "two")') in made
    # A default is read once, when the function is made.
    assert any("words" in before for before, _ in made)


def test_what_is_within_a_function_is_changed_also_where_it_is_decorated(found: list[Mutant]) -> None:
    made = changes(found, "Rule.holds")
    assert ("if len(text) + 1 > LIMIT:", "if len(text) + 1 >= LIMIT:") in made
    assert ("if len(text) + 1 > LIMIT:", "if len(text) - 1 > LIMIT:") in made
    assert ("return number == 0", "return number != 0") in changes(found, "within")
    assert not changes(found, "inner")


def test_what_is_left_out(found: list[Mutant]) -> None:
    """Types, decorators, what len, isinstance and cast are given, the words of a refusal."""
    made = [each.after for each in found]
    assert not [after for after in made if "len(None)" in after or "XXtoo" in after or 'cast("XX' in after]
    assert not [after for after in made if "isinstance(None" in after or "isinstance(number, None" in after]
    assert any("ValueError" in after and "6" in after for after in made)


def test_each_is_a_module_of_its_own_that_compiles_and_differs(found: list[Mutant]) -> None:
    sources = [each.source for each in found]
    assert len(set(sources)) == len(sources) == len({each.key for each in found})
    assert SOURCE not in sources
    for each in found:
        compile(each.source, each.path, "exec")
        assert each.source.splitlines()[each.line - 1] != SOURCE.splitlines()[each.line - 1]
        assert (each.module, each.path) == ("room.rule", "room/rule.py")
    assert [each.line for each in found] == sorted(each.line for each in found)

"""Which tests are tried on a mutant, and in which order: those come first that killed its neighbours.

Knows: which lines each test runs, what it took, who imports whom. Must not know: processes, verdicts.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import coverage
import pytest

from proofs.mutation.imports import Importers
from proofs.mutation.mutant import Mutant

# The first step of those that import anew: so many tests that killed before, from so many files.
_BEFORE, _FILES = 10, 2
# Of those that run one test after the other in one process.
_KILLERS = 20


@dataclass(frozen=True)
class Choice:
    """The tests for a mutant. Where `anew` is said, in steps: the next one is run when nothing failed in the last."""

    steps: tuple[tuple[str, ...], ...]
    anew: bool

    @property
    def names(self) -> list[str]:
        return [name for step in self.steps for name in step]


class Chooser:
    """After one run of all tests without a mutant."""

    def __init__(
        self, items: Sequence[pytest.Item], seconds: Mapping[str, float], data: coverage.CoverageData, who: Importers
    ) -> None:
        self.order = _mixed([item.nodeid for item in items], seconds)
        self._modules = {item.nodeid: item.module.__name__ for item in items if isinstance(item, pytest.Function)}
        self._lines = {path: data.contexts_by_lineno(path) for path in data.measured_files()}
        self._who = who
        self._sources: dict[str, ast.Module] = {}
        self._read: dict[str, list[str]] = {}
        self._killers: dict[str, list[tuple[int, str]]] = defaultdict(list)

    def killed(self, mutant: Mutant, name: str) -> None:
        """Remembers who did, the last one first."""
        self._killers[mutant.path].insert(0, (mutant.line, name))

    def choice(self, mutant: Mutant, hint: str = "") -> Choice:
        """`hint` killed it before, perhaps when the module was another."""
        lines = self._of(mutant.path)
        start = _start(self._source(mutant.path), mutant.line)
        at = next((line for line in range(mutant.line, start - 1, -1) if line in lines), 0)
        here = set(lines.get(at, ()))
        if mutant.function and "" not in here:
            wanted = [name for name in self.order if name in here]
            first = [name for name in self._first(mutant, hint) if name in here][:_KILLERS]
            return Choice((tuple(dict.fromkeys([*first, *wanted])),) if wanted else (), False)
        wanted = self._readers(mutant.module, mutant.path)
        readers = set(wanted)
        first = _of_files([name for name in self._first(mutant, hint) if name in readers])
        rows = list({name.partition("[")[0]: name for name in reversed(wanted)}.values())[::-1]
        broad = [name for name in rows if name not in first]
        earlier = {*first, *broad}
        left = [name for name in wanted if name not in earlier]
        return Choice(tuple(tuple(step) for step in (first, broad, left) if step), True)

    def _source(self, path: str) -> ast.Module:
        if path not in self._sources:
            self._sources[path] = ast.parse(Path(path).read_bytes())
        return self._sources[path]

    def _of(self, path: str) -> dict[int, list[str]]:
        return next((lines for measured, lines in self._lines.items() if measured.endswith("/" + path)), {})

    def _first(self, mutant: Mutant, hint: str) -> list[str]:
        near = sorted(self._killers[mutant.path], key=lambda killer: abs(killer[0] - mutant.line))
        return list(dict.fromkeys([*([hint] if hint else []), *(name for _, name in near)]))

    def _readers(self, module: str, path: str) -> list[str]:
        """A table has no test of its own, others read it: the tests that run something of the module, or of what
        imports it, or that import it themselves."""
        if module not in self._read:
            anew = self._who.all(module)
            running = {path, *(name.replace(".", "/") + ".py" for name in anew)}
            run = {name for path in running for of_line in self._of(path).values() for name in of_line}
            itself = self._who.directly(module)
            self._read[module] = [name for name in self.order if name in run or self._modules.get(name) in itself]
        return self._read[module]


def _start(source: ast.Module, line: int) -> int:
    """The first line of the innermost statement that has this line: of several lines the first may be what counts."""
    starts = [
        node.lineno for node in ast.walk(source) if isinstance(node, ast.stmt) and node.lineno <= line <= _end(node)
    ]
    return max(starts, default=line)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _of_files(names: Sequence[str]) -> list[str]:
    files = list(dict.fromkeys(name.partition("::")[0] for name in names))[:_FILES]
    return [name for name in names if name.partition("::")[0] in files][:_BEFORE]


def _mixed(names: Sequence[str], seconds: Mapping[str, float]) -> list[str]:
    """One row of each test function, then another of each, the quick ones first: whoever kills comes early."""

    def placed() -> Iterator[tuple[int, float, str]]:
        rows: dict[str, int] = defaultdict(int)
        for name in names:
            function = name.partition("[")[0]
            yield rows[function], seconds[name], name
            rows[function] += 1

    return [name for _, _, name in sorted(placed())]

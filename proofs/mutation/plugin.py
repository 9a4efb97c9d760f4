"""A pytest plugin that runs the chosen tests once, learns what each of them runs, and then tries mutants on them.

Knows: pytest, coverage. Must not know: which mutants there are, what comes of the verdicts. Every mutant lives in a
child of its own. One within a function takes the place of that function's code; for one that works at import the child
imports anew what reads its module.
"""

from __future__ import annotations

import gc
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FunctionType

import coverage
import pytest

from proofs.mutation import children
from proofs.mutation.choice import Choice, Chooser
from proofs.mutation.imports import Importers
from proofs.mutation.mutant import Mutant

Verdict = Callable[[Mutant, str, str], None]
_Functions = dict[tuple[str, str], list[FunctionType]]


class Mutation:
    """Give it to pytest.main; `tell` hears of each mutant: killed (and by which test), timeout, survived, unseen.

    `house` are the packages of the mutants and of the tests, `before` who killed which key in an earlier run."""

    def __init__(
        self,
        room: str,
        mutants: Sequence[Mutant],
        tell: Verdict,
        *,
        before: Mapping[str, str] | None = None,
        at_once: int = 2,
        house: tuple[str, str] = ("ehbox_soap", "tests"),
    ) -> None:
        self._mutants = mutants
        self._tell = tell
        self._before = before or {}
        self._at_once = at_once
        self._house = house
        self._coverage = coverage.Coverage(data_file=None, source=[room], config_file=False)
        self._coverage.start()
        self._seconds: dict[str, float] = defaultdict(float)
        self._failed: list[str] = []
        self._same: set[tuple[str, bool]] = set()
        self._running: dict[int, tuple[Mutant, children.Child]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        children.end_at_the_first()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] += report.duration
        if report.failed:
            self._failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The tests as they are, then each mutant; True says to pytest that the tests were run."""
        if session.testsfailed:
            pytest.exit("a test could not be collected", 2)
        for item in session.items:
            self._coverage.switch_context(item.nodeid)
            children.forget(self._house[0])
            children.run([item])
        self._coverage.stop()
        if self._failed:
            pytest.exit(f"without a mutant fails: {self._failed[0]}", 2)
        self._try_all(session)
        return True

    def _try_all(self, session: pytest.Session) -> None:
        self._items = {item.nodeid: item for item in session.items}
        self._who = Importers(self._house)
        self._chooser = Chooser(session.items, self._seconds, self._coverage.get_data(), self._who)
        self._functions = _functions(self._house[0])
        # What stands by now is not looked at again in each child, nor copied.
        gc.collect()
        gc.freeze()
        for mutant in self._mutants:
            choice = self._chooser.choice(mutant, self._before.get(mutant.key, ""))
            if not choice.steps:
                self._tell(mutant, "unseen", "")
                continue
            functions = self._functions.get((mutant.module, mutant.function), [])
            if not choice.anew and not (functions and children.fits(mutant, functions)):
                choice = replace(choice, anew=True)
            self._demand_that_nothing_kills_nothing(mutant, choice)
            while len(self._running) >= self._at_once:
                self._wait()
            child = self._forked(mutant, choice)
            self._running[child.pid] = (mutant, child)
        while self._running:
            self._wait()

    def _forked(self, mutant: Mutant, choice: Choice) -> children.Child:
        if choice.anew:
            dropped = self._who.all(mutant.module)
            return children.forked(children.anew(mutant, dropped, choice.steps, self._seconds))
        functions = self._functions[mutant.module, mutant.function]
        tests = [self._items[name] for name in choice.names]
        return children.forked(children.put(mutant, functions, tests, self._seconds))

    def _demand_that_nothing_kills_nothing(self, mutant: Mutant, choice: Choice) -> None:
        """Both ways of trying a mutant, of each module, with one that changes nothing: whatever kills it would kill all
        others. With all tests of the first module that comes, with a row of each test function of the others."""
        if (mutant.module, choice.anew) in self._same:
            return
        names = choice.names if not self._same else _a_row_of_each(choice.names)
        self._same.add((mutant.module, choice.anew))
        same = replace(mutant, source=Path(mutant.path).read_text(encoding="utf-8"))
        child = self._forked(same, replace(choice, steps=(tuple(names),)))
        state, killer = child.verdict(os.waitpid(child.pid, 0)[1])
        if state != "survived":
            pytest.exit(
                f"{mutant.module} is {state} without a mutation, {'anew' if choice.anew else 'put'}: {killer}", 2
            )

    def _wait(self) -> None:
        pid, status = os.wait()
        if pid not in self._running:
            return
        mutant, child = self._running.pop(pid)
        try:
            state, killer = child.verdict(status)
        except RuntimeError as error:
            sys.stderr.write(f"{mutant.key} could not be tried: {error}\n")
            return
        if killer in self._items:
            self._chooser.killed(mutant, killer)
        self._tell(mutant, state, killer)


def _a_row_of_each(names: Sequence[str]) -> list[str]:
    return list({name.partition("[")[0]: name for name in reversed(names)}.values())


def _functions(package: str) -> _Functions:
    """Every function of the house, by module and qualified name."""
    found = defaultdict(list)
    for value in gc.get_objects():
        if isinstance(value, FunctionType) and (value.__module__ or "").partition(".")[0] == package:
            found[value.__module__, value.__code__.co_qualname].append(value)
    return found

"""A pytest plugin that runs the chosen tests once, learns what each of them runs, and then tries mutants on them.

Knows: pytest, coverage, processes. Must not know: which mutants there are, what comes of the verdicts.
Every mutant lives in a child of its own, forked from the process that has everything imported and every key made. One
within a function takes the place of that function's code; one that works at import makes the child import anew.
"""

from __future__ import annotations

import functools
import gc
import importlib.abc
import importlib.machinery
import os
import resource
import signal
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import coverage
import pytest

from proofs.mutation.mutants import Mutant

Verdict = Callable[[Mutant, str, str], None]
_Functions = dict[tuple[str, str], list[FunctionType]]
# What the tests' keys are made with may stay as it is: only who imports a mutant is imported anew.
_KEPT = ("ehbox_soap.clock", "tests.security.keys")
_CHILDREN = 2
_MEMORY = 6 * 2**30


class Mutation:
    """Give it to pytest.main; `tell` hears of each mutant: killed (and by which test), timeout, survived, unseen."""

    def __init__(self, room: str, mutants: Sequence[Mutant], tell: Verdict) -> None:
        self._mutants = mutants
        self._tell = tell
        self._coverage = coverage.Coverage(data_file=None, source=[room], config_file=False)
        self._coverage.start()
        self._seconds: dict[str, float] = defaultdict(float)
        self._failed: list[str] = []
        self._killers: dict[str, list[str]] = defaultdict(list)

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
            _forget()
            _run([item])
        self._coverage.stop()
        if self._failed:
            pytest.exit(f"without a mutant fails: {self._failed[0]}", 2)
        self._try_all(session)
        return True

    def _try_all(self, session: pytest.Session) -> None:
        order = {item.nodeid: item for item in _mixed(session.items, self._seconds)}
        lines = _Lines(self._coverage.get_data())
        functions = _functions()
        running: dict[int, tuple[Mutant, int]] = {}
        self._demand_that_nothing_kills_nothing(list(order.values()), functions)
        for mutant in self._mutants:
            wanted, imported = lines.of(mutant)
            tests = [order[name] for name in self._first(mutant, order) if name in wanted]
            if not tests:
                self._tell(mutant, "unseen", "")
                continue
            if len(running) >= _CHILDREN:
                self._wait(running)
            limit = 10 + int(4 * sum(self._seconds[item.nodeid] for item in tests))
            run = (
                functools.partial(_anew, mutant, tests)
                if imported
                else functools.partial(_put, mutant, tests, functions=functions)
            )
            child, pipe = _forked(run, limit)
            running[child] = (mutant, pipe)
        while running:
            self._wait(running)

    def _demand_that_nothing_kills_nothing(self, tests: Sequence[pytest.Item], functions: _Functions) -> None:
        """Both ways of trying a mutant, with one that changes nothing: whatever kills it would kill all others."""
        mutant = self._mutants[0]
        same = replace(mutant, source=Path(mutant.path).read_text(encoding="utf-8"))
        for run in (_anew, functools.partial(_put, functions=functions)) if mutant.function else (_anew,):
            child, pipe = _forked(functools.partial(run, same, tests), 600, quiet=False)
            status = os.waitpid(child, 0)[1]
            with os.fdopen(pipe, encoding="utf-8") as file:
                killer = file.read()
            if status:
                pytest.exit(f"{mutant.module} is killed without a mutation ({status}): {killer}", 2)

    def _first(self, mutant: Mutant, order: dict[str, pytest.Item]) -> Iterator[str]:
        """The tests, those first that killed the mutants before it."""
        yield from dict.fromkeys([*reversed(self._killers[mutant.module][-20:]), *order])

    def _wait(self, running: dict[int, tuple[Mutant, int]]) -> None:
        child, status = os.wait()
        mutant, pipe = running.pop(child)
        with os.fdopen(pipe, encoding="utf-8") as file:
            killer = file.read()
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            self._tell(mutant, "survived", "")
        elif code in (-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL):
            self._tell(mutant, "timeout", "")
        else:
            if killer:
                self._killers[mutant.module].append(killer)
            self._tell(mutant, "killed", killer)


class _Lines:
    """Which tests run a line, and whether it is run at import."""

    def __init__(self, data: coverage.CoverageData) -> None:
        self._all = {name for name in data.measured_contexts() if name}
        self._of: dict[str, dict[int, list[str]]] = {}
        for path in data.measured_files():
            self._of[path] = data.contexts_by_lineno(path)

    def of(self, mutant: Mutant) -> tuple[set[str], bool]:
        of = next((lines for path, lines in self._of.items() if path.endswith("/" + mutant.path)), {})
        first = mutant.line
        # A statement of several lines is counted at its first.
        at = next((line for line in range(first, max(first - 40, 0), -1) if line in of), 0)
        here = set(of.get(at, ()))
        if not mutant.function or "" in here:
            # A table has no test of its own, others read it.
            return self._all, True
        return here, False


def _mixed(items: Sequence[pytest.Item], seconds: dict[str, float]) -> list[pytest.Item]:
    """One row of each test function, then another of each, the quick ones first: whoever kills comes early."""
    rows: dict[str, int] = defaultdict(int)
    placed = []
    for item in items:
        function = item.nodeid.partition("[")[0]
        placed.append((rows[function], seconds[item.nodeid], item))
        rows[function] += 1
    return [item for _, _, item in sorted(placed, key=lambda row: row[:2])]


def _run(items: Sequence[pytest.Item]) -> None:
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _forget() -> None:
    """Empties every cache of the house, so that each test runs what it needs."""
    for name, module in list(sys.modules.items()):
        if name.startswith("ehbox_soap."):
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()


def _functions() -> _Functions:
    """Every function of the house, by module and qualified name."""
    found = defaultdict(list)
    for value in gc.get_objects():
        if isinstance(value, FunctionType) and value.__module__ and value.__module__.startswith("ehbox_soap."):
            found[value.__module__, value.__code__.co_qualname].append(value)
    return found


def _forked(run: Callable[[Callable[[str], None]], None], limit: int, *, quiet: bool = True) -> tuple[int, int]:
    """A child that ends with 0 when nothing was noticed, with 1 else, and by a signal after its time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        os.close(reading)
        if quiet:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(30 + 4 * limit)

        def killed(name: str) -> None:
            os.write(writing, name.encode())
            os._exit(1)

        run(killed)
        os._exit(0)
    except BaseException:
        if not quiet:
            traceback.print_exc()
        raise
    finally:
        # Whatever came up to here was the mutant's.
        os._exit(1)


class _Watch:
    """Ends the child at the first test that fails."""

    def __init__(self, killed: Callable[[str], None], order: Sequence[str] = ()) -> None:
        self._killed = killed
        self._order = {name: at for at, name in enumerate(order)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._killed(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid]
        )


def _put(
    mutant: Mutant,
    tests: Sequence[pytest.Item],
    killed: Callable[[str], None],
    functions: _Functions,
) -> None:
    """Runs the tests with the mutant's code in its function."""
    code = _code(compile(mutant.source, mutant.path, "exec"), mutant.function)
    targets = functions[mutant.module, mutant.function]
    if not targets:
        raise LookupError(mutant.function)
    for target in targets:
        target.__code__ = code
    _forget()
    tests[0].config.pluginmanager.register(_Watch(killed))
    _run(tests)


def _code(module: CodeType, function: str) -> CodeType:
    waiting = [module]
    while waiting:
        code = waiting.pop()
        if code.co_qualname == function:
            return code
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    raise LookupError(function)


def _anew(mutant: Mutant, tests: Sequence[pytest.Item], killed: Callable[[str], None]) -> None:
    """Imports the house with the mutant in it, and runs the tests by a pytest of its own."""
    for name in list(sys.modules):
        if name.startswith(("ehbox_soap.", "tests.")) and name not in _KEPT:
            del sys.modules[name]
    sys.meta_path.insert(0, _Finder(mutant))
    names = [item.nodeid for item in tests]
    files = dict.fromkeys(name.partition("::")[0] for name in names)
    code = pytest.main(["-q", "-x", "-s", "-p", "no:cov", *files], plugins=[_Watch(killed, names)])
    if code:
        killed("")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant when its module is asked for."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=self._mutant.path)

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(Path(self._mutant.path).resolve())
        exec(compile(self._mutant.source, module.__file__, "exec"), vars(module))

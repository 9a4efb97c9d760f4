"""A child process for each mutant: what it runs, how it ends.

Knows: processes, pytest. Must not know: which tests are worth running, what comes of the verdict. A child is forked
from the process that has everything imported and every key made; it ends at the first test that fails.
"""

from __future__ import annotations

import functools
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

import hypothesis
import pytest

from proofs.mutation.imports import Instead, drop
from proofs.mutation.mutant import Mutant

Killed = Callable[[str], None]
# Of a test: what it may take is so many times what it took, and so many seconds.
TIMES, MORE = 10, 4.0
_MEMORY = 6 * 2**30
_NOTICED, _BROKEN = 1, 3
_ENDED_BY_TIME = (-signal.SIGPROF, -signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL)
OPTIONS = ("-q", "-x", "-s", "-p", "no:cov", "--assert=plain")


@dataclass(frozen=True)
class Child:
    """A running one. `verdict` is asked when it has ended."""

    pid: int
    pipe: int
    folder: str

    def verdict(self, status: int) -> tuple[str, str]:
        """Killed (and by which test), timeout or survived. RuntimeError: it could not try at all."""
        with os.fdopen(self.pipe, encoding="utf-8") as file:
            said = file.read()
        shutil.rmtree(self.folder, ignore_errors=True)
        code = os.waitstatus_to_exitcode(status)
        if code == _BROKEN:
            raise RuntimeError(said)
        if code == 0:
            return "survived", ""
        return ("timeout", "") if code in _ENDED_BY_TIME else ("killed", said)


def forked(tries: Callable[[Killed, str], None]) -> Child:
    """Calls it in a child, with what to call when something is noticed, and a folder for the files of the tests."""
    reading, writing = os.pipe()
    folder = tempfile.mkdtemp(prefix="ehbox-mutant-")
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading, folder)
    try:
        os.close(reading)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        allow(0.0)

        def killed(name: str) -> None:
            os.write(writing, name.encode())
            os._exit(_NOTICED)

        try:
            tries(killed, folder)
        except Unable:
            os.write(writing, traceback.format_exc().encode())
            os._exit(_BROKEN)
        os._exit(0)
    finally:
        # Whatever came up to here was the mutant's.
        os._exit(_NOTICED)


class Unable(Exception):
    """The mutant could not be put in its place."""


def allow(seconds: float) -> None:
    """For what comes next, which took so long without a mutant: processor time, and waiting."""
    signal.setitimer(signal.ITIMER_PROF, MORE + TIMES * seconds)
    signal.alarm(30 + int(4 * TIMES * seconds))


def end_at_the_first() -> None:
    """A failure is enough: hypothesis need not find the smallest, nor others."""
    hypothesis.settings.register_profile(
        "mutation",
        hypothesis.settings(),
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        report_multiple_bugs=False,
    )
    hypothesis.settings.load_profile("mutation")


class Watch:
    """Ends the child at the first test that fails; with `order`, runs these in that order and nothing else, but for
    rows of their functions that the mutant itself made."""

    def __init__(self, killed: Killed, seconds: Mapping[str, float], order: Sequence[str] = ()) -> None:
        self._killed = killed
        self._seconds = seconds
        self._order = {name: at for at, name in enumerate(order)}
        self._functions = {name.partition("[")[0] for name in order}

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        end_at_the_first()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        allow(self._seconds.get(nodeid, 1.0))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._killed(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._killed(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        last = len(self._order)
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order or self._is_new(item.nodeid)),
            key=lambda item: self._order.get(item.nodeid, last),
        )

    def _is_new(self, name: str) -> bool:
        return name not in self._seconds and name.partition("[")[0] in self._functions


def put(
    mutant: Mutant,
    functions: Sequence[FunctionType],
    tests: Sequence[pytest.Item],
    seconds: Mapping[str, float],
) -> Callable[[Killed, str], None]:
    """Runs the tests, which are collected, with the mutant's code in its function."""

    def tries(killed: Killed, _folder: str) -> None:
        code = code_of(mutant)
        if code is None:
            raise Unable(mutant.function)
        for function in functions:
            function.__code__ = code
        forget(mutant.module)
        tests[0].config.pluginmanager.register(Watch(killed, seconds))
        run(tests)

    return tries


def fits(mutant: Mutant, functions: Sequence[FunctionType]) -> bool:
    """Whether the mutant's code can take the place of theirs."""
    code = code_of(mutant)
    return code is not None and all(each.__code__.co_freevars == code.co_freevars for each in functions)


def code_of(mutant: Mutant) -> CodeType | None:
    """That of its function."""
    waiting = [compile(mutant.source, mutant.path, "exec")]
    while waiting:
        code = waiting.pop()
        if code.co_qualname == mutant.function:
            return code
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return None


def anew(
    mutant: Mutant, dropped: Iterable[str], steps: Sequence[Sequence[str]], seconds: Mapping[str, float]
) -> Callable[[Killed, str], None]:
    """Imports what reads the module with the mutant in it, and runs these tests, one step after the other, each by a
    pytest of its own."""

    def tries(killed: Killed, folder: str) -> None:
        drop(dropped)
        forget(mutant.module)
        sys.meta_path.insert(0, Instead(mutant.module, mutant.path, mutant.source))
        for number, names in enumerate(steps):
            files = dict.fromkeys(name.partition("::")[0] for name in names)
            # Collecting them is work too.
            allow(2.0)
            options = (*OPTIONS, f"--basetemp={Path(folder, str(number))}")
            code = pytest.main([*options, *files], plugins=[Watch(killed, seconds, names)])
            if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                killed("")

    return tries


def run(items: Sequence[pytest.Item]) -> None:
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def forget(module: str) -> None:
    """Empties every cache of the module's house, so that each test runs what it needs."""
    house = module.partition(".")[0]
    for name, each in list(sys.modules.items()):
        if name.partition(".")[0] == house:
            for value in list(vars(each).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()

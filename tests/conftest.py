"""What every test may ask for, and how long hypothesis looks: `--hypothesis-profile=thorough` for ten times as long."""

from __future__ import annotations

import hypothesis
import pytest

from tests.databases import cluster, database_url, databases, postgresql_databases, sqlite_files, store
from tests.door_kinds import KINDS, WITHIN, doors
from tests.fuzz.told import told
from tests.over_http import choose

__all__ = ["cluster", "database_url", "databases", "doors", "postgresql_databases", "sqlite_files", "store"]

for _name, _runs in (("quick", 50), ("thorough", 500)):
    hypothesis.settings.register_profile(
        _name, max_examples=_runs, stateful_step_count=50, deadline=None, derandomize=True, database=None
    )
hypothesis.settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-inputs", type=int, default=0, help="fuzz with so many new inputs; 0: the usual ones")
    parser.addoption("--door", choices=KINDS, default=WITHIN, help="by which door tests of the front door come in")
    parser.addoption("--need", action="append", default=[], help="fail instead of skipping where this is lacking")
    parser.addoption("--every", type=int, default=1, help="over HTTP: of each test only every so manieth case")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    choose(config, items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many inputs fuzzed what, in this run."""
    reports = (each for some in terminalreporter.stats.values() for each in some if getattr(each, "when", "") == "call")
    if line := told(pair for report in reports for pair in report.user_properties):
        terminalreporter.write_line(line)

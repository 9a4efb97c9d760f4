"""The doors of the front tests, for attacks on every port; which of them a run over HTTP makes, and what came of each.

Knows: the run's door. Must not know: any attack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import DATABASES
from tests.door_kinds import WITHIN
from tests.front.conftest import (
    door,
    foreign,
    foreign_settings,
    fresh,
    fresh_foreign,
    people,
    standing,
    standing_foreign,
    standing_strict,
    template,
)
from tests.http.door import TALLY

__all__ = [
    "door",
    "foreign",
    "foreign_settings",
    "fresh",
    "fresh_foreign",
    "people",
    "standing",
    "standing_foreign",
    "standing_strict",
    "template",
]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Over HTTP: on the run's own database, what a running server has a part in, and of that every so manieth case."""
    kind = config.getoption("--door")
    if kind == WITHIN:
        return
    every, counts = config.getoption("--every"), Counter[str]()
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        if item.path.is_relative_to(HERE):
            if marker := item.get_closest_marker("within"):
                item.add_marker(pytest.mark.skip(reason=marker.args[0]))
            elif _of_another(item, kind):
                left.append(item)
                continue
            name = item.nodeid.partition("[")[0]
            counts[name] += 1
            if (counts[name] - 1) % every:
                left.append(item)
                continue
        kept.append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def _of_another(item: pytest.Item, kind: str) -> bool:
    """Whether it is made for another database than the run's."""
    callspec = getattr(item, "callspec", None)
    database = None if callspec is None else callspec.params.get("stage")
    return database in DATABASES and not kind.endswith(f"-{database}")


@pytest.fixture(autouse=True)
def _answers_are_counted(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """Into the run's report: how each call over HTTP was answered."""
    before = Counter(TALLY)
    yield
    for name, count in (TALLY - before).items():
        record_property(name, count)


@pytest.fixture
def many(request: pytest.FixtureRequest) -> int:
    """How many are a thousand: fewer in a run that makes only a part."""
    return 1000 // int(request.config.getoption("--every"))

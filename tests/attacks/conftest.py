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

    def is_made(item: pytest.Item) -> bool:
        if not item.path.is_relative_to(HERE) or item.get_closest_marker("within"):
            return True
        if _of_another(item, kind):
            return False
        # What has one case is a case of its module: each may need a server of its own.
        name = item.nodeid.partition("[")[0] if hasattr(item, "callspec") else str(item.path)
        counts[name] += 1
        return counts[name] % every == 1 % every

    made = [item for item in items if is_made(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in made])
    items[:] = made
    for item in made:
        if marker := item.get_closest_marker("within"):
            item.add_marker(pytest.mark.skip(reason=marker.args[0]))


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

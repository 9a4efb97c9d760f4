"""Tests of the front door over HTTP (`--door`): which of them are made, and how each call of theirs was answered.

Knows: the run's options. Must not know: any test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.databases import DATABASES
from tests.door_kinds import WITHIN


def choose(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves those that are made: on the run's own database, what a running server has a part in, and of that every so
    manieth case. A test of one case is a case of its module: each may need a server of its own."""
    kind = config.getoption("--door")
    if kind == WITHIN:
        return
    every, counts = int(config.getoption("--every")), Counter[str]()

    def is_made(item: pytest.Item) -> bool:
        if item.get_closest_marker("within"):
            return True
        if _of_another(item, kind):
            return False
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
def answers_are_counted(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """Into the run's report."""
    from tests.http.door import TALLY

    before = Counter(TALLY)
    yield
    for name, count in (TALLY - before).items():
        record_property(name, count)

"""The doors of the front tests, for attacks on every port."""

from __future__ import annotations

import pytest

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
from tests.over_http import answers_are_counted

__all__ = [
    "answers_are_counted",
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


@pytest.fixture
def many(request: pytest.FixtureRequest) -> int:
    """How many are a thousand: fewer in a run that makes only a part."""
    return 1000 // int(request.config.getoption("--every"))

"""The doors of the front tests, for attacks on every port."""

from __future__ import annotations

from tests.front.conftest import (
    door,
    foreign,
    foreign_settings,
    fresh,
    fresh_foreign,
    people,
    standing,
    standing_foreign,
    template,
)

__all__ = [
    "door",
    "foreign",
    "foreign_settings",
    "fresh",
    "fresh_foreign",
    "people",
    "standing",
    "standing_foreign",
    "template",
]

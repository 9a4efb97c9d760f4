"""The doors of the front door's tests."""

from __future__ import annotations

from tests.front.conftest import door, fresh, people, standing, template

__all__ = ["door", "fresh", "people", "standing", "template"]

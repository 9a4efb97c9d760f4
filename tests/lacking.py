"""What a machine lacks: its tests are skipped and say why, but not where a run needs them.

Knows: EHBOX_TESTS_NEED, the names of what must not be lacking, which CI sets: green is no proof of what was skipped.
"""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(name: str, reason: object) -> NoReturn:
    """Skips the test, or fails it where it is needed."""
    told = f"no {name}: {reason}"
    if name in os.environ.get("EHBOX_TESTS_NEED", "").split():
        pytest.fail(told)
    pytest.skip(told)

"""What a machine lacks: its tests are skipped and say why, but not where a run needs them (`--need`, as CI's does).

Green is no proof of what was skipped. Must not know: what any of it is for.
"""

from __future__ import annotations

from typing import NoReturn

import pytest


def lacking(name: str, reason: object, config: pytest.Config) -> NoReturn:
    """Skips the test, or fails it where that is needed."""
    told = f"no {name}: {reason}"
    if name in config.getoption("--need"):
        pytest.fail(told)
    pytest.skip(told)

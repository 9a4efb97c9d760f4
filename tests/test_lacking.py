"""tests/lacking.py: what is skipped elsewhere fails where it is needed."""

from __future__ import annotations

import pytest

from tests.lacking import lacking


class Asked:
    """A run that needs these."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)

    def getoption(self, name: str) -> list[str]:
        assert name == "--need"
        return self.names


def test_what_nobody_asked_for_is_skipped() -> None:
    with pytest.raises(pytest.skip.Exception, match="no postgresql: not installed"):
        lacking("postgresql", "not installed", Asked())  # type: ignore[arg-type]  # all that is asked of it


def test_what_is_needed_fails() -> None:
    for name in ("postgresql", "tmpfs"):
        with pytest.raises(pytest.fail.Exception, match=f"no {name}: not installed"):
            lacking(name, "not installed", Asked("postgresql", "tmpfs"))  # type: ignore[arg-type]  # the same

"""tests/lacking.py: what is skipped elsewhere fails where it is needed."""

from __future__ import annotations

import pytest

from tests.lacking import lacking


def test_what_nobody_asked_for_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EHBOX_TESTS_NEED", "")
    with pytest.raises(pytest.skip.Exception, match="no postgresql: not installed"):
        lacking("postgresql", "not installed")


def test_what_is_needed_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EHBOX_TESTS_NEED", "postgresql tmpfs")
    for name in ("postgresql", "tmpfs"):
        with pytest.raises(pytest.fail.Exception, match=f"no {name}: not installed"):
            lacking(name, "not installed")

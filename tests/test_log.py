"""The log's lines, whoever writes them at once."""

from __future__ import annotations

import errno
import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from ehbox_soap import log
from ehbox_soap.config import LogSettings


class Pieces(io.StringIO):
    """Notes what is written in one go."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return len(text)


def test_a_line_is_written_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads and workers share the stream: a line end written by itself comes after somebody else's line."""
    pieces = Pieces()
    monkeypatch.setattr(sys, "stderr", pieces)
    log.set_up(LogSettings(format="json"))
    log.logger().info("request", outcome="100")
    (line,) = pieces.pieces
    assert line.endswith("\n")
    assert json.loads(line)["outcome"] == "100"


class Full(Pieces):
    """On a disk without room."""

    def write(self, text: str) -> int:
        super().write(text)
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes after the commit: a call that failed by it would be told a fault of what has been done."""
    full = Full()
    monkeypatch.setattr(sys, "stderr", full)
    log.set_up(LogSettings(format="json"))
    log.logger().info("request", outcome="100")
    assert len(full.pieces) == 1


def test_gunicorn_tells_its_errors_and_no_path(caplog: pytest.LogCaptureFixture) -> None:
    """Also where somebody turns its loggers on: a client may write into a path what it likes."""
    log.set_up(LogSettings())
    with caplog.at_level(logging.DEBUG):
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            logging.getLogger("gunicorn.error").log(level, "GET %s", "/Kanarie")
    assert [record.levelname for record in caplog.records] == ["DEBUG", "INFO", "WARNING", "ERROR"]
    assert ["Kanarie" in record.getMessage() for record in caplog.records] == [False, False, False, True]


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """The log goes to the real standard error again."""
    yield
    log.set_up(LogSettings())

"""Logging: one structured line a request, human on a terminal and JSON otherwise.

Knows: structlog, the two settings of [log]. Must not know: requests. Callers hand over codes, durations and ids of
faults only: never a content, a name or an identifier.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from ehbox_soap.config import LogSettings

QUIET = ("zeep", "spyne", "urllib3", "alembic", "sqlalchemy", "signxml", "psycopg")
"""Libraries whose own lines could hold payloads, rows or addresses."""
ERRORS_ONLY = "gunicorn"
"""What it says below an error holds the paths, addresses and words of clients; its errors are of workers."""
_WITHHELD = "withheld, because it could hold contents"

_put_together: list[Any] = []


# ValueError is what a stream raises that was closed.
_LOST = (OSError, ValueError)


class _Unfailing:
    """A stream for lines that may be lost: where one cannot be written, because the disk is full, nobody reads the pipe
    any more or the stream was closed, a call is answered all the same."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(*_LOST):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(*_LOST):
            self._stream.flush()


def _record(
    name: str, level: int, path: str, line: int, message: object, args: Any, exc_info: Any, *rest: Any, **more: Any
) -> logging.LogRecord:
    """A record as the standard library makes it; of a quiet library's only its name, level and place are kept, so that
    nothing is told either where somebody turns its loggers on."""
    library = name.partition(".")[0]
    if library in QUIET or (library == ERRORS_ONLY and level < logging.ERROR):
        message, args, exc_info = _WITHHELD, (), None
    return logging.LogRecord(name, level, path, line, message, args, exc_info, *rest, **more)


def set_up(settings: LogSettings) -> None:
    """Sends every line to standard error in the chosen form; idempotent."""
    human = settings.format == "human" or (settings.format == "auto" and sys.stderr.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer() if human else structlog.processors.JSONRenderer()
    level = getattr(logging, settings.level)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # One write a line: two would let the lines of threads run into each other.
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, _Unfailing(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    # Put together once: structlog would do so for each line.
    _put_together[:] = [structlog.get_logger().bind()]
    logging.setLogRecordFactory(_record)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def logger() -> Any:
    """The one logger, as it was set up last."""
    return _put_together[0] if _put_together else structlog.get_logger()

"""Everything that is told beside an answer: the log at DEBUG, what libraries log where somebody turns them on, standard
output and error, the figures, and pages for errors of HTTP.

Knows: logging, WSGI. Must not know: what was asked.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.door import Door

PAGES = ("/", "/metrics", "/livez", "/readyz", "/ehBoxPublication/v3", "/xsd/{}", "/{}", "/ehBoxConsultation/v3/{}")


class _Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {self.format(record)} {record.args!r} {record.exc_info!r}")


@dataclass
class Heard:
    """What was heard so far; `turned_on` are the libraries' loggers."""

    handler: _Everything = field(default_factory=_Everything)
    turned_on: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return self.handler.lines

    @property
    def logged(self) -> str:
        return "\n".join(self.lines)


@contextmanager
def loggers_on() -> Iterator[Heard]:
    """Every logger that exists, and every one below it, says all it has to say. Use it once the server is built."""
    heard = Heard()
    before: list[tuple[logging.Logger, int, bool]] = []
    # Loggers are made when a module is imported: by now they are there.
    loggers = [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    for logger in (logging.root, *loggers):
        before.append((logger, logger.level, logger.propagate))
        logger.setLevel(logging.DEBUG)
        logger.propagate = True
        heard.turned_on.append(logger.name)
    logging.root.addHandler(heard.handler)
    try:
        yield heard
    finally:
        logging.root.removeHandler(heard.handler)
        for logger, level, propagate in before:
            logger.setLevel(level)
            logger.propagate = propagate


def pages(door: Door, word: str) -> str:
    """What is answered to a GET, a PUT and a HEAD of each page, some of whose paths and queries hold that word."""
    told = []
    for path in PAGES:
        for method in ("GET", "PUT", "HEAD"):
            environ: dict[str, Any] = {
                "REQUEST_METHOD": method,
                "PATH_INFO": path.format(word),
                "QUERY_STRING": f"x={word}",
                "HTTP_HOST": f"{word}.example",
                "wsgi.input": io.BytesIO(word.encode()),
                "CONTENT_LENGTH": str(len(word)),
            }
            said: list[object] = []
            body = b"".join(door.server(environ, lambda *args, said=said: said.extend(args)))
            told.append(f"{said} {body.decode()}")
    return "\n".join(told)

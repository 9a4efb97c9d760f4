"""What a server does beside its answers, where it does it: every statement of a store, every line of every logger.

Knows: SQLite's own trace and psycopg's cursors, which see what SQLAlchemy executes and what goes past it
(store/prepared.py); logging. Must not know: any table, what was asked.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import event

from ehbox_soap import log
from ehbox_soap.store.engine import Store
from proofs.driver import psycopg_connections

_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|\bNULL\b")
SOCKET_EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request")
"""The interpreter's audit events of somebody who goes elsewhere."""


@contextmanager
def traced_store(store: Store) -> Iterator[list[str]]:
    """The statements in their order, each value in them a question mark; not how a connection is set up."""
    found: list[str] = []

    def note(text: str) -> None:
        if not text.startswith("PRAGMA"):
            found.append(_VALUES.sub("?", text))

    def trace(connection: Any, *_: object) -> None:
        connection.set_trace_callback(note)

    def connect(_dialect: object, _record: object, cargs: Any, cparams: Any) -> object:
        # What ends a transaction, or is done for many rows at once, is told without its text.
        return psycopg_connections(lambda text, _: note(text)).connect(*cargs, **cparams)

    engines = (store._engine, store._quick)
    kind, listener = ("connect", trace) if store._engine.dialect.name == "sqlite" else ("do_connect", connect)
    for engine in engines:
        event.listen(engine, kind, listener)
    # The connections are kept: only new ones are traced, and none of them stays.
    store.close()
    try:
        yield found
    finally:
        for engine in engines:
            event.remove(engine, kind, listener)
        store.close()


class LogAsItIs:
    """How the log is set up now, to be put back: also the logger that is put together once, which would otherwise go on
    telling into a list that no test looks at any more."""

    def __init__(self) -> None:
        self._config = structlog.get_config()
        self._together = log._put_together[:]

    def put_back(self) -> None:
        structlog.configure(**self._config)
        log._put_together[:] = self._together


class Everything(logging.Handler):
    """Hands each record on as one text: what it would print, and what it was made of."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        super().__init__(logging.NOTSET)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(f"{record.name} {self.format(record)} {record.args!r} {record.exc_info!r}")


@contextmanager
def loggers_on(tell: Callable[[str], object]) -> Iterator[None]:
    """Every logger that exists, and every one below it, says all it has to say. Use it once the server is built."""
    before: list[tuple[logging.Logger, int, bool]] = []
    handler = Everything(tell)
    # Loggers are made when a module is imported: by now they are there.
    loggers = [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    for logger in (logging.root, *loggers):
        before.append((logger, logger.level, logger.propagate))
        logger.setLevel(logging.DEBUG)
        logger.propagate = True
    logging.root.addHandler(handler)
    try:
        yield
    finally:
        logging.root.removeHandler(handler)
        for logger, level, propagate in before:
            logger.setLevel(level)
            logger.propagate = propagate

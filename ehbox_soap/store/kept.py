"""Connections that stay taken from SQLAlchemy's pool from one transaction to the next.

Knows: that taking and giving back costs four times what a transaction itself does. Must not know: databases, tables.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, event


class Kept:
    """The connections of one engine, or of a variant of it with options of its own. Thread-safe.

    One that was used without trouble is kept for whoever comes next; what an exception went through goes back to the
    pool, which knows whether it is still good. None outlives the engine.
    """

    def __init__(self, engine: Engine, variant: Engine | None = None, most: int = 4) -> None:
        self._engine = variant or engine
        self._most = most
        # The one used last comes first, as in the pool. A deque is taken from and added to by threads at once.
        self._idle: deque[Connection] = deque()
        event.listen(engine, "engine_disposed", lambda _: self._end())

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection within a transaction: commits on leaving, rolls back on any exception, which goes on."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            with connection.begin():
                yield connection
        except BaseException:
            if connection.invalidated:
                # Where one was cut off, so were those that waited with it.
                self._end()
            connection.close()
            raise
        if len(self._idle) < self._most:
            self._idle.append(connection)
        else:
            connection.close()

    def _end(self) -> None:
        """Closes what is kept, instead of giving it back to a pool that may be gone by now."""
        while self._idle:
            with suppress(IndexError):
                connection = self._idle.pop()
                connection.invalidate()
                connection.close()

"""How far the mailbox's clock is shifted, and when scheduled work was last begun.

Knows: the one row of the shift, a row per work. Must not know: who may shift it, what the work is.
All processes read the shift here, so that they agree on the time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from .statements import insert_if_new
from .work_tables import clock_shift, schedule

_MICROSECOND = timedelta(microseconds=1)
_SHIFT = select(clock_shift.c.shift)
_BEGUN = select(schedule.c.begun_at).where(schedule.c.name == bindparam("work"))
# A clock that was set back must not stop what is done every so often.
_BEGIN = (
    update(schedule)
    .where(
        schedule.c.name == bindparam("work"),
        or_(schedule.c.begun_at <= bindparam("stale"), schedule.c.begun_at > bindparam("now")),
    )
    .values(begun_at=bindparam("now"))
)


class StoredClock:
    """The shift of the mailbox's clock, and the schedules that go by it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def shift(self) -> timedelta:
        """What is added to true time."""
        found = self._connection.execute(_SHIFT).scalar_one_or_none()
        return timedelta(0) if found is None else found * _MICROSECOND

    def set_shift(self, shift: timedelta) -> None:
        """Keeps what is added to true time from now on; zero is true time again."""
        self._connection.execute(delete(clock_shift))
        if shift:
            self._connection.execute(insert(clock_shift).values(clock_key=1, shift=shift // _MICROSECOND))

    def is_due(self, work: str, every: timedelta, now: datetime) -> bool:
        """Whether that work was never begun, or was not since `every`; by the mailbox's clock."""
        begun = self._connection.execute(_BEGUN, {"work": work}).scalar_one_or_none()
        return begun is None or begun > now or begun <= now - every

    def begin(self, work: str, every: timedelta, now: datetime) -> bool:
        """Keeps that the work begins now; False if it is not due, as when another process has just begun it."""
        if insert_if_new(self._connection, schedule, {"name": work, "begun_at": now}) is not None:
            return True
        begun = self._connection.execute(_BEGIN, {"work": work, "stale": now - every, "now": now})
        return begun.rowcount == 1

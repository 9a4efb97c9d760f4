"""The memory of calls that were accepted, so that none is accepted twice.

Knows: keys and when they end. Must not know: what a key is made of.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from ehbox_soap.errors import SoapFault

from .prepared import Prepared
from .statements import DIALECTS, insertion_if_new
from .tables import replay_key

# A few ended keys leave with every new one: more than come in, few enough to cost nothing.
_FEW = 8
_ENDED = replay_key.c.until <= bindparam("now")
# Another transaction may be sweeping the same keys: it leaves those to it.
_SOME = select(replay_key.c.replay_key).where(_ENDED).order_by(replay_key.c.until).limit(_FEW)
# By WITH, so that PostgreSQL asks once: within the condition it may ask for each row anew, and sweep them all.
_FOUND = _SOME.with_for_update(skip_locked=True).cte("found")
_SWEEP = Prepared(delete(replay_key).where(replay_key.c.replay_key.in_(select(_FOUND.c.replay_key))))
_INSERT = {dialect: Prepared(insertion_if_new(dialect, replay_key)) for dialect in DIALECTS}
_RENEW = Prepared(
    update(replay_key).where(replay_key.c.replay_key == bindparam("key"), _ENDED).values(until=bindparam("end"))
)


class Replay:
    """Replay keys, across workers and restarts. Times are true time, not the mailbox's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def remember(self, key: str, until: datetime, now: datetime) -> None:
        """Keeps the key until then; raises SoapFault SOA-01001 if it is known and has not ended."""
        _SWEEP.count(self._connection, now=now)
        if _INSERT[self._connection.dialect.name].rows(self._connection, replay_key=key, until=until):
            return
        if _RENEW.count(self._connection, key=key, now=now, end=until) != 1:
            raise SoapFault("SOA-01001", "replay: this signed message was received before")

"""The memory of calls that were accepted, so that none is accepted twice.

Knows: keys and when they end. Must not know: what a key is made of.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from ehbox_soap.errors import SoapFault

from .statements import insert_if_new
from .tables import replay_key

# A few ended keys leave with every new one: more than come in, few enough to cost nothing.
_SWEEP = 8


class Replay:
    """Replay keys, across workers and restarts. Times are true time, not the mailbox's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def remember(self, key: str, until: datetime, now: datetime) -> None:
        """Keeps the key until then; raises SoapFault SOA-01001 if it is known and has not ended."""
        self._sweep(now)
        if insert_if_new(self._connection, replay_key, {"replay_key": key, "until": until}) is not None:
            return
        ended = (replay_key.c.replay_key == key) & (replay_key.c.until <= now)
        renewed = self._connection.execute(update(replay_key).where(ended).values(until=until))
        if renewed.rowcount != 1:
            raise SoapFault("SOA-01001", "replay: this signed message was received before")

    def _sweep(self, now: datetime) -> None:
        ended = select(replay_key.c.replay_key).where(replay_key.c.until <= now).order_by(replay_key.c.until)
        # Another transaction may be sweeping the same keys: it leaves those to it.
        some = ended.limit(_SWEEP).with_for_update(skip_locked=True).scalar_subquery()
        self._connection.execute(delete(replay_key).where(replay_key.c.replay_key.in_(some)))

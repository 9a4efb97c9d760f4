"""The memory of PublicationIds (PUB-2, PUB-3), which outlives the messages.

Knows: which PublicationId a box used, when, for what. Must not know: how long that binds whom.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from .message_records import PublicationRecord
from .prepared import Prepared
from .statements import insert_if_new
from .tables import publication

_OWN = (publication.c.box_key == bindparam("key"), publication.c.publication_id == bindparam("id"))
_FIND = Prepared(select(publication.c.message_id, publication.c.fingerprint, publication.c.published_at).where(*_OWN))
_RENEW = (
    update(publication)
    .where(*_OWN)
    .values(message_id=bindparam("message"), fingerprint=bindparam("print"), published_at=bindparam("now"))
)
_FORGET = Prepared(delete(publication).where(*_OWN, publication.c.published_at <= bindparam("until")))


class Publications:
    """PublicationIds by box."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, box_key: int, publication_id: str) -> PublicationRecord | None:
        """What the box last published under that PublicationId, or None."""
        rows = _FIND.rows(self._connection, key=box_key, id=publication_id)
        return PublicationRecord(*rows[0]) if rows else None

    def remember(self, box_key: int, publication_id: str, record: PublicationRecord, forget_until: datetime) -> bool:
        """Keeps it; False if one is there already. One published until `forget_until` makes room first."""
        _FORGET.count(self._connection, key=box_key, id=publication_id, until=forget_until)
        added = insert_if_new(
            self._connection,
            publication,
            {
                "box_key": box_key,
                "publication_id": publication_id,
                "message_id": record.message_id,
                "fingerprint": record.fingerprint,
                "published_at": record.published_at,
            },
        )
        return added is not None

    def renew(self, box_key: int, publication_id: str, record: PublicationRecord) -> None:
        """What is remembered of it is now that (PUB-11)."""
        news = {"message": record.message_id, "print": record.fingerprint, "now": record.published_at}
        self._connection.execute(_RENEW, {"key": box_key, "id": publication_id, **news})

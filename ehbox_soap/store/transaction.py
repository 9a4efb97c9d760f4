"""One transaction, as the rooms above see it: a small object for each kind of thing that is kept.

Knows: which objects there are. Must not know: SQL, rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from .absences import Absences
from .address_book import AddressBook
from .boxes import Boxes
from .clock import StoredClock
from .contacts import Contacts
from .deliveries import Deliveries
from .fan_outs import FanOuts
from .kgss_keys import KgssKeys
from .messages import Messages
from .notification import Notifications
from .outbox import Outbox
from .publications import Publications
from .receipts import Receipts
from .register import Register
from .replay import Replay
from .retention import Retention
from .tokens import Tokens
from .usage import Usage
from .whole import Whole


class Transaction:
    """`write` tells whether it may write; one that may not raises from the database if it tries."""

    def __init__(self, connection: Connection, *, write: bool) -> None:
        self._connection = connection
        self.write = write
        self.boxes = Boxes(connection)
        self.messages = Messages(connection)
        self.deliveries = Deliveries(connection)
        self.receipts = Receipts(connection)
        self.publications = Publications(connection)
        self.absences = Absences(connection)
        self.fan_outs = FanOuts(connection)
        self.contacts = Contacts(connection)
        self.register = Register(connection, self.boxes, self.contacts)
        self.address_book = AddressBook(connection)
        self.replay = Replay(connection)
        self.clock = StoredClock(connection)
        self.usage = Usage(connection)
        self.notifications = Notifications(connection)
        self.outbox = Outbox(connection)
        self.retention = Retention(connection)
        self.tokens = Tokens(connection)
        self.kgss_keys = KgssKeys(connection)
        self.whole = Whole(connection)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside is undone by any exception, which goes on; the transaction stays usable.

        Straight in SQL: SQLAlchemy's own costs six times as much. Of several of one name the innermost is meant.
        """
        self._connection.exec_driver_sql("SAVEPOINT inside")
        try:
            yield
        except BaseException:
            # A connection that was cut off has nothing left to undo.
            if not self._connection.invalidated:
                self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT inside")
                self._connection.exec_driver_sql("RELEASE SAVEPOINT inside")
            raise
        self._connection.exec_driver_sql("RELEASE SAVEPOINT inside")

"""The store as a whole: who is registered, which boxes there are, emptying all of it or one box.

Knows: every table. Must not know: files, terminals, whether somebody agreed. Nothing here reads a content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, delete, func, select, update

from .checks import GONE_FOLDERS
from .event_tables import absence
from .message_records import Address
from .records import BoxOverride
from .register_tables import organisation, person
from .removal import release
from .tables import box, delivery, message, metadata, publication, replay_key
from .token_tables import token
from .verify import Fingerprint, Step, verify


@dataclass(frozen=True, slots=True)
class FolderSummary:
    """How much stands in one folder of a box; sizes in bytes, the moments by which the folder is sorted."""

    folder: str
    messages: int
    size: int
    oldest: datetime
    newest: datetime


@dataclass(frozen=True, slots=True)
class BoxSummary:
    """A box without contents; `max_size` None: the limit of its kind (BOX-8)."""

    address: Address
    registered: bool
    current_size: int
    max_size: int | None
    last_call_at: datetime | None
    folders: tuple[FolderSummary, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """What a reset took away."""

    boxes: int
    messages: int
    deliveries: int
    publications: int


Told = Callable[[Sequence[Table]], Iterable[Table]]


class Whole:
    """What concerns no single request."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def verify(self, fingerprint: Fingerprint) -> Iterator[Step]:
        """Looks for what cannot be, check by check; `fingerprint` is how the mailbox remembers contents (PUB-3)."""
        return verify(self._connection, fingerprint)

    def people(self) -> tuple[str, ...]:
        """The INSS of everybody registered, in order."""
        return tuple(self._connection.execute(select(person.c.inss).order_by(person.c.inss)).scalars())

    def organisations(self) -> tuple[tuple[str, str], ...]:
        """Type and number (8 digits of a NIHII) of every organisation, in order."""
        columns = (organisation.c.type, organisation.c.id)
        rows = self._connection.execute(select(*columns).distinct().order_by(*columns))
        return tuple((row.type, row.id) for row in rows)

    def limits(self) -> tuple[BoxOverride, ...]:
        """The boxes whose limit is not their kind's (BOX-8), in order."""
        columns = (box.c.type, box.c.id, box.c.quality, box.c.max_size)
        rows = self._connection.execute(select(*columns).where(box.c.max_size.is_not(None)).order_by(*columns))
        return tuple(BoxOverride(row.type, row.id, row.quality, row.max_size) for row in rows)

    def boxes(self) -> Iterator[BoxSummary]:
        """Every box, in the order of their addresses."""
        standing = self._folders()
        for row in self._connection.execute(select(box).order_by(box.c.type, box.c.id, box.c.quality, box.c.box_key)):
            yield BoxSummary(
                Address(row.type, row.id, row.quality, row.sub_type),
                row.registered,
                row.current_size,
                row.max_size,
                row.last_call_at,
                tuple(standing.get(row.box_key, ())),
            )

    def _folders(self) -> dict[int, list[FolderSummary]]:
        query = (
            select(
                delivery.c.box_key,
                delivery.c.folder,
                func.count().label("messages"),
                func.sum(message.c.size).label("size"),
                func.min(delivery.c.ordered_at).label("oldest"),
                func.max(delivery.c.ordered_at).label("newest"),
            )
            .select_from(delivery.join(message, message.c.message_key == delivery.c.message_key))
            .group_by(delivery.c.box_key, delivery.c.folder)
            .order_by(delivery.c.box_key, delivery.c.folder)
        )
        found: dict[int, list[FolderSummary]] = {}
        for row in self._connection.execute(query):
            summary = FolderSummary(row.folder, row.messages, int(row.size), row.oldest, row.newest)
            found.setdefault(row.box_key, []).append(summary)
        return found

    def clear(self, told: Told = iter) -> Removed:
        """Takes everything away, the register too. Replay keys stay, so that no old call can be made again, and tokens,
        whose keystores stay as well. `told` goes through the tables, for who tells how far it is."""
        removed = Removed(*(self._count(table.name) for table in (box, message, delivery, publication)))
        emptied = [table for table in reversed(metadata.sorted_tables) if table not in (replay_key, token)]
        for table in told(emptied):
            self._connection.execute(delete(table))
        return removed

    def clear_box(self, key: int) -> Removed:
        """Empties a box as if all of it were deleted for good, its absences too, and its PublicationIds forgotten.

        The box must be held. It stays with its names and limit, and others keep their copies (DEL-2); a message that
        nobody has any more is gone.
        """
        own = delivery.c.box_key == key
        standing = own & delivery.c.folder.not_in(GONE_FOLDERS)
        deliveries = self._connection.execute(select(func.count()).select_from(delivery).where(standing)).scalar_one()
        for sent, folder in ((False, "DELETED"), (True, "SENTDELETED")):
            self._connection.execute(update(delivery).where(own, delivery.c.sent.is_(sent)).values(folder=folder))
        forgotten = self._connection.execute(delete(publication).where(publication.c.box_key == key)).rowcount
        held = list(self._connection.execute(select(delivery.c.message_key).where(own).distinct()).scalars())
        before = self._count("message")
        release(self._connection, held)
        self._connection.execute(delete(absence).where(absence.c.box_key == key))
        self._connection.execute(update(box).where(box.c.box_key == key).values(current_size=0))
        return Removed(0, before - self._count("message"), deliveries, forgotten)

    def _count(self, table: str) -> int:
        rows = select(func.count()).select_from(metadata.tables[table])
        return self._connection.execute(rows).scalar_one()

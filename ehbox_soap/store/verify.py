"""Looks through a whole store for what cannot be: the table of checks, and what no query can tell.

Knows: the checks, the revision, how contents are held against what was remembered of them. Must not know: terminals.
It reads only. Of the memory of PublicationIds a message may be gone, because the memory outlives it (PUB-2); and a
message may be read before it was first listed (ACK-1): neither is a finding.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, LargeBinary, Row, bindparam, cast, select

from ehbox_soap.clock import brussels_date

from .checks import Check, checks
from .message_records import Address
from .migrate import configuration, revision
from .tables import box_address, destination, message, part, publication

# The Id of a destination that reaches every box of its quality (BOX-5): it names no single box.
_EVERY = "ALL"
# A message to many boxes that have several names each cannot be told from another one in any bearable time.
_MOST_NAMES = 256
# Messages are read so many at a time: a store may hold millions.
_AT_A_TIME = 1000
# Names of the destinations in their order, contents of the parts in theirs: what PUB-3 compares.
Fingerprint = Callable[[Sequence[Address], Sequence[bytes]], bytes]


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks a check: the check's name and words, its table, its key as text. Nothing that is in it."""

    check: str
    says: str
    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Step:
    """A check that was made, and what it found."""

    check: str
    findings: tuple[Finding, ...]


def verify(connection: Connection, fingerprint: Fingerprint) -> Iterator[Step]:
    """Makes every check, one after the other. A store of another revision is not looked into any further."""
    revised = tuple(_revision(connection))
    yield Step("revision", revised)
    if revised:
        return
    yield Step("database", tuple(_database(connection)))
    for check in checks():
        yield Step(check.name, tuple(_rows(connection, check)))
    yield Step("contents", tuple(_contents(connection, fingerprint)))


def steps() -> int:
    """How many checks there are."""
    return len(checks()) + 3


def _revision(connection: Connection) -> Iterator[Finding]:
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    found = revision(connection)
    if found != head:
        says = f"the tables are of another revision than this program's, which is {head}"
        yield Finding("revision", says, "alembic_version", found or "none")


def _database(connection: Connection) -> Iterator[Finding]:
    """SQLite's own look at its file; PostgreSQL has none that a query could ask for."""
    if connection.dialect.name == "sqlite":
        for (told,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            # It also tells of broken checks and null values, row by row; those are findings of their own.
            if told != "ok" and not told.startswith(("CHECK constraint", "NULL value")):
                yield Finding("database", "the file is damaged", "database", "file")


def _rows(connection: Connection, check: Check) -> Iterator[Finding]:
    for row in connection.execute(check.query):
        yield Finding(check.name, check.says, check.table, "/".join(str(value) for value in row))


def _contents(connection: Connection, fingerprint: Fingerprint) -> Iterator[Finding]:
    """Each message's date, and its bytes and destinations against the fingerprint that its sender's box remembers."""
    for row in _messages(connection):
        if brussels_date(row.published_at) != row.publication_date:
            says = "PublicationDate is not the Belgian date of the publication (LIFE-6)"
            yield Finding("message-publication-date", says, "message", str(row.message_key))
        if row.fingerprint is not None and not _same(connection, row.message_key, row.fingerprint, fingerprint):
            says = "contents or destinations are not those that were published (PUB-3)"
            yield Finding("message-contents", says, "message", str(row.message_key))


def _messages(connection: Connection) -> Iterator[Row[int, datetime, date, bytes]]:
    """Every message, some at a time, each with the fingerprint that is remembered of it if there is one.

    It is remembered under the box and the PublicationId, by which it is looked up; that another message is remembered
    under these is a check of its own.
    """
    query = (
        select(message.c.message_key, message.c.published_at, message.c.publication_date, publication.c.fingerprint)
        .select_from(
            message.outerjoin(
                publication,
                (publication.c.box_key == message.c.box_key)
                & (publication.c.publication_id == message.c.publication_id)
                & (publication.c.message_id == message.c.message_id)
                & (message.c.content_type == "DOCUMENT"),
            )
        )
        .where(message.c.message_key > bindparam("after"))
        .order_by(message.c.message_key)
        .limit(_AT_A_TIME)
    )
    after = -1
    while some := connection.execute(query, {"after": after}).all():
        yield from some
        after = some[-1].message_key


def _same(connection: Connection, message_key: int, expected: bytes, fingerprint: Fingerprint) -> bool:
    names = _names(connection, message_key)
    if math.prod(map(len, names)) > _MOST_NAMES:
        return True
    # Cast, because SQLite keeps a text in a column of bytes if it is given one.
    data = select(cast(part.c.data, LargeBinary)).where(part.c.message_key == message_key).order_by(part.c.position)
    contents = list(connection.execute(data).scalars())
    # A box may have several names of one kind; the message was sent to one of them.
    return any(fingerprint(chosen, contents) == expected for chosen in itertools.product(*names))


def _names(connection: Connection, message_key: int) -> list[list[Address]]:
    """For each destination the names that it may have been sent to."""
    query = (
        select(destination.c.type, destination.c.quality, destination.c.box_key)
        .where(destination.c.message_key == message_key)
        .order_by(destination.c.position)
    )
    found = []
    for row in connection.execute(query).all():
        if row.box_key is None:
            found.append([Address(row.type, _EVERY, row.quality)])
            continue
        ids = select(box_address.c.id).where(
            box_address.c.box_key == row.box_key,
            box_address.c.type == row.type,
            box_address.c.quality == row.quality,
        )
        found.append([Address(row.type, each, row.quality) for each in connection.execute(ids).scalars()])
    return found

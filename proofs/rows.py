"""How much of a store a call reads: the same for a box of a thousand messages as for one of a hundred thousand.

Knows: how a box is filled without calls, how SQLite's steps and PostgreSQL's rows are counted, how a plan is asked for.
Must not know: which statements a call makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from ehbox_soap.clock import brussels_date
from ehbox_soap.store.tables import box, delivery, destination, message, part
from proofs.faults import Laboratory
from tests.door import START

NURSE, DOCTOR = ("85061999865", "NURSE"), ("71031499894", "DOCTOR")
_DATA = b"a letter of a few words"
_BATCH = 1000
_NEXT_KEY = "SELECT setval(pg_get_serial_sequence('message', 'message_key'), (SELECT max(message_key) FROM message))"
CALLS: tuple[Mapping[str, object], ...] = (
    {"do": "getMessagesList", "who": "nurse", "source": "INBOX", "as": "getMessagesList, the newest 100"},
    {"do": "getFullMessage", "who": "nurse", "source": "INBOX", "messages": ["letter"], "as": "getFullMessage"},
    {"do": "getBoxInfo", "who": "nurse", "as": "getBoxInfo"},
    {"do": "moveMessage", "who": "nurse", "source": "INBOX", "destination": "BININBOX", "messages": ["letter"],
     "as": "moveMessage"},
    {"do": "sendMessage", "who": "doctor", "to": ["nurse"], "as": "sendMessage"},
)  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """One that a call made: its text, and what the database plans for it, a line each."""

    text: str
    plan: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A call on a box with so many messages; `read` are rows of PostgreSQL, or steps of SQLite's machine."""

    call: str
    messages: int
    read: int
    statements: tuple[Statement, ...]


class Filled:
    """A store whose nurse has many messages in her INBOX, and calls that are watched."""

    def __init__(self, folder: Path, url: str = "", as_if_large: bool = False) -> None:
        """`url` is that of an empty PostgreSQL database, or nothing for SQLite. PostgreSQL reads a small table whole,
        because that is cheaper; `as_if_large` has it plan as for one that is not."""
        self.laboratory = Laboratory(folder, url)
        self.as_if_large = as_if_large
        self.count = 0

    def fill(self, count: int) -> None:
        """Older messages, until there are so many; each with one part, received before."""
        with self.laboratory.control.begin() as connection:
            boxes = connection.execute(select(box.c.id, box.c.quality, box.c.box_key))
            keys = {(row.id, row.quality): row.box_key for row in boxes}
            while self.count < count:
                size = min(_BATCH, count - self.count)
                _insert(connection, range(self.count, self.count + size), keys[DOCTOR], keys[NURSE])
                self.count += size
            joined = delivery.join(message, message.c.message_key == delivery.c.message_key)
            standing = select(func.sum(message.c.size)).select_from(joined)
            standing = standing.where(delivery.c.box_key == keys[NURSE], delivery.c.folder == "INBOX")
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(_NEXT_KEY)
            mine = box.c.box_key == keys[NURSE]
            connection.execute(update(box).where(mine).values(current_size=standing.scalar_subquery()))
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("ANALYZE")

    def read(self, call: Mapping[str, object]) -> Reading:
        """Makes the call once, so that what happens a first time has happened, and again while it is watched."""
        self._make(call)
        if call["do"] == "moveMessage":
            call = {**call, "source": call["destination"], "destination": call["source"]}
        seen: list[tuple[str, Any]] = []
        statements = self.laboratory.statements
        statements.steps, statements.watch = 0, lambda text, values: seen.append((text, values))
        try:
            self._make(call)
        finally:
            statements.watch = None
        explained = [self._explained(text, values) for text, values in seen if text.startswith(_EXPLAINED)]
        read = statements.steps or sum(rows for rows, _ in explained)
        made = tuple(Statement(text, plan) for text, (_, plan) in zip(_texts(seen), explained, strict=True))
        return Reading(str(call["as"]), self.count, read, made)

    def _make(self, call: Mapping[str, object]) -> None:
        laboratory = self.laboratory
        laboratory.door.advance(seconds=1)
        laboratory.door.house.store.close()
        assert laboratory.said(laboratory.door.send(laboratory.request(call))) == "success", call

    def _explained(self, text: str, values: Any) -> tuple[int, tuple[str, ...]]:
        """Rows that PostgreSQL reads for it, and the plan of either; nothing of it stays."""
        with self.laboratory.control.connect() as connection:
            driver: Any = connection.connection.driver_connection
            cursor = driver.cursor()
            try:
                if connection.dialect.name == "sqlite":
                    cursor.execute(f"EXPLAIN QUERY PLAN {text}", values)
                    return 0, tuple(row[3] for row in cursor.fetchall())
                if self.as_if_large:
                    cursor.execute(_AS_IF_LARGE)
                if not text.startswith("SELECT"):
                    cursor.execute(f"EXPLAIN (FORMAT JSON) {text}", values)
                    return 0, tuple(_lines(cursor.fetchone()[0][0]["Plan"]))
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}", values)
                plan = cursor.fetchone()[0][0]["Plan"]
                return round(sum(_rows(plan))), tuple(_lines(plan))
            finally:
                cursor.close()
                driver.rollback()

    def close(self) -> None:
        """Gives up every connection."""
        self.laboratory.close()


_AS_IF_LARGE = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
_EXPLAINED = ("SELECT", "UPDATE", "DELETE", "INSERT")


def _texts(seen: Sequence[tuple[str, Any]]) -> Iterator[str]:
    yield from (text for text, _ in seen if text.startswith(_EXPLAINED))


def _rows(plan: Mapping[str, Any]) -> Iterator[float]:
    """Rows that each scan gave or threw away, over all its loops."""
    if "Scan" in plan["Node Type"]:
        yield (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    for each in plan.get("Plans", ()):
        yield from _rows(each)


def _lines(plan: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """A plan as PostgreSQL's own text has it, without costs."""
    where = plan.get("Index Name") or plan.get("Relation Name") or ""
    using = f" using {where}" if plan.get("Index Name") else f" on {where}" if where else ""
    yield f"{'  ' * depth}{plan['Node Type']}{using}"
    for each in plan.get("Plans", ()):
        yield from _lines(each, depth + 1)


def _insert(connection: Connection, numbers: range, doctor: int, nurse: int) -> None:
    """Messages of the doctor to the nurse, an older one for each higher number."""
    first = connection.execute(select(func.coalesce(func.max(message.c.message_key), 0))).scalar_one() + 1
    keys = {number: first + at for at, number in enumerate(numbers)}
    moments = {number: START - timedelta(minutes=number + 1) for number in numbers}
    connection.execute(insert(message), [_message(keys[each], each, doctor, moments[each]) for each in numbers])
    connection.execute(insert(part), [_part(keys[each]) for each in numbers])
    connection.execute(insert(destination), [_destination(keys[each], nurse) for each in numbers])
    connection.execute(insert(delivery), [_delivery(keys[each], nurse, moments[each]) for each in numbers])


def _message(key: int, number: int, doctor: int, moment: datetime) -> dict[str, object]:
    flags = ("is_important", "is_encrypted", "publication_receipt", "received_receipt", "read_receipt")
    return {
        **dict.fromkeys((*flags, "has_free_informations", "has_annex"), False),
        "message_key": key,
        "message_id": f"F{number:012}",
        "box_key": doctor,
        "publication_id": f"F{number:012}",
        "content_type": "DOCUMENT",
        "sender_name": "Voorbeeld",
        "published_at": moment,
        "publication_date": brussels_date(moment),
        "expiration_date": brussels_date(moment + timedelta(days=365)),
        "size": len(_DATA),
        "title": f"letter {number}",
        "mime_type": "text/plain",
    }


def _part(key: int) -> dict[str, object]:
    name = {"download_file_name": "letter.txt", "mime_type": "text/plain"}
    return {"message_key": key, "position": 0, "attached": False, "data": _DATA, **name}


def _destination(key: int, nurse: int) -> dict[str, object]:
    return {"message_key": key, "position": 0, "box_key": nurse, "type": "INSS", "quality": "NURSE"}


def _delivery(key: int, nurse: int, moment: datetime) -> dict[str, object]:
    moments = dict.fromkeys(("ordered_at", "published_at", "received_at"), moment)
    return {"box_key": nurse, "folder": "INBOX", "message_key": key, "position": 0, "sent": False, **moments}

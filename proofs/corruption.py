"""Ten kinds of damage, planted one at a time, each found by `ehbox verify` under its own name.

Knows: how each is done past the database's own guards. Must not know: how any is found. tests/cli/test_verify.py plants
every kind that there is a check for, on SQLite; these ten are done on both databases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from ehbox_soap.mailbox.checking import fingerprint
from ehbox_soap.store.engine import Store
from proofs import contents
from proofs.faults import Laboratory

_LETTER = "(SELECT min(message_key) FROM message)"
_NURSE = "(SELECT box_key FROM box WHERE id = '85061999865' AND quality = 'NURSE')"
_RECEIVED = f"message_key = {_LETTER} AND box_key = {_NURSE} AND NOT sent"

Damage = tuple[str, str, str]
TABLE: tuple[Damage, ...] = (
    ("a content is changed", "message-contents",
     f"UPDATE part SET data = {{upper}} WHERE message_key = {_LETTER} AND position = 0"),
    ("a content is gone", "message-without-part", f"DELETE FROM part WHERE message_key = {_LETTER}"),
    ("a message's size is wrong", "message-size", f"UPDATE message SET size = size + 1 WHERE message_key = {_LETTER}"),
    ("a box's size is wrong", "box-size", f"UPDATE box SET current_size = current_size + 1 WHERE box_key = {_NURSE}"),
    ("a message stands nowhere", "message-without-delivery", f"DELETE FROM delivery WHERE message_key = {_LETTER}"),
    ("a place has no message", "delivery-without-message",
     "INSERT INTO delivery (box_key, folder, ordered_at, message_key, position, sent, published_at) "
     f"VALUES ({_NURSE}, 'INBOX', 1, 471100, 0, {{false}}, 1)"),
    ("a message stands in another's box", "delivery-in-another-box",
     f"UPDATE delivery SET box_key = (SELECT box_key FROM box WHERE id = '71990133') WHERE {_RECEIVED}"),
    ("a message is read before it is published", "delivery-read-early",
     f"UPDATE delivery SET read_at = published_at - 1 WHERE {_RECEIVED}"),
    ("a PublicationId is remembered for another's message", "publication-of-another",
     f"UPDATE publication SET box_key = {_NURSE} WHERE message_id = "
     f"(SELECT message_id FROM message WHERE message_key = {_LETTER})"),
    ("a box has no name", "box-without-address", f"DELETE FROM box_address WHERE box_key = {_NURSE}"),
)  # fmt: skip
_WORDS = {
    "sqlite": {"upper": "CAST(upper(CAST(data AS TEXT)) AS BLOB)", "false": "0"},
    "postgresql": {"upper": "convert_to(upper(convert_from(data, 'UTF8')), 'UTF8')", "false": "false"},
}
_GUARDS = {
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA ignore_check_constraints = ON"),
    "postgresql": ("SET session_replication_role = replica",),
}


@dataclass(frozen=True)
class Found:
    """One kind of damage, the check that should find it, and every check that found something."""

    damage: str
    check: str
    found: tuple[str, ...]

    @property
    def by_its_name(self) -> bool:
        """Whether the check found it that is for it."""
        return self.check in self.found


def planted(folder: Path, url: str = "", tell: Callable[[str], None] = lambda _: None) -> tuple[list[str], list[Found]]:
    """What is found in a healthy store, and with each damage in turn."""
    laboratory, results = Laboratory(folder, url), []
    try:
        healthy = _verified(laboratory)
        for damage, check, statement in TABLE:
            with laboratory.control.connect() as connection:
                _plant(connection, statement)
            results.append(Found(damage, check, tuple(sorted(set(_verified(laboratory))))))
            tell(f"{damage}: {', '.join(results[-1].found)}")
            contents.put_back(laboratory.control, laboratory.before)
    finally:
        laboratory.close()
    return healthy, results


def _plant(connection: Connection, statement: str) -> None:
    name = connection.dialect.name
    for guard in _GUARDS[name]:
        connection.exec_driver_sql(guard)
    connection.exec_driver_sql(statement.format(**_WORDS[name]))
    connection.commit()
    # What switches guards off goes with its connection.
    connection.invalidate()


def _verified(laboratory: Laboratory) -> list[str]:
    store = Store.open(laboratory.url)
    try:
        with store.begin(write=False) as transaction:
            steps = list(transaction.whole.verify(fingerprint))
    finally:
        store.close()
    return [finding.check for step in steps for finding in step.findings]

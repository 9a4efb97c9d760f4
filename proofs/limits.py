"""An SQLite database that may grow no further, in the process: its own limit of pages stands for a full disk.

Knows: how the limit is set on each connection. Must not know: what is sent beyond letters of a doctor to a nurse.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event

from proofs import contents
from proofs.faults import Laboratory

_MORE_PAGES, _UNLIMITED = 60, 2**30
_LETTER = {"do": "sendMessage", "who": "doctor", "to": ["nurse", "hospital"], "text": "twenty kilobytes" * 1250}


@dataclass
class Limited:
    """Letters that were answered until the limit, every answer at it, those after it was lifted; and what was wrong."""

    until: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    after: int = 0
    findings: list[str] = field(default_factory=list)


def limited(folder: Path, tries: int) -> Limited:
    """Sends until nothing more fits, tries so much more often, lifts the limit and sends as many again."""
    laboratory, found = Laboratory(folder), Limited()
    store = laboratory.door.house.store
    pages = {"limit": _pages(laboratory) + _MORE_PAGES}
    for engine in (store._engine, store._quick):
        event.listen(engine, "connect", lambda connection, _: _limit(connection, pages["limit"]))
    try:
        while _said(laboratory) == "success":
            found.until += 1
        for _ in range(tries):
            held = contents.rows(laboratory.control)
            said = _said(laboratory)
            found.answers[said] += 1
            if said != "success" and contents.rows(laboratory.control) != held:
                found.findings.append(f"{said}, and the store has changed")
        pages["limit"] = _UNLIMITED
        found.after = sum(_said(laboratory) == "success" for _ in range(tries))
        held = contents.rows(laboratory.control)
        answered = found.until + found.answers["success"] + found.after
        stored = len(held["message"]) - len(laboratory.rows["message"])
        if stored != answered:
            found.findings.append(f"{answered} letters were answered, {stored} are there")
    finally:
        laboratory.close()
    return found


def _said(laboratory: Laboratory) -> str:
    """Of one more letter, on new connections."""
    laboratory.door.house.store.close()
    return laboratory.said(laboratory.door.send(laboratory.request(_LETTER)))


def _pages(laboratory: Laboratory) -> int:
    with laboratory.control.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())


def _limit(connection: Any, pages: int) -> None:
    connection.execute(f"PRAGMA max_page_count = {pages}")

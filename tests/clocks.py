"""A clock that several processes read and one sets: tests move the time of a server that runs beside them.

Knows: a file. Must not know: who reads it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ehbox_soap.clock import SetClock


class FileClock(SetClock):
    """Stands where the file says; whoever sets it, all who have the file read it from then on."""

    def __init__(self, path: Path, moment: datetime | None = None) -> None:
        self.path = path
        if moment is not None:
            self.moment = moment

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text("ascii"))

    @moment.setter
    def moment(self, moment: datetime) -> None:
        # Whole at each moment: a reader sees what was or what is.
        written = self.path.with_suffix(".next")
        written.write_text(moment.isoformat(), "ascii")
        written.replace(self.path)

"""Doors of each kind (tests/door_kinds.py), opened on a copy of a prepared folder.

Knows: how each kind is opened. Must not know: any test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from ehbox_soap import assembly
from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from tests.door import START, Door, settings_of
from tests.http.door import HttpDoor
from tests.postgresql import Cluster


class Doors(Protocol):
    """Opens doors of one kind."""

    def open(
        self, folder: Path, template: Path, settings: Mapping[str, str] | None = None, marks: tuple[str, ...] = ()
    ) -> Door:
        """A door on a copy of the template; `marks` are what workers in processes of their own do more."""

    def close(self, door: Door) -> None:
        """Ends it, with its database."""


class DoorsWithin:
    """In the process, on SQLite."""

    def open(
        self, folder: Path, template: Path, settings: Mapping[str, str] | None = None, marks: tuple[str, ...] = ()
    ) -> Door:
        return Door(folder, template, settings or {})

    def close(self, door: Door) -> None:
        door.close()


class HttpDoors:
    """Over HTTP; with a cluster each on a database of its own, copied from one with the template's tables and seed."""

    def __init__(self, cluster: Cluster | None) -> None:
        self.cluster = cluster
        self.numbers = count(1)
        self.prepared: dict[Path, str] = {}
        self.names: dict[Path, str] = {}

    def open(
        self, folder: Path, template: Path, settings: Mapping[str, str] | None = None, marks: tuple[str, ...] = ()
    ) -> Door:
        chosen = dict(settings or {})
        if self.cluster is not None and "data.database" not in chosen:
            name = self._new(self.cluster, self._prepared(self.cluster, template))
            chosen["data.database"] = self.cluster.url(name)
            self.names[folder] = name
        return HttpDoor(folder, template, chosen, marks=marks)

    def close(self, door: Door) -> None:
        door.close()
        if self.cluster is not None and (name := self.names.pop(door.folder, "")):
            self.cluster.drop(name)

    def _new(self, cluster: Cluster, source: str) -> str:
        name = f"door{next(self.numbers)}"
        cluster.create(name, source)
        return name

    def _prepared(self, cluster: Cluster, template: Path) -> str:
        if template not in self.prepared:
            self.prepared[template] = self._new(cluster, "template0")
            chosen = settings_of(template, {"data.database": cluster.url(self.prepared[template])})
            assembly.prepare(chosen, SetClock(START), SeededChance(0))
        return self.prepared[template]


@contextmanager
def opened(doors: Doors, folder: Path, template: Path, settings: Mapping[str, str]) -> Iterator[Door]:
    """A door for as long as it is needed."""
    door = doors.open(folder, template, settings)
    try:
        yield door
    finally:
        doors.close(door)

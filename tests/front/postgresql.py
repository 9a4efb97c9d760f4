"""A door whose store is PostgreSQL's. Knows: how such a server is prepared. Must not know: who calls it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ehbox_soap import assembly
from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from tests.door import START, Door, settings_of
from tests.postgresql import Cluster


@contextmanager
def postgresql_door(
    cluster: Cluster, name: str, template: Path, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Door]:
    """A server in `folder` with a database of its own, which goes with it; the authority is the template's."""
    cluster.create(name)
    chosen = {**(settings or {}), "data.database": cluster.url(name)}
    # The same authority; the tables and the seed are new.
    seeded = folder / "seeded"
    shutil.copytree(template, seeded)
    assembly.prepare(settings_of(seeded, chosen), SetClock(START), SeededChance(0))
    door = Door(folder / "data", seeded, chosen)
    try:
        yield door
    finally:
        door.close()
        cluster.drop(name)

"""The doors that are fuzzed: two for the whole run, filled by what is accepted, and one on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ehbox_soap import assembly
from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from tests.door import START, Door, settings_of
from tests.front.cast import Cast
from tests.front.conftest import foreign_settings, people, standing, standing_foreign, template
from tests.fuzz.requests import Scene
from tests.postgresql import Cluster

__all__ = ["foreign_settings", "people", "standing", "standing_foreign", "template"]


@pytest.fixture
def scene(standing: Door, people: Cast, standing_foreign: Door) -> Scene:
    standing.reset()
    standing_foreign.reset()
    return Scene(standing, people, standing_foreign)


@pytest.fixture
def postgresql_scene(scene: Scene, template: Path, cluster: Cluster, tmp_path: Path) -> Iterator[Scene]:
    """The same callers at a door whose store is PostgreSQL's."""
    cluster.create("fuzz")
    settings = {"data.database": cluster.url("fuzz")}
    # The same authority; the tables and the seed are new.
    seeded = tmp_path / "seeded"
    shutil.copytree(template, seeded)
    assembly.prepare(settings_of(seeded, settings), SetClock(START), SeededChance(0))
    door = Door(tmp_path / "data", seeded, settings)
    yield replace(scene, door=door)
    door.close()
    cluster.drop("fuzz")


@pytest.fixture
def fuzz_inputs(request: pytest.FixtureRequest) -> int:
    """How many new inputs were asked for; 0: the usual ones."""
    return int(request.config.getoption("--fuzz-inputs"))

"""The doors that are fuzzed: two for the whole run, filled by what is accepted, and one on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.door import Door
from tests.front.cast import Cast
from tests.front.conftest import foreign_settings, people, standing, standing_foreign, template
from tests.front.postgresql import postgresql_door
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
    with postgresql_door(cluster, "fuzz", template, tmp_path) as door:
        yield replace(scene, door=door)


@pytest.fixture
def fuzz_inputs(request: pytest.FixtureRequest) -> int:
    """How many new inputs were asked for; 0: the usual ones."""
    return int(request.config.getoption("--fuzz-inputs"))

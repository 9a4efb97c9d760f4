"""Places for proofs, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from proofs.places import Place, place
from tests.databases import DATABASES
from tests.postgresql import Cluster

PACE = 26


class NewPlace(Protocol):
    """A place of its own for a test; settings as "section.name"."""

    def __call__(self, database: str, settings: Mapping[str, str] | None = None) -> Place: ...


@pytest.fixture
def new_place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[NewPlace]:
    with ExitStack() as stack:

        def make(database: str, settings: Mapping[str, str] | None = None) -> Place:
            cluster: Cluster | None = request.getfixturevalue("cluster") if database == "postgresql" else None
            return stack.enter_context(place(database, tmp_path / database, cluster, settings, PACE))

        yield make


@pytest.fixture(params=DATABASES)
def a_place(request: pytest.FixtureRequest, new_place: NewPlace) -> Place:
    """One on each database."""
    return new_place(request.param)

"""A database in trouble under load (docs/reliability.md): only faults, no false success, and then served again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs import full, limits, trouble
from proofs.places import place
from proofs.trouble import Troubled
from tests import postgresql
from tests.databases import DATABASES
from tests.lacking import lacking
from tests.postgresql import Cluster
from tests.reliability.conftest import PACE, NewPlace

pytestmark = [pytest.mark.http, pytest.mark.slow]


def check(found: Troubled) -> None:
    assert found.verdict.findings == ()
    assert found.codes == {"code 100", "fault SOA-02002"}, found.seen


@pytest.fixture
def own_cluster(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    """One that nobody else uses meanwhile."""
    try:
        started = postgresql.start(fsync=True)
    except postgresql.Unavailable as reason:
        lacking("postgresql", reason, pytestconfig)
    yield started
    started.stop()


def test_a_database_that_is_restarted(own_cluster: Cluster, tmp_path: Path) -> None:
    with place("postgresql", tmp_path, own_cluster, pace=PACE) as made:
        check(trouble.restarted(made, times=2, seed=8))


@pytest.mark.parametrize("database", DATABASES)
def test_a_disk_that_is_full(database: str, pytestconfig: pytest.Config) -> None:
    try:
        found = full.measure(database, times=1, seed=9)
    except full.Unavailable as reason:
        lacking("tmpfs", reason, pytestconfig)
    check(found)
    assert found.verdict.refused > 0


def test_a_database_that_may_grow_no_further(tmp_path: Path) -> None:
    """SQLite's own limit of pages, in the process: there is always one to be set, also where nothing may be mounted."""
    found = limits.limited(tmp_path, tries=8)
    assert found.findings == []
    assert found.until > 0
    assert found.answers.keys() == {"fault SOA-02002"}
    assert found.after == 8


def test_connections_that_are_cut(new_place: NewPlace) -> None:
    found = trouble.cut(new_place("postgresql"), seed=7)
    check(found)
    assert found.times == 50

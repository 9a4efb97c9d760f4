"""What is sent again is there once, and what a box holds does not make a call read more (docs/reliability.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofs import once
from proofs.places import Place
from proofs.rows import CALLS, Filled
from tests.databases import DATABASES, PostgresqlDatabases
from tests.reliability.conftest import NewPlace


@pytest.mark.http
@pytest.mark.slow
def test_one_publication_from_sixteen_threads_is_one_message(a_place: Place) -> None:
    found = once.repeated(a_place, times=128)
    assert found.answers == {"100": 128}
    assert (found.ids, found.listed, found.findings) == (1, 1, ())


@pytest.mark.http
@pytest.mark.slow
def test_as_many_messages_as_publications(new_place: NewPlace) -> None:
    """Four workers on both databases: tests/http/test_workers.py."""
    found = once.counted(new_place("sqlite"), processes=4, letters=20)
    assert found.exact
    assert (found.sent, found.distinct, found.listed, found.findings) == (80, 80, 80, ())


@pytest.mark.parametrize("database", DATABASES)
def test_a_call_reads_as_much_of_a_large_box(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = ""
    if database == "postgresql":
        databases: PostgresqlDatabases = request.getfixturevalue("postgresql_databases")
        url = databases.new(tmp_path)
    filled = Filled(tmp_path, url, as_if_large=True)
    try:
        filled.fill(400)
        few = {each.call: each.read for each in map(filled.read, CALLS)}
        filled.fill(4000)
        many = {each.call: each.read for each in map(filled.read, CALLS)}
    finally:
        filled.close()
    assert all(few.values())
    assert many == few

"""Backups and planted damage (docs/reliability.md): what is restored is what was there, and damage is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofs import backups, corruption
from proofs.places import Place
from tests.databases import DATABASES, PostgresqlDatabases


@pytest.mark.http
@pytest.mark.slow
def test_what_is_restored_is_what_was_there(a_place: Place) -> None:
    found = backups.restored(a_place, seed=11)
    assert found.findings == found.verdict.findings == ()
    assert found.equal
    assert found.before > 0
    assert found.missing == 0
    assert found.verdict.answered > found.before


@pytest.mark.parametrize("database", DATABASES)
def test_ten_kinds_of_damage_are_found(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = ""
    if database == "postgresql":
        databases: PostgresqlDatabases = request.getfixturevalue("postgresql_databases")
        url = databases.new(tmp_path)
    healthy, found = corruption.planted(tmp_path, url)
    assert healthy == []
    assert [each.damage for each in found if not each.by_its_name] == []
    assert len(found) == 10

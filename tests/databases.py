"""The databases that tests of the store and of the mailbox run on: a new one for each test.

A further database is one more name in DATABASES, its URL in `database_url`, and its tables in `store`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ehbox_soap.store.engine import Store

DATABASES = ("sqlite",)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    assert request.param == "sqlite"
    return f"sqlite:///{tmp_path / 'ehbox.db'}"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "ehbox.db"
    store = Store.open(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture
def store(database_url: str, migrated: Path) -> Iterator[Store]:
    """A store with its tables."""
    shutil.copyfile(migrated, database_url.removeprefix("sqlite:///"))
    opened = Store.open(database_url)
    yield opened
    opened.close()

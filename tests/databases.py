"""The databases that tests of the store and of the mailbox run on, each of them on every one: a new one for each test.

Knows: how an empty or a migrated database is had quickly. Must not know: any test.
A further database is one more class here and one more name in DATABASES.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import make_url

from ehbox_soap.store.engine import Store
from tests import postgresql
from tests.lacking import lacking
from tests.postgresql import Cluster

DATABASES = ("sqlite", "postgresql")


class Databases(Protocol):
    """Databases of one kind, by URL."""

    def new(self, folder: Path) -> str:
        """An empty one; `folder` is the test's own."""

    def copied(self, folder: Path) -> str:
        """One with all tables: migrating takes longer than most tests."""

    def drop(self, url: str) -> None:
        """Takes one away after its test."""


class SqliteFiles:
    """Each database is a file in the test's folder; the tables come with a copy of a migrated one."""

    def __init__(self, folder: Path) -> None:
        self.template = folder / "migrated.db"
        migrate(f"sqlite:///{self.template}")

    def new(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'ehbox.db'}"

    def copied(self, folder: Path) -> str:
        shutil.copyfile(self.template, folder / "ehbox.db")
        return self.new(folder)

    def drop(self, url: str) -> None:
        """The file goes with the test's folder."""


class PostgresqlDatabases:
    """Each is a database of one server. One with all tables serves the next test again, emptied: that takes a tenth
    of the time of a new one."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.numbers = count(1)
        self.emptied: list[str] = []
        migrate(self.new(Path()))
        self.template = "test1"

    def new(self, folder: Path) -> str:
        return self._made("template0")

    def copied(self, folder: Path) -> str:
        return self.cluster.url(self.emptied.pop()) if self.emptied else self._made(self.template)

    def _made(self, template: str) -> str:
        name = f"test{next(self.numbers)}"
        self.cluster.create(name, template)
        return self.cluster.url(name)

    def drop(self, url: str) -> None:
        name = str(make_url(url).database)
        if self.cluster.columns(name) == self.cluster.columns(self.template):
            self.cluster.empty(name)
            self.emptied.append(name)
        else:
            self.cluster.drop(name)


def migrate(url: str) -> None:
    """Makes all tables."""
    store = Store.open(url)
    store.migrate()
    store.close()


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    """A PostgreSQL server for the whole run; without one, its tests are skipped or fail (tests/lacking.py)."""
    try:
        started = postgresql.start()
    except postgresql.Unavailable as reason:
        lacking("postgresql", reason, pytestconfig)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session")
def postgresql_databases(cluster: Cluster) -> PostgresqlDatabases:
    return PostgresqlDatabases(cluster)


@pytest.fixture(params=DATABASES)
def databases(request: pytest.FixtureRequest) -> Databases:
    """The databases that a test runs on: once on each kind."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    found: Databases = request.getfixturevalue(name)
    return found


@pytest.fixture
def database_url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The URL of a database: an empty one, unless the test asks for a store, which then is that database's."""
    url = databases.copied(tmp_path) if "store" in request.fixturenames else databases.new(tmp_path)
    yield url
    databases.drop(url)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store with its tables."""
    opened = Store.open(database_url)
    yield opened
    opened.close()

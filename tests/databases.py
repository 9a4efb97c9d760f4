"""The databases that tests of the store and of the mailbox run on: a new, migrated one for each test.

A further database is one more name in DATABASES and its URL in `database_url`.
"""

from __future__ import annotations

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


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store with its tables."""
    opened = Store.open(database_url)
    opened.migrate()
    yield opened
    opened.close()

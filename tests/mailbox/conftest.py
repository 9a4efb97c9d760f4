from __future__ import annotations

import pytest

from ehbox_soap.store.engine import Store
from tests.databases import database_url, migrated, store
from tests.mailbox.world import World

__all__ = ["database_url", "migrated", "store", "world"]


@pytest.fixture
def world(store: Store) -> World:
    return World(store)

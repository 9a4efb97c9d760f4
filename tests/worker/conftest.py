from __future__ import annotations

import pytest

from ehbox_soap.store.engine import Store
from tests.mailbox.world import World


@pytest.fixture
def world(store: Store) -> World:
    return World(store)

"""Upgrades that are killed at each step and run again (docs/reliability.md): nothing that was there is changed."""

from __future__ import annotations

import pytest

from proofs import released, upgrades
from tests.databases import Databases


@pytest.mark.slow
def test_an_upgrade_from_the_first_release(databases: Databases, database_url: str) -> None:
    found = upgrades.upgrade(database_url, released.FIRST, every=9)
    assert found.findings == ()
    assert found.head == upgrades.revisions()[-1]
    assert found.kills >= len(upgrades.revisions()) - 1


def test_the_first_release_is_the_first_revision() -> None:
    assert upgrades.revisions()[0] == released.FIRST

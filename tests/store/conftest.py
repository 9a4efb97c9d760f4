from __future__ import annotations

from tests.databases import database_url, migrated, store

__all__ = ["database_url", "migrated", "store"]

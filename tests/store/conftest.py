from __future__ import annotations

from tests.databases import database_url, store

__all__ = ["database_url", "store"]

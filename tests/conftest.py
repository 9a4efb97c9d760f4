"""What every test may ask for, and how long hypothesis looks: `--hypothesis-profile=thorough` for ten times as long."""

from __future__ import annotations

import hypothesis

from tests.databases import cluster, database_url, databases, postgresql_databases, sqlite_files, store

__all__ = ["cluster", "database_url", "databases", "postgresql_databases", "sqlite_files", "store"]

for _name, _runs in (("quick", 50), ("thorough", 500)):
    hypothesis.settings.register_profile(
        _name, max_examples=_runs, stateful_step_count=50, deadline=None, derandomize=True, database=None
    )
hypothesis.settings.load_profile("quick")

"""The revisions of the database, for alembic; `store/migrate.py` runs them."""

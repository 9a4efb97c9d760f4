"""What alembic runs to migrate: on the connection, and in the transaction, that migrate.py hands over."""

from __future__ import annotations

from alembic import context

from ehbox_soap.store import (  # noqa: F401  (their tables join the same metadata)
    contact_tables,
    event_tables,
    register_tables,
    token_tables,
    work_tables,
)
from ehbox_soap.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Brings a database to the newest revision, with alembic and without any alembic.ini.

Knows: where the revisions are, how to let one process do it while others wait. Must not know: what a table is for.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from ehbox_soap import clock

# Any number, as long as every version of the program uses the same.
_ADVISORY_LOCK = 0x65_68_62_6F_78
_PATIENCE_SECONDS = 30.0


def migrate(engine: Engine) -> None:
    """Runs the revisions that are missing, in one transaction that holds the database's write lock."""
    config = configuration()
    head = ScriptDirectory.from_config(config).get_current_head()
    if engine.dialect.name == "sqlite":
        _use_wal(engine)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        if revision(connection) != head:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def configuration() -> Config:
    """Alembic's configuration: the revisions lie beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "r%%(rev)s")
    return config


def revision(connection: Connection) -> str | None:
    """The revision that a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def _use_wal(engine: Engine) -> None:
    """Write-ahead logging stays set in the file; SQLite does not wait for its lock here, so we do."""
    deadline = clock.monotonic() + _PATIENCE_SECONDS
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        while True:
            with suppress(sqlite3.OperationalError):
                cursor.execute("PRAGMA journal_mode = WAL")
                if cursor.fetchone() == ("wal",):
                    return
            if clock.monotonic() > deadline:
                raise TimeoutError("the database stayed locked while write-ahead logging was being set")
            clock.wait(0.02)
    finally:
        connection.close()

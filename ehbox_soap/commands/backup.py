"""The verb backup: a copy of what a server keeps, made while it serves.

Knows: what stands in a data folder, the store's way of copying itself. Must not know: SQL, what any of it is for.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from ehbox_soap import config
from ehbox_soap.commands.database import opened
from ehbox_soap.commands.options import data_options, json_option, settings_of
from ehbox_soap.commands.shown import tell_json

# Of a running server only: figures, the database's own files beside it, which are copied as one.
_LEFT_OUT = ("metrics", "*.sqlite", "*.sqlite-wal", "*.sqlite-shm", "*.sqlite-journal")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@data_options
@json_option
def backup(folder: Path, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Copies the store and the keys of a server to FOLDER, which must not exist; the server may run meanwhile.

    What was answered before is in it. To restore, serve with --data FOLDER. A PostgreSQL database is not copied: use
    pg_dump for it, and this for the keys.

    \b
    Example:
      ehbox backup /backups/monday --data /tmp/boxes && ehbox verify --data /backups/monday
    """
    settings = settings_of(config_file, data)
    with opened(settings) as store:
        try:
            shutil.copytree(config.data_folder(settings), folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
            copied = store.copy(folder / config.DATABASE_FILE)
        except OSError as error:
            raise click.UsageError(f"cannot copy to {folder}: {error.strerror or error}") from error
    if as_json:
        tell_json({"folder": str(folder), "database": copied})
    else:
        click.echo(f"copied to {folder}" + ("" if copied else "; the database is PostgreSQL's: use pg_dump for it"))

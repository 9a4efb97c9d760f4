"""The store of the settings, opened for a verb.

Knows: the settings, the store's entrance, how a driver's errors are told, how seeds get in. Must not know: what a
verb does with any of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from ehbox_soap import config
from ehbox_soap.commands.progress import progress
from ehbox_soap.config import Settings
from ehbox_soap.register.loading import loading_by_turns
from ehbox_soap.register.seed import Seed
from ehbox_soap.store.engine import Store

# A connection that cannot even be opened fails with the driver's own error.
DATABASE_ERRORS = (SQLAlchemyError, sqlite3.Error)


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store that is there already. Raises click.UsageError if there is none, or the database cannot be used."""
    with _told():
        # SQLite would make an empty file of one that is missing.
        parsed = make_url(config.database_url(settings))
        if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
            raise click.UsageError(
                f"there is no store in {config.data_folder(settings)}: name the server's data folder with --data"
            )
        with _open(settings) as store:
            yield store


@contextmanager
def made(settings: Settings) -> Iterator[Store]:
    """The store, with its folder, made first if there is none; click.UsageError if the database cannot be used."""
    with suppress(OSError):
        # Where that cannot be, the database says so.
        config.make_data_folder(settings)
    with _told(), _open(settings) as store:
        store.migrate()
        yield store


def load_seeds(read: Sequence[Seed], store: Store) -> None:
    """Loads them one after another, while others may write. Where that breaks, it is told how far it came.

    Raises ValueError as register.loading does.
    """
    loaded = 0
    try:
        for count in shown_loading(read, loading_by_turns(read, store)):
            loaded += count
    except BaseException:
        if loaded:
            told = f"{loaded} of {_entries(read)} entries are loaded and stay: load again, and the others come too"
            click.echo(told, err=True)
        raise


def shown_loading(read: Sequence[Seed], batches: Iterable[int]) -> Iterator[int]:
    """The batches of a load, by how many entries they have, while a bar shows how far it is."""
    return progress("loading", batches, _entries(read), float)


def _entries(read: Sequence[Seed]) -> int:
    return sum(entries.entries for entries in read)


@contextmanager
def _open(settings: Settings) -> Iterator[Store]:
    store = Store.open(config.database_url(settings))
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _told() -> Iterator[None]:
    """Tells what a database does not take as an error of usage."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except DATABASE_ERRORS as error:
        raise unusable(error) from error


def unusable(error: Exception) -> click.UsageError:
    """What the driver says; SQLAlchemy's own text may quote the URL and with it a password."""
    said = getattr(error, "orig", None) if isinstance(error, SQLAlchemyError) else error
    return click.UsageError(f"the database cannot be used: {said or type(error).__name__}")

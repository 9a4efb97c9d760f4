"""Verbs about the ETK depot: etk import, etk list, etk revoke.

Knows: files, the depot's entrance. Must not know: CMS, SQL.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ehbox_soap import trusting
from ehbox_soap.clock import SystemClock
from ehbox_soap.commands.database import made, opened
from ehbox_soap.commands.keystores import PASSWORD, authority
from ehbox_soap.commands.options import FILE, data_options, json_option, settings_of
from ehbox_soap.commands.shown import tell_json, tell_table
from ehbox_soap.config import Settings
from ehbox_soap.etk.depot import Shelf
from ehbox_soap.etk.intake import stored
from ehbox_soap.pki.authority import AuthorityError
from ehbox_soap.pki.pkcs12 import KeystoreError, read_pkcs12
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.store.tokens import StoredToken

_KEYSTORES = (".p12", ".pfx")
_COLUMNS = ("type!", "number!", "application", "serial", "valid!", "")


@click.group()
def etk() -> None:
    """The ETK depot of a data folder: the encryption tokens that it gives out."""


@etk.command(name="import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--password", default=PASSWORD, show_default=True, envvar="EHBOX_PASSWORD", help="of keystores")
@data_options
@json_option
def import_(files: tuple[Path, ...], password: str, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Takes encryption tokens as they are, so that a client's own keys work; all of them or none.

    A token is checked: it is whole, its depot's signature holds, the encryption certificate was issued by the owner's
    authentication certificate, and that one tells whose it is. DER, or base64. Of a keystore (*.p12, *.pfx) the
    encryption keys get tokens of this server's own depot.

    \b
    Example:
      ehbox etk import my-own.etk
    """
    now = SystemClock().now()
    settings = settings_of(config_file, data)
    read = [token for path in files for token in _read(path, settings, password, now)]
    with made(settings) as store, store.begin() as transaction:
        added = [transaction.tokens.add(token) for token in read]
    _tell(read, ["added" if new else "known already" for new in added], as_json)


@etk.command(name="list")
@data_options
@json_option
def list_tokens(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Lists the tokens; of several for one name the first that is valid and not revoked is given out.

    \b
    Example:
      ehbox etk list
    """
    settings, now = settings_of(config_file, data), SystemClock().now()
    trust = trusting.trust(settings, authority(settings))
    with opened(settings) as store, store.begin(write=False) as transaction:
        found = transaction.tokens.all()
        shelf = Shelf(transaction, trust, now)
        states = [_state(token, shelf) for token in found]
    _tell(found, states, as_json)


@etk.command()
@click.argument("serials", nargs=-1, required=True, metavar="SERIAL...")
@data_options
@json_option
def revoke(serials: tuple[str, ...], config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Revokes tokens for good, by the serial number that `ehbox etk list` tells; the depot gives them out no more.

    \b
    Example:
      ehbox etk revoke 12345678901234567890
    """
    now = SystemClock().now()
    with opened(settings_of(config_file, data)) as store, store.begin() as transaction:
        for serial in serials:
            if not transaction.tokens.revoke(serial, now):
                raise click.UsageError(f"there is no token of the serial number {serial} that could be revoked")
    if as_json:
        tell_json({"revoked": serials})
        return
    for serial in serials:
        click.echo(f"revoked {serial}")


def _read(path: Path, settings: Settings, password: str, now: datetime) -> list[StoredToken]:
    """The token in a file, or those of a keystore's encryption keys, the one in use last. Raises click.UsageError."""
    try:
        if path.suffix.lower() not in _KEYSTORES:
            return [stored(path.read_bytes(), now)]
        keys = read_pkcs12(path, password).encryptions
        if not keys:
            raise click.UsageError(f"{path}: there is no encryption key in it")
        depot = authority(settings)
        return [stored(depot.token(key), now) for key in reversed(keys)]
    except (SealingError, KeystoreError, AuthorityError) as error:
        raise click.UsageError(f"{path}: {error}") from error


def _state(token: StoredToken, shelf: Shelf) -> str:
    """What the depot does with a token; of several of a name that may be given out only the last one added is."""
    if token.revoked_at is not None:
        return "revoked"
    if shelf.now < token.not_before:
        return "not valid yet"
    if shelf.now > token.not_after:
        return "expired"
    if not shelf.counts(token.octets):
        return "owner revoked"
    return "given out" if shelf.token(token.name) == token.octets else "superseded"


def _tell(tokens: tuple[StoredToken, ...] | list[StoredToken], states: list[str], as_json: bool) -> None:
    if as_json:
        shown = [
            {"type": each.name.type, "value": each.name.value, "application": each.name.application or None,
             "serial": each.serial, "not_before": each.not_before, "not_after": each.not_after, "state": state}
            for each, state in zip(tokens, states, strict=True)
        ]  # fmt: skip
        tell_json(shown)
        return
    if not tokens:
        click.echo("no tokens")
        return
    rows = [
        [each.name.type, each.name.value, each.name.application, each.serial,
         f"{each.not_before:%Y-%m-%d} to {each.not_after:%Y-%m-%d}", state]
        for each, state in zip(tokens, states, strict=True)
    ]  # fmt: skip
    tell_table(_COLUMNS, rows)

"""Verbs about the server itself: serve, settings, seed, ready.

Knows: the settings, the server's entrance, the register's seeds. Must not know: HTTP, SQL.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ehbox_soap import clock, config, trusting
from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.errors import UnreachableError
from ehbox_soap.client.transport import Transport
from ehbox_soap.commands.database import DATABASE_ERRORS, load_seeds, made, unusable
from ehbox_soap.commands.options import (
    FILE,
    assignments,
    ca_option,
    data_options,
    json_option,
    settings_of,
    url_option,
)
from ehbox_soap.commands.shown import tell_json
from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.authority import AuthorityError
from ehbox_soap.register import seed as seeds

NOT_READY = 3
_POLL_SECONDS = 0.2


@click.command()
@data_options
@click.option("--host", help="address to listen on  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="port; 0 takes a free one  [default: 8080]")
@click.option("--workers", type=click.IntRange(1), help="worker processes  [default: 2]")
@click.option("--tls/--no-tls", default=None, help="speak HTTPS, by a certificate of the test CA unless one is set")
@click.option(
    "--tls-name", "tls_names", multiple=True, metavar="HOST", help="further name or address in that certificate"
)
@click.option("--plain-http", is_flag=True, default=None, help="HTTP also where others than this machine can reach it")
@click.option(
    "--set", "assigned", multiple=True, metavar="SECTION.NAME=VALUE", help="any setting, see `ehbox settings`"
)
def serve(
    config_file: Path | None, data: Path | None, assigned: tuple[str, ...], tls_names: tuple[str, ...], **flags: Any
) -> None:
    """Serves the mailbox and what stands around it until Ctrl-C; needs no configuration.

    At its first start it makes a data folder with a test PKI and loads the shipped seed. With --tls its address is
    https, and clients trust pki/root.pem of that folder.

    \b
    Example:
      ehbox serve --data /tmp/boxes --port 0 --set mailbox.directory=strict
      ehbox serve --tls --host 0.0.0.0 --tls-name boxes.example
    """
    from ehbox_soap import serving

    own = {f"server.{name}": str(value) for name, value in flags.items() if value is not None}
    if tls_names:
        own["server.tls_names"] = json.dumps(tls_names)
    settings = settings_of(config_file, data, {**assignments(assigned), **own})
    try:
        code = serving.serve(settings)
    except (AuthorityError, seeds.SeedError, ValueError, OSError) as error:
        raise click.UsageError(str(error)) from error
    except DATABASE_ERRORS as error:
        raise unusable(error) from error
    # gunicorn has said by then what it could not do, such as listen at the address.
    click.get_current_context().exit(NOT_READY if code else 0)


@click.command()
@click.option("--reference", is_flag=True, help="as README's table instead")
@json_option
def settings(reference: bool, as_json: bool) -> None:
    """Prints every setting with its default, as a file for --config.

    \b
    Example:
      ehbox settings > ehbox.toml && ehbox serve --config ehbox.toml
    """
    if as_json:
        tell_json(config.Settings().model_dump())
        return
    click.echo(config.reference() if reference else config.document(), nl=False)


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@data_options
@json_option
def seed(files: tuple[Path, ...], config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Puts people, organisations and boxes of FILES into the register.

    Files are TOML or JSON lines; conf/seed.toml shows the format. A running server knows them at once. Loading a file
    again brings its entries up to date.

    All files are read and checked before anything is loaded. Loading goes some hundred entries at a time, and a server
    works on meanwhile: where it breaks off, what is loaded stays, and loading again brings the rest.

    \b
    Example:
      ehbox seed colleagues.toml --data /tmp/boxes
    """
    chosen = settings_of(config_file, data)
    try:
        read = [seeds.read_seed(path) for path in files]
    except seeds.SeedError as error:
        raise click.UsageError(str(error)) from error
    config.make_data_folder(chosen)
    with made(chosen) as store:
        load_seeds(read, store)
    counts = {
        "people": sum(len(entries.people) for entries in read),
        "organisations": sum(len(entries.organisations) for entries in read),
        "boxes": sum(len(entries.boxes) for entries in read),
    }
    if as_json:
        tell_json(counts)
    else:
        click.echo("loaded " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))


@click.command()
@url_option
@ca_option
@click.option("--wait", type=click.FloatRange(0), default=0.0, help="seconds to wait for it  [default: 0]")
@data_options
@json_option
def ready(url: str, ca: Path | None, wait: float, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Tells whether the server is ready: exit code 0, else 3.

    \b
    Example:
      ehbox serve & ehbox ready --wait 30 && ehbox token --as 71031499894
    """
    settings = settings_of(config_file, data)
    deadline = clock.monotonic() + wait
    # Its authority may be made only now, by a server that starts.
    while not _is_ready(url, ca or trusting.root_file(settings)):
        if clock.monotonic() >= deadline:
            raise UnreachableError(f"{url} is not ready")
        clock.wait(_POLL_SECONDS)
    if as_json:
        tell_json({"url": url, "ready": True})
    else:
        click.echo(f"{url} is ready")


def _is_ready(url: str, ca: Path | None) -> bool:
    try:
        transport = Transport(SystemChance(), timeout_seconds=5, ca=ca)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        return transport.is_ready(Addresses(url).ready)
    finally:
        transport.session.close()

"""The options that verbs share, and what they stand for.

Knows: click, the settings, a caller's session. Must not know: what a verb does with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from ehbox_soap import config, trusting
from ehbox_soap.client.addresses import Addresses
from ehbox_soap.client.retry import Retry
from ehbox_soap.client.session import Dialect, Session
from ehbox_soap.commands.keystores import PASSWORD, keystore_of
from ehbox_soap.config import ConfigError, Settings
from ehbox_soap.pki.entries import Keystore
from ehbox_soap.pki.pkcs12 import KeystoreError, read_pkcs12
from ehbox_soap.qualities import QUALITIES
from ehbox_soap.wire.types import BoxId

Verb = TypeVar("Verb", bound=Callable[..., Any])

URL = "http://127.0.0.1:8080"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


class BoxType(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """A box as TYPE:ID:QUALITY, e.g. INSS:85061999865:NURSE."""

    name = "TYPE:ID:QUALITY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> BoxId:
        """click's hook."""
        if isinstance(value, BoxId):
            return value
        parts = str(value).split(":")
        if len(parts) != 3 or not all(parts):
            self.fail("write a box as TYPE:ID:QUALITY, e.g. INSS:85061999865:NURSE", param, ctx)
        type_, number, quality = parts
        return BoxId(number, type_, quality)


BOX = BoxType()


def url_option(verb: Verb) -> Verb:
    """--url."""
    option = click.option(
        "--url", default=URL, show_default=True, envvar="EHBOX_URL", show_envvar=True, help="address of the server"
    )
    return option(verb)


def ca_option(verb: Verb) -> Verb:
    """--ca."""
    option = click.option(
        "--ca",
        type=FILE,
        envvar="EHBOX_CA",
        show_envvar=True,
        help="CA that a server of https is believed by  [default: that of the data folder, if it is there]",
    )
    return option(verb)


def data_options(verb: Verb) -> Verb:
    """--data and --config."""
    data = click.option("--data", type=FOLDER, help="the server's data folder  [default: that of the settings]")
    file = click.option("--config", "config_file", type=FILE, help="a TOML file of settings")
    return data(file(verb))


def json_option(verb: Verb) -> Verb:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help="answer in JSON")(verb)


_CALLING = (
    click.option(
        "--as",
        "caller",
        envvar="EHBOX_AS",
        show_envvar=True,
        metavar="NUMBER",
        help="who calls: an INSS, a NIHII …",
    ),
    click.option(
        "--p12", type=FILE, envvar="EHBOX_P12", show_envvar=True, help="the caller's keystore, instead of --as"
    ),
    click.option(
        "--password",
        default=PASSWORD,
        show_default=True,
        envvar="EHBOX_PASSWORD",
        show_envvar=True,
        help="of the keystore",
    ),
    click.option(
        "--quality",
        type=click.Choice(sorted(QUALITIES)),
        metavar="QUALITY",
        help="ask the STS for this quality only, e.g. NURSE",
    ),
    click.option("--sts", "sts_url", help="address of the STS, if it is not the server's own"),
    click.option(
        "--dialect",
        type=click.Choice(get_args(Dialect)),
        default="saml-p",
        show_default=True,
        help="how the STS is asked",
    ),
    click.option(
        "--identify",
        "identification",
        type=FILE,
        help="keystore that identifies the caller to the STS, if it is not its own; same password",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0, min_open=True),
        default=60.0,
        show_default=True,
        help="seconds to wait for a connection, and each time for an answer",
    ),
    click.option(
        "--attempts",
        type=click.IntRange(1),
        default=3,
        show_default=True,
        help="how often a call is made whose answer is lost, where that is safe",
    ),
)


def calling_options(verb: Verb) -> Verb:
    """Who calls, and where: see `open_session`."""
    for option in reversed(_CALLING):
        verb = option(verb)
    return url_option(ca_option(data_options(verb)))


def settings_of(config_file: Path | None, data: Path | None, more: Mapping[str, str] | None = None) -> Settings:
    """The settings that the options stand for. Raises click.UsageError naming what is wrong."""
    overrides = {**(more or {})}
    if data is not None:
        overrides["data.folder"] = str(data)
    try:
        return config.load(config_file, overrides)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None


def assignments(texts: Sequence[str]) -> dict[str, str]:
    """ "section.name=value" texts as overrides. Raises click.UsageError."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"write a setting as section.name=value: {name}")
        found[name.strip()] = value.strip()
    return found


def open_session(options: Mapping[str, Any]) -> tuple[Session, Addresses]:
    """The caller's session and the server's addresses, from the options of `calling_options`.

    Raises click.UsageError when nobody is named or the keystore cannot be opened.
    """
    addresses = Addresses(options["url"])
    path, ca = options["p12"], options["ca"]
    settings = settings_of(options["config_file"], options["data"])
    if path is None:
        if options["caller"] is None:
            raise click.UsageError("say who calls: --as 71031499894 (the seed's doctor), or --p12 FILE")
        path = keystore_of(settings, options["caller"], options["password"])
        ca = ca or trusting.root_file(settings)
    dialect: Dialect = options["dialect"]
    sts = options["sts_url"] or (addresses.sts_trust if dialect == "ws-trust" else addresses.sts)
    other = options["identification"]
    keystore = _keystore(path, options["password"])
    try:
        session = Session(
            keystore.authentication,
            sts,
            identification=_keystore(other, options["password"]).authentication if other is not None else None,
            encryption=keystore.encryptions,
            authorities=trusting.believed(settings),
            quality=options["quality"],
            dialect=dialect,
            timeout_seconds=options["timeout"],
            ca=ca,
            retry=Retry(options["attempts"]),
        )
    except (OSError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    return session, addresses


def _keystore(path: Path, password: str) -> Keystore:
    try:
        return read_pkcs12(path, password)
    except KeystoreError as error:
        raise click.UsageError(f"{path}: {error}") from None

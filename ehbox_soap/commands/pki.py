"""Verbs about the test PKI: pki init, issue, revoke, server, show.

Knows: the test authority's entrance, keystores. Must not know: how a certificate or a list is made.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click
from cryptography import x509

from ehbox_soap import config
from ehbox_soap.clock import SystemClock
from ehbox_soap.commands.keystores import PASSWORD, PERSON, Owner, authority, find_owner, issue, keystore_path
from ehbox_soap.commands.options import FILE, data_options, json_option, settings_of
from ehbox_soap.commands.shown import tell_json, tell_pairs
from ehbox_soap.config import Settings
from ehbox_soap.errors import SoapFault
from ehbox_soap.pki import branches, revoking
from ehbox_soap.pki.authority import Authority, AuthorityError
from ehbox_soap.pki.entries import KeyKind
from ehbox_soap.pki.pkcs12 import KeystoreError, read_pkcs12
from ehbox_soap.pki.revoking import REASONS
from ehbox_soap.pki.show import Describer, Description
from ehbox_soap.security.subject import identity, rfc1779

_PASSWORD = click.option(
    "--password", default=PASSWORD, show_default=True, envvar="EHBOX_PASSWORD", help="of the keystore"
)


@click.group()
def pki() -> None:
    """The throw-away test PKI of a data folder: its CA, its STS, keystores of callers."""


@pki.command()
@data_options
@json_option
def init(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Makes the test CA and the STS's certificate, if there are none yet; `ehbox serve` does so by itself.

    \b
    Example:
      ehbox pki init --data /tmp/boxes
    """
    _tell(_authority(settings_of(config_file, data)), as_json)


@pki.command(name="issue")
@click.option("--person", metavar="INSS", help="for a person: 11 digits")
@click.option("--organisation", metavar="TYPE:NUMBER", help="for an organisation, e.g. NIHII-HOSPITAL:71990133")
@click.option("--name", help="as the certificate tells it  [default: the seed's]")
@click.option("--application", help="for an application of the owner")
@click.option("--key", type=click.Choice(["rsa", "ec"]), default="rsa", show_default=True, help="the kind of key")
@click.option("--intermediate", metavar="NAME", help="issued by an intermediate of that name, made if there is none")
@_PASSWORD
@click.option("--force", is_flag=True, help="write over a keystore that is there")
@data_options
@json_option
def issue_verb(  # noqa: PLR0917, PLR0913  # an option each
    person: str | None,
    organisation: str | None,
    name: str | None,
    application: str | None,
    key: str,
    intermediate: str | None,
    password: str,
    force: bool,
    config_file: Path | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Makes a keystore for a person or an organisation, which `--as NUMBER` of the other verbs then uses.

    It is a PKCS#12 that Java 8 reads: the authentication key under the alias `authentication` with its chain, and an
    encryption key beside it. A server that runs believes a new intermediate from its next start on.

    \b
    Example:
      ehbox pki issue --person 71031499894 --name "Dora Voorbeeld"
    """
    if (person is None) == (organisation is None):
        raise click.UsageError("say for whom: --person INSS or --organisation TYPE:NUMBER")
    settings = settings_of(config_file, data)
    owner = find_owner(settings, f"{PERSON}:{person}" if person is not None else str(organisation))
    if owner is None:
        raise click.UsageError("write an organisation as TYPE:NUMBER, e.g. NIHII-HOSPITAL:71990133")
    path = keystore_path(settings, owner.number, application)
    if path.exists() and not force:
        raise click.UsageError(f"{path} is there already; --force writes over it")
    try:
        whom = Owner(owner.type, owner.number, name or owner.name)
        issue(settings, whom, password, application, cast(KeyKind, key), intermediate)
    except (AuthorityError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    _tell(_keystore(path, password), as_json, path)


@pki.command()
@click.argument("which")
@click.option("--reason", type=click.Choice(sorted(REASONS)), default="unspecified", show_default=True, help="why")
@_PASSWORD
@data_options
@json_option
def revoke(which: str, reason: str, password: str, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Revokes the certificate of WHICH: a keystore, a certificate in PEM, or the number of somebody with a keystore.

    It is put on the list of its issuer, beside the test CA. A server of that data folder looks at it within seconds.
    To take back everything that an issuer revoked, delete its list.

    \b
    Example:
      ehbox pki revoke 71031499894 --reason key-compromise
    """
    settings = settings_of(config_file, data)
    path = Path(which)
    if not path.is_file():
        path = keystore_path(settings, which.rpartition(":")[2])
    if not path.is_file():
        raise click.UsageError(f"{which} is no file, and there is no {path}")
    certificate = _certificate(path, password)
    try:
        written = revoking.revoke(config.pki_folder(settings), _open(settings), certificate, reason, SystemClock())
    except (AuthorityError, ValueError) as error:
        raise click.UsageError(f"{path}: {error}") from error
    shown = _describer().certificate(certificate)
    if as_json:
        tell_json({"list": written, "certificate": shown})
    else:
        tell_pairs(("revoked", shown.subject), ("serial", shown.serial), ("list", written))


@pki.command()
@click.argument("hosts", nargs=-1)
@data_options
@json_option
def server(hosts: tuple[str, ...], config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Makes the certificate for TLS, for this machine and for HOSTS; `ehbox serve --tls` does so by itself.

    It is made anew only if the one that is there lacks one of them or is about to end.

    \b
    Example:
      ehbox pki server boxes.example 192.0.2.7
    """
    settings = settings_of(config_file, data)
    folder = config.pki_folder(settings)
    try:
        entry = branches.server(folder, authority(settings), hosts, SystemClock().now())
    except (AuthorityError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    _tell([_describer().certificate(entry.certificate)], as_json, folder / f"{branches.SERVER}.pem")


@pki.command()
@click.argument("keystore", required=False, type=FILE)
@_PASSWORD
@data_options
@json_option
def show(keystore: Path | None, password: str, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Shows the certificates of KEYSTORE, or those of the test PKI.

    \b
    Example:
      ehbox pki show ehbox-data/pki/keystores/71031499894.p12
    """
    if keystore is not None:
        _tell(_keystore(keystore, password), as_json, keystore)
        return
    settings = settings_of(config_file, data)
    _open(settings)
    _tell(_authority(settings), as_json)


def _describer() -> Describer:
    return Describer(rfc1779, _identity)


def _identity(certificate: x509.Certificate) -> str | None:
    try:
        found = identity(certificate)
    except SoapFault:
        return None
    return f"{found.type}={found.number}"


def _open(settings: Settings) -> Authority:
    """The test authority that is there. Raises click.UsageError."""
    if not config.pki_folder(settings).is_dir():
        raise click.UsageError(f"there is no test PKI in {config.data_folder(settings)}; `ehbox pki init` makes one")
    try:
        return authority(settings)
    except AuthorityError as error:
        raise click.UsageError(str(error)) from error


def _authority(settings: Settings) -> list[Description]:
    try:
        found = authority(settings)
        made = [entry for _, entry in branches.branches(config.pki_folder(settings), found)]
    except AuthorityError as error:
        raise click.UsageError(str(error)) from error
    entries = (found.root, found.issuing, *made, found.sts)
    return [_describer().certificate(entry.certificate) for entry in entries]


def _certificate(path: Path, password: str) -> x509.Certificate:
    """That of a keystore's authentication key, or the first one of a PEM file. Raises click.UsageError."""
    octets = path.read_bytes()
    try:
        if octets.startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificate(octets)
        return read_pkcs12(path, password).authentication.certificate
    except (KeystoreError, ValueError) as error:
        raise click.UsageError(f"{path}: neither a certificate in PEM nor a keystore of that password") from error


def _keystore(path: Path, password: str) -> list[Description]:
    try:
        return list(_describer().keystore(read_pkcs12(path, password)))
    except KeystoreError as error:
        raise click.UsageError(f"{path}: {error}") from error


def _tell(shown: list[Description], as_json: bool, path: Path | None = None) -> None:
    if as_json:
        tell_json({"path": path, "certificates": shown})
        return
    if path is not None:
        tell_pairs(("keystore", path))
    for number, each in enumerate(shown):
        if number or path is not None:
            click.echo()
        tell_pairs(
            ("alias", each.alias),
            ("subject", each.subject),
            ("issuer", each.issuer),
            ("identity", each.identity),
            ("serial", each.serial),
            ("key", each.key),
            ("valid", f"{each.not_before:%Y-%m-%d} to {each.not_after:%Y-%m-%d}"),
        )

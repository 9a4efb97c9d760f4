"""Keystores of the test PKI in the data folder: who gets one, and where it is found again.

Knows: the data folder, seeds, the test authority. Must not know: how a certificate or a PKCS#12 is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from ehbox_soap import config, qualities, resources
from ehbox_soap.clock import SystemClock
from ehbox_soap.commands.database import made
from ehbox_soap.config import Settings
from ehbox_soap.etk.intake import stored
from ehbox_soap.ids import SystemChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.branches import branch
from ehbox_soap.pki.entries import KeyKind
from ehbox_soap.pki.files import write_private
from ehbox_soap.pki.pkcs12 import write_pkcs12
from ehbox_soap.register.seed import Seed, read_seed
from ehbox_soap.store.records import Organisation, Person

PASSWORD = "ehbox-test"  # noqa: S105  # of test keystores, and told to everybody
PERSON = "SSIN"
_NAMELESS = "Ehbox Test"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a keystore is for: `type` as in certificates (SSIN, NIHII-HOSPITAL, CBE, EHP …)."""

    type: str
    number: str
    name: str


def authority(settings: Settings) -> Authority:
    """The test authority of the data folder, made first if there is none."""
    return Authority.create(config.pki_folder(settings), SystemClock(), SystemChance())


def keystore_path(settings: Settings, number: str, application: str | None = None) -> Path:
    """Where the keystore of that number is kept."""
    return config.pki_folder(settings) / "keystores" / f"{'-'.join(filter(None, (number, application)))}.p12"


def find_owner(settings: Settings, text: str) -> Owner | None:
    """The owner that `text` names: a number, or TYPE:NUMBER. The seeds give its name, and its type if left out."""
    type_, _, number = text.rpartition(":")
    known = _known(settings, number)
    if known is not None and type_ in ("", known.type):
        return known
    if type_ in ("", PERSON) and len(number) == 11:
        return Owner(PERSON, number, _NAMELESS)
    return Owner(type_, number, _NAMELESS) if type_ else None


def issue(
    settings: Settings,
    owner: Owner,
    password: str,
    application: str | None = None,
    kind: KeyKind = "rsa",
    intermediate: str | None = None,
) -> Path:
    """A new keystore in the data folder: authentication and encryption key. The encryption token lies beside it and is
    known to the depot at once. `intermediate` names one that issues instead of the usual authority. Raises ValueError
    for a bad number or name, click.UsageError if the database cannot be used."""
    test_authority = authority(settings)
    if intermediate is not None:
        test_authority = branch(config.pki_folder(settings), test_authority, intermediate)
    if owner.type == PERSON:
        entry = test_authority.person(owner.number, owner.name, application, kind)
    else:
        entry = test_authority.organisation(owner.type, owner.number, owner.name, application, kind)
    path = keystore_path(settings, owner.number, application)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keystore = test_authority.keystore(entry)
    assert keystore.encryption is not None
    token = test_authority.token(keystore.encryption)
    write_pkcs12(path, keystore, password, SystemChance())
    write_private(path.with_suffix(".etk"), token, mode=0o644)
    with made(settings) as store, store.begin() as transaction:
        transaction.tokens.add(stored(token, SystemClock().now()))
    return path


def keystore_of(settings: Settings, text: str, password: str) -> Path:
    """The keystore of whom `text` names; made on the spot for whom the seeds know. Raises click.UsageError."""
    path = keystore_path(settings, text.rpartition(":")[2])
    if path.exists():
        return path
    owner = find_owner(settings, text)
    if owner is None or not config.pki_folder(settings).is_dir():
        raise click.UsageError(
            f"there is no keystore of {text} in {path.parent}: "
            "make one with `ehbox pki issue`, or name the server's data folder with --data"
        )
    click.echo(f"made {issue(settings, owner, password)} for {owner.name}", err=True)
    return path


def _known(settings: Settings, number: str) -> Owner | None:
    """The owner of that number in the seeds of the settings."""
    files = [resources.path("conf", "seed.toml")] if settings.people.builtin_seed else []
    for seed in map(read_seed, (*files, *settings.people.seeds)):
        for record in _records(seed):
            if isinstance(record, Person) and record.inss == number:
                return Owner(PERSON, number, f"{record.first_name} {record.last_name}")
            if isinstance(record, Organisation) and record.id == number:
                row = qualities.find(record.quality, record.type)
                # Certificates of enterprises name the kind of number only.
                type_ = row.etk_type if row is not None and record.type == "NIHII" else record.type
                return Owner(type_, number, record.name)
    return None


def _records(seed: Seed) -> tuple[Person | Organisation, ...]:
    return (*seed.people, *seed.organisations)

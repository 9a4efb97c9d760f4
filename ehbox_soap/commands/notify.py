"""The verb notify: where the holder of a box wants mails (MAIL-1).

Knows: the store's entrance, the mailbox's notifications. Must not know: what a mail says, how it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from ehbox_soap.clock import SystemClock
from ehbox_soap.commands.database import opened
from ehbox_soap.commands.options import BOX, data_options, json_option, settings_of
from ehbox_soap.commands.shown import tell_json
from ehbox_soap.config import Settings
from ehbox_soap.ids import SystemChance
from ehbox_soap.mailbox import notifications
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.occasion import Occasion
from ehbox_soap.numbers import is_number
from ehbox_soap.qualities import find
from ehbox_soap.store.message_records import Address
from ehbox_soap.wire.types import BoxId

REFUSED = 1
_LONGEST = 254


@click.group()
def notify() -> None:
    """Mails to the holder of a box: on a new message, one about to expire, a box that is nearly full."""


@notify.command(name="set")
@click.argument("box", type=BOX)
@click.argument("address")
@data_options
@json_option
def set_address(box: BoxId, address: str, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Sets where mails about BOX go; a code is mailed there, with which it is confirmed.

    \b
    Example:
      ehbox notify set INSS:85061999865:NURSE nele@example.org
    """
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", address) or len(address) > _LONGEST:
        raise click.UsageError("write an address as name@example.org")
    with _occasion(settings_of(config_file, data)) as occasion:
        notifications.ask(_address(box), address, occasion)
    _tell(as_json, "asked", "a code is on its way; confirm with `ehbox notify confirm`")


@notify.command()
@click.argument("box", type=BOX)
@click.argument("code")
@data_options
@json_option
def confirm(box: BoxId, code: str, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Confirms the address of BOX by the code that was mailed there within the last day; else exit code 1.

    \b
    Example:
      ehbox notify confirm INSS:85061999865:NURSE k3Xw90Qa
    """
    with _occasion(settings_of(config_file, data)) as occasion:
        confirmed = notifications.confirm(_address(box), code, occasion)
    _tell(as_json, "confirmed" if confirmed else "refused", "confirmed" if confirmed else "that is not the code")
    click.get_current_context().exit(0 if confirmed else REFUSED)


@notify.command()
@click.argument("box", type=BOX)
@data_options
@json_option
def off(box: BoxId, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Ends the mails about BOX.

    \b
    Example:
      ehbox notify off INSS:85061999865:NURSE
    """
    with _occasion(settings_of(config_file, data)) as occasion:
        ended = notifications.end(_address(box), occasion)
    _tell(as_json, "off", "no more mails" if ended else "there was no address")


@contextmanager
def _occasion(settings: Settings) -> Iterator[Occasion]:
    with opened(settings) as store, store.begin() as transaction:
        shift = transaction.clock.shift() if settings.mailbox.clock_shift_allowed else timedelta(0)
        now = SystemClock().now() + shift
        yield Occasion(transaction, now, MailboxRules.from_settings(settings.mailbox), SystemChance())


def _address(box: BoxId) -> Address:
    if not is_number(box.type, box.id) or find(box.quality, box.type, None) is None:
        raise click.UsageError("there can be no such box: its Type, Id and Quality do not go together")
    return Address.of(box.type, box.id, box.quality)


def _tell(as_json: bool, state: str, words: str) -> None:
    if as_json:
        tell_json({"state": state})
    else:
        click.echo(words)

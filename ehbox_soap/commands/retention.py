"""The verb upkeep: what has had its time leaves the store.

Knows: the settings, the mailbox's upkeep. Must not know: SQL, what ends when.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from ehbox_soap.clock import SystemClock
from ehbox_soap.commands.database import opened
from ehbox_soap.commands.options import data_options, json_option, settings_of
from ehbox_soap.commands.progress import progress
from ehbox_soap.commands.shown import tell_json, tell_pairs
from ehbox_soap.config import Settings
from ehbox_soap.ids import SystemChance
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.retention import Counts, Upkeep
from ehbox_soap.store.transaction import Transaction


@click.command()
@click.option("--dry-run", is_flag=True, help="only tell what would be removed")
@data_options
@json_option
def upkeep(dry_run: bool, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Removes messages at the end of their life and what need not be remembered any longer, once.

    A worker does the same every so often (upkeep.every_minutes). It goes batch by batch and may be stopped at any
    moment; the next one goes on. A server may run meanwhile.

    \b
    Example:
      ehbox upkeep --dry-run
    """
    settings = settings_of(config_file, data)
    with opened(settings) as store:
        with store.begin(write=False) as transaction:
            work = _upkeep(settings, transaction)
            counts = work.foresee(transaction) if dry_run else Counts()
        if not dry_run:
            for name, count in progress("upkeep", work.run(store.begin), None):
                counts.add(name, count)
    if as_json:
        tell_json({"dry_run": dry_run, **{name: getattr(counts, name) for name in Counts.__slots__}})
        return
    tell_pairs(*counts.told())
    if dry_run:
        click.echo("nothing was removed: a dry run")


def _upkeep(settings: Settings, transaction: Transaction) -> Upkeep:
    now = SystemClock().now()
    shift = transaction.clock.shift() if settings.mailbox.clock_shift_allowed else timedelta(0)
    rules = MailboxRules.from_settings(settings.mailbox)
    return Upkeep(now + shift, now, rules, SystemChance(), settings.upkeep.batch, settings.upkeep.sent_cleanup)

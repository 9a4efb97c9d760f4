"""The verb usage: who called how often, held against what the platform asks for (USE-1 to 5).

Knows: the counters' report, pseudonyms. Must not know: SQL. A caller is a pseudonym, unless its box is named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from ehbox_soap import config
from ehbox_soap.clock import BRUSSELS
from ehbox_soap.commands.database import opened
from ehbox_soap.commands.options import BOX, data_options, json_option, settings_of
from ehbox_soap.commands.shown import tell_json, tell_table
from ehbox_soap.ids import SystemChance
from ehbox_soap.mailbox.usage import REPEATED, Used, report
from ehbox_soap.pseudonym import Pseudonyms
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.wire.types import BoxId


@dataclass(frozen=True, slots=True)
class Kept:
    """USE-5: what stands in the INBOX of a box though it was read, and receipts that nobody read."""

    caller: str
    read: int
    receipts: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """USE-4: messages that a caller read whole again, and how often that was too early."""

    caller: str
    messages: int
    passed: int


@click.command()
@click.option("--box", type=BOX, help="only the caller whose default box this is")
@data_options
@json_option
def usage(box: BoxId | None, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Tells who called what how often, against the frequencies that the platform asks for.

    Callers are pseudonyms, the same as in the log. Counters are kept for a month.

    \b
    Example:
      ehbox usage --box INSS:85061999865:NURSE
    """
    settings = settings_of(config_file, data)
    with opened(settings) as store, store.begin(write=False) as transaction:
        pseudonyms = Pseudonyms.of_folder(config.data_folder(settings), SystemChance())
        only = None if box is None else _caller(box, transaction, pseudonyms)
        used = [each for each in report(transaction) if only in (None, each.caller)]
        repeats = transaction.usage.repeats().items()
        repeated = [Repeated(who, *counts) for (who, _), counts in repeats if only in (None, who)]
        kept = [Kept(_pseudonym(each.box, pseudonyms), each.read, each.receipts) for each in transaction.usage.kept()]
        kept = [each for each in kept if only in (None, each.caller)]
    if as_json:
        tell_json({"mode": settings.usage.mode, "calls": used, "repeated": repeated, "kept": kept})
        return
    columns = ("caller!", "kind!", "call!", "calls", "most", "limit!", "passed", "last!")
    tell_table(columns, [_row(each) for each in used])
    for again in repeated:
        click.echo(f"{again.caller}: {again.messages} messages read again, {again.passed} times too early ({REPEATED})")
    for left in kept:
        click.echo(f"{left.caller}: {left.read} read messages not deleted, {left.receipts} receipts not read (USE-5)")


def _caller(box: BoxId, transaction: Transaction, pseudonyms: Pseudonyms) -> str:
    address = Address.of(box.type, box.id, box.quality)
    found = transaction.boxes.find([address])
    return _pseudonym(found[0].address if found else address, pseudonyms)


def _pseudonym(address: Address, pseudonyms: Pseudonyms) -> str:
    return pseudonyms.of(address.type, address.id, address.quality)


def _row(used: Used) -> list[str]:
    period = {"hour": "an hour", "day": "a day"}[used.period]
    limit = "" if used.limit is None else f"{used.limit} {period}"
    kind = "individual" if used.individual else "organisation"
    last = f"{used.last.astimezone(BRUSSELS):%Y-%m-%d %H:%M}"
    return [used.caller, kind, used.call, str(used.calls), str(used.most), limit, str(used.passed), last]

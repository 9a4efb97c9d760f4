"""Verbs about the store as a whole: verify, reset, dump.

Knows: the store's entrance, the register's seeds. Must not know: SQL, the server. What they tell goes to standard
output on demand and into no log.
"""

from __future__ import annotations

from pathlib import Path

import click

from ehbox_soap import resources
from ehbox_soap.commands.database import opened, shown_loading
from ehbox_soap.commands.options import BOX, data_options, json_option, settings_of
from ehbox_soap.commands.progress import progress
from ehbox_soap.commands.shown import tell_json, tell_pairs, tell_table
from ehbox_soap.config import Settings
from ehbox_soap.mailbox.checking import fingerprint
from ehbox_soap.register import seed as seeds
from ehbox_soap.register.loading import loading
from ehbox_soap.store.message_records import Address
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.store.verify import steps
from ehbox_soap.store.whole import BoxSummary, Removed
from ehbox_soap.wire.types import BoxId

FOUND = 1


@click.command()
@data_options
@json_option
def verify(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Looks through the whole store for what cannot be; names each inconsistency by check, table and key.

    Exit code 1 if it finds anything. A server may run meanwhile. Nothing that stands in a message is told.

    \b
    Example:
      ehbox verify --data /tmp/boxes
    """
    with opened(settings_of(config_file, data)) as store, store.begin(write=False) as transaction:
        made = list(progress("verifying", transaction.whole.verify(fingerprint), steps()))
    findings = [finding for step in made for finding in step.findings]
    if as_json:
        tell_json({"checks": len(made), "findings": findings})
    else:
        if findings:
            rows = [[finding.check, finding.table, finding.key, finding.says] for finding in findings]
            tell_table(("check!", "table!", "key!", "what is wrong"), rows)
        click.echo(f"{len(findings)} findings by {len(made)} checks")
    click.get_current_context().exit(FOUND if findings else 0)


@click.command()
@click.option("--box", type=BOX, help="only this box: its messages, absences, used PublicationIds")
@click.option("--yes", is_flag=True, help="do not ask")
@data_options
@json_option
def reset(box: BoxId | None, yes: bool, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Empties the store, or one box; asks first.

    All of it: boxes, messages and register go, then the seeds of the settings are loaded as at a first start. The
    test PKI and the tokens of its keystores stay. One box: it stays, and others keep their copies. A server may run
    meanwhile.

    \b
    Example:
      ehbox reset --box INSS:85061999865:NURSE --yes
    """
    settings = settings_of(config_file, data)
    with opened(settings) as store:
        if not yes:
            what = "this box" if box is not None else "every box and the register"
            click.confirm(f"Remove everything in {what}?", abort=True, err=True)
        with store.begin() as transaction:
            removed = _clear_box(transaction, box) if box is not None else _clear(transaction, settings)
    if as_json:
        tell_json(removed)
    else:
        tell_pairs(*((name, getattr(removed, name)) for name in ("boxes", "messages", "deliveries", "publications")))


@click.command()
@click.option("--boxes", is_flag=True, help="the boxes instead, without contents: counts, sizes, dates")
@data_options
@json_option
def dump(boxes: bool, config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Prints the register as a seed, which `ehbox seed` loads again; or the boxes.

    With --json the seed is in JSON lines.

    \b
    Example:
      ehbox dump --data /tmp/boxes > everybody.toml && ehbox seed everybody.toml --data /tmp/others
    """
    with opened(settings_of(config_file, data)) as store, store.begin(write=False) as transaction:
        if not boxes:
            text = seeds.write_seed(seeds.registered(transaction), "jsonl" if as_json else "toml")
            click.echo(text, nl=False)
            return
        found = list(progress("reading", transaction.whole.boxes(), None))
    if as_json:
        tell_json(found)
        return
    columns = (
        "box!",
        "registered",
        "used",
        "limit",
        "last call!",
        "folder!",
        "messages",
        "bytes",
        "oldest!",
        "newest!",
    )
    tell_table(columns, [row for each in found for row in _rows(each)])


def _clear(transaction: Transaction, settings: Settings) -> Removed:
    files = [resources.path("conf", "seed.toml")] if settings.people.builtin_seed else []
    try:
        # Read before anything is taken away.
        read = [seeds.read_seed(path) for path in (*files, *settings.people.seeds)]
    except (seeds.SeedError, OSError) as error:
        raise click.UsageError(str(error)) from error
    removed = transaction.whole.clear(lambda tables: progress("emptying", tables, len(tables)))
    # All or nothing, unlike `seed`: a register that is half there would be worse than the one before.
    for _ in shown_loading(read, loading(read, transaction)):
        pass
    return removed


def _clear_box(transaction: Transaction, box: BoxId) -> Removed:
    found = transaction.boxes.find([Address.of(box.type, box.id, box.quality)])
    if not found:
        raise click.UsageError("there is no such box in the store")
    transaction.boxes.hold([found[0].key])
    return transaction.whole.clear_box(found[0].key)


def _rows(summary: BoxSummary) -> list[list[str]]:
    """A line for each folder of a box, the box itself on the first one."""
    called = f"{summary.last_call_at:%Y-%m-%d %H:%M}" if summary.last_call_at is not None else ""
    limit = str(summary.max_size) if summary.max_size is not None else ""
    address = summary.address
    own = [
        f"{address.type}:{address.id}:{address.quality}",
        "yes" if summary.registered else "no",
        str(summary.current_size),
        limit,
        called,
    ]
    folders = [
        [each.folder, str(each.messages), str(each.size), f"{each.oldest:%Y-%m-%d}", f"{each.newest:%Y-%m-%d}"]
        for each in summary.folders
    ] or [[""] * 5]
    return [[*(own if number == 0 else [""] * 5), *folder] for number, folder in enumerate(folders)]

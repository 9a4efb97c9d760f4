"""The verbs ooo list, set and remove: periods of absence (OOO-1 to 3).

Knows: the client's entrance. Must not know: XML, HTTP, signatures.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from ehbox_soap.client.consultation import Consultation
from ehbox_soap.client.errors import StatusError
from ehbox_soap.commands.options import BOX, calling_options, json_option, open_session
from ehbox_soap.commands.shown import tell_json, tell_pairs, tell_table
from ehbox_soap.wire import types

_DAY = click.DateTime(["%Y-%m-%d"])
_MINE = "one of the caller's boxes  [default: its default box]"


@click.group()
def ooo() -> None:
    """Out of office: the periods in which the caller is absent, and who replaces it."""


@ooo.command(name="list")
@click.option("--box", type=BOX, help=_MINE)
@json_option
@calling_options
def list_periods(box: types.BoxId | None, as_json: bool, **calling: Any) -> None:
    """Lists every period: past, active and future.

    \b
    Example:
      ehbox ooo list --as 85061999865
    """
    session, addresses = open_session(calling)
    periods = Consultation(session, addresses.consultation).get_ooo_list(types.GetOoOListRequest(box)).periods
    if as_json:
        tell_json(periods)
    elif not periods:
        click.echo("no periods")
    else:
        rows = [
            [each.ooo_id, each.start_date.isoformat(), each.end_date.isoformat(), " ".join(map(_box, each.substitutes))]
            for each in periods
        ]
        tell_table(("period!", "from!", "to!", "substitutes"), rows)


@ooo.command(name="set")
@click.option("--from", "start", type=_DAY, required=True, help="the first day")
@click.option("--to", "end", type=_DAY, required=True, help="the last day")
@click.option("--substitute", "substitutes", type=BOX, multiple=True, help="who replaces it; may be repeated")
@click.option("--box", type=BOX, help=_MINE)
@json_option
@calling_options
def set_period(
    start: datetime,
    end: datetime,
    substitutes: tuple[types.BoxId, ...],
    box: types.BoxId | None,
    as_json: bool,
    **calling: Any,
) -> None:
    """States one more period of absence, both days included.

    \b
    Example:
      ehbox ooo set --as 85061999865 --from 2026-08-01 --to 2026-08-15 --substitute INSS:71031499894:DOCTOR
    """
    session, addresses = open_session(calling)
    request = types.InsertOoORequest(start.date(), end.date(), substitutes, box)
    try:
        answer = Consultation(session, addresses.consultation).insert_ooo(request)
    except StatusError as refusal:
        if isinstance(refusal.answer, types.InsertOoOResponse):
            for each in refusal.answer.substitutes:
                absent = "" if each.absent_from is None else f" is absent from {each.absent_from} to {each.absent_to}"
                click.echo(f"substitute {_box(each.box)}{absent}", err=True)
        raise
    if as_json:
        tell_json(answer)
    else:
        tell_pairs(("period", answer.id))


@ooo.command()
@click.argument("ooo_ids", nargs=-1, required=True, metavar="OOO_ID...")
@click.option("--box", type=BOX, help=_MINE)
@json_option
@calling_options
def remove(ooo_ids: tuple[str, ...], box: types.BoxId | None, as_json: bool, **calling: Any) -> None:
    """Deletes periods; those that are unknown are told.

    \b
    Example:
      ehbox ooo remove abcDEF0123456 --as 85061999865
    """
    session, addresses = open_session(calling)
    try:
        answer = Consultation(session, addresses.consultation).delete_ooo(types.DeleteOoORequest(ooo_ids, box))
    except StatusError as refusal:
        if isinstance(refusal.answer, types.DeleteOoOResponse):
            for each in refusal.answer.ooo_ids:
                click.echo(f"{each}: unknown", err=True)
        raise
    if as_json:
        tell_json(answer)
    else:
        tell_pairs(*(("removed", each) for each in ooo_ids))


def _box(found: types.BoxId) -> str:
    return f"{found.type}:{found.id}:{found.quality}"

"""Verbs that change what stands in a box, or tell what became of it: move, delete, history, acks.

Knows: the client's entrance. Must not know: XML, HTTP, signatures.
"""

from __future__ import annotations

from typing import Any

import click

from ehbox_soap.client.consultation import Consultation
from ehbox_soap.client.errors import StatusError
from ehbox_soap.commands.options import BOX, calling_options, json_option, open_session
from ehbox_soap.commands.shown import tell_json, tell_pairs, tell_table
from ehbox_soap.wire import types

_FOLDERS = [source.value for source in types.Source if source is not types.Source.HISTORY]
_SIDES = [source.value for source in types.Source]
_MINE = "one of the caller's boxes  [default: its default box]"


@click.command()
@click.argument("message_ids", nargs=-1, required=True, metavar="MESSAGE_ID...")
@click.option("--source", type=click.Choice(_FOLDERS), default="INBOX", show_default=True, help="where they stand")
@click.option("--to", "destination", type=click.Choice(_FOLDERS), help="where to  [default: the bin, or out of it]")
@click.option("--box", type=BOX, help=_MINE)
@json_option
@calling_options
def move(
    message_ids: tuple[str, ...],
    source: str,
    destination: str | None,
    box: types.BoxId | None,
    as_json: bool,
    **calling: Any,
) -> None:
    """Moves messages to the bin of their folder, or back from it.

    \b
    Example:
      ehbox move abcDEF0123456 --as 85061999865 --source INBOX
    """
    session, addresses = open_session(calling)
    to = destination or (source.removeprefix("BIN") if source.startswith("BIN") else f"BIN{source}")
    request = types.MoveMessageRequest(types.Source(source), types.Source(to), message_ids, box)
    try:
        answer = Consultation(session, addresses.consultation).move_message(request)
    except StatusError as refusal:
        _tell_left(refusal, f"still in {source}, or elsewhere")
        raise
    _tell_done(answer, message_ids, f"moved to {to}", as_json)


@click.command()
@click.argument("message_ids", nargs=-1, required=True, metavar="MESSAGE_ID...")
@click.option("--source", type=click.Choice(_FOLDERS), default="INBOX", show_default=True, help="where they stand")
@click.option("--box", type=BOX, help=_MINE)
@json_option
@calling_options
def delete(message_ids: tuple[str, ...], source: str, box: types.BoxId | None, as_json: bool, **calling: Any) -> None:
    """Deletes messages for good; the other side keeps its copy.

    \b
    Example:
      ehbox delete abcDEF0123456 --as 85061999865 --source BININBOX
    """
    session, addresses = open_session(calling)
    request = types.DeleteMessageRequest(types.Source(source), message_ids, box)
    try:
        answer = Consultation(session, addresses.consultation).delete_message(request)
    except StatusError as refusal:
        _tell_left(refusal, f"not in {source}")
        raise
    _tell_done(answer, message_ids, "deleted", as_json)


@click.command()
@click.argument("message_id")
@click.option("--source", type=click.Choice(_SIDES), default="INBOX", show_default=True, help="where it stands")
@click.option("--box", type=BOX, help=_MINE)
@json_option
@calling_options
def history(message_id: str, source: str, box: types.BoxId | None, as_json: bool, **calling: Any) -> None:
    """Lists the versions of a NEWS, the newest first; a DOCUMENT has one.

    \b
    Example:
      ehbox history abcDEF0123456 --as 85061999865
    """
    session, addresses = open_session(calling)
    request = types.GetHistoryRequest(message_id, types.Source(source), box)
    ids = Consultation(session, addresses.consultation).get_message_history(request).message_ids
    if as_json:
        tell_json(ids)
    else:
        tell_pairs(*(("version", each) for each in ids))


@click.command()
@click.argument("message_id")
@click.option("--start", type=click.IntRange(1), default=1, show_default=True, help="first recipient")
@click.option("--end", type=click.IntRange(1), help="last recipient, at most 100 on  [default: start + 99]")
@click.option("--box", type=BOX, help=_MINE)
@json_option
@calling_options
def acks(message_id: str, start: int, end: int | None, box: types.BoxId | None, as_json: bool, **calling: Any) -> None:
    """Tells when each recipient of the sent message MESSAGE_ID got it, saw it and read it.

    \b
    Example:
      ehbox acks abcDEF0123456 --as 71031499894
    """
    session, addresses = open_session(calling)
    request = types.GetMessageAcknowledgmentsStatusRequest(message_id, start, end, box)
    rows = Consultation(session, addresses.consultation).get_message_acknowledgments_status(request).rows
    if as_json:
        tell_json(rows)
    else:
        tell_table(("recipient", "published!", "received!", "read!"), [_row(row) for row in rows])


def _row(row: types.AcknowledgmentRow) -> list[str]:
    box = row.recipient.box
    moments = (row.published, row.received, row.read)
    return [f"{box.type}:{box.id}:{box.quality}", *("" if each is None else each.isoformat() for each in moments)]


def _tell_done(
    answer: types.MoveMessageResponse | types.DeleteMessageResponse,
    message_ids: tuple[str, ...],
    done: str,
    as_json: bool,
) -> None:
    if as_json:
        tell_json(answer)
    else:
        tell_pairs(*((done, each) for each in message_ids))


def _tell_left(refusal: StatusError, why: str) -> None:
    """MOVE-2, DEL-1: the rest was done."""
    if isinstance(refusal.answer, (types.MoveMessageResponse, types.DeleteMessageResponse)):
        for message_id in refusal.answer.message_ids:
            click.echo(f"{message_id}: {why}", err=True)

"""Verbs that call the services as somebody: token, list, read, box.

Knows: the client's entrance. Must not know: XML, HTTP, signatures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ehbox_soap.client.consultation import Consultation
from ehbox_soap.client.etk_depot import EtkDepot
from ehbox_soap.client.sealing import Opened, Sealing
from ehbox_soap.commands.options import BOX, FOLDER, calling_options, json_option, open_session
from ehbox_soap.commands.shown import tell_json, tell_pairs, tell_table
from ehbox_soap.wire import types

_PREFIX = "urn:be:fgov:"
_SOURCES = [source.value for source in types.Source if source is not types.Source.HISTORY]


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="write the assertion to this file")
@json_option
@calling_options
def token(out: Path | None, as_json: bool, **calling: Any) -> None:
    """Asks the STS for an assertion and tells what it certifies, and until when.

    \b
    Example:
      ehbox token --as 71031499894 --out assertion.xml
    """
    session, _ = open_session(calling)
    found = session.assertion()
    if out is not None:
        out.write_bytes(found.octets)
    if as_json:
        tell_json({"id": found.id, "subject": found.subject, "not_before": found.not_before,
                   "not_on_or_after": found.not_on_or_after, "attributes": found.attributes})  # fmt: skip
        return
    tell_pairs(
        ("subject", found.subject),
        ("valid until", found.not_on_or_after.isoformat()),
        *((name.removeprefix(_PREFIX), value) for name, value in found.attributes),
        ("written to", out),
    )


@click.command(name="list")
@click.option("--source", type=click.Choice(_SOURCES), default="INBOX", show_default=True, help="the folder")
@click.option("--start", type=click.IntRange(1), default=1, show_default=True, help="first row")
@click.option("--end", type=click.IntRange(1), help="last row, at most 100 on  [default: start + 99]")
@click.option("--box", type=BOX, help="one of the caller's boxes  [default: its default box]")
@click.option("--all-boxes", is_flag=True, help="of all boxes of the caller, merged by date")
@json_option
@calling_options
def list_messages(
    source: str, start: int, end: int | None, box: types.BoxId | None, all_boxes: bool, as_json: bool, **calling: Any
) -> None:
    """Lists the messages of a folder, the most recent first.

    \b
    Example:
      ehbox list --as 85061999865 --source INBOX
    """
    if all_boxes and box is not None:
        raise click.UsageError("--box and --all-boxes do not go together")
    session, addresses = open_session(calling)
    consultation, folder = Consultation(session, addresses.consultation), types.Source(source)
    if all_boxes:
        everywhere = types.GetAllEhboxesMessagesListRequest(folder, start, end)
        messages = consultation.get_all_ehboxes_messages_list(everywhere).messages
    else:
        messages = consultation.get_messages_list(types.GetMessagesListRequest(folder, start, end, box)).messages
    if as_json:
        tell_json(messages)
        return
    if not messages:
        click.echo("no messages")
        return
    columns = ("message!", "date!", "from", "to", "title", "size!", "")
    tell_table(columns, [_row(message) for message in messages])


@click.command()
@click.argument("message_id")
@click.option(
    "--source", type=click.Choice(["INBOX", "SENTBOX"]), default="INBOX", show_default=True, help="the folder"
)
@click.option("--out", type=FOLDER, help="write document and annexes into this folder")
@click.option("--sealed", is_flag=True, help="leave the contents of an encrypted message sealed")
@click.option("--box", type=BOX, help="one of the caller's boxes  [default: its default box]")
@json_option
@calling_options
def read(
    message_id: str,
    source: str,
    out: Path | None,
    sealed: bool,
    box: types.BoxId | None,
    as_json: bool,
    **calling: Any,
) -> None:
    """Fetches the message MESSAGE_ID; its files go into a folder with --out, which never loses a file it has.

    An encrypted message is opened by the keystore's encryption keys, and all of it verified.

    \b
    Example:
      ehbox read abcDEF0123456 --as 85061999865 --out letters
    """
    session, addresses = open_session(calling)
    request = types.GetFullMessageRequest(message_id, types.Source(source), box)
    message = Consultation(session, addresses.consultation).get_full_message(request).message
    if message is None:
        raise click.ClickException("the server answered 100 without a message")
    opened = None
    if message.specification.is_encrypted and not sealed:
        opened = Sealing(EtkDepot(session, addresses.etk_depot)).unseal(message)
        message = opened.message
    files = _files(message)
    paths = [_write(out, file) for file in files] if out is not None else []
    if as_json:
        by = None if opened is None else {"signer": opened.signer, "signed_at": opened.signed_at}
        tell_json({"message": message, "files": paths, "sealed": by})
        return
    _tell_message(message, opened, paths)


@click.command()
@click.option("--box", type=BOX, help="one of the caller's boxes  [default: its default box]")
@json_option
@calling_options
def box(box: types.BoxId | None, as_json: bool, **calling: Any) -> None:
    """Tells which box the caller's is, and how full it is.

    \b
    Example:
      ehbox box --as 71990133
    """
    session, addresses = open_session(calling)
    info = Consultation(session, addresses.consultation).get_box_info(types.GetBoxInfoRequest(box)).info
    if info is None:
        raise click.ClickException("the server answered 100 without a box")
    if as_json:
        tell_json(info)
        return
    tell_pairs(
        ("box", _box(info.box)),
        ("bytes used", f"{info.current_size} of {info.max_size}"),
        ("in stand-by", info.messages_in_stand_by),
    )


def _tell_message(message: types.FullMessage, opened: Opened | None, paths: list[Path]) -> None:
    files = _files(message)
    tell_pairs(
        ("message", message.message_id),
        ("publication", message.publication_id),
        ("from", _sender(message.sender)),
        *(("to", _box(destination.box)) for destination in message.destinations),
        ("published", message.info.publication_date),
        ("expires", message.info.expiration_date),
        ("title", message.content.document.title),
        ("sealed by", None if opened is None else f"{opened.signer.type}:{opened.signer.number}"),
        ("sealed at", None if opened is None else opened.signed_at.isoformat()),
        *((f"meta {meta.key}", meta.value) for meta in message.custom_metas),
    )
    click.echo()
    rows = [[file.download_file_name, file.mime_type, str(len(file.content.data)), _way(file)] for file in files]
    written = [[str(path)] for path in paths] or [[""] for _ in rows]
    tell_table(("file", "type", "bytes!", "came", "written to"), [[*a, *b] for a, b in zip(rows, written, strict=True)])


def _row(message: types.ListedMessage) -> list[str]:
    content, specification = message.content, message.specification
    signs = [
        "important" if specification.is_important else "",
        "encrypted" if specification.is_encrypted else "",
        "annex" if content is not None and content.has_annex else "",
    ]
    return [
        message.message_id,
        message.info.publication_date.isoformat(),
        _sender(message.sender),
        _box(message.destination.box),
        content.title if content is not None else specification.content_type.value,
        str(message.info.size),
        " ".join(filter(None, signs)),
    ]


def _sender(sender: types.Sender) -> str:
    name = " ".join(filter(None, (sender.first_name, sender.name)))
    return f"{name} ({sender.box.quality})"


def _box(found: types.BoxId) -> str:
    return f"{found.type}:{found.id}:{found.quality}"


def _files(message: types.FullMessage) -> list[types.Document | types.Annex]:
    return [message.content.document, *message.content.annexes]


def _way(file: types.Document | types.Annex) -> str:
    return "attached" if file.content.attached else "inline"


def _write(folder: Path, file: types.Document | types.Annex) -> Path:
    """Writes one file under its own name, or one beside it if the name is taken; never outside of the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in _names(folder, file.download_file_name):
        try:
            with path.open("xb") as target:
                target.write(file.content.data)
        except FileExistsError:
            continue
        return path
    raise click.ClickException("no free name")


def _names(folder: Path, name: str) -> Iterator[Path]:
    # The name is the sender's: separators of any system, control characters and dots at its start are taken out of it.
    safe = "".join(each for each in name.replace("\\", "/").rpartition("/")[2] if each.isprintable()).lstrip(".")
    path = folder / (safe.strip() or "file")
    yield path
    for number in range(2, 10_000):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")

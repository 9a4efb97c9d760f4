"""The verb send, and what news shares with it.

Knows: the client's entrance, files. Must not know: XML, HTTP, signatures.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ehbox_soap.client.errors import StatusError
from ehbox_soap.client.etk_depot import EtkDepot
from ehbox_soap.client.publication import Publication
from ehbox_soap.client.sealing import Sealing
from ehbox_soap.commands.options import BOX, FILE, calling_options, json_option, open_session
from ehbox_soap.commands.shown import tell_json, tell_pairs
from ehbox_soap.wire import types

_APPLICATION = "ehbox"
_RECEIPTS = ("publication", "received", "read")


@click.command()
@click.option("--to", "boxes", type=BOX, multiple=True, required=True, help="a destination; may be repeated")
@click.option("--document", type=FILE, required=True, help="the file to send")
@click.option("--annex", "annexes", type=FILE, multiple=True, help="a further file; may be repeated")
@click.option("--title", help="shown in lists, never encrypted  [default: the document's file name]")
@click.option(
    "--attach/--inline", default=True, show_default=True, help="contents as swaRef attachments, or in the XML"
)
@click.option("--important", is_flag=True, help="mark it as important")
@click.option("--encrypt", is_flag=True, help="seal every encryptable field for the recipients and the sender")
@click.option("--encrypted", is_flag=True, help="say that the contents are sealed already")
@click.option("--receipt", "receipts", type=click.Choice(_RECEIPTS), multiple=True, help="ask for a receipt")
@click.option("--meta", "metas", multiple=True, metavar="KEY=VALUE", help="a CustomMeta; may be repeated")
@click.option("--text", help="free text beside the document")
@click.option("--patient", metavar="INSS", help="the patient it is about")
@click.option("--ooo-processed", is_flag=True, help="deliver even to who is out of office")
@click.option("--publication-id", help="the sender's own id  [default: a new one]")
@click.option("--from", "box", type=BOX, help="one of the caller's boxes  [default: its default box]")
@json_option
@calling_options
def send(as_json: bool, **options: Any) -> None:
    """Sends a document, with annexes, to one or more boxes.

    \b
    Example:
      ehbox send --as 71031499894 --to INSS:85061999865:NURSE --to NIHII:71990133:HOSPITAL \\
                 --document letter.pdf --annex scan.png --title "Discharge letter"
    """
    publish(request_of(options), options, as_json)


def publish(request: types.SendMessageRequest, options: Mapping[str, Any], as_json: bool) -> None:
    """Sends it as the caller of the options, and tells the answer; who is absent is told before StatusError 826."""
    session, addresses = open_session(options)
    if options.get("encrypt"):
        request = Sealing(EtkDepot(session, addresses.etk_depot)).seal(request)
    try:
        answer = Publication(session, addresses.publication).send_message(request)
    except StatusError as refusal:
        _tell_absent(refusal)
        raise
    if as_json:
        tell_json(answer)
        return
    tell_pairs(
        ("message", answer.id),
        ("publication", answer.sent_publication_id),
        *(("to", f"{each.destination.box.type}:{each.destination.box.id}:{each.destination.box.quality}")
          for each in answer.recipients),
    )  # fmt: skip


def _tell_absent(refusal: StatusError) -> None:
    """PUB-9."""
    if isinstance(refusal.answer, types.SendMessageResponse):
        for each in refusal.answer.recipients:
            if each.absent_from is not None:
                box = each.destination.box
                until = f"is absent from {each.absent_from} to {each.absent_to}"
                click.echo(
                    f"{box.type}:{box.id}:{box.quality} {until}; send it all the same: --ooo-processed", err=True
                )


def request_of(options: dict[str, Any]) -> types.SendMessageRequest:
    """The message that the options describe. Raises click.UsageError."""
    if options.get("encrypt") and options["encrypted"]:
        raise click.UsageError("--encrypt seals, --encrypted says that the contents are sealed already: not both")
    attach, text, patient = options["attach"], options["text"], options["patient"]
    document: Path = options["document"]
    annexes = tuple(
        types.Annex(path.name.encode(), types.Content(path.read_bytes(), attach), path.name, _mime_type(path))
        for path in options["annexes"]
    )
    content = types.MessageContent(
        types.Document(
            options["title"] or document.name,
            types.Content(document.read_bytes(), attach),
            document.name,
            _mime_type(document),
        ),
        types.FreeText(text.encode()) if text is not None else None,
        patient.encode() if patient is not None else None,
        annexes,
    )
    processed = True if options["ooo_processed"] else None
    return types.SendMessageRequest(
        destinations=tuple(types.Destination(box, ooo_processed=processed) for box in options["boxes"]),
        content=content,
        specification=types.ContentSpecification(
            types.ContentType.DOCUMENT, _APPLICATION, options["important"], options["encrypted"]
        ),
        receipts=types.Receipts(*(receipt in options["receipts"] for receipt in _RECEIPTS)),
        custom_metas=_metas(options["metas"]),
        box_id=options["box"],
        publication_id=options["publication_id"],
    )


def _metas(texts: Sequence[str]) -> tuple[types.CustomMeta, ...]:
    pairs = [text.partition("=") for text in texts]
    if any(not key or not value for key, _, value in pairs):
        raise click.UsageError("write a CustomMeta as KEY=VALUE")
    return tuple(types.CustomMeta(key, value) for key, _, value in pairs)


def _mime_type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"

"""What the mailbox's own messages say: in French, Dutch and English (ACK-3, PUB-12).

Knows: words, all of them ours. Must not know: when they are sent, the store. No text holds a title or a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ehbox_soap.clock import BRUSSELS


@dataclass(frozen=True, slots=True)
class Notice:
    """The document of an ACKNOWLEDGMENT or ERROR."""

    title: str
    file_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed after a message was accepted: a code and its texts in French, Dutch and English."""

    code: str
    texts: tuple[str, str, str]


STAND_BY_EXPIRED = Failure(
    "860",
    (
        "Le message a expiré avant qu'il y ait de la place dans la boîte du destinataire",
        "Het bericht is vervallen voordat er plaats was in de box van de bestemmeling",
        "The message expired before there was room in the box of the recipient",
    ),
)
MAIL_REFUSED = Failure(
    "861",
    (
        "L'adresse électronique a définitivement refusé l'avis",
        "Het e-mailadres heeft de kennisgeving definitief geweigerd",
        "The e-mail address finally refused the notification",
    ),
)
TARGET_GONE = Failure(
    "862",
    (
        "Le destinataire a disparu avant que le message ne l'atteigne",
        "De bestemmeling is verdwenen voordat het bericht hem bereikte",
        "The recipient disappeared before the message reached it",
    ),
)

_ACKNOWLEDGED = {
    "PUBLISHED": (
        "Accusé de publication / Publicatiebevestiging / Publication receipt",
        "a été publié dans la boîte",
        "werd gepubliceerd in de box",
        "was published in the box",
    ),
    "RECEIVED": (
        "Accusé de réception / Ontvangstbevestiging / Received receipt",
        "a été reçu dans la boîte",
        "werd ontvangen in de box",
        "was received in the box",
    ),
    "READ": (
        "Accusé de lecture / Leesbevestiging / Read receipt",
        "a été lu dans la boîte",
        "werd gelezen in de box",
        "was read in the box",
    ),
}


def acknowledgment(message_id: str, ack_type: str, recipient: str, moment: datetime) -> Notice:
    """The document of an ACKNOWLEDGMENT; `recipient` is the box as text."""
    title, *verbs = _ACKNOWLEDGED[ack_type]
    when = moment.astimezone(BRUSSELS).strftime("%d/%m/%Y %H:%M:%S")
    french, dutch, english = (
        f"{noun} {message_id} {verb} {recipient} ({when})."
        for noun, verb in zip(("Le message", "Het bericht", "The message"), verbs, strict=True)
    )
    return Notice(title, "acknowledgment.txt", f"{french}\n{dutch}\n{english}\n")


def error(failure: Failure, publication_id: str | None, lines: Iterable[str]) -> Notice:
    """The document of an ERROR; `lines` say where it happened."""
    told = [f"{text}." for text in failure.texts]
    if publication_id is not None:
        told.append(f"PublicationId: {publication_id}")
    title = "Message d'erreur / Foutmelding / Error message"
    return Notice(title, "error.txt", "\n".join([*told, *lines]) + "\n")

"""What mails say: in French, Dutch, German or English (MAIL-1, PUB-13). All words are ours.

Knows: words. Must not know: whom a mail is for, what a message holds. No text has room for a content, title or name.
"""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("fr", "nl", "de", "en")
# Where nothing tells the reader's language.
BOTH = ("fr", "nl")


@dataclass(frozen=True, slots=True)
class Text:
    """The subject and the paragraph of a mail in one language."""

    subject: str
    body: str


# By kind and language. Only CONFIRM has a place to fill: {code}.
_TEXTS: dict[str, dict[str, Text]] = {
    "COPY": {
        "fr": Text("eHealthBox : un message a été envoyé", "Un message a été placé dans une eHealthBox."),
        "nl": Text("eHealthBox: er werd een bericht verzonden", "Er werd een bericht in een eHealthBox geplaatst."),
        "de": Text("eHealthBox: Eine Nachricht wurde gesendet", "In eine eHealthBox wurde eine Nachricht gelegt."),
        "en": Text("eHealthBox: a message was sent", "A message was placed in an eHealthBox."),
    },
    "NEW": {
        "fr": Text("eHealthBox : un nouveau message", "Un nouveau message vous attend dans votre eHealthBox."),
        "nl": Text("eHealthBox: een nieuw bericht", "Er staat een nieuw bericht in uw eHealthBox."),
        "de": Text("eHealthBox: eine neue Nachricht", "In Ihrer eHealthBox wartet eine neue Nachricht."),
        "en": Text("eHealthBox: a new message", "A new message is waiting in your eHealthBox."),
    },
    "EXPIRING": {
        "fr": Text(
            "eHealthBox : des messages expirent bientôt",
            "Un ou plusieurs messages de votre eHealthBox expirent dans moins de huit jours.",
        ),
        "nl": Text(
            "eHealthBox: berichten vervallen binnenkort",
            "Een of meer berichten in uw eHealthBox vervallen binnen acht dagen.",
        ),
        "de": Text(
            "eHealthBox: Nachrichten laufen bald ab",
            "Eine oder mehrere Nachrichten in Ihrer eHealthBox laufen in weniger als acht Tagen ab.",
        ),
        "en": Text(
            "eHealthBox: messages are about to expire",
            "One or more messages in your eHealthBox expire in less than eight days.",
        ),
    },
    "FULL": {
        "fr": Text(
            "eHealthBox : votre boîte est presque pleine",
            "Votre eHealthBox est remplie à plus de 90 %. Une fois pleine, elle ne reçoit plus de messages.",
        ),
        "nl": Text(
            "eHealthBox: uw box is bijna vol",
            "Uw eHealthBox is voor meer dan 90 % gevuld. Eens vol ontvangt ze geen berichten meer.",
        ),
        "de": Text(
            "eHealthBox: Ihr Postfach ist fast voll",
            "Ihre eHealthBox ist zu mehr als 90 % gefüllt. Ist sie voll, empfängt sie keine Nachrichten mehr.",
        ),
        "en": Text(
            "eHealthBox: your box is nearly full",
            "Your eHealthBox is more than 90 % full. Once full, it receives no more messages.",
        ),
    },
    "CONFIRM": {
        "fr": Text("eHealthBox : confirmez votre adresse", "Le code qui confirme cette adresse : {code}"),
        "nl": Text("eHealthBox: bevestig uw adres", "De code die dit adres bevestigt: {code}"),
        "de": Text("eHealthBox: Bestätigen Sie Ihre Adresse", "Der Code, der diese Adresse bestätigt: {code}"),
        "en": Text("eHealthBox: confirm your address", "The code that confirms this address: {code}"),
    },
}
KINDS = tuple(_TEXTS)


def text(kind: str, language: str | None, code: str | None = None) -> Text:
    """The words of a mail of that kind; without a known language in French and Dutch together."""
    chosen = [_TEXTS[kind][each] for each in ((language,) if language in LANGUAGES else BOTH)]
    subject = " / ".join(each.subject for each in chosen)
    return Text(subject, "\n\n".join(each.body.format(code=code) for each in chosen) + "\n")

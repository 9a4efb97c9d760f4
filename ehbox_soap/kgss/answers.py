"""How the KGSS answers: success, and every reason to refuse, in one place; all of it ours but the code of success.

Knows: statuses and errors. Must not know: what leads to them. Nothing here quotes a request.
"""

from __future__ import annotations

from typing import Literal

from ehbox_soap.wire.types.kgss import KgssError, KgssStatus

SUCCESS = KgssStatus("100", "Success")
"""Clients take 100 or 200 (wire.md)."""

FAILURE = KgssStatus("400", "Failure")
"""Ours."""

Reason = Literal["SEALED_CONTENT", "CONTENT", "CALLER", "ETK", "KEY", "ANSWER_KEY"]

_TEXTS: dict[Reason, tuple[str, str, str]] = {
    "SEALED_CONTENT": (
        "The sealed content cannot be opened or believed",
        "Le contenu scellé ne peut être ouvert ou cru",
        "De verzegelde inhoud kan niet worden geopend of geloofd",
    ),
    "CONTENT": (
        "The content is not what this request seals",
        "Le contenu n'est pas celui de cette demande",
        "De inhoud is niet die van dit verzoek",
    ),
    "CALLER": (
        "The content was sealed by another one than the caller",
        "Le contenu a été scellé par un autre que l'appelant",
        "De inhoud werd door een ander dan de oproeper verzegeld",
    ),
    "ETK": (
        "The ETK is not one of the caller's that the ETK depot gives out",
        "L'ETK n'en est pas un de l'appelant que le dépôt délivre",
        "De ETK is er geen van de oproeper die het depot geeft",
    ),
    "KEY": (
        "There is no such key for this caller",
        "Il n'y a pas de telle clé pour cet appelant",
        "Er is geen dergelijke sleutel voor deze oproeper",
    ),
    "ANSWER_KEY": (
        "Neither an ETK nor an AES key is given for the answer",
        "Ni ETK ni clé AES n'est donné pour la réponse",
        "Er is noch een ETK noch een AES-sleutel voor het antwoord",
    ),
}


class KgssRefusal(Exception):
    """A request that is answered by an error. `detail` is English, and never holds a value of the request."""

    def __init__(self, code: Reason, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code} {detail}".rstrip())

    @property
    def error(self) -> KgssError:
        """As the answer tells it."""
        suffix = f": {self.detail}" if self.detail else ""
        texts = zip(("EN", "FR", "NL"), _TEXTS[self.code], strict=True)
        return KgssError(self.code, tuple((lang, text + suffix) for lang, text in texts))

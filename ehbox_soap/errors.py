"""What can go wrong, as data: the status codes of answers and the faults, with where each is known from.

Knows: codes, texts, origins. Must not know: XML, HTTP, the mailbox. Texts never hold a value of a request.
Origin: "pub" public pages quote it, "client" seen in a real client, "ours" nothing public says it.
"""

from __future__ import annotations

from dataclasses import dataclass

PUB, CLIENT, OURS = "pub", "client", "ours"


@dataclass(frozen=True, slots=True)
class StatusCode:
    """One line of the table of status codes: an ordinary answer, HTTP 200."""

    code: str
    en: str
    fr: str
    nl: str
    origin: str


@dataclass(frozen=True, slots=True)
class FaultCode:
    """One line of the table of faults: HTTP 500, `side` is the faultcode (Client or Server)."""

    code: str
    side: str
    en: str
    fr: str
    nl: str
    origin: str


# fmt: off
STATUS: dict[str, StatusCode] = {
    row.code: row
    for row in (
        StatusCode("100", "Success", "Succès", "Geslaagd", PUB),
        StatusCode("801", "The message is too large", "Le message est trop volumineux", "Het bericht is te groot", PUB),
        StatusCode("802", "The identifier is not valid", "L'identifiant n'est pas valide", "Het identificatienummer is niet geldig", PUB),
        StatusCode("803", "The quality is not valid", "La qualité n'est pas valide", "De hoedanigheid is niet geldig", PUB),
        StatusCode("804", "The type is not valid", "Le type n'est pas valide", "Het type is niet geldig", PUB),
        StatusCode("805", "The subtype is not valid", "Le sous-type n'est pas valide", "Het subtype is niet geldig", PUB),
        StatusCode("810", "The BoxId is not a box of the caller", "Le BoxId n'est pas une boîte de l'appelant", "De BoxId is geen box van de oproeper", PUB),
        StatusCode("814", "No right to publish to this quality", "Pas le droit de publier vers cette qualité", "Geen recht om naar deze hoedanigheid te publiceren", PUB),
        StatusCode("816", "The digest does not match the content", "L'empreinte ne correspond pas au contenu", "De digest komt niet overeen met de inhoud", PUB),
        StatusCode("826", "Warning: a recipient is out of office, nothing was sent", "Avertissement: un destinataire est absent, rien n'a été envoyé", "Waarschuwing: een bestemmeling is afwezig, er is niets verzonden", PUB),
        StatusCode("840", "The content type is not allowed", "Le type de contenu n'est pas autorisé", "Het inhoudstype is niet toegelaten", OURS),
        StatusCode("841", "The message is unknown", "Le message est inconnu", "Het bericht is onbekend", OURS),
        StatusCode("842", "The range is not valid", "L'intervalle n'est pas valide", "Het bereik is niet geldig", OURS),
        StatusCode("843", "The move is not allowed", "Le déplacement n'est pas autorisé", "De verplaatsing is niet toegelaten", OURS),
        StatusCode("844", "The period is not valid", "La période n'est pas valide", "De periode is niet geldig", OURS),
        StatusCode("845", "The period overlaps another", "La période en chevauche une autre", "De periode overlapt een andere", OURS),
        StatusCode("846", "Too many periods or substitutes", "Trop de périodes ou de remplaçants", "Te veel periodes of vervangers", OURS),
        StatusCode("847", "A substitute is not valid or is absent", "Un remplaçant n'est pas valide ou est absent", "Een vervanger is niet geldig of is afwezig", OURS),
        StatusCode("848", "The out of office period is unknown", "La période d'absence est inconnue", "De afwezigheidsperiode is onbekend", OURS),
        StatusCode("849", "The PublicationId was already used", "Le PublicationId a déjà été utilisé", "De PublicationId werd al gebruikt", OURS),
    )
}

FAULTS: dict[str, FaultCode] = {
    row.code: row
    for row in (
        FaultCode("SOA-00001", "Server", "An unforeseen error occurred", "Une erreur imprévue s'est produite", "Er deed zich een onvoorziene fout voor", PUB),
        FaultCode("SOA-01001", "Client", "The caller is not authenticated", "L'appelant n'est pas authentifié", "De oproeper is niet geauthenticeerd", PUB),
        FaultCode("SOA-01002", "Client", "The caller is not authorised", "L'appelant n'est pas autorisé", "De oproeper is niet gemachtigd", PUB),
        FaultCode("SOA-02001", "Server", "The service is not available", "Le service n'est pas disponible", "De dienst is niet beschikbaar", PUB),
        FaultCode("SOA-02002", "Server", "The service is temporarily not available", "Le service est temporairement indisponible", "De dienst is tijdelijk niet beschikbaar", PUB),
        FaultCode("SOA-03001", "Client", "The message is malformed", "Le message est mal formé", "Het bericht is niet goed gevormd", PUB),
        FaultCode("SOA-03002", "Client", "The message is not a SOAP 1.1 envelope", "Le message n'est pas une enveloppe SOAP 1.1", "Het bericht is geen SOAP 1.1-envelop", CLIENT),
        FaultCode("SOA-03003", "Client", "The SOAP Body must hold one element", "Le Body SOAP doit contenir un élément", "De SOAP Body moet één element bevatten", CLIENT),
        FaultCode("SOA-03004", "Client", "The message headers are not valid", "Les en-têtes du message ne sont pas valides", "De hoofdingen van het bericht zijn niet geldig", CLIENT),
        FaultCode("SOA-03005", "Client", "The element is no operation of this service", "L'élément n'est pas une opération de ce service", "Het element is geen operatie van deze dienst", CLIENT),
        FaultCode("SOA-03006", "Client", "The message is not valid against the schema", "Le message n'est pas valide selon le schéma", "Het bericht is niet geldig volgens het schema", PUB),
        FaultCode("SOA-03007", "Client", "The attachments do not match the message", "Les pièces jointes ne correspondent pas au message", "De bijlagen komen niet overeen met het bericht", CLIENT),
    )
}
# fmt: on


class Refusal(Exception):
    """A request that the mailbox turns down: the operation's own answer with a Status; nothing is changed.

    `place` names the element and its place, e.g. "DestinationContext[2]/Quality"; `limit` may add a rule's
    figure, e.g. "at most 10485760 bytes". Neither ever holds a value of the request.
    """

    def __init__(self, code: str, place: str = "", limit: str = "") -> None:
        self.status = STATUS[code]
        self.place = place
        self.limit = limit
        super().__init__(f"{code} {place}".rstrip())


class Overtaken(Refusal):
    """Another call was first with what this one had found to be free. Undone and done once more, it finds what is
    there; a refusal only where that happens again and again."""


class SoapFault(Exception):
    """A request that becomes a fault: rolled back whole. `reason` is English, names the element and the rule,
    and never holds a value of the request."""

    def __init__(self, code: str, reason: str = "") -> None:
        self.row = FAULTS[code]
        self.reason = reason
        super().__init__(f"{code} {reason}".rstrip())

    @property
    def code(self) -> str:
        return self.row.code

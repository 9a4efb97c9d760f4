"""Where canaries are told of: a door that logs all it can, who calls there, letters full of them, what must be silent.

Knows: the words that nobody may tell. Must not know: any call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ehbox_soap.ids import SeededChance
from ehbox_soap.ports import sts
from ehbox_soap.sealing.seal import seal
from tests import canaries
from tests.attacks.callers import KEY, SSIN, Asking, code_of
from tests.attacks.hearing import Heard
from tests.attacks.rights import DOCTOR_BOX, HOSPITAL_BOX
from tests.clients import wstrust
from tests.clients.connector40 import Destination, File, HttpRequest
from tests.clients.wstrust import C, Wanted
from tests.door import CERTIFIED, IDENTIFICATION, Client, Door
from tests.front.letters import Inline, send_message
from tests.kgss.asking import element, new_key_content, unsigned

CANARY = "Kanarie"
DOCTOR, NURSE, HOSPITAL = DOCTOR_BOX[0], "85061999865", HOSPITAL_BOX[0]
SUBJECT = "79021802145"
"""The number in the certificate that signs."""
PERSONAL = (
    *(CANARY, DOCTOR, NURSE, HOSPITAL, SUBJECT, KEY),
    *("19990116", "Voorbeeld", "Proefpersoon", "Hôpital Exemple", "TESTARTS", "TEST PERSON"),
)
NAMES = (
    (CERTIFIED, f"{SSIN}:ehealth:1.0:givenname", f"Given{CANARY}"),
    (CERTIFIED, f"{SSIN}:ehealth:1.0:surname", f"Sur{CANARY}"),
    (CERTIFIED, f"{SSIN}:ehealth:1.0:doctor:nihii11", "19990116004"),
)
TO_NURSE = Destination(NURSE, "INSS", "NURSE")
LARGEST = 1000
"""What a message may have there, in bytes."""


@dataclass
class Stage:
    """A door that logs all it can, who calls, and what was heard."""

    door: Door
    doctor: Client
    registered: Client
    """The doctor, by a certificate of the test authority in its own number: to whom the STS certifies something."""
    token: bytes
    """Its encryption token, which the depot gives out."""
    nurse: Client
    hospital: Client
    asking: Asking
    heard: Heard

    def done(self, sent: HttpRequest) -> None:
        """Makes a call that must succeed, for one that is refused because of it."""
        code = code_of(self.door, sent)
        assert code == "100", code

    def quiet(self, *answers: bytes) -> None:
        """Nothing personal in the logs, the figures, or these answers."""
        texts = [self.heard.all, self.door.figures(), *(each.decode() for each in answers)]
        found = canaries.told(PERSONAL, texts)
        assert found == {}, found


def letter(
    publication_id: str = f"P-{CANARY}",
    digest: str | None = None,
    to: Destination = TO_NURSE,
    kind: str = "DOCUMENT",
    words: str = " with spaces.",
) -> str:
    """A letter that is full of them."""
    content = f"The content is a {CANARY}{words}".encode()
    inline = Inline(
        [to],
        document=File(f"Title {CANARY}", f"{CANARY}.txt", f"text/{CANARY}", content),
        annexes=[File(f"Annex {CANARY}", f"annex-{CANARY}", "text/plain", content)],
        publication_id=publication_id,
        content_type=kind,
        custom_metas=[(f"Key{CANARY}", f"Value{CANARY}")],
        free="<FreeInformations><EncryptableFreeText>S2FuYXJpZQ==</EncryptableFreeText></FreeInformations>"
        "<EncryptableINSSPatient>S2FuYXJpZQ==</EncryptableINSSPatient>",
        digest=digest,
    )
    user = f'<User FirstName="First{CANARY}" LastName="Last{CANARY}">{NURSE}</User>'
    return send_message(inline).replace("</Quality></DestinationContext>", f"</Quality>{user}</DestinationContext>")


def new_key(stage: Stage) -> HttpRequest:
    """GetNewKey by the doctor whom the STS knows, for readers of whom each word is one."""
    reader = f"<Namespace>{CERTIFIED}</Namespace><Name>{SSIN}:{CANARY}</Name><Value>{CANARY}</Value>"
    content = new_key_content(stage.token, (reader,))
    to = (stage.door.house.kgss.keys[0].certificate,)
    octets = seal(content, stage.registered.entry, to, stage.door.now, SeededChance(45))
    return unsigned(element("GetNewKeyRequest", octets))


def saml(stage: Stage, who: Client, number: str = DOCTOR) -> HttpRequest:
    """RequestSecureToken for whom that number is."""
    claims = [("urn:be:fgov:ehealth:1.0:certificateholder:person:ssin", number), (SSIN, number)]
    asked = [(SSIN, IDENTIFICATION), (f"{SSIN}:doctor:boolean", CERTIFIED)]
    return who.connector.request_secure_token(sts.PATHS[0], stage.door.now, claims, asked)


def trust(stage: Stage, *claims: tuple[str, str | None]) -> HttpRequest:
    """RequestSecurityToken by the doctor whom the STS knows."""
    now, who = stage.door.now, stage.registered
    wanted = Wanted(claims, who.entry.certificate, now, now + timedelta(hours=24))
    content = wstrust.issue(wanted, f"context-{CANARY}", C)
    return who.connector.post(sts.TRUST_PATH, f'"{wstrust.ACTION}"', who.connector.secured(content, now, None))

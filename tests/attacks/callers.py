"""Callers with any attributes, by the PKI of tests/security: what they send, and the code that comes back.

Knows: how each service is called. Must not know: what any answer should be.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, cycle

from lxml import etree

from ehbox_soap.ids import SeededChance
from ehbox_soap.kgss.vault import Kept
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.ports import etk_depot, sts
from ehbox_soap.ports.kgss import PATH as KGSS
from ehbox_soap.sealing.seal import seal
from ehbox_soap.security.names import saml
from ehbox_soap.wire.types.kgss import Credential
from tests.clients.connector40 import Connector40, Destination, HttpRequest
from tests.door import CERTIFIED, IDENTIFICATION, Client, Door, content_of
from tests.front import book
from tests.front.calls import consult, consultation, post, publish
from tests.front.cast import NURSE_BOX
from tests.front.letters import Inline, send_message
from tests.kgss.asking import b64, element, key_content
from tests.security.builders import ECDSA_SHA256, Token, assertion, stamp
from tests.security.keys import NOW, pki

Attribute = tuple[str, str, str]
SSIN = "urn:be:fgov:person:ssin"
HOSPITAL = "urn:be:fgov:ehealth:1.0:hospital:nihii-number"
KEY = b"Kanarie-KGSS-key"
"""The octets of every key here."""
_numbers = count(1)


def person(inss: str, quality: str | None = None) -> tuple[Attribute, ...]:
    """The attributes of a person, certified in one quality or none."""
    names = ("urn:be:fgov:ehealth:1.0:certificateholder:person:ssin", SSIN)
    certified = ((CERTIFIED, f"{SSIN}:{quality.lower()}:boolean", "true"),) if quality else ()
    return (*((IDENTIFICATION, name, inss) for name in names), *certified)


def hospital(number: str, certified: bool = True) -> tuple[Attribute, ...]:
    """The attributes of a hospital."""
    names = ("urn:be:fgov:ehealth:1.0:certificateholder:hospital:nihii-number", HOSPITAL)
    recognised = ((CERTIFIED, f"{HOSPITAL}:recognisedhospital:boolean", "true"),) if certified else ()
    return (*((IDENTIFICATION, name, number) for name in names), *recognised)


def caller(attributes: tuple[Attribute, ...], expired: bool = False) -> Client:
    """Somebody with a key and an assertion that says this."""
    holder = pki().ec
    token = Token(
        sts=pki().sts_ec,
        algorithm=ECDSA_SHA256,
        holder=holder,
        id=f"_{next(_numbers):032x}",
        attributes=attributes,
        not_on_or_after=stamp(NOW if expired else NOW + timedelta(hours=24)),
    )
    entry = KeyEntry(holder.key, holder.certificate, (pki().root.certificate,))
    connector = Connector40(holder.key, holder.certificate, lambda: f"{next(_numbers):08x}")
    return Client(connector, entry, assertion(token).decode())


def without_security(request: HttpRequest) -> HttpRequest:
    """The same Body, and nothing in the Header."""
    root = etree.fromstring(request.body)
    root[0][:] = []
    return HttpRequest(request.path, request.headers, etree.tostring(root))


def code_of(door: Door, request: HttpRequest) -> str:
    """What is answered: a fault's code, a status of the mailbox, the address book, the depot or the STS, an error of
    the KGSS."""
    answer = door.send(request)
    content = content_of(answer)
    if answer.status == 500:
        return content.findtext("faultstring") or ""
    if request.path == book.PATH:
        codes = content.iterfind("common:Status//common:StatusCode", book.NS)
        return [each.get("Value", "") for each in codes][-1].rpartition(":")[2]
    if request.path in sts.SERVICES:
        return _certified(content)
    if request.path == etk_depot.PATH:
        # An Error comes with the very same Status.
        return "no token" if content.find("{*}ETK") is None else content.findtext("{*}Status/Code") or ""
    if request.path == KGSS:
        return content.findtext("Error/Code") or content.findtext("Status/Code") or ""
    return content.findtext("Status/Code") or ""


def _certified(content: etree._Element) -> str:
    """Success only with an assertion in it."""
    status = content.find("{*}Status/{*}StatusCode")
    if status is not None and status.get("Value") != "samlp:Success":
        return status.get("Value", "").rpartition(":")[2]
    return "Success" if next(content.iter(saml("Assertion")), None) is not None else "nothing"


def box_id(box: tuple[str, str]) -> str:
    """BoxId of a box by number and quality."""
    number, quality = box
    kind = "INSS" if len(number) == 11 else "NIHII"
    return f"<BoxId><Id>{number}</Id><Type>{kind}</Type><Quality>{quality}</Quality></BoxId>"


def message_ids(*ids: str) -> str:
    return "".join(f"<MessageId>{each}</MessageId>" for each in ids)


@dataclass
class Asking:
    """What the operations are about at a door: a message that the box received, one that it sent, a period, a key."""

    door: Door
    received: str
    sent: str
    period: str
    key: bytes
    days: Iterator[int] = field(default_factory=lambda: cycle(range(1, 365)))
    """Another one for each period; none may end more than a year from now (OOO-1)."""

    def consultation(self, who: Client, operation: str, box: str) -> HttpRequest:
        """An operation of the Consultation port about those; `box` is its BoxId, or nothing."""
        inbox = "<Source>INBOX</Source>"
        day = (self.door.now + timedelta(days=next(self.days))).date()
        content = {
            "getBoxInfo": "",
            "getOoOList": "",
            "getMessagesList": inbox,
            "getAllEhboxesMessagesList": inbox,
            "getFullMessage": inbox + message_ids(self.received),
            "getMessageHistory": inbox + message_ids(self.received),
            "getMessageAcknowledgmentsStatus": message_ids(self.sent),
            "moveMessage": f"{inbox}<Destination>BININBOX</Destination>{message_ids(self.received)}",
            "deleteMessage": inbox + message_ids(self.received),
            "insertOoO": f"<StartDate>{day}Z</StartDate><EndDate>{day}Z</EndDate>",
            "deleteOoO": f"<OoOId>{self.period}</OoOId>",
        }[operation]
        name = "GetHistory" if operation == "getMessageHistory" else operation[0].upper() + operation[1:]
        return consult(self.door, who, consultation(f"{name}Request", box + content))

    def letter(self, who: Client, destination: Destination = NURSE_BOX, box: str = "") -> HttpRequest:
        """A letter, from the default box or another."""
        content = send_message(Inline([destination]))
        start = content.index("<DestinationContext>")
        return publish(self.door, who, content[:start] + box + content[start:])

    def get_key(self, who: Client) -> HttpRequest:
        """GetKey, sealed by the caller, the answer for a symmetric key."""
        content = key_content(self.key, f"<KeyEncryptionKey>{b64(bytes(16))}</KeyEncryptionKey>")
        encryption = self.door.house.kgss.keys[0].certificate
        sealed = seal(content, who.entry, (encryption,), self.door.now, SeededChance(next(_numbers)))
        return post(KGSS, who.connector.secured(element("GetKeyRequest", sealed), self.door.now, who.assertion))


def send(door: Door, who: Client, destination: Destination) -> str:
    """Sends a letter that must be accepted; its id."""
    asking = Asking(door, "", "", "", b"")
    content = content_of(door.send(asking.letter(who, destination)))
    assert content.findtext("Status/Code") == "100", etree.tostring(content)
    return str(content.get("Id"))


def put_key(door: Door, *readers: Attribute) -> bytes:
    """A key in the KGSS for whoever has one of these attributes; its name."""
    name = base64.b16encode(next(_numbers).to_bytes(8))
    allowed = tuple(Credential(*each[:2], values=(each[2],)) for each in readers)
    kept = Kept(KEY, allowed, ())
    with door.house.store.begin() as transaction:
        transaction.kgss_keys.add(door.house.kgss.vault.put(name, kept, door.now, SeededChance(3)))
    return name

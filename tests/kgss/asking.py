"""What is sent to the KGSS and what comes back, put together without the room that answers it.

Knows: the elements of the contract, sealed content. Must not know: who may have a key.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from lxml import etree

from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.ports.call import HttpAnswer
from ehbox_soap.ports.kgss import PATH
from ehbox_soap.sealing.enveloped import SharedKey
from ehbox_soap.sealing.seal import seal, unseal
from ehbox_soap.security.trust import Trust
from tests.clients.connector40 import HttpRequest
from tests.door import content_of
from tests.front.calls import post
from tests.kgss.conftest import Asker, Stage

NS = "urn:be:fgov:ehealth:etee:kgss:1_0:protocol"
CERTIFIED = "urn:be:fgov:certified-namespace:ehealth"
IDENTIFICATION = "urn:be:fgov:identification-namespace"
NURSES = f"<Namespace>{CERTIFIED}</Namespace><Name>urn:be:fgov:person:ssin:nurse:boolean</Name><Value>true</Value>"
DOCTORS = NURSES.replace("nurse", "doctor")
ANYBODY = f"<Namespace>{IDENTIFICATION}</Namespace><Name>urn:be:fgov:person:ssin</Name>"


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def person(inss: str) -> str:
    """The credential of one person."""
    return f"{ANYBODY}<Value>{inss}</Value>"


@dataclass(frozen=True)
class Said:
    """An answer: its status, the codes of its errors, and what it sealed."""

    code: str
    errors: tuple[str, ...]
    sealed: bytes | None
    texts: str


def new_key_content(token: bytes, allowed: tuple[str, ...], excluded: tuple[str, ...] = ()) -> bytes:
    """GetNewKeyRequestContent."""
    readers = "".join(f"<AllowedReader>{each}</AllowedReader>" for each in allowed)
    readers += "".join(f"<ExludedReader>{each}</ExludedReader>" for each in excluded)
    etk = f"<ETK>{b64(token)}</ETK>"
    return f'<GetNewKeyRequestContent xmlns="{NS}">{readers}{etk}</GetNewKeyRequestContent>'.encode()


def key_content(identifier: bytes, rest: str) -> bytes:
    """GetKeyRequestContent; `rest` follows the KeyIdentifier."""
    named = f"<KeyIdentifier>{b64(identifier)}</KeyIdentifier>"
    return f'<GetKeyRequestContent xmlns="{NS}">{named}{rest}</GetKeyRequestContent>'.encode()


def etk(asker: Asker) -> str:
    return f"<ETK>{b64(asker.token)}</ETK>"


def sealed(stage: Stage, content: bytes, signer: KeyEntry) -> bytes:
    """Sealed for the KGSS by that key."""
    encryption = stage.authority.kgss.encryption
    assert encryption is not None
    return seal(content, signer, (encryption.certificate,), stage.door.now, SeededChance(61))


def element(name: str, octets: bytes) -> str:
    """GetNewKeyRequest or GetKeyRequest around sealed content."""
    within = name.removeprefix("Get")
    content = f"<SealedContent>{b64(octets)}</SealedContent>"
    return f'<Get{within} xmlns="{NS}"><Sealed{within}>{content}</Sealed{within}></Get{within}>'


def unsigned(content: str) -> HttpRequest:
    """A call that nobody signed, without SOAPAction."""
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    body = f'<s:Envelope xmlns:s="{soap}"><s:Header/><s:Body>{content}</s:Body></s:Envelope>'
    return HttpRequest(PATH, (("Content-Type", "text/xml; charset=utf-8"),), body.encode())


def signed(stage: Stage, asker: Asker, content: str) -> HttpRequest:
    """A call secured like one to a mailbox."""
    return post(PATH, asker.client.connector.secured(content, stage.door.now, asker.client.assertion))


def read(answer: HttpAnswer) -> Said:
    """An answer of either operation."""
    assert answer.status == 200, answer.body
    found = content_of(answer)
    text = found.findtext(f"{{*}}Sealed{etree.QName(found).localname.removeprefix('Get')}/{{{NS}}}SealedContent")
    return Said(
        code=found.findtext("Status/Code") or "",
        errors=tuple(each.text or "" for each in found.iterfind("Error/Code")),
        sealed=None if text is None else base64.b64decode(text),
        texts=" ".join(each.text or "" for each in found.iterfind("Error/Message")),
    )


def opened(stage: Stage, said: Said, key: KeyEntry | SharedKey) -> dict[str, bytes]:
    """What an answer sealed, by name; it must be the KGSS that did."""
    assert said.sealed is not None, said
    trust = Trust(stage.authority.certificates, ())
    keys, shared = ((), (key,)) if isinstance(key, SharedKey) else ((key,), ())
    found = unseal(
        said.sealed,
        keys,
        lambda certificate, now, others: trust.believe(certificate, "signer", now, others),
        stage.door.now,
        SeededChance(62),
        shared,
    )
    assert found.signer == stage.authority.kgss.authentication.certificate
    return {etree.QName(each).localname: base64.b64decode(each.text or "") for each in etree.fromstring(found.data)}


def new_key(stage: Stage, asker: Asker, *allowed: str, excluded: tuple[str, ...] = ()) -> tuple[bytes, bytes]:
    """Name and octets of a new key that the asker makes."""
    octets = sealed(stage, new_key_content(asker.token, allowed, excluded), asker.client.entry)
    said = read(stage.door.send(unsigned(element("GetNewKeyRequest", octets))))
    assert (said.code, said.errors) == ("100", ())
    values = opened(stage, said, asker.encryption)
    assert set(values) == {"NewKeyIdentifier", "NewKey"}
    return values["NewKeyIdentifier"], values["NewKey"]


def get_key(stage: Stage, asker: Asker, identifier: bytes, rest: str | None = None) -> Said:
    """The answer to the asker's secured call; the answer is for its token unless `rest` says otherwise."""
    content = key_content(identifier, etk(asker) if rest is None else rest)
    octets = sealed(stage, content, asker.client.entry)
    return read(stage.door.send(signed(stage, asker, element("GetKeyRequest", octets))))

"""Good inputs for every reader, to be edited. Knows: how clients write them. Must not know: what reads them."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from lxml import etree

from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.sealing.seal import seal
from ehbox_soap.sealing.token import make_token
from ehbox_soap.security.saml import Attribute
from ehbox_soap.sts.challenge import Pending
from ehbox_soap.sts.challenge import seal as seal_challenge
from ehbox_soap.sts.signer import Signer
from ehbox_soap.sts.wish import Asked, Wish
from tests.attacks.callers import box_id, message_ids
from tests.clients import wstrust
from tests.clients.connector40 import File
from tests.clients.wstrust import C, Wanted
from tests.front import book
from tests.front.calls import consultation
from tests.front.cast import HOSPITAL_BOX, NURSE, NURSE_BOX, SSIN
from tests.front.letters import PLAIN, Inline, send_message
from tests.kgss.asking import ANYBODY, NS, b64, element
from tests.security.builders import CERTIFIED, IDENTIFICATION, Token, assertion
from tests.security.keys import INSS, NOW, Owner, holder, pki, platform_subject, rsa_key, usage
from tests.sts.layouts import Ask

_BOX = box_id((NURSE, "NURSE"))
_IDS = message_ids("A" * 13, "B" * 13)
_PAGE = "<StartIndex>1</StartIndex><EndIndex>100</EndIndex>"
_FREE = "<FreeInformations><EncryptableFreeText>ZnJlZQ==</EncryptableFreeText></FreeInformations>"
_FILE = File("Title", "name.txt", "text/plain", PLAIN)
LETTERS = (
    send_message(Inline([NURSE_BOX])),
    send_message(Inline([NURSE_BOX, HOSPITAL_BOX], _FILE, [_FILE], "P1", "NEWS", _FREE, [("key", "value")])),
)
CONSULTATIONS = tuple(
    consultation(f"{name}Request", content)
    for name, content in (
        ("GetBoxInfo", _BOX),
        ("GetOoOList", _BOX),
        ("GetMessagesList", f"{_BOX}<Source>INBOX</Source>{_PAGE}"),
        ("GetAllEhboxesMessagesList", f"<Source>INBOX</Source>{_PAGE}"),
        ("GetFullMessage", f"{_BOX}<Source>INBOX</Source>{message_ids('A' * 13)}"),
        ("GetHistory", f"{_BOX}<Source>INBOX</Source>{message_ids('A' * 13)}"),
        ("GetMessageAcknowledgmentsStatus", f"{_BOX}{message_ids('A' * 13)}{_PAGE}"),
        ("MoveMessage", f"{_BOX}<Source>INBOX</Source><Destination>BININBOX</Destination>{_IDS}"),
        ("DeleteMessage", f"{_BOX}<Source>INBOX</Source>{_IDS}"),
        (
            "InsertOoO",
            f"{_BOX}<StartDate>2026-11-21Z</StartDate><EndDate>2026-11-22+01:00</EndDate>"
            "<Substitute><Id>85061999865</Id><Type>INSS</Type><Quality>NURSE</Quality></Substitute>",
        ),
        ("DeleteOoO", f"{_BOX}<OoOId>{'A' * 13}</OoOId>"),
    )
)
_BOOK = f'xmlns="{book.NAMESPACE}" Id="_req1" IssueInstant="2026-01-15T10:00:00.000+01:00"'
SEARCHES = (
    f'<SearchProfessionalsRequest {_BOOK} Offset="0" MaxElements="100"><FirstName>D</FirstName><LastName>V*</LastName>'
    "<Profession>PHYSICIAN</Profession></SearchProfessionalsRequest>",
    f'<SearchOrganizationsRequest {_BOOK} Offset="0" MaxElements="100"><NIHII>71990133</NIHII>'
    "</SearchOrganizationsRequest>",
    f"<GetProfessionalContactInfoRequest {_BOOK}><SSIN>71031499894</SSIN></GetProfessionalContactInfoRequest>",
    f"<GetOrganizationContactInfoRequest {_BOOK}><NIHII>71990133</NIHII></GetOrganizationContactInfoRequest>",
)
TOKENS_ASKED = (
    '<GetEtkRequest xmlns="urn:be:fgov:ehealth:etkdepot:1_0:protocol"><SearchCriteria><Identifier><Type>SSIN</Type>'
    "<Value>71031499894</Value><ApplicationID/></Identifier></SearchCriteria></GetEtkRequest>",
)
KEYS_ASKED = tuple(element(f"Get{name}Request", b"sealed") for name in ("NewKey", "Key"))
KGSS_CONTENTS = (
    f'<GetNewKeyRequestContent xmlns="{NS}"><AllowedReader>{ANYBODY}</AllowedReader><ExludedReader>{ANYBODY}'
    f"<Value>x</Value></ExludedReader><ETK>{b64(b'etk')}</ETK></GetNewKeyRequestContent>",
    f'<GetKeyRequestContent xmlns="{NS}"><KeyIdentifier>{b64(b"key")}</KeyIdentifier><ETK>{b64(b"etk")}</ETK>'
    "</GetKeyRequestContent>",
)
SEALED = b"what is sealed"


def multipart() -> bytes:
    """A body of three parts, its boundary `mark`."""
    parts = (
        b"Content-Type: text/xml\r\n\r\n<x/>",
        b"Content-Type: text/plain\r\nContent-ID: 1@x\r\n\r\n" + PLAIN,
        b"Content-Id:<2@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD",
    )
    return b"--mark\r\n" + b"\r\n--mark\r\n".join(parts) + b"\r\n--mark--"


@cache
def saml_requests() -> tuple[str, ...]:
    """samlp:Request in the layouts of both clients."""
    names = ("urn:be:fgov:ehealth:1.0:certificateholder:person:ssin", SSIN)
    claims = tuple((IDENTIFICATION, name, INSS) for name in names)
    asked = ((IDENTIFICATION, SSIN), (CERTIFIED, f"{SSIN}:doctor:boolean"))
    made = (Ask(entry(pki().rsa), claims, asked, "C"), Ask(entry(pki().rsa), claims, asked, "E", inner="rsa-sha256"))
    return tuple(etree.tostring(each.element(), encoding="unicode", with_tail=False) for each in made)


@cache
def trust_requests() -> tuple[str, ...]:
    """Issue, Renew and an answered challenge, as C writes them."""
    claims = [("urn:be:fgov:person:ssin", INSS), (f"{SSIN}:doctor:boolean", None)]
    wanted = Wanted(claims, pki().rsa.certificate, NOW, NOW + timedelta(hours=24))
    old = assertion(Token()).decode()
    return (
        wstrust.issue(wanted, "context-1", C),
        wstrust.renew(old, "context-1", C),
        wstrust.answer_challenge("c2VhbGVk.c2VhbA==", "context-1", C),
    )


@cache
def pending() -> Pending:
    """What a challenge holds."""
    claims = (Attribute(IDENTIFICATION, SSIN, (INSS,)),)
    asked = (Asked(CERTIFIED, f"{SSIN}:doctor:boolean"),)
    return Pending(pki().rsa.certificate, Wish(pki().ec.certificate, claims, asked, NOW, NOW + timedelta(hours=24)))


@cache
def challenge(signer: Signer) -> bytes:
    """A challenge of that STS, as it stands in an answer."""
    return seal_challenge(pending(), NOW, signer).encode()


def entry(owner: Owner) -> KeyEntry:
    return KeyEntry(owner.key, owner.certificate, (pki().root.certificate,))


@cache
def _encryption() -> Owner:
    """A key that others encrypt for, its certificate issued by the holder's authentication certificate."""
    granted = usage(key_encipherment=True, data_encipherment=True)
    return holder(rsa_key("encryption"), pki().rsa, pki().rsa.certificate.subject, granted)


@cache
def sealed() -> tuple[tuple[KeyEntry, ...], bytes]:
    """The keys that open it, and what was sealed for them."""
    octets = seal(SEALED, entry(pki().rsa), (_encryption().certificate,), NOW, SeededChance(2))
    return (entry(_encryption()),), octets


@cache
def token() -> bytes:
    """An ETK of that key."""
    depot = holder(rsa_key("depot"), pki().root, platform_subject("CBE=0809394427", "EHEALTH-PLATFORM", "ETK"))
    chain = (pki().rsa.certificate, pki().root.certificate)
    return make_token(_encryption().certificate, chain, entry(depot), NOW)

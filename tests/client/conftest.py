"""A caller with keys of a test authority, and a service that answers inside the process: no socket is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import requests
from lxml import etree
from requests.adapters import BaseAdapter

from ehbox_soap.client.session import Session
from ehbox_soap.clock import SetClock
from ehbox_soap.ids import SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry, KeyKind
from ehbox_soap.qualities import CERTIFIED
from ehbox_soap.security.names import STS_ISSUER
from ehbox_soap.security.policy import profile
from ehbox_soap.security.saml import Attribute
from ehbox_soap.security.trust import Trust
from ehbox_soap.security.wss import Verifier
from ehbox_soap.sts.issue import Grant, issue
from ehbox_soap.sts.signer import Signer
from tests.client.encrypted import stage

__all__ = ["stage"]

BASE = "http://box.test"
STS_URL = f"{BASE}/IAM/Saml11TokenService/v1"
PUBLICATION_URL = f"{BASE}/ehBoxPublication/v3"
CONSULTATION_URL = f"{BASE}/ehBoxConsultation/v3"
INSS, HOSPITAL = "71031499894", "71990133"


@dataclass(frozen=True)
class Asked:
    """A request as it reached the service."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Told:
    """What the service answers."""

    body: bytes
    content_type: str = "text/xml; charset=utf-8"
    status: int = 200


@dataclass
class Service(BaseAdapter):
    """Stands where the network would be: `answer` tells what comes back, `asked` keeps what came."""

    answer: Callable[[Asked], Told]
    asked: list[Asked] = field(default_factory=list)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """requests' hook."""
        body = request.body or b""
        assert isinstance(body, bytes)
        asked = Asked(request.method or "", request.url or "", dict(request.headers), body)
        self.asked.append(asked)
        told = self.answer(asked)
        response = requests.Response()
        response.status_code = told.status
        response.headers["Content-Type"] = told.content_type
        response._content = told.body
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class Caller:
    """Certificates for one clock."""

    clock: SetClock
    authority: Authority
    entries: dict[str, KeyEntry]

    def session(self, answer: Callable[[Asked], Told], kind: str = "rsa") -> tuple[Session, Service]:
        """A session whose every request goes to `answer`."""
        clock = SetClock(self.clock.moment)
        session = Session(self.entries[kind], STS_URL, clock=clock, chance=SeededChance(1))
        service = Service(answer)
        session.transport.session.mount(BASE, service)
        return session, service


@pytest.fixture(scope="session")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    """A doctor with an RSA key and with an EC key, and a hospital."""
    clock = SetClock()
    authority = Authority.create(tmp_path_factory.mktemp("client") / "pki", clock, SeededChance(3))
    kinds: tuple[KeyKind, ...] = ("rsa", "ec")
    entries: dict[str, KeyEntry] = {kind: authority.person(INSS, "Dora Voorbeeld", kind=kind) for kind in kinds}
    entries["hospital"] = authority.organisation("NIHII-HOSPITAL", HOSPITAL, "Voorbeeldziekenhuis", kind="ec")
    return Caller(clock, authority, entries)


def envelope(content: str) -> bytes:
    """A SOAP 1.1 answer around `content`."""
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{soap}"><s:Body>{content}</s:Body></s:Envelope>'.encode()


def assertion(caller: Caller, kind: str = "rsa", validity: timedelta = timedelta(hours=24)) -> str:
    """An assertion for one of the caller's keys, signed by the authority's STS."""
    holder = caller.entries[kind].certificate
    attributes = (Attribute(CERTIFIED, "urn:be:fgov:person:ssin:doctor:boolean", ("true",)),)
    grant = Grant(holder, holder, attributes, validity, STS_ISSUER)
    sts = caller.authority.sts
    element = issue(grant, caller.clock.now(), SeededChance(5), Signer(sts.key, sts.certificate))
    return etree.tostring(element, encoding="unicode")


def token_answer(text: str) -> Told:
    """The STS's answer with that assertion."""
    samlp = "urn:oasis:names:tc:SAML:1.0:protocol"
    status = '<samlp:Status><samlp:StatusCode Value="samlp:Success"/></samlp:Status>'
    return Told(envelope(f'<samlp:Response xmlns:samlp="{samlp}">{status}{text}</samlp:Response>'))


def verifier(caller: Caller) -> Verifier:
    """The server's own verifier, trusting the caller's authority."""
    trust = Trust(caller.authority.certificates, (caller.authority.sts.certificate,))
    return Verifier(profile("strict"), trust, caller.clock)
